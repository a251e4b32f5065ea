"""The AWS Step Functions API of this very installation, for tasks that call it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from engine.runtime.ports import AttemptRow


class StatesApi(Protocol):
    """Operations in AWS's names, in behalf of the machine's owner. Raises ServiceRefused."""

    def call(self, attempt: AttemptRow, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The answer as botocore gives it. StartExecution gives the same attempt the same execution, for ever."""
        ...

    def started_by(self, attempt: AttemptRow) -> str | None:
        """The ARN of the execution that an attempt has started, as it is now: its machine may have been renamed."""
        ...

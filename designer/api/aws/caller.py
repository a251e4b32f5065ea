"""Who calls, and what every operation is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True)
class Caller:
    """The user whose access key signed the request, or whose machine asks; then ``attempt`` is that of its task."""

    user_id: int
    attempt: str | None = None

    @property
    def user(self) -> User:
        """For services, which ask a user for nothing but the key: no query is needed."""
        return User(pk=self.user_id)


Given: TypeAlias = Mapping[str, Any]
Handler: TypeAlias = Callable[[Caller, Given], Any]

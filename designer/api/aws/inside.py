"""The same operations for machines that call them, by ``states:startExecution`` and ``aws-sdk:sfn:*``: without HTTP.

A machine acts as its owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import async_to_sync
from botocore.model import ListShape, Shape, StructureShape

from designer.api.aws.caller import Caller
from designer.api.aws.errors import api_error
from designer.api.aws.model import OPERATIONS
from designer.api.aws.operations import HANDLERS
from designer.arns import arn_of
from designer.services.executions import started_by
from designer.services.machines import owner_of
from designer.store.connection import mend_connection
from engine.integrations.aws.names import operation as model_of
from engine.integrations.refusals import ServiceRefused
from engine.runtime.ports import AttemptRow

_SERVICE = "stepfunctions"


class OwnApi:
    """``engine.integrations.own.StatesApi`` on this installation."""

    def call(self, attempt: AttemptRow, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        mend_connection()
        owner = owner_of(attempt)
        handler = HANDLERS[operation]
        run = async_to_sync(handler) if iscoroutinefunction(handler) else handler
        try:
            given = OPERATIONS[operation].check(dict(parameters))
            found: Mapping[str, Any] = run(Caller(owner, attempt.id), given)
        except Exception as error:
            known = api_error(error)
            if known is None:
                raise
            message = known.message or known.code
            raise ServiceRefused(known.code, message, status=known.status, request_id=attempt.id) from None
        model = model_of(_SERVICE, operation)
        answer: dict[str, Any] = _timed(None if model is None else model.output_shape, found)
        return answer

    def started_by(self, attempt: AttemptRow) -> str | None:
        mend_connection()
        found = started_by(attempt.id)
        return None if found is None else arn_of(found)


def _timed(shape: Shape | None, value: Any) -> Any:
    """As botocore gives answers: times are datetimes, and what is not there is left out."""
    if isinstance(shape, StructureShape):
        return {name: _timed(shape.members[name], one) for name, one in value.items() if one is not None}
    if isinstance(shape, ListShape):
        return [_timed(shape.member, one) for one in value]
    if shape is not None and shape.type_name == "timestamp" and isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return dict(value) if isinstance(value, Mapping) else value

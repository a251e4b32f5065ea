"""Fail: ends its scope with an error the machine names."""

from __future__ import annotations

from engine.asl.model import FailState
from engine.core.activation import Activation
from engine.core.dataflow import failed, read_field
from engine.core.execution import Scope
from engine.core.failing import StateFailed
from engine.errors import Failure
from engine.query.environment import Environment
from engine.query.path import Path


def enter(run: Activation, scope: Scope, state: FailState) -> None:
    environment = run.environment(scope, run.input_of(scope).value)
    error = _text(scope, state.error_path, "ErrorPath", state.error, environment)
    cause = _text(scope, state.cause_path, "CausePath", state.cause, environment)
    raise StateFailed(Failure(error=error, cause=cause))


def _text(scope: Scope, path: Path | None, field: str, literal: str | None, environment: Environment) -> str | None:
    if path is None:
        return literal
    value = read_field(scope, path, field, environment)
    if not isinstance(value, str):
        raise failed(scope, f"The {field} parameter does not reference a string: {path.text}")
    return value

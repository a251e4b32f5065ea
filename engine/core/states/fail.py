"""Fail: ends its scope with an error the machine names."""

from __future__ import annotations

from engine.asl.model import FailState, QueryLanguage, Text
from engine.core.activation import Activation
from engine.core.dataflow import failed, read_field
from engine.core.execution import Scope
from engine.core.expressions import Expressions
from engine.core.failing import StateFailed
from engine.errors import Failure
from engine.query.environment import Environment
from engine.query.jsonata import Expression


def enter(run: Activation, scope: Scope, state: FailState) -> None:
    environment = run.environment(scope, run.input_of(scope).value)
    expressions = run.expressions(scope)
    if state.language is QueryLanguage.JSONPATH:
        run.seen("afterInputPath", environment.input)
    error = _text(scope, state.error, "Error", environment, expressions)
    cause = _text(scope, state.cause, "Cause", environment, expressions)
    raise StateFailed(Failure(error=error, cause=cause))


def _text(
    scope: Scope, setting: Text | None, field: str, environment: Environment, expressions: Expressions
) -> str | None:
    if setting is None or isinstance(setting, str):
        return setting
    if isinstance(setting, Expression):
        value = expressions.typed(setting, field, "string")
    else:
        value = read_field(scope, setting, f"{field}Path", environment)
    if not isinstance(value, str):
        raise failed(scope, f"The {field}Path parameter does not reference a string: {setting.text}")
    return value

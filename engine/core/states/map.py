"""Map: the item processor once for each item, inline or as executions of its own."""

from __future__ import annotations

import re

from engine.asl.model import MapState, QueryLanguage, Whole
from engine.core.activation import Activation
from engine.core.dataflow import failed, read_field, select
from engine.core.execution import Scope
from engine.core.expressions import Expressions
from engine.core.failing import EvaluationFailed
from engine.jsontypes import Document, Json, dump
from engine.query.environment import Environment
from engine.query.jsonata import Expression, JsonataTemplate
from engine.query.path import WHOLE, Path

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")


def enter(run: Activation, scope: Scope, state: MapState) -> None:
    raw = run.environment(scope, run.input_of(scope).value)
    expressions = run.expressions(scope)
    if state.language is QueryLanguage.JSONATA:
        items = _items(scope, state, expressions)
        environment = raw
    else:
        environment = raw.over(select(scope, state.input_path, raw))
        path = state.items if isinstance(state.items, Path) else WHOLE
        found = read_field(scope, path, "ItemsPath", environment)
        if not isinstance(found, list):
            raise failed(scope, f'Reference path "{path.text}" must point to array.')
        items = found
    concurrency = _whole(scope, state.max_concurrency, "MaxConcurrency", environment, expressions)
    length = len(items)
    run.open_container(scope, {"length": length}, total=length, concurrency=concurrency, items=Document(items))


def _items(scope: Scope, state: MapState, expressions: Expressions) -> list[Json]:
    if not isinstance(state.items, JsonataTemplate):
        if isinstance(expressions.input, list):
            return expressions.input
        reason = f"Map state input must be an array but was: {dump(expressions.input)}"
        raise EvaluationFailed(scope.state, scope.entered, reason, None)
    found = expressions.fill(state.items, "Items")
    if not isinstance(found, list):
        raise expressions.unexpected(state.items.expressions[0][1], "Items", "array", found)
    return found


def _whole(scope: Scope, setting: Whole, field: str, environment: Environment, expressions: Expressions) -> int:
    """A count: 0 or more."""
    if isinstance(setting, Expression):
        value = expressions.typed(setting, field, "integer")
        if isinstance(value, int) and value >= 0:
            return value
        raise expressions.failed(setting, field, f"returned a negative number: {dump(value)}")
    if isinstance(setting, Path):
        return _found(scope, setting, field, environment)
    return setting


def _found(scope: Scope, path: Path, field: str, environment: Environment) -> int:
    value = read_field(scope, path, f"{field}Path", environment)
    if (isinstance(value, float) and value.is_integer()) or (isinstance(value, str) and _INTEGER.match(value)):
        value = int(value)  # recorded: "1" is as good as 1
    if not isinstance(value, int) or isinstance(value, bool):
        text = value if isinstance(value, str) else dump(value)
        raise failed(scope, f'The {field}Path field refers to value "{text}" which is not a valid integer: {path.text}')
    if value < 0:
        raise failed(scope, f"{field} cannot be negative.")
    return value

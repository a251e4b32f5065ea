"""Parallel: every branch with the same input; the result is the array of their outputs."""

from __future__ import annotations

from engine.asl.model import ParallelState
from engine.core.activation import Activation
from engine.core.dataflow import bounded, fill, select
from engine.core.execution import Scope
from engine.jsontypes import Json
from engine.query.jsonata import JsonataTemplate


def enter(run: Activation, scope: Scope, state: ParallelState) -> None:
    document = run.input_of(scope)
    value = _value(run, scope, state, document.value)
    items = document if value is document.value else bounded(scope, value)
    run.open_container(scope, {}, total=len(state.branches), concurrency=0, items=items)


def _value(run: Activation, scope: Scope, state: ParallelState, raw_input: Json) -> Json:
    if isinstance(state.parameters, JsonataTemplate):
        return run.expressions(scope).fill(state.parameters, "Arguments")
    raw = run.environment(scope, raw_input)
    environment = raw.over(select(scope, state.input_path, raw))
    return environment.input if state.parameters is None else fill(scope, state.parameters, environment)

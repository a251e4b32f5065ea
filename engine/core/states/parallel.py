"""Parallel: every branch with the same input; the result is the array of their outputs."""

from __future__ import annotations

from engine.asl.model import ParallelState
from engine.core.activation import Activation
from engine.core.dataflow import bounded, fill, select
from engine.core.execution import Scope


def enter(run: Activation, scope: Scope, state: ParallelState) -> None:
    document = run.input_of(scope)
    raw = run.environment(scope, document.value)
    environment = raw.over(select(scope, state.input_path, raw))
    value = environment.input if state.parameters is None else fill(scope, state.parameters, environment)
    items = document if value is document.value else bounded(scope, value)
    run.open_container(scope, {}, total=len(state.branches), concurrency=0, items=items)

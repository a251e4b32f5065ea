"""Succeed: ends its scope well."""

from __future__ import annotations

from engine.asl.model import QueryLanguage, SucceedState
from engine.core.activation import Activation
from engine.core.dataflow import select
from engine.core.execution import Scope


def enter(run: Activation, scope: Scope, state: SucceedState) -> None:
    if state.language is QueryLanguage.JSONATA:
        expressions = run.expressions(scope)
        run.conclude(scope, state, expressions, expressions.input, None)
        return
    environment = run.environment(scope, run.input_of(scope).value)
    value = select(scope, state.input_path, environment)
    run.seen("afterInputPath", value)
    run.leave(scope, select(scope, state.output_path, environment.over(value)))

"""Pass: its Result, or its input through Parameters."""

from __future__ import annotations

from engine.asl.model import PassState, QueryLanguage
from engine.core.activation import Activation
from engine.core.dataflow import fill, put, select
from engine.core.execution import Scope


def enter(run: Activation, scope: Scope, state: PassState) -> None:
    if state.language is QueryLanguage.JSONATA:
        expressions = run.expressions(scope)
        run.conclude(scope, state, expressions, expressions.input, state.next)
        return
    raw = run.input_of(scope).value
    environment = run.environment(scope, raw)
    result = select(scope, state.input_path, environment)
    if not state.has_result:
        run.seen("afterInputPath", result)
    if result is not raw:
        environment = environment.over(result)
    if state.has_result:
        result = state.result
    elif state.parameters is not None:
        result = fill(scope, state.parameters, environment)
    assigned = run.assigned(scope, state.assign, environment.over(result))
    output = put(scope, state.result_path, raw, result)
    run.seen("result" if state.has_result else "afterParameters", result)
    run.seen("afterResultSelector", result)
    run.seen("afterResultPath", output)
    run.leave(
        scope, select(scope, state.output_path, environment.over(output)), assigned=assigned, next_state=state.next
    )

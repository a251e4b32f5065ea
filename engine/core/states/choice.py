"""Choice: the first rule that holds, else Default."""

from __future__ import annotations

from engine.asl.choice import ComparisonFailed
from engine.asl.model import ChoiceState
from engine.core.activation import Activation
from engine.core.dataflow import comparison_failed, select
from engine.core.execution import Scope
from engine.core.failing import StateFailed
from engine.errors import ErrorName, Failure


def enter(run: Activation, scope: Scope, state: ChoiceState) -> None:
    raw = run.environment(scope, run.input_of(scope).value)
    environment = raw.over(select(scope, state.input_path, raw))
    assign, target = state.assign, state.default
    try:
        for rule in state.choices:
            if rule.condition(environment):
                assign, target = rule.assign, rule.next
                break
    except ComparisonFailed as error:
        raise comparison_failed(scope, error) from None
    if target is None:
        prefix = (
            f"An error occurred while executing the state '{state.name}' (entered at the event id #{scope.entered}). "
        )
        cause = f"{prefix}Failed to transition out of the state. The state does not point to a next state."
        raise StateFailed(Failure(error=ErrorName.NO_CHOICE_MATCHED, cause=cause))
    assigned = run.assigned(scope, assign, environment)
    run.leave(scope, select(scope, state.output_path, environment), assigned=assigned, next_state=target)

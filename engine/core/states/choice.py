"""Choice: the first rule that holds, else Default."""

from __future__ import annotations

from engine.asl.choice import ComparisonFailed
from engine.asl.model import ChoiceRule, ChoiceState, QueryLanguage
from engine.core.activation import Activation
from engine.core.dataflow import comparison_failed, select
from engine.core.execution import Scope
from engine.core.expressions import Expressions
from engine.core.failing import StateFailed, no_choice_matched
from engine.query.environment import Environment
from engine.query.jsonata import Expression


def enter(run: Activation, scope: Scope, state: ChoiceState) -> None:
    if state.language is QueryLanguage.JSONATA:
        _by_expressions(run, scope, state)
        return
    raw = run.environment(scope, run.input_of(scope).value)
    environment = raw.over(select(scope, state.input_path, raw))
    run.seen("afterInputPath", environment.input)
    rule = _holding(scope, state, environment)
    assign, target = (state.assign, state.default) if rule is None else (rule.assign, rule.next)
    if target is None:
        raise StateFailed(no_choice_matched(scope.state, scope.entered))
    assigned = run.assigned(scope, assign, environment)
    run.leave(scope, select(scope, state.output_path, environment), assigned=assigned, next_state=target)


def _holding(scope: Scope, state: ChoiceState, environment: Environment) -> ChoiceRule | None:
    try:
        for rule in state.choices:
            if callable(rule.condition) and rule.condition(environment):
                return rule
    except ComparisonFailed as error:
        raise comparison_failed(scope, error) from None
    return None


def _by_expressions(run: Activation, scope: Scope, state: ChoiceState) -> None:
    expressions = run.expressions(scope)
    for index, rule in enumerate(state.choices):
        place = f"Choices[{index}]/"
        if _holds(expressions, rule, place):
            run.conclude(scope, rule, expressions, expressions.input, rule.next, place)
            return
    if state.default is None:
        raise StateFailed(no_choice_matched(scope.state, scope.entered))
    run.conclude(scope, state, expressions, expressions.input, state.default)


def _holds(expressions: Expressions, rule: ChoiceRule, place: str) -> bool:
    if isinstance(rule.condition, Expression):
        return expressions.typed(rule.condition, f"{place}Condition", "boolean") is True
    return rule.condition is True

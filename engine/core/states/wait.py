"""Wait: for seconds, or until a moment."""

from __future__ import annotations

from engine.asl.model import QueryLanguage, WaitState
from engine.asl.times import parse_timestamp
from engine.core.activation import Activation
from engine.core.commands import StartTimer
from engine.core.dataflow import failed, select
from engine.core.execution import Scope
from engine.core.expressions import Expressions
from engine.jsontypes import Json, dump
from engine.query.environment import Environment
from engine.query.jsonata import Expression
from engine.query.path import Path, PathNotFound

# Recorded: 24,855 days ahead are accepted, 24,856 are not: seconds in a signed 32-bit number.
_LONGEST_SECONDS = 2_147_483_647


def enter(run: Activation, scope: Scope, state: WaitState) -> None:
    raw = run.environment(scope, run.input_of(scope).value)
    environment = raw.over(select(scope, state.input_path, raw))
    if state.language is QueryLanguage.JSONPATH:
        run.seen("afterInputPath", environment.input)
    due = _due(run, scope, state, environment)
    if due - run.at > _LONGEST_SECONDS * 1000:
        raise failed(scope, "Wait state delay is too long")
    if due <= run.at:
        leave(run, scope, state)
        return
    key = f"wait:{scope.entered}"
    run.commands.append(StartTimer(scope=scope.path, key=key, due=due))
    run.block(scope, key)


def _due(run: Activation, scope: Scope, state: WaitState, environment: Environment) -> int:
    if state.seconds is not None:
        setting = state.seconds
        if isinstance(setting, Expression):
            return run.at + _seconds_of(run.expressions(scope), setting) * 1000
        return run.at + (setting if isinstance(setting, int) else _seconds(scope, setting, environment)) * 1000
    assert state.timestamp is not None
    if isinstance(state.timestamp, Expression):
        return _moment_of(run.expressions(scope), state.timestamp)
    return state.timestamp if isinstance(state.timestamp, int) else _moment(scope, state.timestamp, environment)


def _seconds_of(expressions: Expressions, setting: Expression) -> int:
    value = expressions.typed(setting, "Seconds", "integer")
    if isinstance(value, int) and value >= 0:
        return value
    raise expressions.failed(setting, "Seconds", f"returned a negative number: {dump(value)}")


def _moment_of(expressions: Expressions, setting: Expression) -> int:
    value = expressions.typed(setting, "Timestamp", "string")
    moment = parse_timestamp(value) if isinstance(value, str) else None
    if moment is None:
        reason = f"did not return a valid ISO-8601 extended offset date-time: {dump(value)}"
        raise expressions.failed(setting, "Timestamp", reason)
    return -(-moment // 1_000_000)


def _read(scope: Scope, path: Path, environment: Environment, field: str) -> Json:
    try:
        return path.read(environment)
    except PathNotFound:
        raise failed(scope, f"The {field} parameter does not reference an input value: {path.text}") from None


def _seconds(scope: Scope, path: Path, environment: Environment) -> int:
    value = _read(scope, path, environment, "SecondsPath")
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not whole:
        text = value if isinstance(value, str) else dump(value)
        raise failed(scope, f"The SecondsPath parameter cannot be parsed as a long value: {path.text} == {text}")
    if value < 0:
        raise failed(scope, f"The SecondsPath parameter is negative: {path.text} == {value}")
    return int(value)


def _moment(scope: Scope, path: Path, environment: Environment) -> int:
    value = _read(scope, path, environment, "TimestampPath")
    moment = parse_timestamp(value) if isinstance(value, str) else None
    if moment is None:
        text = value if isinstance(value, str) else dump(value)
        raise failed(
            scope,
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format "
            f"string: {path.text} == {text}",
        )
    return -(-moment // 1_000_000)


def leave(run: Activation, scope: Scope, state: WaitState) -> None:
    """The wait is over."""
    if state.language is QueryLanguage.JSONATA:
        expressions = run.expressions(scope)
        run.conclude(scope, state, expressions, expressions.input, state.next)
        return
    raw = run.environment(scope, run.input_of(scope).value)
    value = select(scope, state.input_path, raw)
    environment = raw.over(value)
    assigned = run.assigned(scope, state.assign, environment)
    run.leave(scope, select(scope, state.output_path, environment), assigned=assigned, next_state=state.next)

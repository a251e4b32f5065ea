"""TestState: one state, run once, with what it was given and what it made of it (AWS, "TestState").

Pure but for what ``perform`` does: a task without a mock is carried out by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from engine.asl.model import AnyState, MapState, ParallelState, StateMachine, States, TaskState, Working
from engine.asl.resource import ActivityArn, Pattern, Resource, ServiceCall
from engine.core.activation import Activation
from engine.core.advance import apply_task
from engine.core.commands import Command, EndExecution, ScheduleTask
from engine.core.events import TaskFailed, TaskSucceeded
from engine.core.execution import Changes, Execution, Facts, Overlay, Root, Scope, Status
from engine.core.failing import StateFailed
from engine.core.items import EXCEEDED, Tolerance
from engine.core.recovery import GoTo, TryAgain
from engine.core.states import HANDLERS
from engine.errors import ErrorName, Failure
from engine.jsontypes import Document, Json, parse
from engine.query.evaluator import Evaluator
from engine.sentences import Sentence, say

Perform: TypeAlias = Callable[[ScheduleTask], tuple[TaskSucceeded | TaskFailed, Mapping[str, Json]]]
"""Carries a task out: how it ends, and what more is to be inspected."""

_EXECUTION_FIELDS = {
    **dict.fromkeys(("Id", "Name", "RoleArn", "StartTime", "RedriveTime"), str),
    "Input": object,
    "RedriveCount": int,
}
_CONTEXT_FIELDS: dict[str, dict[str, type]] = {
    "Execution": _EXECUTION_FIELDS,
    "State": {"EnteredTime": str, "Name": str, "RetryCount": int},
    "StateMachine": {"Id": str, "Name": str},
    "Task": {"Token": str},
}


class InvalidTest(Exception):
    """What was asked for cannot be tested; ``code`` is AWS's name of the error."""

    def __init__(self, reason: Sentence, code: str = "ValidationException") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Mocked:
    """What the work of the state is to come to: a result, or else an error."""

    result: Json = None
    error: str | None = None
    cause: str | None = None
    fails: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """AWS's ``stateConfiguration``."""

    retrier_retry_count: int = 0
    error_caused_by_state: str | None = None
    map_iteration_failure_count: int | None = None
    map_item_reader_data: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    machine: StateMachine
    state: str
    facts: Facts
    variables: dict[str, Json] = field(default_factory=dict)
    mock: Mocked | None = None
    configuration: Configuration = Configuration()
    perform: Perform | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """``status`` is SUCCEEDED, FAILED, RETRIABLE or CAUGHT_ERROR; ``inspection`` is AWS's ``inspectionData``.

    ``commands`` are what the state asked of the world, ``variables`` those that are set once it has been left.
    """

    status: str
    output: Document | None
    error: str | None
    cause: str | None
    next_state: str | None
    inspection: dict[str, Json]
    commands: tuple[Command, ...] = ()
    variables: dict[str, Json] = field(default_factory=dict)


class _Nothing:
    """A store that holds nothing yet."""

    def scope(self, path: str) -> Scope | None:
        return None

    def below(self, prefix: str) -> Iterable[Scope]:
        return ()

    def blob(self, key: str) -> Document:
        raise KeyError(key)


def run_state(request: Request, *, at: int, seed: str, evaluator: Evaluator) -> Result:
    """Enter the state, let its work end as the mock says, and tell what came of it. Raises InvalidTest."""
    state = request.machine.index.get(request.state)
    if state is None:
        raise InvalidTest(say("State not found in definition"))
    _check(request, state)
    run, scope = _entered(request, state, at=at, seed=seed, evaluator=evaluator)
    _work(run, scope, state, request)
    return _result(run, scope, request)


def _entered(
    request: Request, state: AnyState, *, at: int, seed: str, evaluator: Evaluator
) -> tuple[Activation, Scope]:
    machine = StateMachine(top=States(start_at=state.name, states={state.name: state}), index=request.machine.index)
    root = Root(status=Status.RUNNING, last_event_id=0, last_at=0)
    nothing = Overlay(_Nothing(), Changes(removed_below=(), scopes=(), blobs=()))
    execution = Execution(facts=request.facts, root=root, scopes=nothing)
    run = Activation(machine, execution, HANDLERS, at=at, seed=seed, budget=1, evaluator=evaluator)
    run.inspected = {"input": request.facts.input.value}
    if request.variables:
        run.inspected["variables"] = request.variables
    scope = run.start()
    scope.variables = dict(request.variables)
    count = request.configuration.retrier_retry_count
    if isinstance(state, Working):
        scope.retries = dict.fromkeys(range(len(state.retry)), count)
    if isinstance(state, (MapState, ParallelState)):
        run.enter_alone(scope)
    else:
        run.run()
    return run, scope


def _work(run: Activation, scope: Scope, state: AnyState, request: Request) -> None:
    """Let the state's own work end: a Task's, a Map's, a Parallel's."""
    mock = request.mock
    if scope.waiting is None or run.status is not Status.RUNNING or not isinstance(state, Working):
        if scope.waiting is not None and scope.waiting.startswith("wait:"):
            run.attempt_again(scope)
        return
    if isinstance(state, TaskState):
        _end_task(run, scope, request)
        return
    assert isinstance(state, (MapState, ParallelState))
    failure = _container_failure(run, scope, state, request)
    scope.container = None
    if failure is None and mock is not None and mock.fails:
        failure = Failure(error=mock.error, cause=mock.cause)
    if failure is not None:
        run.fail(scope, failure)
        return
    try:
        run.leave_with_result(scope, state, None if mock is None else mock.result)
    except StateFailed as error:
        run.fail_state(scope, error)


def _end_task(run: Activation, scope: Scope, request: Request) -> None:
    mock = request.mock
    command = next(one for one in run.commands if isinstance(one, ScheduleTask))
    where = {"scope": command.scope, "attempt": command.attempt}
    event: TaskSucceeded | TaskFailed
    if mock is None:
        assert request.perform is not None
        event, more = request.perform(command)
        if run.inspected is not None:
            run.inspected.update(more)
    elif mock.fails:
        event = TaskFailed(**where, error=mock.error, cause=mock.cause)
    else:
        event = TaskSucceeded(**where, output=Document(mock.result))
    apply_task(run, scope, event)


def _container_failure(
    run: Activation, scope: Scope, state: MapState | ParallelState, request: Request
) -> Failure | None:
    """A Map Run in which more items have failed than its limits allow."""
    failed = request.configuration.map_iteration_failure_count
    if not isinstance(state, MapState) or failed is None:
        return None
    found = run.inspected or {}
    count, percentage = found.get("toleratedFailureCount"), found.get("toleratedFailurePercentage")
    tolerance = Tolerance(
        count if isinstance(count, int) else None, percentage if isinstance(percentage, float) else None
    )
    if tolerance.unset:
        return None
    result = request.mock.result if request.mock else None
    total = len(result) if isinstance(result, list) else failed
    if tolerance.exceeded(failed, total) and not (request.mock and request.mock.fails):
        return Failure(error=ErrorName.TOLERATED_FAILURES_EXCEEDED, cause=EXCEEDED)
    return None


def _result(run: Activation, scope: Scope, request: Request) -> Result:
    inspection = dict(run.inspected or {})
    state = request.machine.index[request.state]
    end = next((one for one in run.commands if isinstance(one, EndExecution)), None)
    recovery = run.recovery
    status, failure = "SUCCEEDED", None
    if recovery is not None:
        failure = run.failure
        details: dict[str, Json] = {}
        status = "FAILED"
        if isinstance(recovery, GoTo) and end is None:
            status, details["catchIndex"] = "CAUGHT_ERROR", recovery.index
        elif isinstance(recovery, TryAgain):
            status = "RETRIABLE"
            details = {"retryIndex": recovery.index, "retryBackoffIntervalSeconds": recovery.delay // 1000}
        elif (index := recovery.exhausted) is not None:
            details["retryIndex"] = index
        if details:
            inspection["errorDetails"] = details
    if isinstance(state, (MapState, ParallelState)):
        inspection.pop("result", None)
    succeeded = end is not None and end.status == Status.SUCCEEDED
    gone_on = end is None and status in {"SUCCEEDED", "CAUGHT_ERROR"}
    return Result(
        status=status,
        output=end.output if succeeded and end else scope.input if gone_on else None,
        error=None if failure is None else failure.error,
        cause=None if failure is None else failure.cause,
        next_state=scope.state if gone_on else None,
        inspection=inspection,
        commands=tuple(run.commands),
        variables=dict(scope.variables),
    )


# -- what cannot be asked for --------------------------------------------------------------------------------------


def _check(request: Request, state: AnyState) -> None:
    mock, configuration = request.mock, request.configuration
    if mock is None:
        if configuration.map_iteration_failure_count is not None:
            raise InvalidTest(say("TestState does not support MapIterationFailureCount when a mock is not specified."))
        if isinstance(state, (MapState, ParallelState)):
            raise InvalidTest(
                say(
                    "TestState API does not support Map or Parallel states. "
                    "Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]"
                ),
                "InvalidDefinition",
            )
        if isinstance(state, TaskState) and (request.perform is None or _waits(state.resource)):
            raise InvalidTest(_needs_mock(state.resource))
        return
    if not isinstance(state, Working):
        raise InvalidTest(
            say("State type '{type_name}' is not supported when a mock is specified", type_name=state.type_name)
        )
    if mock.fails or isinstance(state, TaskState):
        return
    writes = isinstance(state, MapState) and state.distributed and state.distributed.writer
    if writes and writes.resource is not None:
        if not isinstance(mock.result, dict):
            raise InvalidTest(say("Mocked result must be a JSON object."))
        return
    if not isinstance(mock.result, list):
        raise InvalidTest(say("Mocked result must be an array."))
    if isinstance(state, ParallelState) and len(mock.result) != len(state.branches):
        raise InvalidTest(say("Mocked result must have as many elements as the state has branches."))
    failed = configuration.map_iteration_failure_count
    if failed is not None and failed > len(mock.result):
        raise InvalidTest(say("Map iteration failure count must be less than or equal to the number of Map iterations"))


def _waits(resource: Resource) -> bool:
    """Whether its end comes from outside, for which no test waits."""
    if isinstance(resource, ServiceCall):
        return resource.pattern is not Pattern.REQUEST_RESPONSE
    return isinstance(resource, ActivityArn)


NEEDS_ROLE = say("RoleArn must be specified when testing a Task state")
"""AWS's words where a Task would really be called."""


def _needs_mock(resource: Resource) -> Sentence:
    if _waits(resource):
        return say("A mock is required to test a Task of {arn}", arn=resource.arn)
    return NEEDS_ROLE


def read_context(text: str) -> dict[str, Json]:
    """The ``context`` of a request, checked. Raises InvalidTest."""
    try:
        value = parse(text)
    except Exception as error:
        raise InvalidTest(say("Invalid Context object provided: {reason}", reason=str(error))) from None
    if not isinstance(value, dict):
        raise InvalidTest(say("Invalid Context object provided: it must be an object"))
    for section, content in value.items():
        if section == "Map":
            raise _invalid_context(say("'Map' field is not supported when mocking a Context object"))
        fields = _CONTEXT_FIELDS.get(section)
        if fields is None:
            raise _invalid_context(say("Field '{section}' is not allowed", section=section))
        if not isinstance(content, dict):
            raise _invalid_context(say("{section} must be an object", section=section))
        for name, one in content.items():
            _check_context_field(section, name, one, fields)
    return value


def _check_context_field(section: str, name: str, value: Json, fields: dict[str, type]) -> None:
    if name not in fields:
        raise _invalid_context(say("Field '{name}' is not allowed", name=name))
    expected = fields[name]
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        what = say("a number") if expected is int else say("a string")
        raise _invalid_context(say("{section}.{name} must be {what}", section=section, name=name, what=what))
    if name.endswith("Time") and isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            raise _invalid_context(
                say("{section}.{name} must be a valid ISO 8601 timestamp", section=section, name=name)
            ) from None


def _invalid_context(reason: Sentence) -> InvalidTest:
    return InvalidTest(say("Invalid Context object provided: {reason}", reason=reason))

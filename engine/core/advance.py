"""``advance``: what becomes of an execution when something happens. The interpreter's one entrance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from engine.asl.model import StateMachine, TaskState
from engine.asl.resource import ActivityArn, FunctionArn
from engine.core.activation import DEFAULT_BUDGET, Activation, failure_details
from engine.core.commands import CancelTask, Command
from engine.core.dataflow import PAYLOAD_LIMIT
from engine.core.events import (
    Event,
    MapRunFailed,
    MapRunSucceeded,
    Redriven,
    Resumed,
    Started,
    StopRequested,
    TaskFailed,
    TaskHeartbeat,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimerFired,
)
from engine.core.execution import Changes, Execution, Phase, Scope, Status
from engine.core.failing import HistoryFull, StateFailed, too_large
from engine.core.history import Details, HistoryEvent, payload, resource_names
from engine.core.states import HANDLERS
from engine.errors import ErrorName, Failure
from engine.jsontypes import Document
from engine.query.evaluator import Evaluator


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The answer: the next snapshot, what to store, what to do, what to tell. Nothing of it has happened yet."""

    execution: Execution
    changes: Changes
    commands: tuple[Command, ...]
    history: tuple[HistoryEvent, ...]

    @property
    def more(self) -> bool:
        """The budget was spent before the work was: advance again with Resumed."""
        return bool(self.execution.root.ready)


def advance(
    machine: StateMachine,
    execution: Execution,
    events: Sequence[Event],
    *,
    at: int,
    seed: str,
    evaluator: Evaluator,
    budget: int = DEFAULT_BUDGET,
    missing_activities: frozenset[str] = frozenset(),
) -> Step:
    """Apply events in order and follow the machine until it waits. Pure.

    ``at`` is in milliseconds since 1970; history never runs backwards, whatever it says. ``seed`` feeds
    jitter and every other chance. ``evaluator`` evaluates expressions, within bounds of time and memory.
    ``missing_activities`` are the ARNs of those activities of the machine that do not exist now.
    Events of attempts or timers that nobody waits for, and all events after the end, change nothing.
    """
    run = Activation(
        machine,
        execution,
        HANDLERS,
        at=at,
        seed=seed,
        budget=budget,
        evaluator=evaluator,
        missing_activities=missing_activities,
    )
    try:
        for event in events:
            if run.status is Status.RUNNING:
                _apply(run, event)
        run.run()
    except HistoryFull:
        run.history_full()
    return Step(
        execution=run.snapshot(),
        changes=run.work.changes(),
        commands=tuple(run.commands),
        history=tuple(run.history),
    )


def _apply(run: Activation, event: Event) -> None:
    match event:
        case Started():
            run.start()
        case Resumed():
            pass
        case Redriven():
            run.redrive()
        case StopRequested(error=error, cause=cause):
            run.stop(Failure(error=error, cause=cause))
        case TimerFired(scope=path, key=key):
            _timer(run, path, key)
        case TaskStarted() | TaskSubmitted() | TaskSucceeded() | TaskFailed() | TaskHeartbeat():
            scope = run.work.scope(event.scope)
            if scope is not None and scope.phase is Phase.BLOCKED and scope.waiting == event.attempt:
                apply_task(run, scope, event)
        case MapRunSucceeded() | MapRunFailed():
            scope = run.work.scope(event.scope)
            if scope is not None and scope.phase is Phase.BLOCKED and scope.waiting == event.attempt:
                run.map_run_ended(scope, event)
        case _:
            assert_never(event)


def _timer(run: Activation, path: str, key: str) -> None:
    if key == "machine":
        run.time_out()
        return
    scope = run.work.scope(path)
    if scope is None or scope.phase is not Phase.BLOCKED:
        return
    kind, _, subject = key.partition(":")
    if kind in {"timeout", "heartbeat"} and scope.waiting == subject:
        _timed_out(run, scope, subject)
    elif scope.waiting == key and kind in {"wait", "retry"}:
        run.attempt_again(scope)


TaskEvent: TypeAlias = TaskStarted | TaskSubmitted | TaskSucceeded | TaskFailed | TaskHeartbeat


def apply_task(run: Activation, scope: Scope, event: TaskEvent) -> None:
    """News of the attempt that the scope waits for."""
    state = run.state_of(scope)
    if not isinstance(state, TaskState):
        return
    match event:
        case TaskStarted(worker_name=name):
            _started(run, scope, state, name)
        case TaskSubmitted(output=output):
            _started(run, scope, state)
            _submitted(run, scope, state, output)
        case TaskHeartbeat():
            run.start_clock(scope, "heartbeat")
        case TaskSucceeded(output=output):
            run.cancel_clocks(scope)
            _started(run, scope, state)
            if output.size > PAYLOAD_LIMIT:
                failure = too_large(state.name)
                run.fail(scope, failure, event=_failed(state, "Failed", failure))
                return
            details = {**payload("output", output), **resource_names(state.resource)}
            run.emit(scope, f"{_prefix(state)}Succeeded", details)
            try:
                run.leave_with_result(scope, state, output.value)
            except StateFailed as error:
                run.fail_state(scope, error)
        case TaskFailed(error=error_name, cause=cause):
            run.cancel_clocks(scope)
            _started(run, scope, state)
            failure = Failure(error=error_name, cause=cause)
            run.fail(scope, failure, event=_failed(state, "Failed", failure))
        case _:
            assert_never(event)


def _prefix(state: TaskState) -> str:
    if isinstance(state.resource, ActivityArn):
        return "Activity"
    return "LambdaFunction" if isinstance(state.resource, FunctionArn) else "Task"


def _failed(state: TaskState, outcome: str, failure: Failure) -> tuple[str, Details]:
    return f"{_prefix(state)}{outcome}", _named(state, failure)


def _named(state: TaskState, failure: Failure) -> Details:
    return {**failure_details(failure), **resource_names(state.resource)}


def _submitted(run: Activation, scope: Scope, state: TaskState, output: Document) -> None:
    if output.size > PAYLOAD_LIMIT:
        run.cancel_clocks(scope)
        run.commands.append(CancelTask(attempt=scope.waiting or ""))
        failure = too_large(state.name)
        run.fail(scope, failure, event=(f"{_prefix(state)}SubmitFailed", _named(state, failure)))
        return
    run.emit(scope, f"{_prefix(state)}Submitted", {**payload("output", output), **resource_names(state.resource)})


def _started(run: Activation, scope: Scope, state: TaskState, worker_name: str | None = None) -> None:
    """Write that the attempt has begun, once: a result may overtake the news of its beginning."""
    if scope.begun:
        return
    scope.begun = True
    named = {} if worker_name is None else {"workerName": worker_name}
    run.emit(scope, f"{_prefix(state)}Started", {**resource_names(state.resource), **named})
    run.start_clock(scope, "timeout")
    run.start_clock(scope, "heartbeat")


def _timed_out(run: Activation, scope: Scope, attempt: str) -> None:
    state = run.state_of(scope)
    if not isinstance(state, TaskState):
        return
    run.commands.append(CancelTask(attempt=attempt))
    run.cancel_clocks(scope)
    # Recorded: a missed heartbeat, too, is States.Timeout, without a cause.
    failure = Failure(error=ErrorName.TIMEOUT)
    run.fail(scope, failure, event=_failed(state, "TimedOut", failure))

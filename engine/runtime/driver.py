"""The driver: takes an execution from its mailbox to its next wait, one transaction a change.

    doorbell -> load -> advance (pure) -> commit -> ring, tell, hand over -> look again

Whoever gets the doorbell drains the whole mailbox in one commit and looks again before leaving, so that whatever was
posted meanwhile is not left lying. Losing a doorbell costs time only: the sweeper rings again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from engine.asl.express import express_machine
from engine.asl.model import StateMachine, TaskState
from engine.asl.parse import parse_definition
from engine.asl.resource import ActivityArn
from engine.core.advance import Step, advance
from engine.core.commands import (
    CancelMapRun,
    CancelTask,
    CancelTimer,
    EndExecution,
    RedriveMapRun,
    ScheduleTask,
    StartMapRun,
    StartTimer,
)
from engine.core.events import (
    Event,
    Resumed,
    TaskFailed,
    TaskHeartbeat,
    TaskStarted,
    TaskSucceeded,
    TimerFired,
    decode_event,
    encode_event,
)
from engine.core.execution import Execution, Overlay, Status
from engine.core.items import child_machine
from engine.query.evaluator import Evaluator
from engine.runtime.ports import (
    AttemptRow,
    Clock,
    Commit,
    Dispatcher,
    FinishedAttempt,
    Integrations,
    Letter,
    Loaded,
    Notifier,
    Outcome,
    Store,
    TimerRow,
    Work,
    map_run_id,
)

HAND_OVER_SECONDS = 0.2
_CONFLICTS_ALLOWED = 50
_ASK_SECONDS = 0.02
_LOOK_SECONDS = 0.01


@dataclass(slots=True)
class _Own:
    """A result that this worker brings itself, without the mailbox (hand-over)."""

    attempt: AttemptRow
    outcome: Outcome
    event: TaskSucceeded | TaskFailed
    finished: FinishedAttempt

    def wait(self, seconds: float | None) -> Outcome:
        """The Work port: it has ended already."""
        return self.outcome

    def cancel(self) -> None:
        """Nothing runs any more."""


class LateResults(Protocol):
    """Who looks after attempts that outlived their hand-over (``engine.runtime.attempts``)."""

    def has_room(self) -> bool: ...

    def holding(self) -> AbstractContextManager[set[str]]:
        """A set for the attempts that this worker has begun and brings to their end itself."""
        ...

    def take(self, attempt: AttemptRow, work: Work) -> None: ...

    def may_start(self, attempt: AttemptRow, taken_at: float) -> bool:
        """Whether an attempt that this worker took at ``taken_at`` (monotonic seconds), or later, is its own still."""
        ...


class Driver:
    """Advances executions. One instance serves all threads of a worker process."""

    def __init__(
        self,
        *,
        store: Store,
        dispatcher: Dispatcher,
        notifier: Notifier,
        clock: Clock,
        integrations: Integrations,
        evaluator: Evaluator,
        worker: str,
        late: LateResults,
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._notifier = notifier
        self._clock = clock
        self._integrations = integrations
        self._evaluator = evaluator
        self._worker = worker
        self._late = late
        self._ask_again = 0.0
        self._look_again = 0.0
        self._waiting = False
        self.machine = lru_cache(maxsize=256)(self._compile)
        self._activities = lru_cache(maxsize=256)(self._activities_of)

    def activate(self, execution_id: str) -> None:
        """Answer a doorbell: safe to call at any time, any number of times, for any execution."""
        with self._late.holding() as held:
            self._activate(execution_id, held)

    def _activate(self, execution_id: str, held: set[str]) -> None:
        conflicts = 0
        own: _Own | None = None
        loaded = self._store.load(execution_id)
        while loaded is not None and self._has_work(loaded, own):
            taken_at = self._clock.monotonic()
            with self._kept(own):
                advanced = self._advance(loaded, own, held)
            if advanced is None:
                if own is not None:
                    self._post(own)
                    own = None
                conflicts += 1
                if conflicts > _CONFLICTS_ALLOWED:
                    self._dispatcher.ring_execution(execution_id)
                    return
                loaded = self._store.load(execution_id)
                continue
            step, handed = advanced
            own = self._hand_over(handed, taken_at) if handed is not None else None
            if own is None and step.more and self._others_wait():
                self._dispatcher.ring_execution(execution_id)
                return
            with self._kept(own):
                loaded = self._committed(loaded, step, busy=own is not None)
        if own is not None:
            self._post(own)  # it was parked or ended meanwhile

    @contextmanager
    def _kept(self, own: _Own | None) -> Iterator[None]:
        """What fails in here does not lose the result in hand: it takes the ordinary way."""
        try:
            yield
        except Exception:
            if own is not None:
                self._late.take(own.attempt, own)
            raise

    def _has_work(self, loaded: Loaded, own: _Own | None) -> bool:
        root = loaded.execution.root
        if loaded.parked:
            return False
        if root.status is not Status.RUNNING:
            if loaded.letters:
                self._store.discard_mail(loaded.execution_id, [letter.id for letter in loaded.letters])
            return False
        return bool(loaded.letters or own or root.ready)

    def _committed(self, loaded: Loaded, step: Step, *, busy: bool) -> Loaded:
        """What ``load`` would give after the commit, without reading what this worker just wrote.

        Before leaving comes a last look at the mailbox: whoever posted while we were at work may have rung in vain.
        Who is ``busy``, with a result in hand, need not look each time.
        """
        scopes = loaded.stored_scopes
        execution = replace(step.execution, scopes=Overlay(scopes, step.changes))
        now = self._clock.monotonic()
        letters: tuple[Letter, ...] = ()
        if not busy or now >= self._look_again:
            self._look_again = now + _LOOK_SECONDS
            letters = self._store.mail(loaded.execution_id)
        return replace(loaded, version=loaded.version + 1, execution=execution, letters=letters)

    def _post(self, own: _Own) -> None:
        """Somebody else was faster, and may have cancelled this very attempt: its result takes the ordinary way."""
        with self._kept(own):
            self._store.finish(own.finished, encode_event(own.event), self._clock.now())

    def _others_wait(self) -> bool:
        """Whether another execution waits for a worker; asked at most every 20 ms, for it costs a round trip."""
        now = self._clock.monotonic()
        if now >= self._ask_again:
            self._waiting = self._dispatcher.waiting()
            self._ask_again = now + _ASK_SECONDS
        return self._waiting

    def _compile(self, definition_id: str, processor: str) -> StateMachine:
        """What an execution runs: its definition, or the item processor of one of its Distributed Maps."""
        if processor:
            return child_machine(self.machine(definition_id, ""), processor)
        stored = self._store.definition(definition_id)
        parsed = parse_definition(stored.text, stored.format, stored=True)
        if parsed.machine is None:
            raise ValueError(f"definition {definition_id} does not compile: {parsed.diagnostics[:1]}")
        return express_machine(parsed.machine) if stored.express else parsed.machine

    def _activities_of(self, definition_id: str, processor: str) -> tuple[str, ...]:
        states = self.machine(definition_id, processor).index.values()
        resources = [state.resource for state in states if isinstance(state, TaskState)]
        return tuple(dict.fromkeys(one.arn for one in resources if isinstance(one, ActivityArn)))

    def _missing_activities(self, loaded: Loaded) -> frozenset[str]:
        used = self._activities(loaded.definition_id, loaded.processor)
        return self._store.missing_activities(loaded.execution_id, used) if used else frozenset()

    def _advance(self, loaded: Loaded, own: _Own | None, held: set[str]) -> tuple[Step, AttemptRow | None] | None:
        """One activation and its commit; None when somebody else was faster."""
        machine = self.machine(loaded.definition_id, loaded.processor)
        events = without_stale_heartbeats([decode_event(letter.event) for letter in loaded.letters])
        if own is not None:
            events.append(own.event)
        missing = self._missing_activities(loaded)
        step, handed = self._step(loaded.execution_id, machine, loaded.execution, events or [Resumed()], missing)
        commit = self._commit_of(loaded, step, handed, own)
        if not self._store.commit(commit):
            return None
        held.clear()
        if handed is not None:
            held.add(handed.id)
        self._after(commit, step, handed)
        if commit.end is not None:
            self._tell_relatives(loaded)
        return step, handed

    def _tell_relatives(self, loaded: Loaded) -> None:
        """An execution has ended: its Map Run may make the next child or be done, its own Map Runs are over, and the
        attempt that started it can see how it ended."""
        if loaded.parent_attempt is not None:
            self._store.poll_now(loaded.parent_attempt, self._clock.now())
            self._dispatcher.ring_attempt(loaded.parent_attempt)
        if loaded.map_run_id is not None:
            self._dispatcher.ring_map_run(loaded.map_run_id)
        for own in self._store.map_runs_of(loaded.execution_id):
            self._dispatcher.ring_map_run(own)

    def _step(
        self,
        execution_id: str,
        machine: StateMachine,
        execution: Execution,
        events: Sequence[Event],
        missing: frozenset[str],
    ) -> tuple[Step, AttemptRow | None]:
        at, seed = self._clock.now(), secrets.token_hex(16)
        step = advance(
            machine, execution, events, at=at, seed=seed, evaluator=self._evaluator, missing_activities=missing
        )
        handed = self._worth_handing_over(execution_id, step)
        if handed is None:
            return step, None
        # The attempt begins in the very commit that schedules it: one commit a task instead of three.
        event = TaskStarted(scope=handed.scope, attempt=handed.key)
        begun = advance(machine, step.execution, [event], at=at, seed=seed, evaluator=self._evaluator)
        return merged(step, begun), handed

    def _worth_handing_over(self, execution_id: str, step: Step) -> AttemptRow | None:
        scheduled = [command for command in step.commands if isinstance(command, ScheduleTask)]
        if len(scheduled) != 1 or step.more or not self._late.has_room():
            return None
        command = scheduled[0]
        if isinstance(command.resource, ActivityArn):
            return None
        if not self._integrations.quick(command.resource.arn, command.payload) or self._others_wait():
            return None
        return attempt_row(execution_id, command, worker=self._worker)

    def _commit_of(self, loaded: Loaded, step: Step, handed: AttemptRow | None, own: _Own | None) -> Commit:
        attempts: list[AttemptRow] = []
        timers: dict[str, TimerRow] = {}
        cancelled_attempts: list[str] = []
        cancelled_timers: list[str] = []
        map_runs: list[StartMapRun] = []
        cancelled_map_runs: list[str] = []
        redriven_map_runs: list[str] = []
        end: EndExecution | None = None
        for command in step.commands:
            match command:
                case ScheduleTask():
                    row = attempt_row(loaded.execution_id, command)
                    attempts.append(handed if handed is not None and handed.id == row.id else row)
                case CancelTask(attempt=attempt):
                    cancelled_attempts.append(attempt_id(loaded.execution_id, attempt))
                case StartTimer(scope=scope, key=key, due=due):
                    timers[key] = TimerRow(key=key, due=due, event=encode_event(TimerFired(scope=scope, key=key)))
                case CancelTimer(key=key):
                    if timers.pop(key, None) is None:
                        cancelled_timers.append(key)
                case StartMapRun():
                    map_runs.append(command)
                case RedriveMapRun(attempt=attempt):
                    redriven_map_runs.append(attempt)
                case CancelMapRun(attempt=attempt):
                    cancelled_map_runs.append(attempt)
                case EndExecution():
                    end = command
        return Commit(
            execution_id=loaded.execution_id,
            version=loaded.version,
            at=step.execution.root.last_at,
            root=step.execution.root,
            changes=step.changes,
            history=step.history,
            drained=[letter.id for letter in loaded.letters],
            attempts=attempts,
            cancelled_attempts=cancelled_attempts,
            timers=list(timers.values()),
            cancelled_timers=cancelled_timers,
            end=end,
            finished=None if own is None else own.finished,
            map_runs=map_runs,
            cancelled_map_runs=cancelled_map_runs,
            redriven_map_runs=redriven_map_runs,
        )

    def _after(self, commit: Commit, step: Step, handed: AttemptRow | None) -> None:
        """After the commit, and only then: tell the world. Each of these may be lost."""
        for attempt in commit.attempts:
            if attempt.offered is not None:
                self._dispatcher.offer_activity(attempt.offered)
            elif attempt.worker is None:
                self._dispatcher.ring_attempt(attempt.id)
        if commit.timers:
            self._dispatcher.ring_timers(min(timer.due for timer in commit.timers))
        if commit.cancelled_attempts:
            self._dispatcher.cancel_attempts(commit.cancelled_attempts)
        elif commit.end is not None and commit.end.status != Status.SUCCEEDED:
            self._dispatcher.cancel_attempts([f"{commit.execution_id}:*"])
        for started in commit.map_runs:
            self._dispatcher.ring_map_run(map_run_id(commit.execution_id, started.attempt))
        for attempt_key in (*commit.redriven_map_runs, *commit.cancelled_map_runs):
            self._dispatcher.ring_map_run(map_run_id(commit.execution_id, attempt_key))
        self._notifier.committed(commit.execution_id, commit.root, commit.history, commit.at)

    def _hand_over(self, attempt: AttemptRow, taken_at: float) -> _Own | None:
        """Do the attempt here. What takes longer than its time goes on by itself and reports by mailbox."""
        if not self._late.may_start(attempt, taken_at):
            return None
        work = self._integrations.start(attempt)
        outcome = work.wait(HAND_OVER_SECONDS)
        if outcome is None or outcome.submission is not None:
            self._late.take(attempt, work)
            return None
        return _Own(attempt, outcome, result_event(attempt, outcome), finished_row(attempt, self._worker, outcome))


def without_stale_heartbeats(events: Sequence[Event]) -> list[Event]:
    """A heartbeat that lay in the mailbox before its timer fired was in time, however late both of them are read."""
    beaten: set[str] = set()
    kept: list[Event] = []
    for event in events:
        if isinstance(event, TaskHeartbeat):
            beaten.add(f"heartbeat:{event.attempt}")
        if not (isinstance(event, TimerFired) and event.key in beaten):
            kept.append(event)
    return kept


def attempt_id(execution_id: str, key: str) -> str:
    """The token of an attempt: unique for ever, since event ids in its key are."""
    return f"{execution_id}:{key}"


def attempt_row(execution_id: str, command: ScheduleTask, *, worker: str | None = None) -> AttemptRow:
    return AttemptRow(
        id=attempt_id(execution_id, command.attempt),
        execution_id=execution_id,
        scope=command.scope,
        key=command.attempt,
        state=command.state,
        number=command.number,
        resource=command.resource.arn,
        payload=command.payload,
        timeout_seconds=command.timeout_seconds,
        heartbeat_seconds=command.heartbeat_seconds,
        role_arn=command.role_arn,
        token=command.token,
        offered=command.resource.arn if isinstance(command.resource, ActivityArn) else None,
        worker=worker,
    )


def result_event(attempt: AttemptRow, outcome: Outcome) -> TaskSucceeded | TaskFailed:
    if outcome.output is not None and not outcome.failed:
        return TaskSucceeded(scope=attempt.scope, attempt=attempt.key, output=outcome.output)
    return TaskFailed(scope=attempt.scope, attempt=attempt.key, error=outcome.error, cause=outcome.cause)


def finished_row(attempt: AttemptRow, worker: str, outcome: Outcome) -> FinishedAttempt:
    return FinishedAttempt(
        id=attempt.id,
        worker=worker,
        status="FAILED" if outcome.failed else "SUCCEEDED",
        error=outcome.error,
        cause=outcome.cause,
        logs=outcome.logs,
        logs_truncated=outcome.logs_truncated,
    )


def merged(first: Step, second: Step) -> Step:
    """Two steps in a row as one."""
    changes = second.changes
    kept = (scope for scope in first.changes.scopes if not scope.path.startswith(changes.removed_below))
    scopes = {scope.path: scope for scope in kept}
    scopes.update({scope.path: scope for scope in changes.scopes})
    return Step(
        execution=second.execution,
        changes=type(changes)(
            removed_below=first.changes.removed_below + changes.removed_below,
            scopes=tuple(scopes.values()),
            blobs=first.changes.blobs + changes.blobs,
        ),
        commands=first.commands + second.commands,
        history=first.history + second.history,
    )

"""The in-memory twins of the ports: the same contract as the real ones, for tests and for trying things out."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from engine.core.commands import EndExecution, decode_map_run, encode_map_run
from engine.core.events import Redriven, Started, StopRequested, TaskHeartbeat, TaskStarted, encode_event
from engine.core.execution import Execution, Facts, Root, Scope, Status
from engine.core.history import HistoryEvent
from engine.core.items import ChildInput, child_facts
from engine.errors import Failure
from engine.jsontypes import Document, Json
from engine.runtime.ports import (
    CANCEL_AGAIN_MS,
    RING_AGAIN_MS,
    ActivityTask,
    AttemptRow,
    ChildResult,
    Claim,
    Commit,
    Definition,
    DueTimer,
    FinishedAttempt,
    Letter,
    Loaded,
    MapRunRow,
    NewChild,
    OpenAttempt,
    TimerRow,
    TokenAnswer,
    TokenEvent,
    WorkerRow,
    map_run_id,
)


@dataclass
class _Record:
    facts: Facts
    definition_id: str
    version: int = 0
    root: Root = field(default_factory=lambda: Root(status=Status.RUNNING, last_event_id=0, last_at=0))
    scopes: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, str] = field(default_factory=dict)
    history: list[HistoryEvent] = field(default_factory=list)
    timers: dict[str, TimerRow] = field(default_factory=dict)
    end: object = None
    crashes: int = 0
    stuck_reason: str | None = None
    touched_at: int = 0
    processor: str = ""
    child_of: tuple[str, int, int] | None = None  # its Map Run, its index, how many items it stands for


@dataclass
class _Attempt:
    row: AttemptRow
    status: str
    rung_at: int
    finished: FinishedAttempt | None = None
    handle: str | None = None
    due: int | None = None  # of the next look at its job, or of the next try to cancel it
    polls: int = 0

    @property
    def open(self) -> bool:
        return self.status in _OPEN

    def close(self, status: str, at: int) -> None:
        self.status = status
        self.due = at if status == "ABORTED" and self.handle is not None else None
        self.polls, self.rung_at = 0, 0


@dataclass
class _MapRun:
    row: MapRunRow
    waiting: dict[int, ChildInput] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    looked_at: int = 0


_OPEN = {"QUEUED", "OFFERED", "BEGUN", "WAITING", "POLLING"}
_COUNTERS = {"SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "timed_out", "ABORTED": "aborted"}


class _Scopes:
    def __init__(self, record: _Record) -> None:
        self._record = record

    def scope(self, path: str) -> Scope | None:
        text = self._record.scopes.get(path)
        return None if text is None else Scope.loaded(path, text)

    def below(self, prefix: str) -> list[Scope]:
        return [Scope.loaded(path, text) for path, text in self._record.scopes.items() if path.startswith(prefix)]

    def blob(self, key: str) -> Document:
        return Document.stored(self._record.blobs[key])


class MemoryStore:
    """The Store in dictionaries behind one lock."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._definitions: dict[str, Definition] = {}
        self._executions: dict[str, _Record] = {}
        self._inbox: dict[int, tuple[str, str, int]] = {}
        self._last_letter = 0
        self._attempts: dict[str, _Attempt] = {}
        self._workers: dict[str, WorkerRow] = {}
        self._map_runs: dict[str, _MapRun] = {}
        self.activities: set[str] = set()

    # -- what tests put in and look at ---------------------------------------------------------------------------

    def create(self, execution_id: str, facts: Facts, definition: Definition, event: str, at: int) -> None:
        with self._lock:
            self._definitions[definition.id] = definition
            self._executions[execution_id] = _Record(facts=facts, definition_id=definition.id, touched_at=at)
            self.post(execution_id, event, at)

    def delete(self, execution_id: str) -> None:
        """As a machine's deletion does."""
        with self._lock:
            del self._executions[execution_id]
            gone = [number for number, one in self._attempts.items() if one.row.execution_id == execution_id]
            for number in gone:
                del self._attempts[number]

    def history(self, execution_id: str) -> list[HistoryEvent]:
        with self._lock:
            return list(self._executions[execution_id].history)

    def status(self, execution_id: str) -> Status:
        with self._lock:
            return self._executions[execution_id].root.status

    def output(self, execution_id: str) -> Json:
        with self._lock:
            end = self._executions[execution_id].end
            return end.output.value if isinstance(end, EndExecution) and end.output else None

    def attempt_status(self, attempt_id: str) -> str:
        with self._lock:
            return self._attempts[attempt_id].status

    def stuck_reason(self, execution_id: str) -> str | None:
        with self._lock:
            return self._executions[execution_id].stuck_reason

    # -- the port ------------------------------------------------------------------------------------------------

    def load(self, execution_id: str) -> Loaded | None:
        with self._lock:
            record = self._executions.get(execution_id)
            if record is None:
                return None
            scopes = _Scopes(record)
            return Loaded(
                execution_id=execution_id,
                definition_id=record.definition_id,
                version=record.version,
                execution=Execution(facts=record.facts, root=record.root, scopes=scopes),
                stored_scopes=scopes,
                letters=self.mail(execution_id),
                parked=record.stuck_reason is not None,
                processor=record.processor,
                map_run_id=record.child_of[0] if record.child_of else None,
            )

    def definition(self, definition_id: str) -> Definition:
        with self._lock:
            return self._definitions[definition_id]

    def commit(self, commit: Commit) -> bool:
        with self._lock:
            record = self._executions.get(commit.execution_id)
            if record is None or record.version != commit.version:
                return False
            if commit.finished is not None and not self._close(commit.finished, commit.at):
                return False
            self._store(record, commit)
            return True

    def _store(self, record: _Record, commit: Commit) -> None:
        record.version += 1
        record.root = commit.root
        record.crashes = 0
        record.touched_at = commit.at
        prefixes = tuple(commit.changes.removed_below)
        record.scopes = {path: text for path, text in record.scopes.items() if not path.startswith(prefixes)}
        record.blobs = {key: text for key, text in record.blobs.items() if not key.startswith(prefixes)}
        record.scopes.update({scope.path: scope.dumped() for scope in commit.changes.scopes})
        record.blobs.update({key: blob.text for key, blob in commit.changes.blobs})
        record.history.extend(commit.history)
        for letter in commit.drained:
            self._inbox.pop(letter, None)
        for row in commit.attempts:
            status = "OFFERED" if row.offered else "QUEUED" if row.worker is None else "BEGUN"
            self._attempts[row.id] = _Attempt(row, status, commit.at)
        for attempt_id in commit.cancelled_attempts:
            self._abort(attempt_id, commit.at)
        for key in commit.cancelled_timers:
            record.timers.pop(key, None)
        record.timers.update({timer.key: timer for timer in commit.timers})
        self._start_map_runs(commit)
        if commit.end is not None:
            record.end = commit.end
            if record.child_of is not None:
                self._count_end(record.child_of[0], str(commit.end.status), record.child_of[2], alive=1)
            for run in self._map_runs.values():
                if run.row.execution_id == commit.execution_id:
                    self._abort_map_run(run, commit.at)
            record.timers = {}
            if commit.end.status == Status.SUCCEEDED:
                record.scopes, record.blobs = {}, {}
            for attempt_id, attempt in self._attempts.items():
                if attempt.row.execution_id == commit.execution_id:
                    self._abort(attempt_id, commit.at)

    def _abort(self, attempt_id: str, at: int) -> None:
        attempt = self._attempts.get(attempt_id)
        if attempt is not None and attempt.open:
            attempt.close("ABORTED", at)

    def _close(self, finished: FinishedAttempt, at: int) -> bool:
        attempt = self._held(finished.id, finished.worker)
        if attempt is None:
            return False
        attempt.close(finished.status, at)
        attempt.finished = finished
        return True

    def _held(self, attempt_id: str, worker: str | None) -> _Attempt | None:
        """The attempt, if it is in that worker's hands."""
        attempt = self._attempts.get(attempt_id)
        if attempt is None or attempt.status not in {"BEGUN", "POLLING"} or attempt.row.worker != worker:
            return None
        return attempt

    def redrive(self, execution_id: str, event: str, at: int) -> bool:
        with self._lock:
            record = self._executions.get(execution_id)
            if record is None or record.child_of or not record.scopes:
                return False
            if record.root.status in {Status.RUNNING, Status.SUCCEEDED}:
                return False
            record.root = replace(record.root, status=Status.RUNNING)
            record.end = None
            record.version += 1
            self.post(execution_id, event, at)
            return True

    def post(self, execution_id: str, event: str, at: int) -> None:
        with self._lock:
            self._last_letter += 1
            self._inbox[self._last_letter] = (execution_id, event, at)

    def mail(self, execution_id: str) -> tuple[Letter, ...]:
        with self._lock:
            return tuple(
                Letter(id=number, event=event)
                for number, (owner, event, _) in sorted(self._inbox.items())
                if owner == execution_id
            )

    def discard_mail(self, execution_id: str, letters: Sequence[int]) -> None:
        with self._lock:
            for number in letters:
                self._inbox.pop(number, None)

    def claim(self, attempt_id: str, worker: str, at: int) -> Claim | None:
        with self._lock:
            attempt = self._attempts.get(attempt_id)
            if attempt is None:
                return None
            polls = attempt.polls
            if attempt.status == "QUEUED":
                attempt.status = "BEGUN"
                attempt.row = replace(attempt.row, worker=worker)
                started = TaskStarted(scope=attempt.row.scope, attempt=attempt.row.key)
                self.post(attempt.row.execution_id, encode_event(started), at)
                return Claim(action="BEGIN", attempt=attempt.row)
            if attempt.due is None or attempt.due > at:
                return None
            if attempt.status == "WAITING":
                attempt.status, attempt.due = "POLLING", None
                attempt.row = replace(attempt.row, worker=worker)
                return Claim(action="POLL", attempt=attempt.row, handle=attempt.handle, polls=polls)
            attempt.due, attempt.polls = at + CANCEL_AGAIN_MS, polls + 1
            return Claim(action="CANCEL", attempt=attempt.row, handle=attempt.handle, polls=polls)

    def submit(self, attempt: AttemptRow, event: str, handle: str | None, poll_at: int | None, at: int) -> str | None:
        with self._lock:
            found = self._held(attempt.id, attempt.worker)
            if found is None:
                closed = self._attempts.get(attempt.id)
                if closed is not None and handle is not None and closed.status in {"ABORTED", "LOST"}:
                    closed.handle, closed.due, closed.rung_at = handle, at, 0
                return None
            found.status, found.handle, found.due, found.rung_at = "WAITING", handle, poll_at, 0
            found.row = replace(found.row, worker=None)
            self.post(attempt.execution_id, event, at)
            return attempt.execution_id

    def wait_on(self, attempt: AttemptRow, poll_at: int, at: int) -> bool:
        with self._lock:
            found = self._held(attempt.id, attempt.worker)
            if found is None:
                return False
            found.status, found.due, found.rung_at, found.polls = "WAITING", poll_at, 0, found.polls + 1
            found.row = replace(found.row, worker=None)
            return True

    def requeue(self, attempt_id: str, worker: str, at: int) -> bool:
        with self._lock:
            found = self._held(attempt_id, worker)
            if found is None:
                return False
            if found.status == "BEGUN":
                found.status, found.rung_at = "QUEUED", at
            else:
                found.status, found.due, found.rung_at = "WAITING", at, 0
            found.row = replace(found.row, worker=None)
            return True

    def knows(self, attempt_id: str) -> bool:
        with self._lock:
            return attempt_id in self._attempts

    def job_cancelled(self, attempt_id: str) -> None:
        with self._lock:
            self._attempts[attempt_id].due = None

    def due_attempts(self, now: int, limit: int) -> tuple[Sequence[str], int | None]:
        with self._lock:
            waiting = [one for one in self._attempts.values() if one.due is not None]
            due = [one for one in waiting if (one.due or 0) <= now and one.rung_at < now - RING_AGAIN_MS]
            due = sorted(due, key=lambda one: one.rung_at)[:limit]
            for attempt in due:
                attempt.rung_at = now
            later = [one.due for one in waiting if one.due is not None and one.due > now]
            return [one.row.id for one in due], min(later, default=None)

    def poll_now(self, attempt_id: str, at: int) -> None:
        with self._lock:
            attempt = self._attempts.get(attempt_id)
            if attempt is not None and attempt.status == "WAITING" and attempt.due is not None:
                attempt.due, attempt.rung_at = at, 0

    def _of_token(self, token: str) -> _Attempt | None:
        return next((one for one in self._attempts.values() if one.row.token == token), None)

    def answer(self, token: str, finished: FinishedAttempt, event: TokenEvent, at: int) -> tuple[TokenAnswer, str]:
        with self._lock:
            attempt = self._of_token(token)
            if attempt is None:
                return TokenAnswer.UNKNOWN, ""
            if not attempt.open:
                return TokenAnswer.CLOSED, ""
            attempt.close(finished.status, at)
            attempt.finished = finished
            self.post(attempt.row.execution_id, event(attempt.row.scope, attempt.row.key), at)
            return TokenAnswer.TAKEN, attempt.row.execution_id

    def heartbeat(self, token: str, at: int) -> tuple[TokenAnswer, str]:
        with self._lock:
            attempt = self._of_token(token)
            if attempt is None:
                return TokenAnswer.UNKNOWN, ""
            if not attempt.open:
                return TokenAnswer.CLOSED, ""
            beat = TaskHeartbeat(scope=attempt.row.scope, attempt=attempt.row.key)
            self.post(attempt.row.execution_id, encode_event(beat), at)
            return TokenAnswer.TAKEN, attempt.row.execution_id

    def missing_activities(self, execution_id: str, arns: Sequence[str]) -> frozenset[str]:
        return frozenset(arns) - self.activities

    def claim_activity(self, arn: str, worker_name: str | None, at: int) -> tuple[ActivityTask, str] | None:
        with self._lock:
            for attempt in self._attempts.values():
                if attempt.status == "OFFERED" and attempt.row.resource == arn:
                    attempt.status = "WAITING"
                    row = attempt.row
                    started = TaskStarted(scope=row.scope, attempt=row.key, worker_name=worker_name)
                    self.post(row.execution_id, encode_event(started), at)
                    return ActivityTask(token=row.token or "", input=row.payload), row.execution_id
            return None

    def finish(self, finished: FinishedAttempt, event: str, at: int) -> str | None:
        with self._lock:
            if not self._close(finished, at):
                return None
            execution_id = self._attempts[finished.id].row.execution_id
            self.post(execution_id, event, at)
            return execution_id

    def begun_by(self, worker: str) -> Sequence[OpenAttempt]:
        with self._lock:
            return [
                OpenAttempt(
                    id=one.row.id,
                    execution_id=one.row.execution_id,
                    scope=one.row.scope,
                    key=one.row.key,
                    resource=one.row.resource,
                    worker=worker,
                    polling=one.status == "POLLING",
                )
                for one in self._attempts.values()
                if one.status in {"BEGUN", "POLLING"} and one.row.worker == worker
            ]

    def claim_due(self, now: int, limit: int) -> tuple[Sequence[DueTimer], int | None]:
        with self._lock:
            pending = (
                sorted(
                    (
                        (timer.due, execution_id, timer)
                        for execution_id, record in self._executions.items()
                        for timer in record.timers.values()
                    ),
                    key=lambda one: (one[0], one[1], one[2].key),
                )
                if any(record.timers for record in self._executions.values())
                else []
            )
            claimed = [one for one in pending if one[0] <= now][:limit]
            for _, execution_id, timer in claimed:
                del self._executions[execution_id].timers[timer.key]
                self.post(execution_id, timer.event, now)
            rest = pending[len(claimed) :]
            found = [DueTimer(execution_id=owner, key=timer.key, event=timer.event) for _, owner, timer in claimed]
            return found, rest[0][0] if rest else None

    def unanswered(self, before: int, now: int, limit: int, *, after: str = "") -> tuple[Sequence[str], Sequence[str]]:
        with self._lock:
            mail = [owner for owner, _, at in self._inbox.values() if at < before]
            left = [
                execution_id
                for execution_id, record in self._executions.items()
                if record.root.ready and record.root.status is Status.RUNNING and record.touched_at < before
            ]
            found = sorted(one for one in {*mail, *left} if one > after)
            executions = [one for one in found if self._executions[one].stuck_reason is None]
            queued = [one for one in self._attempts.values() if one.status == "QUEUED" and one.rung_at < before]
            queued = sorted(queued, key=lambda one: one.rung_at)[:limit]
            for attempt in queued:
                attempt.rung_at = now
            return executions[:limit], [attempt.row.id for attempt in queued]

    # -- Map Runs ------------------------------------------------------------------------------------------------

    def _start_map_runs(self, commit: Commit) -> None:
        for command in commit.map_runs:
            number = map_run_id(commit.execution_id, command.attempt)
            row = MapRunRow(
                id=number,
                execution_id=commit.execution_id,
                command=decode_map_run(encode_map_run(command)),
                status="RUNNING",
                concurrency=command.concurrency,
                tolerated_count=command.tolerated_count,
                tolerated_percentage=command.tolerated_percentage,
            )
            self._map_runs[number] = _MapRun(row, looked_at=commit.at)
        for attempt in commit.redriven_map_runs:
            self._redrive_map_run(self._map_runs[map_run_id(commit.execution_id, attempt)])
        for attempt in commit.cancelled_map_runs:
            found = self._map_runs.get(map_run_id(commit.execution_id, attempt))
            if found is not None:
                self._abort_map_run(found, commit.at)

    def _redrive_map_run(self, run: _MapRun) -> None:
        stop = encode_event(StopRequested(error=None, cause=None))
        children = self._children(run.row.id)
        running = 0
        for _, child, record in children:
            if record.root.status is Status.RUNNING:
                running += 1
                record.version += 1
                for number, (owner, event, _) in list(self._inbox.items()):
                    if owner == child and event == stop:
                        del self._inbox[number]
            elif record.root.status is not Status.SUCCEEDED:
                run.pending.add(child)
        run.row = replace(
            run.row,
            status="RUNNING",
            complete=False,
            read=run.row.made,
            items=sum(record.child_of[2] for _, _, record in children if record.child_of),
            running=running,
            pending=len(run.pending),
            failed=0,
            timed_out=0,
            aborted=0,
        )

    def _abort_map_run(self, run: _MapRun, at: int) -> None:
        if run.row.status == "RUNNING":
            run.row = replace(run.row, status="ABORTED")
            self._stop_children(run, at)

    def _stop_children(self, run: _MapRun, at: int) -> None:
        run.waiting.clear()
        run.pending.clear()
        run.row = replace(run.row, pending=0)
        for child in self.children_running(run.row.id):
            self.post(child, encode_event(StopRequested(error=None, cause=None)), at)

    def _count_end(self, number: str, status: str, items: int, *, alive: int) -> None:
        run = self._map_runs[number]
        column = _COUNTERS[status]
        counted = {column: getattr(run.row, column) + items}
        run.row = replace(run.row, running=run.row.running - alive, **counted)

    def map_run(self, number: str) -> MapRunRow | None:
        with self._lock:
            found = self._map_runs.get(number)
            return None if found is None else found.row

    def add_items(self, run: MapRunRow, inputs: list[ChildInput], *, complete: bool) -> bool:
        with self._lock:
            held = self._map_runs[run.id]
            row = held.row
            if row.status != "RUNNING" or row.read != run.read or row.complete:
                return False
            held.waiting.update({row.read + number: one for number, one in enumerate(inputs)})
            items = row.items + sum(one.items for one in inputs)
            held.row = replace(row, read=row.read + len(inputs), items=items, complete=complete)
            self._executions[run.execution_id].crashes = 0
            return True

    def waiting_items(self, run: MapRunRow, limit: int) -> list[ChildInput]:
        with self._lock:
            waiting = self._map_runs[run.id].waiting
            return [waiting[index] for index in sorted(waiting) if index >= run.made][:limit]

    def add_children(self, run: MapRunRow, children: list[NewChild]) -> bool:
        with self._lock:
            held = self._map_runs[run.id]
            if held.row.status != "RUNNING" or held.row.made != run.made:
                return False
            alive = sum(child.commit.end is None for child in children)
            held.row = replace(held.row, made=run.made + len(children), running=held.row.running + alive)
            parent = self._executions[run.execution_id]
            parent.crashes = 0
            for child in children:
                facts = child_facts(parent.facts, run.command.arn, child.name, child.input, child.started_at)
                record = self._executions[child.id] = _Record(
                    facts=facts, definition_id=parent.definition_id, processor=run.command.state
                )
                self._store(record, child.commit)
                record.version = 0
                record.child_of = (run.id, child.index, child.items)
                if child.commit.end is not None:
                    self._count_end(run.id, str(child.commit.end.status), child.items, alive=0)
                held.waiting.pop(child.index, None)
            return True

    def redrive_children(self, run: MapRunRow, limit: int, at: int, *, afresh: bool) -> list[str]:
        with self._lock:
            held = self._map_runs[run.id]
            if held.row.status != "RUNNING" or held.row.pending != run.pending:
                return []
            found = [child for _, child, _ in self._children(run.id) if child in held.pending][:limit]
            held.pending.difference_update(found)
            held.row = replace(held.row, pending=len(held.pending), running=held.row.running + len(found))
            for child in found:
                record = self._executions[child]
                again = afresh or not record.scopes
                redrives = record.root.redrives + 1
                record.root = replace(record.root, status=Status.RUNNING)
                record.end = None
                record.version += 1
                for letter in [number for number, (owner, _, _) in self._inbox.items() if owner == child]:
                    del self._inbox[letter]
                if again:
                    record.root = Root(
                        status=Status.RUNNING, last_event_id=0, last_at=0, redrives=redrives, redriven_at=at
                    )
                    record.scopes, record.blobs, record.history, record.timers = {}, {}, [], {}
                    gone = [number for number, one in self._attempts.items() if one.row.execution_id == child]
                    for number in gone:
                        del self._attempts[number]
                self.post(child, encode_event(Started() if again else Redriven()), at)
            return found

    def finish_map_run(self, run: MapRunRow, status: str, event: str, failure: Failure | None, at: int) -> bool:
        with self._lock:
            held = self._map_runs[run.id]
            if held.row.status != "RUNNING":
                return False
            held.row = replace(held.row, status=status)
            self.post(run.execution_id, event, at)
            self._stop_children(held, at)
            return True

    def map_runs_of(self, execution_id: str) -> Sequence[str]:
        with self._lock:
            return [number for number, run in self._map_runs.items() if run.row.execution_id == execution_id]

    def _children(self, number: str) -> list[tuple[int, str, _Record]]:
        return sorted(
            (record.child_of[1], execution_id, record)
            for execution_id, record in self._executions.items()
            if record.child_of is not None and record.child_of[0] == number
        )

    def children_running(self, number: str) -> list[str]:
        with self._lock:
            return [child for _, child, record in self._children(number) if record.root.status is Status.RUNNING]

    def results_size(self, number: str) -> int:
        return sum(len(one.output or "") for one in self.results(number) if one.status == "SUCCEEDED")

    def results(self, number: str) -> Iterator[ChildResult]:
        with self._lock:
            found = [(child, record) for _, child, record in self._children(number)]
        for child, record in found:
            end = record.end
            assert end is None or isinstance(end, EndExecution)
            yield ChildResult(
                id=child,
                name=record.facts.name,
                status=str(record.root.status),
                input=record.facts.input.text,
                output=end.output.text if end and end.output else None,
                error=end.error if end else None,
                cause=end.cause if end else None,
                started_at=record.facts.started_at,
                stopped_at=record.touched_at if end else None,
            )

    def quiet_map_runs(self, before: int, now: int, limit: int) -> Sequence[str]:
        with self._lock:
            found = [
                run
                for run in self._map_runs.values()
                if run.row.status == "RUNNING" and run.looked_at < before and not self._parked(run.row.execution_id)
            ]
            found = sorted(found, key=lambda run: run.looked_at)[:limit]
            for run in found:
                run.looked_at = now
            return [run.row.id for run in found]

    def _parked(self, execution_id: str) -> bool:
        return self._executions[execution_id].stuck_reason is not None

    def beat(self, worker: WorkerRow, at: int) -> None:
        with self._lock:
            known = self._workers.get(worker.id)
            self._workers[worker.id] = replace(worker, beat=known.beat + 1 if known else 1)

    def workers(self) -> Sequence[WorkerRow]:
        with self._lock:
            return list(self._workers.values())

    def strays(self) -> Sequence[str]:
        with self._lock:
            held = [one.row.worker for one in self._attempts.values() if one.status in {"BEGUN", "POLLING"}]
            return [one for one in dict.fromkeys(held) if one is not None and one not in self._workers]

    def forget_worker(self, worker: str) -> None:
        with self._lock:
            self._workers.pop(worker, None)

    def release(self) -> None:
        """A thread holds nothing of this store."""

    def note_crash(self, execution_id: str, reason: str, limit: int) -> bool:
        with self._lock:
            record = self._executions.get(execution_id)
            if record is None or record.root.status is not Status.RUNNING:
                return False
            record.crashes += 1
            if record.crashes >= limit:
                record.stuck_reason = reason
            return record.stuck_reason is not None


class MemoryDispatcher:
    """Doorbells in lists: a test answers them in any order, twice, or never."""

    def __init__(self) -> None:
        self.executions: list[str] = []
        self.attempts: list[str] = []
        self.map_runs: list[str] = []
        self.cancelled: list[str] = []
        self.timers: list[int] = []
        self.offered: list[str] = []

    def ring_execution(self, execution_id: str) -> None:
        self.executions.append(execution_id)

    def ring_attempt(self, attempt_id: str) -> None:
        self.attempts.append(attempt_id)

    def ring_map_run(self, map_run_id: str) -> None:
        self.map_runs.append(map_run_id)

    def ring_timers(self, due: int) -> None:
        self.timers.append(due)

    def cancel_attempts(self, attempt_ids: Iterable[str]) -> None:
        self.cancelled.extend(attempt_ids)

    def offer_activity(self, arn: str) -> None:
        self.offered.append(arn)

    def waiting(self) -> bool:
        return bool(self.executions)


class MemoryNotifier:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Root, Sequence[HistoryEvent]]] = []

    def committed(self, execution_id: str, root: Root, history: Sequence[HistoryEvent], at: int) -> None:
        self.told.append((execution_id, root, history))

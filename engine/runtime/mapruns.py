"""Map Runs: the children of a Distributed Map, as durable executions of their own.

    read the items, in pieces -> make children, a batch a transaction -> count them as they end -> tell the parent

What a Map Run has come to is one row (``MapRunRow``): how many children are made, run and ended. Children that need
nothing from outside are advanced where they are made and stored with their whole history; the others go on as any
execution, and their last commit counts them. Whoever is killed in between has changed nothing: reading and making
children both hold only if the row is as it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from engine.asl.model import MapState, StateMachine
from engine.core.advance import advance
from engine.core.commands import EndExecution, ReadItems, ScheduleTask, StartMapRun, StartTimer, WriteResults
from engine.core.events import MapRunFailed, MapRunSucceeded, Started, TimerFired, encode_event
from engine.core.execution import Changes, Execution, Overlay, Root, Scope, Status
from engine.core.items import (
    EXCEEDED,
    ChildInput,
    Item,
    ItemsFailed,
    Selector,
    child_facts,
    child_inputs,
    child_machine,
    items_of,
)
from engine.errors import ErrorName, Failure
from engine.jsontypes import Document, Json
from engine.query.evaluator import Evaluator
from engine.runtime.driver import attempt_row
from engine.runtime.ports import (
    ChildResult,
    Clock,
    Commit,
    Dispatcher,
    MapRunRow,
    NewChild,
    Store,
    TimerRow,
    map_run_id,
)
from engine.runtime.results import collected

READ_BATCH = 1000
CHILD_BATCH = 200
_RESULT_BYTES = 262_144


ReadSource = Callable[[ReadItems], Iterable[Item]]
WriteResult = Callable[[WriteResults, str, Iterator[ChildResult]], Json]


class _Empty:
    def scope(self, path: str) -> Scope | None:
        return None

    def below(self, prefix: str) -> Iterable[Scope]:
        return ()

    def blob(self, key: str) -> Document:
        raise KeyError(key)


_NOTHING = Overlay(_Empty(), Changes(removed_below=(), scopes=(), blobs=()))
_NEW = Root(status=Status.RUNNING, last_event_id=0, last_at=0)


class MapRuns:
    """Takes Map Runs on. One instance serves all threads of a worker process."""

    def __init__(
        self,
        *,
        store: Store,
        dispatcher: Dispatcher,
        clock: Clock,
        evaluator: Evaluator,
        machine: Callable[[str, str], StateMachine],
        read: ReadSource,
        write: WriteResult,
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._clock = clock
        self._evaluator = evaluator
        self._machine = machine
        self._read = read
        self._write = write

    def activate(self, map_run_id: str) -> None:
        """Answer a doorbell: safe to call at any time, any number of times."""
        run = self._store.map_run(map_run_id)
        loaded = None if run is None else self._store.load(run.execution_id)
        if loaded is not None and loaded.parked:
            return
        while run is not None and run.status == "RUNNING":
            if run.broken:
                self._finish(run, Failure(error=ErrorName.TOLERATED_FAILURES_EXCEEDED, cause=EXCEEDED))
            elif run.pending > 0 and run.room > 0:
                self._redrive_children(run)
            elif not run.complete and run.made == run.read:
                self._read_more(run)
            elif run.made < run.read and run.room > 0:
                self._make_children(run)
                if self._dispatcher.waiting():
                    self._dispatcher.ring_map_run(map_run_id)
                    return
            elif run.done:
                self._succeed(run)
            else:
                return
            run = self._store.map_run(map_run_id)
        if run is not None:
            for child in self._store.children_running(map_run_id):
                self._dispatcher.ring_execution(child)

    # -- reading ------------------------------------------------------------------------------------------------

    def _read_more(self, run: MapRunRow) -> None:
        """The next inputs of children. The source is read anew from its beginning, past what is read already."""
        try:
            inputs = islice(self._inputs(run), run.read, None)
            while True:
                found = list(islice(inputs, READ_BATCH))
                complete = len(found) < READ_BATCH
                if not self._store.add_items(run, found, complete=complete) or complete:
                    return
                items = run.items + sum(one.items for one in found)
                run = replace(run, read=run.read + len(found), items=items)
        except ItemsFailed as error:
            self._finish(run, error.failure)

    def _inputs(self, run: MapRunRow) -> Iterator[ChildInput]:
        loaded = self._store.load(run.execution_id)
        if loaded is None:
            return iter(())
        command = run.command
        machine = self._machine(loaded.definition_id, loaded.processor)
        selector = Selector(
            machine, loaded.execution, command.scope, at=self._clock.now(), seed=run.id, evaluator=self._evaluator
        )
        items = items_of(command.items) if command.items is not None else self._source(command)
        return child_inputs(
            (selector.select(item) for item in items),
            batch_items=command.batch_items,
            batch_bytes=command.batch_bytes,
            batch_input=selector.batch_input(),
        )

    def _source(self, command: StartMapRun) -> Iterable[Item]:
        assert command.reader is not None
        return self._read(command.reader)

    # -- children -----------------------------------------------------------------------------------------------

    def _redrive_children(self, run: MapRunRow) -> None:
        """AWS: children of STANDARD type go on where they ended, those of EXPRESS type begin again."""
        loaded = self._store.load(run.execution_id)
        if loaded is None:
            return
        state = self._machine(loaded.definition_id, loaded.processor).index[run.command.state]
        assert isinstance(state, MapState)
        assert state.distributed is not None
        afresh = state.distributed.execution_type == "EXPRESS"
        limit = min(run.room, CHILD_BATCH)
        for child in self._store.redrive_children(run, limit, self._clock.now(), afresh=afresh):
            self._dispatcher.ring_execution(child)

    def _make_children(self, run: MapRunRow) -> None:
        loaded = self._store.load(run.execution_id)
        if loaded is None:
            return
        processor = run.command.state
        machine = child_machine(self._machine(loaded.definition_id, loaded.processor), processor)
        waiting = self._store.waiting_items(run, min(run.room, CHILD_BATCH))
        children = [
            self._child(run, loaded.execution, machine, run.made + number, one) for number, one in enumerate(waiting)
        ]
        if not children or not self._store.add_children(run, children):
            return
        for child in children:
            self._ring(child)

    def _child(
        self, run: MapRunRow, parent: Execution, machine: StateMachine, index: int, given: ChildInput
    ) -> NewChild:
        name, at = str(uuid.uuid4()), self._clock.now()
        facts = child_facts(parent.facts, run.command.arn, name, given.input, at)
        execution = Execution(facts=facts, root=_NEW, scopes=_NOTHING)
        step = advance(machine, execution, [Started()], at=at, seed=name, evaluator=self._evaluator)
        end = next((one for one in step.commands if isinstance(one, EndExecution)), None)
        timers = [
            TimerRow(key=one.key, due=one.due, event=encode_event(TimerFired(scope=one.scope, key=one.key)))
            for one in step.commands
            if isinstance(one, StartTimer)
        ]
        commit = Commit(
            execution_id=name,
            version=0,
            at=step.execution.root.last_at,
            root=step.execution.root,
            changes=step.changes,
            history=step.history,
            drained=(),
            attempts=[attempt_row(name, one) for one in step.commands if isinstance(one, ScheduleTask)],
            cancelled_attempts=(),
            timers=() if end is not None else timers,
            cancelled_timers=(),
            end=end,
            map_runs=[one for one in step.commands if isinstance(one, StartMapRun)],
        )
        return NewChild(
            id=name, name=name, index=index, items=given.items, commit=commit, input=given.input, started_at=at
        )

    def _ring(self, child: NewChild) -> None:
        commit = child.commit
        if commit.end is not None:
            return
        for attempt in commit.attempts:
            self._dispatcher.ring_attempt(attempt.id)
        if commit.timers:
            self._dispatcher.ring_timers(min(timer.due for timer in commit.timers))
        for one in commit.map_runs:
            self._dispatcher.ring_map_run(map_run_id(commit.execution_id, one.attempt))
        if commit.root.ready:
            self._dispatcher.ring_execution(child.id)

    # -- the end ------------------------------------------------------------------------------------------------

    def _succeed(self, run: MapRunRow) -> None:
        writer = run.command.writer
        try:
            if writer is not None and writer.resource is not None:
                output = self._write(writer, run.command.arn, self._store.results(run.id))
            else:
                output = self._collected(run, writer)
        except ItemsFailed as error:
            self._finish(run, error.failure)
            return
        event = MapRunSucceeded(scope=run.command.scope, attempt=run.command.attempt, output=Document(output))
        self._end(run, "SUCCEEDED", encode_event(event), None)

    def _collected(self, run: MapRunRow, writer: WriteResults | None) -> Json:
        """The outputs of the children that succeeded, as the result of the state."""
        if self._store.results_size(run.id) > _RESULT_BYTES:
            cause = (
                f"The state/task '{run.command.state}' returned a result with a size exceeding the maximum number of "
                "bytes service limit."
            )
            raise ItemsFailed(Failure(error=ErrorName.DATA_LIMIT_EXCEEDED, cause=cause))
        return collected(self._store.results(run.id), writer, run.command.arn)

    def _finish(self, run: MapRunRow, failure: Failure) -> None:
        event = MapRunFailed(
            scope=run.command.scope, attempt=run.command.attempt, error=failure.error, cause=failure.cause
        )
        self._end(run, "FAILED", encode_event(event), failure)

    def _end(self, run: MapRunRow, status: str, event: str, failure: Failure | None) -> None:
        if self._store.finish_map_run(run, status, event, failure, self._clock.now()):
            self._dispatcher.ring_execution(run.execution_id)

"""The Simulator: runs a machine on a virtual clock, with answers made up for its tasks.

The same core as the durable runtime, without time, threads or a database: a Wait of a year takes milliseconds. It
serves tests, TestState and the designer; nothing real is touched.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, TypeAlias

from engine.asl.model import StateMachine
from engine.core.activation import DEFAULT_BUDGET
from engine.core.advance import Step, advance
from engine.core.commands import (
    CancelMapRun,
    CancelTask,
    CancelTimer,
    Command,
    EndExecution,
    ReadItems,
    RedriveMapRun,
    ScheduleTask,
    StartMapRun,
    StartTimer,
)
from engine.core.events import (
    Event,
    MapRunFailed,
    MapRunSucceeded,
    Resumed,
    Started,
    TaskFailed,
    TaskStarted,
    TaskSucceeded,
    TimerFired,
    decode_event,
    encode_event,
)
from engine.core.execution import Execution, Facts, Root, Scope, Status
from engine.core.history import HistoryEvent
from engine.core.items import (
    EXCEEDED,
    Item,
    ItemsFailed,
    Selector,
    Tolerance,
    child_facts,
    child_inputs,
    child_machine,
    items_of,
)
from engine.errors import ErrorName, Failure
from engine.jsontypes import Document, Json
from engine.query.evaluator import Direct, Evaluator
from engine.runtime.ports import ChildResult
from engine.runtime.results import collected, results_folder, written

Answers: TypeAlias = Callable[[ScheduleTask], Iterable[tuple[int, Event]]]
"""What comes of an attempt: events, each after so many milliseconds."""
Reader: TypeAlias = Callable[[ReadItems], Iterable[Item]]

START = 1_700_000_000_000
"""When simulations begin unless told otherwise: milliseconds since 1970."""
MOST_ACTIVATIONS = 100_000
MOST_DEPTH = 5
_LEAST_CONCURRENCY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mock:
    """What one attempt of a mocked task comes to: a result, or an error; ``milliseconds`` after it began."""

    result: Json = None
    error: str | None = None
    cause: str | None = None
    milliseconds: int = 0

    @property
    def failed(self) -> bool:
        return self.error is not None or self.cause is not None


class Mocks:
    """Answers by state: the first attempt gets the first mock of its state, the last mock goes on for ever.

    A state without mocks gives ``default``.
    """

    def __init__(self, by_state: dict[str, Sequence[Mock]], default: Mock | None = None) -> None:
        self._by_state = by_state
        self._default = default or Mock(result={})
        self._calls: dict[str, int] = {}

    def __call__(self, command: ScheduleTask) -> list[tuple[int, Event]]:
        mocks = self._by_state.get(command.state) or [self._default]
        number = self._calls.get(command.state, 0)
        self._calls[command.state] = number + 1
        mock = mocks[min(number, len(mocks) - 1)]
        where = {"scope": command.scope, "attempt": command.attempt}
        end: Event
        if mock.failed:
            end = TaskFailed(**where, error=mock.error, cause=mock.cause)
        else:
            end = TaskSucceeded(**where, output=Document(mock.result))
        return [(0, TaskStarted(**where)), (mock.milliseconds, end)]


class Held:
    """A store in memory. ``as_text`` keeps what a database would keep, and reads it anew each time."""

    def __init__(self, *, as_text: bool) -> None:
        self._as_text = as_text
        self._scopes: dict[str, Scope | str] = {}
        self._blobs: dict[str, Document | str] = {}

    def scope(self, path: str) -> Scope | None:
        held = self._scopes.get(path)
        return Scope.loaded(path, held) if isinstance(held, str) else held

    def below(self, prefix: str) -> list[Scope]:
        return [found for path in self._scopes if path.startswith(prefix) and (found := self.scope(path))]

    def blob(self, key: str) -> Document:
        held = self._blobs[key]
        return Document.stored(held) if isinstance(held, str) else held

    def write(self, step: Step) -> None:
        gone = step.changes.removed_below
        if gone:
            self._scopes = {path: held for path, held in self._scopes.items() if not path.startswith(gone)}
            self._blobs = {key: held for key, held in self._blobs.items() if not key.startswith(gone)}
        for scope in step.changes.scopes:
            self._scopes[scope.path] = scope.dumped() if self._as_text else scope
        for key, document in step.changes.blobs:
            self._blobs[key] = document.text if self._as_text else document

    def __len__(self) -> int:
        return len(self._scopes) + len(self._blobs)


class Stuck(Exception):
    """The simulation goes on and on: more activations than any machine within AWS's quotas needs."""


@dataclass(kw_only=True)
class Simulator:
    """One execution. ``run`` follows it to its end, or until nothing more can happen.

    ``as_text`` stores records as a database would; ``depth`` counts executions within executions.
    """

    machine: StateMachine
    facts: Facts
    answers: Answers = lambda _command: ()
    reader: Reader = lambda _request: ()
    evaluator: Evaluator = field(default_factory=Direct)
    as_text: bool = False
    budget: int = DEFAULT_BUDGET
    depth: int = 0
    now: int = START
    history: list[HistoryEvent] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    children: list[Simulator] = field(default_factory=list)
    _order: Any = field(default_factory=count)
    _pending: list[tuple[int, int, Event]] = field(default_factory=list)
    _timers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Held(as_text=self.as_text)
        root = Root(status=Status.RUNNING, last_event_id=0, last_at=0)
        self.execution = Execution(facts=self.facts, root=root, scopes=self.store)

    @property
    def status(self) -> Status:
        return self.execution.root.status

    @property
    def end(self) -> EndExecution:
        """How it ended; only for one that has."""
        return next(command for command in self.commands if isinstance(command, EndExecution))

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.history]

    def run(self) -> Simulator:
        """Begin, and let everything happen that can. Raises Stuck."""
        self.apply(Started())
        for _ in range(MOST_ACTIVATIONS):
            if not self._pending or self.status is not Status.RUNNING:
                return self
            due, number, event = heapq.heappop(self._pending)
            if isinstance(event, TimerFired) and self._timers.get(event.key) != number:
                continue
            self.now = max(self.now, due)
            self.apply(event)
        raise Stuck

    def apply(self, *events: Event) -> None:
        """Let events happen now, and whatever follows from them without waiting."""
        step = self._step(events)
        while step.more:
            step = self._step((Resumed(),))

    def later(self, milliseconds: int, event: Event) -> int:
        """Let an event happen so much later; the number names it."""
        number: int = next(self._order)
        heapq.heappush(self._pending, (self.now + milliseconds, number, event))
        return number

    def _step(self, events: Sequence[Event]) -> Step:
        if self.as_text:
            events = [decode_event(encode_event(event)) for event in events]
        step = advance(
            self.machine,
            self.execution,
            events,
            at=self.now,
            seed=self._seed(),
            evaluator=self.evaluator,
            budget=self.budget,
        )
        self.store.write(step)
        root = step.execution.root
        if self.as_text:
            root = Root.loaded(root.dumped(), status=root.status.value, last_event_id=root.last_event_id)
        self.execution = Execution(facts=self.execution.facts, root=root, scopes=self.store)
        self.history += step.history
        self.commands += step.commands
        for command in step.commands:
            self._obey(command)
        return step

    def _seed(self) -> str:
        return f"{self.facts.name} {self.execution.root.last_event_id}"

    def _obey(self, command: Command) -> None:
        match command:
            case ScheduleTask():
                for after, event in self.answers(command):
                    self.later(after, event)
            case StartTimer(scope=scope, key=key, due=due):
                self._timers[key] = self.later(due - self.now, TimerFired(scope=scope, key=key))
            case CancelTimer(key=key):
                self._timers.pop(key, None)
            case StartMapRun():
                if self.store.scope(command.scope) is not None:  # else it was cancelled in the same breath
                    after, event = self._map_run(command)
                    self.later(after, event)
            case CancelTask() | RedriveMapRun() | CancelMapRun() | EndExecution():
                pass  # nobody redrives a simulation

    # -- Map Runs -----------------------------------------------------------------------------------------------

    def _map_run(self, command: StartMapRun) -> tuple[int, Event]:
        """Its children, each run to its end at its own time; what came of it, and after how long."""
        try:
            children = list(self._children(command))
        except ItemsFailed as error:
            return 0, _run_failed(command, error.failure)
        tolerance = Tolerance(command.tolerated_count, command.tolerated_percentage)
        total = sum(items for _, items in children)
        lanes = [0] * max(_LEAST_CONCURRENCY, command.concurrency or len(children))
        failed = 0
        for child, items in children:
            started = heapq.heappop(lanes)
            child.now = self.now + started
            child.run()
            self.children.append(child)
            heapq.heappush(lanes, started + child.now - (self.now + started))
            failed += 0 if child.status is Status.SUCCEEDED else items
            if tolerance.exceeded(failed, total):
                failure = Failure(error=ErrorName.TOLERATED_FAILURES_EXCEEDED, cause=EXCEEDED)
                return max(lanes), _run_failed(command, failure)
        try:
            output = _result(command, [child for child, _ in children])
        except ItemsFailed as error:
            return max(lanes), _run_failed(command, error.failure)
        return max(lanes), MapRunSucceeded(scope=command.scope, attempt=command.attempt, output=Document(output))

    def _children(self, command: StartMapRun) -> Iterable[tuple[Simulator, int]]:
        if self.depth >= MOST_DEPTH:
            raise Stuck
        selector = Selector(
            self.machine, self.execution, command.scope, at=self.now, seed=self._seed(), evaluator=self.evaluator
        )
        items = items_of(command.items) if command.items is not None else self._read(command.reader)
        inputs = child_inputs(
            (selector.select(item) for item in items),
            batch_items=command.batch_items,
            batch_bytes=command.batch_bytes,
            batch_input=selector.batch_input(),
        )
        machine = child_machine(self.machine, command.state)
        for number, one in enumerate(inputs):
            facts = child_facts(self.facts, command.arn, f"{number:08d}", one.input, self.now)
            child = replace(
                self,
                machine=machine,
                facts=facts,
                depth=self.depth + 1,
                history=[],
                commands=[],
                children=[],
                _order=count(),
                _pending=[],
                _timers={},
            )
            yield child, one.items

    def _read(self, request: ReadItems | None) -> list[Item]:
        assert request is not None
        found = list(self.reader(request))
        return found[: request.most] if request.most else found


def _run_failed(command: StartMapRun, failure: Failure) -> MapRunFailed:
    return MapRunFailed(scope=command.scope, attempt=command.attempt, error=failure.error, cause=failure.cause)


def _result(command: StartMapRun, children: Sequence[Simulator]) -> Json:
    """As it would be; nothing is written. Raises ItemsFailed where ResultWriter names no place."""
    writer = command.writer
    if writer is not None and writer.resource is not None:
        return written(command.arn, *results_folder(writer, command.arn))
    return collected([_ended(child) for child in children], writer, command.arn)


def _ended(child: Simulator) -> ChildResult:
    end = child.end
    return ChildResult(
        id=child.facts.name,
        name=child.facts.name,
        status=child.status.value,
        input=child.facts.input.text,
        output=end.output.text if end.output else None,
        error=end.error,
        cause=end.cause,
        started_at=child.facts.started_at,
        stopped_at=child.now,
    )

"""Drives the pure core on a virtual clock: what the durable runtime does, without time, threads or a database."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeAlias

from engine.asl.model import StateMachine
from engine.core.activation import DEFAULT_BUDGET
from engine.core.advance import Step, advance
from engine.core.commands import CancelTask, CancelTimer, Command, EndExecution, ScheduleTask, StartTimer
from engine.core.events import Event, Resumed, Started, TimerFired, decode_event, encode_event
from engine.core.execution import Execution, Facts, Root, Scope, Status
from engine.core.history import HistoryEvent, detail_key
from engine.jsontypes import Document, Json, parse
from engine.query.evaluator import Direct

Answers: TypeAlias = Callable[[ScheduleTask], Iterable[tuple[int, Event]]]
"""What comes of an attempt: events, each after so many milliseconds."""

START = 1_700_000_000_000
FACTS = Facts(
    arn="arn:aws:states:us-east-1:000000000000:execution:Machine:Run",
    name="Run",
    machine_arn="arn:aws:states:us-east-1:000000000000:stateMachine:Machine",
    machine_name="Machine",
    role_arn="arn:aws:iam::000000000000:role/Role",
    input=Document({}),
    started_at=START,
)


DIRECT = Direct()


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
        self._scopes = {path: held for path, held in self._scopes.items() if not path.startswith(gone)}
        self._blobs = {key: held for key, held in self._blobs.items() if not key.startswith(gone)}
        for scope in step.changes.scopes:
            self._scopes[scope.path] = scope.dumped() if self._as_text else scope
        for key, document in step.changes.blobs:
            self._blobs[key] = document.text if self._as_text else document

    def __len__(self) -> int:
        return len(self._scopes) + len(self._blobs)


@dataclass(kw_only=True)
class Simulation:
    """One execution. ``run`` follows it to its end, or until nothing more can happen."""

    machine: StateMachine
    input: Json
    answers: Answers = lambda _command: ()
    facts: Facts = FACTS
    as_text: bool = False
    budget: int = DEFAULT_BUDGET
    history: list[HistoryEvent] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    now: int = START
    _order: Any = field(default_factory=count)
    _pending: list[tuple[int, int, Event]] = field(default_factory=list)
    _timers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        facts = Facts(**{name: getattr(self.facts, name) for name in Facts.__slots__} | {"input": Document(self.input)})
        self.store = Held(as_text=self.as_text)
        root = Root(status=Status.RUNNING, last_event_id=0, last_at=0)
        self.execution = Execution(facts=facts, root=root, scopes=self.store)

    @property
    def status(self) -> Status:
        return self.execution.root.status

    @property
    def end(self) -> EndExecution:
        return next(command for command in self.commands if isinstance(command, EndExecution))

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.history]

    def run(self) -> Simulation:
        self.apply(Started())
        while self._pending and self.status is Status.RUNNING:
            due, number, event = heapq.heappop(self._pending)
            if isinstance(event, TimerFired) and self._timers.get(event.key) != number:
                continue
            self.now = max(self.now, due)
            self.apply(event)
        return self

    def apply(self, *events: Event) -> None:
        """Let events happen now, and whatever follows from them without waiting."""
        step = self._step(events)
        while step.more:
            step = self._step((Resumed(),))

    def later(self, milliseconds: int, event: Event) -> int:
        number: int = next(self._order)
        heapq.heappush(self._pending, (self.now + milliseconds, number, event))
        return number

    def _step(self, events: Sequence[Event]) -> Step:
        if self.as_text:
            events = [decode_event(encode_event(event)) for event in events]
        seed = f"seed {self.execution.root.last_event_id}"
        step = advance(
            self.machine, self.execution, events, at=self.now, seed=seed, budget=self.budget, evaluator=DIRECT
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

    def _obey(self, command: Command) -> None:
        match command:
            case ScheduleTask():
                for after, event in self.answers(command):
                    self.later(after, event)
            case StartTimer(scope=scope, key=key, due=due):
                self._timers[key] = self.later(due - self.now, TimerFired(scope=scope, key=key))
            case CancelTimer(key=key):
                self._timers.pop(key, None)
            case CancelTask() | EndExecution():
                pass


def as_recorded(event: HistoryEvent) -> dict[str, Json]:
    """The event as GetExecutionHistory gives it."""
    found: dict[str, Json] = {
        "id": event.id,
        "previousEventId": event.previous,
        "type": event.type,
        "timestamp": event.at,
    }
    if event.details or event.type in {"ExecutionFailed", "ExecutionAborted"}:
        found[detail_key(event.type)] = parse(event.details_text)
    return found

"""Statuses of states, from the events of a history: the rule of docs/reference/rest-api.md.

The page has the same rule in TypeScript; both run tests/vectors/statuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Status = Literal["running", "retrying", "waiting", "succeeded", "caught", "failed", "timed_out", "aborted"]

_URGENT_NOW: tuple[Status, ...] = ("running", "retrying", "waiting")
_URGENT_ENDED: tuple[Status, ...] = ("failed", "timed_out", "aborted")
# What is open then becomes this: first what stands in the execution itself, then what stands inside a container.
_EXECUTION_ENDS: Mapping[str, tuple[Status, Status]] = {
    "ExecutionFailed": ("failed", "aborted"),
    "ExecutionAborted": ("aborted", "aborted"),
    "ExecutionTimedOut": ("timed_out", "timed_out"),
}
_CONTAINERS = frozenset({"Map", "Parallel"})


class Event(NamedTuple):
    id: int
    type: str
    scope: str
    state: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a box shows: its status and how often the state was visited."""

    status: Status
    visits: int


@dataclass(slots=True)
class _Visit:
    id: int
    kind: str
    around: tuple[int, ...]
    """The ids of the visits of the containers around it, outermost first."""
    status: Status
    open: bool
    catching: bool = False
    superseded: bool = False

    def end(self, status: Status) -> None:
        self.status = status
        self.open = False


class Statuses:
    """Feed it events in order of their ids; mutable inside, since a history may have 25,000."""

    def __init__(self) -> None:
        self._by_id: dict[int, _Visit] = {}
        self._by_state: dict[str, list[_Visit]] = {}
        self._current: dict[tuple[str, str], _Visit] = {}
        self._inside: dict[int, list[_Visit]] = {}

    def apply(self, events: Iterable[Event]) -> None:
        for event in events:
            self._apply(event)

    def shown(self) -> dict[str, Shown]:
        """By the name of the state, for every state that was visited."""
        return {name: Shown(self._status(visits), len(visits)) for name, visits in self._by_state.items()}

    def _status(self, visits: list[_Visit]) -> Status:
        all_of_them = {visit.status for visit in visits}
        for urgent in _URGENT_NOW:
            if urgent in all_of_them:
                return urgent
        live = {visit.status for visit in visits if visit.status in _URGENT_ENDED and self._live(visit)}
        return next((urgent for urgent in _URGENT_ENDED if urgent in live), visits[-1].status)

    def _live(self, visit: _Visit) -> bool:
        """While nothing around it has ended well, was caught or has begun again."""
        return not visit.superseded and not any(
            container in self._by_id and self._by_id[container].status in {"succeeded", "caught"}
            for container in visit.around
        )

    def _apply(self, event: Event) -> None:
        if event.type in _EXECUTION_ENDS:
            outer, inner = _EXECUTION_ENDS[event.type]
            self._end_open((visit for visit in self._by_id.values() if not visit.around), outer)
            self._end_open(self._by_id.values(), inner)
        elif event.type == "ExecutionRedriven":
            self._reopen()
        elif event.state is None or event.type.startswith("MapIteration"):
            return
        elif event.type.endswith("StateEntered"):
            self._enter(event, event.state)
        elif visit := self._current.get((event.scope, event.state)):
            self._change(visit, event)

    def _reopen(self) -> None:
        """A redrive takes up what failed or was given up, unless it was caught or begun again since."""
        ended = [visit for visit in self._by_id.values() if visit.status in _URGENT_ENDED and self._live(visit)]
        for visit in ended:
            visit.open = True
            visit.status = "waiting" if visit.kind == "Wait" else "running"

    def _enter(self, event: Event, state: str) -> None:
        kind = event.type.removesuffix("StateEntered")
        fails = kind == "Fail"
        around = tuple(int(one.partition(".")[0]) for one in event.scope.split("/")) if event.scope else ()
        status: Status = "failed" if fails else "waiting" if kind == "Wait" else "running"
        visit = _Visit(event.id, kind, around, status, open=not fails)
        self._by_id[event.id] = visit
        self._by_state.setdefault(state, []).append(visit)
        self._current[event.scope, state] = visit
        for container in around:
            self._inside.setdefault(container, []).append(visit)

    def _change(self, visit: _Visit, event: Event) -> None:
        if event.type.endswith("StateExited"):
            visit.end("caught" if visit.catching else "succeeded")
        elif event.type.endswith("StateAborted"):
            self._end_inside(visit)
            if visit.open:
                visit.end("aborted")
        elif event.type.endswith(("Failed", "TimedOut")):
            self._fail(visit, event)
        elif visit.open and event.type.endswith(("Scheduled", "Started")):
            visit.status = "running"

    def _fail(self, visit: _Visit, event: Event) -> None:
        container = event.type in {"MapStateFailed", "ParallelStateFailed"}
        if container:
            self._end_inside(visit)
        if event.note == "retry":
            visit.status = "retrying"
            visit.catching = False
            for inner in self._inside.get(visit.id, ()):
                inner.superseded = True
        elif event.note == "caught":
            visit.catching = True
        elif event.note == "fatal" or container:
            visit.end("timed_out" if event.type.endswith("TimedOut") else "failed")

    def _end_inside(self, container: _Visit) -> None:
        if container.kind in _CONTAINERS:
            self._end_open(self._inside.get(container.id, ()), "aborted")

    @staticmethod
    def _end_open(visits: Iterable[_Visit], status: Status) -> None:
        for visit in visits:
            if visit.open:
                visit.end(status)


def statuses_of(events: Iterable[Event]) -> dict[str, Shown]:
    statuses = Statuses()
    statuses.apply(events)
    return statuses.shown()

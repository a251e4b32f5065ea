"""An execution as the interpreter sees it: facts that never change, a root record, and scopes stored one by one.

A *scope* is one running States block: the machine's own (path ""), a Parallel branch or a Map iteration (path of the
scope around it, then ``EVENT.INDEX``: the id of the container's StateEntered event and the branch's or item's number).
The cost of an activation grows with the scopes it touches, never with those alive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from engine.jsontypes import Document, Json, dump, parse_record

FORMAT = 1


class Status(StrEnum):
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"


class Phase(StrEnum):
    """READY: ``state`` is to be entered with ``input``. BLOCKED: ``waiting`` is awaited. DONE: ``input`` is its end.
    FAILED: it failed in ``state``, or was given up there when another failed; a redrive takes it up again."""

    READY = "READY"
    BLOCKED = "BLOCKED"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What never changes while an execution runs. Times are milliseconds since 1970."""

    arn: str
    name: str
    machine_arn: str
    machine_name: str
    role_arn: str
    input: Document
    started_at: int
    version_arn: str | None = None
    """The published version it was started by, and the alias; its first event tells them."""
    alias_arn: str | None = None
    express: bool = False
    context: dict[str, Json] | None = None
    """What takes the place of the context object (TestState)."""

    @property
    def region(self) -> str:
        parts = self.arn.split(":")
        return parts[3] if len(parts) > 3 else ""


@dataclass(slots=True, kw_only=True)
class Container:
    """A Map or Parallel at work in its scope. ``started`` is its ...StateStarted event, ``link`` what the next
    iteration is linked to. Items and input live in blobs: they may be large and never change."""

    total: int
    concurrency: int
    started: int
    link: int
    launched: int = 0
    done: int = 0

    def dumped(self) -> list[int]:
        return [self.total, self.concurrency, self.started, self.link, self.launched, self.done]

    @classmethod
    def loaded(cls, value: list[int]) -> Container:
        total, concurrency, started, link, launched, done = value
        return cls(total=total, concurrency=concurrency, started=started, link=link, launched=launched, done=done)


@dataclass(frozen=True, slots=True)
class MapRunMade:
    """The Map Run of a scope's state, which a redrive takes up again."""

    attempt: str
    arn: str
    redrives: int = 0


@dataclass(slots=True, kw_only=True)
class Scope:
    """The record of one scope. Changed only by the activation that holds its own copy."""

    path: str
    state: str
    phase: Phase
    input: Document | None
    previous: int
    variables: dict[str, Json] = field(default_factory=dict)
    weight: int = 0
    """Bytes of the variables' values."""
    before: int = 0
    entered: int = 0
    entered_at: int = 0
    attempt: int = 0
    retries: dict[int, int] = field(default_factory=dict)
    waiting: str | None = None
    begun: bool = False
    clocks: dict[str, int] = field(default_factory=dict)
    token: str | None = None
    """``$$.Task.Token`` of the attempt under way."""
    container: Container | None = None
    map_run: MapRunMade | None = None

    @property
    def over(self) -> bool:
        return self.phase in (Phase.DONE, Phase.FAILED)

    def copy(self) -> Scope:
        other = _new_scope(Scope)
        for name in _FIELDS:
            setattr(other, name, getattr(self, name))
        other.retries = dict(self.retries)
        if self.container is not None:
            other.container = Container.loaded(self.container.dumped())
        return other

    def dumped(self) -> str:
        """JSON text. A container's input is left out: it lies in a blob."""
        value: dict[str, Any] = {
            "format": FORMAT,
            "state": self.state,
            "phase": self.phase,
            "previous": self.previous,
            "before": self.before,
            "entered": self.entered,
            "entered_at": self.entered_at,
        }
        for name in ("variables", "weight", "attempt", "waiting", "begun", "clocks", "token"):
            if held := getattr(self, name):
                value[name] = held
        if self.retries:
            value["retries"] = [[index, count] for index, count in self.retries.items()]
        if self.container is not None:
            value["container"] = self.container.dumped()
        if self.map_run is not None:
            value["map_run"] = [self.map_run.attempt, self.map_run.arn, self.map_run.redrives]
        text = dump(value)
        return text if self.input is None else f'{text[:-1]},"input":{self.input.text}}}'

    @classmethod
    def loaded(cls, path: str, text: str) -> Scope:
        value: Any = parse_record(text)
        if value["format"] != FORMAT:
            raise ValueError(f"scope {path!r} has format {value['format']}, which this release does not read")
        container = value.get("container")
        return cls(
            path=path,
            state=value["state"],
            phase=Phase(value["phase"]),
            input=Document(value["input"]) if "input" in value else None,
            previous=value["previous"],
            variables=value.get("variables", {}),
            weight=value.get("weight", 0),
            before=value["before"],
            entered=value["entered"],
            entered_at=value["entered_at"],
            attempt=value.get("attempt", 0),
            retries=dict(value.get("retries", [])),
            waiting=value.get("waiting"),
            begun=value.get("begun", False),
            clocks=value.get("clocks", {}),
            token=value.get("token"),
            container=Container.loaded(container) if container else None,
            map_run=MapRunMade(*value["map_run"]) if "map_run" in value else None,
        )

    @property
    def index(self) -> int:
        """The number of the branch or iteration."""
        return int(self.path.rpartition(".")[2])


_new_scope = object.__new__
_FIELDS = tuple(Scope.__slots__)


def parent_path(path: str) -> str:
    return path.rpartition("/")[0]


def child_path(path: str, entered: int, index: int) -> str:
    segment = f"{entered}.{index}"
    return f"{path}/{segment}" if path else segment


def child_prefix(path: str, entered: int) -> str:
    """What the paths of all scopes below one container visit begin with."""
    return f"{path}/{entered}." if path else f"{entered}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The execution's own record. ``ready`` holds the paths that a spent budget left to be run; ``redrives`` counts
    how often it was taken up again, the last time at ``redriven_at``."""

    status: Status
    last_event_id: int
    last_at: int
    ready: tuple[str, ...] = ()
    redrives: int = 0
    redriven_at: int = 0

    def dumped(self) -> str:
        ready = dump(list(self.ready))
        redriven = f',"redrives":[{self.redrives},{self.redriven_at}]' if self.redrives else ""
        return f'{{"format":{FORMAT},"last_at":{self.last_at},"ready":{ready}{redriven}}}'

    @classmethod
    def loaded(cls, text: str, *, status: str, last_event_id: int) -> Root:
        if not text:
            return cls(status=Status(status), last_event_id=last_event_id, last_at=0)
        value: Any = parse_record(text)
        if value["format"] != FORMAT:
            raise ValueError(f"execution has format {value['format']}, which this release does not read")
        redrives, redriven_at = value.get("redrives", (0, 0))
        return cls(
            status=Status(status),
            last_event_id=last_event_id,
            last_at=value["last_at"],
            ready=tuple(value["ready"]),
            redrives=redrives,
            redriven_at=redriven_at,
        )


class Scopes(Protocol):
    """Where an activation reads scopes from. What it returns is not changed by the reader."""

    def scope(self, path: str) -> Scope | None: ...

    def below(self, prefix: str) -> Iterable[Scope]:
        """All stored scopes whose path begins with ``prefix``."""
        ...

    def blob(self, key: str) -> Document: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What to store: first forget all scopes and blobs whose path or key begins with a prefix of ``removed_below``,
    then write ``scopes`` and ``blobs`` as they are now."""

    removed_below: tuple[str, ...]
    scopes: tuple[Scope, ...]
    blobs: tuple[tuple[str, Document], ...]


class Overlay:
    """The reader of the next snapshot: what a step changed, over what was stored before it (or with it)."""

    def __init__(self, stored: Scopes, changes: Changes) -> None:
        self._stored = stored
        self._removed = changes.removed_below
        self._touched = {scope.path: scope for scope in changes.scopes}
        self._blobs = dict(changes.blobs)

    def scope(self, path: str) -> Scope | None:
        if path in self._touched:
            return self._touched[path]
        return None if path.startswith(self._removed) else self._stored.scope(path)

    def below(self, prefix: str) -> list[Scope]:
        found = {scope.path: scope for scope in self._stored.below(prefix) if not scope.path.startswith(self._removed)}
        found.update({path: scope for path, scope in self._touched.items() if path.startswith(prefix)})
        return list(found.values())

    def blob(self, key: str) -> Document:
        return self._blobs[key] if key in self._blobs else self._stored.blob(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A snapshot. ``advance`` gives another; this one stays as it was."""

    facts: Facts
    root: Root
    scopes: Scopes

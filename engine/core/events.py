"""What can happen to an execution: the closed union of the interpreter's inputs, and its form in the mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from engine.jsontypes import Document, Json, dump, parse_record

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The execution begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Nothing new: go on with what the last activation's budget left over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStarted:
    """A worker has begun an attempt. ``scope`` and ``attempt`` are those of its ScheduleTask; ``worker_name`` is what
    an activity's worker calls itself."""

    scope: str
    attempt: str
    worker_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSubmitted:
    """The service has taken the request of an attempt (``.sync``, ``.waitForTaskToken``); its end is still to come."""

    scope: str
    attempt: str
    output: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSucceeded:
    scope: str
    attempt: str
    output: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFailed:
    scope: str
    attempt: str
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHeartbeat:
    scope: str
    attempt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunSucceeded:
    """``scope`` and ``attempt`` are those of its StartMapRun; ``output`` is the array of its results, or what
    tells where they were written."""

    scope: str
    attempt: str
    output: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunFailed:
    scope: str
    attempt: str
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """``key`` is that of its StartTimer."""

    scope: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequested:
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """An execution that ended badly is taken up again where it ended."""


Event: TypeAlias = (
    Started
    | Resumed
    | Redriven
    | TaskStarted
    | TaskSubmitted
    | TaskSucceeded
    | TaskFailed
    | TaskHeartbeat
    | MapRunSucceeded
    | MapRunFailed
    | TimerFired
    | StopRequested
)


def encode_event(event: Event) -> str:
    """JSON text for the mailbox; decode_event gives an equal event back."""
    head = f'{{"format":{FORMAT},"type":"{type(event).__name__}"'
    match event:
        case Started() | Resumed() | Redriven():
            return head + "}"
        case TaskStarted():
            name = "" if event.worker_name is None else f',"worker_name":{dump(event.worker_name)}'
            return f'{head},"scope":{dump(event.scope)},"attempt":{dump(event.attempt)}{name}}}'
        case TaskHeartbeat():
            return f'{head},"scope":{dump(event.scope)},"attempt":{dump(event.attempt)}}}'
        case TaskSubmitted() | TaskSucceeded() | MapRunSucceeded():
            return f'{head},"scope":{dump(event.scope)},"attempt":{dump(event.attempt)},"output":{event.output.text}}}'
        case TaskFailed() | MapRunFailed():
            return (
                f'{head},"scope":{dump(event.scope)},"attempt":{dump(event.attempt)},'
                f'"error":{dump(event.error)},"cause":{dump(event.cause)}}}'
            )
        case TimerFired():
            return f'{head},"scope":{dump(event.scope)},"key":{dump(event.key)}}}'
        case StopRequested():
            return f'{head},"error":{dump(event.error)},"cause":{dump(event.cause)}}}'
        case _:
            assert_never(event)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {value!r}")
    return value


def _maybe(value: Json) -> str | None:
    return None if value is None else _text(value)


def decode_event(text: str) -> Event:
    """The event that encode_event wrote, in this release or the one before."""
    value = parse_record(text)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ValueError(f"not an event of a format this release reads: {text[:80]}")
    match value["type"]:
        case "Started":
            return Started()
        case "Resumed":
            return Resumed()
        case "Redriven":
            return Redriven()
        case "TaskStarted":
            return TaskStarted(
                scope=_text(value["scope"]),
                attempt=_text(value["attempt"]),
                worker_name=_maybe(value.get("worker_name")),
            )
        case "TaskSubmitted":
            output = Document(value["output"])
            return TaskSubmitted(scope=_text(value["scope"]), attempt=_text(value["attempt"]), output=output)
        case "TaskHeartbeat":
            return TaskHeartbeat(scope=_text(value["scope"]), attempt=_text(value["attempt"]))
        case "TaskSucceeded":
            output = Document(value["output"])
            return TaskSucceeded(scope=_text(value["scope"]), attempt=_text(value["attempt"]), output=output)
        case "MapRunSucceeded":
            output = Document(value["output"])
            return MapRunSucceeded(scope=_text(value["scope"]), attempt=_text(value["attempt"]), output=output)
        case "MapRunFailed":
            return MapRunFailed(
                scope=_text(value["scope"]),
                attempt=_text(value["attempt"]),
                error=_maybe(value["error"]),
                cause=_maybe(value["cause"]),
            )
        case "TaskFailed":
            return TaskFailed(
                scope=_text(value["scope"]),
                attempt=_text(value["attempt"]),
                error=_maybe(value["error"]),
                cause=_maybe(value["cause"]),
            )
        case "TimerFired":
            return TimerFired(scope=_text(value["scope"]), key=_text(value["key"]))
        case "StopRequested":
            return StopRequested(error=_maybe(value["error"]), cause=_maybe(value["cause"]))
        case other:
            raise ValueError(f"unknown event {other!r}")

"""What the interpreter asks of the world: the closed union of its commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.asl.resource import Resource
from engine.jsontypes import Document, Json, dump, parse_record


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTask:
    """Begin an attempt, once. Report it with the same ``scope`` and ``attempt``. Timeouts are seconds.

    ``token`` is what somebody outside may end the attempt with: a callback's, an activity worker's.
    """

    scope: str
    attempt: str
    state: str
    number: int
    resource: Resource
    payload: Document
    timeout_seconds: int | None
    heartbeat_seconds: int | None
    role_arn: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTask:
    """The execution waits for this attempt no longer; a result that comes still is ignored."""

    attempt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """Send TimerFired(scope, key) at ``due`` (milliseconds since 1970). The same key replaces an earlier timer."""

    scope: str
    key: str
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTimer:
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndExecution:
    """The execution has ended: every task and timer of it is cancelled, its scopes are of no more use."""

    status: str
    output: Document | None = None
    error: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItems:
    """Where the items of a Map Run are to be read. ``most`` of 0 is all of them."""

    resource: str
    parameters: Document
    config: Mapping[str, Json]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResults:
    """Where the results of a Map Run are to be written, and in which form."""

    resource: str | None
    parameters: Document
    transformation: str
    output_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartMapRun:
    """Run a Map's item processor as executions of their own, once; report with the same ``scope`` and ``attempt``.

    Each of ``items`` (an array, or an object whose entries are items) or what ``reader`` reads becomes a child's input
    by ``engine.core.items``. ``concurrency`` of 0 is no limit. The run fails when more items have failed than
    ``tolerated_count`` or ``tolerated_percentage`` allow; neither set allows none.
    """

    scope: str
    attempt: str
    state: str
    arn: str
    items: Document | None
    reader: ReadItems | None
    writer: WriteResults | None
    concurrency: int
    tolerated_count: int | None
    tolerated_percentage: float | None
    batch_items: int | None
    batch_bytes: int | None


def encode_map_run(command: StartMapRun) -> str:
    """JSON text to be stored; decode_map_run gives an equal command back."""
    reader, writer = command.reader, command.writer
    value: dict[str, Json] = {
        name: getattr(command, name)
        for name in (
            *("scope", "attempt", "state", "arn", "concurrency", "tolerated_count", "tolerated_percentage"),
            *("batch_items", "batch_bytes"),
        )
    }
    value["items"] = None if command.items is None else command.items.value
    if reader is not None:
        value["reader"] = {
            "resource": reader.resource,
            "parameters": reader.parameters.value,
            "config": dict(reader.config),
            "most": reader.most,
        }
    if writer is not None:
        value["writer"] = {
            "resource": writer.resource,
            "parameters": writer.parameters.value,
            "transformation": writer.transformation,
            "output_type": writer.output_type,
        }
    return dump(value)


def decode_map_run(text: str) -> StartMapRun:
    """The command that encode_map_run wrote."""
    value: Any = parse_record(text)
    reader, writer, items = value.pop("reader", None), value.pop("writer", None), value.pop("items")
    return StartMapRun(
        **value,
        items=None if items is None else Document(items),
        reader=None if reader is None else ReadItems(**{**reader, "parameters": Document(reader["parameters"])}),
        writer=None if writer is None else WriteResults(**{**writer, "parameters": Document(writer["parameters"])}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RedriveMapRun:
    """Take a Map Run that ended badly up again: its children that did, and the items that none stands for yet."""

    attempt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMapRun:
    """The execution waits for this Map Run no longer: its children are to be stopped."""

    attempt: str


Command: TypeAlias = (
    ScheduleTask | CancelTask | StartTimer | CancelTimer | StartMapRun | RedriveMapRun | CancelMapRun | EndExecution
)

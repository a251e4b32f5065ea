"""What the interpreter asks of the world: the closed union of its commands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engine.asl.resource import Resource
from engine.jsontypes import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleTask:
    """Begin an attempt, once. Report it with the same ``scope`` and ``attempt``. Timeouts are seconds."""

    scope: str
    attempt: str
    state: str
    number: int
    resource: Resource
    payload: Document
    timeout_seconds: int | None
    heartbeat_seconds: int | None
    role_arn: str | None = None


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


Command: TypeAlias = ScheduleTask | CancelTask | StartTimer | CancelTimer | EndExecution

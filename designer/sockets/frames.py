"""What goes over the sockets (docs/reference/rest-api.md, "Sockets")."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Literal, TypedDict

from designer.api.serializers.fields import instant

HEARTBEAT_SECONDS = 5.0
MAX_EVENTS = 500


class Close(IntEnum):
    UNKNOWN_FRAME = 4400
    NOT_SIGNED_IN = 4401
    NO_SUCH_THING = 4404


class EventsFrame(TypedDict):
    type: Literal["events"]
    events: list[dict[str, Any]]
    last_event_id: int
    status: str
    stopped_at: str | None


class ExecutionFrame(TypedDict):
    type: Literal["execution"]
    execution: dict[str, Any]


class HeartbeatFrame(TypedDict):
    type: Literal["heartbeat"]
    at: str


Frame = EventsFrame | ExecutionFrame | HeartbeatFrame


def heartbeat() -> HeartbeatFrame:
    return {"type": "heartbeat", "at": instant(datetime.now(UTC))}

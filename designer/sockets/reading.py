"""What the sockets read from the store. Sync: consumers call these in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer.api.serializers.executions import CompactEventSerializer, ExecutionSummarySerializer
from designer.api.serializers.fields import instant
from designer.models import Execution
from designer.services.errors import DoesNotExist
from designer.services.executions import events_after, get_execution, owned_executions
from designer.services.machines import get_machine
from designer.sockets.frames import MAX_EVENTS

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Events past an id, at most a frame's worth, and how the execution stands."""

    events: list[dict[str, Any]]
    status: str
    stopped_at: str | None


def owns_execution(user: User, execution_id: str) -> bool:
    try:
        get_execution(user, execution_id)
    except DoesNotExist:
        return False
    return True


def owns_machine(user: User, machine_id: str) -> bool:
    try:
        get_machine(user, machine_id)
    except DoesNotExist:
        return False
    return True


def read_feed(execution_id: str, after: int) -> Feed | None:
    """None when the execution is gone. The status is read first: it is never newer than the events after it."""
    row = Execution.objects.filter(pk=execution_id).values_list("status", "stopped_at").first()
    if row is None:
        return None
    events = events_after(execution_id, after, MAX_EVENTS, newest_first=False).defer("details")
    stopped_at = instant(row[1]) if row[1] is not None else None
    return Feed(events=list(CompactEventSerializer(events, many=True).data), status=row[0], stopped_at=stopped_at)


def read_summaries(user: User, machine_id: str | None, ids: list[str]) -> list[dict[str, Any]]:
    """Those of these executions that the user may see, oldest change first."""
    rows = owned_executions(user).defer("input", "output", "error", "cause", "state", "revision__definition")
    if machine_id is not None:
        rows = rows.filter(machine=machine_id)
    found = rows.filter(pk__in=ids).order_by("started_at", "id")
    return [dict(one) for one in ExecutionSummarySerializer(found, many=True).data]

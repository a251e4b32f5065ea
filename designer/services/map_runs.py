"""Map Runs of one's own executions: how far they are, and their limits, which may be changed while they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Count, QuerySet, Sum, Value, When

from designer.models import ExecutionStatus, MapRun
from designer.services import runtime
from designer.services.errors import DoesNotExist, MapRunEnded
from designer.services.executions import get_execution
from engine.core.history import LIMIT as HISTORY_LIMIT

if TYPE_CHECKING:
    from django.contrib.auth.models import User


_BADLY = (ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.ABORTED)
PENDING_REDRIVE = "PENDING_REDRIVE"
"""AWS's word for a child of a redriven Map Run that waits for its turn to run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """None leaves a limit as it is."""

    max_concurrency: int | None = None
    tolerated_failure_count: int | None = None
    tolerated_failure_percentage: float | None = None


def list_map_runs(user: User, execution_id: str) -> QuerySet[MapRun]:
    """Those of one execution, in the order in which they began. Raises DoesNotExist."""
    execution = get_execution(user, execution_id)
    return MapRun.objects.filter(execution=execution).order_by("started_at", "id")


def get_map_run(user: User, map_run_id: str) -> MapRun:
    """Raises DoesNotExist, also for Map Runs of others."""
    found = MapRun.objects.filter(pk=map_run_id, execution__machine__owner=user).first()
    if found is None:
        raise DoesNotExist("MapRun", map_run_id)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """By ExecutionStatus or PENDING_REDRIVE, how many children there are and how many items they stand for."""

    executions: dict[str, int]
    items: dict[str, int]
    lost_executions: int
    """Those that ended badly and have no room left in their history for a redrive."""
    lost_items: int


def count_children(run: MapRun) -> Counts:
    told = Case(When(redrive_due__isnull=False, then=Value(PENDING_REDRIVE)), default="status")
    rows = run.children.annotate(told=told).values_list("told").annotate(Count("pk"), Sum("child_items"))
    words = (*ExecutionStatus.values, PENDING_REDRIVE)
    executions, items = dict.fromkeys(words, 0), dict.fromkeys(words, 0)
    for status, children, held in rows:
        executions[status], items[status] = children, held
    full = run.children.filter(status__in=_BADLY, redrive_due=None, last_event_id__gte=HISTORY_LIMIT - 1)
    lost = full.aggregate(children=Count("pk"), held=Sum("child_items", default=0))
    return Counts(executions=executions, items=items, lost_executions=lost["children"], lost_items=lost["held"])


def change_limits(user: User, map_run_id: str, limits: Limits) -> MapRun:
    """Change the limits of one that runs. Raises DoesNotExist, MapRunEnded."""
    changes = {
        "concurrency": limits.max_concurrency,
        "tolerated_count": limits.tolerated_failure_count,
        "tolerated_percentage": limits.tolerated_failure_percentage,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    get_map_run(user, map_run_id)
    with transaction.atomic():
        if given and not MapRun.objects.filter(pk=map_run_id, status="RUNNING").update(**given):
            raise MapRunEnded(get_map_run(user, map_run_id).status)
        transaction.on_commit(lambda: runtime.ring_map_run(map_run_id))
    return get_map_run(user, map_run_id)

"""Old executions go: 90 days after their end unless TREADLE_RETENTION_DAYS says otherwise (AWS keeps them 90 days)."""

from __future__ import annotations

import time

from django.conf import settings
from django.db.models import Q

from designer.models import Execution, ExecutionStatus
from designer.services.deletion import BATCH, delete_executions

_DAY_MS = 86_400_000
_ENDED = [status for status in ExecutionStatus.values if status != ExecutionStatus.RUNNING]


def delete_old_executions() -> int:
    """Delete what ended before the retention period, in short transactions; answers how many went.

    The children of a Map Run wait for the execution around it, which collects their results at its end, and after a
    redrive once more.
    """
    before = time.time_ns() // 1_000_000 - settings.ENVIRONMENT.retention_days * _DAY_MS
    parent = Q(map_run__execution__status__in=_ENDED, map_run__execution__stopped_at__lt=before)
    # What has ended before was started before, which there is an index of; what runs has no end.
    old = Execution.objects.filter(Q(map_run=None) | parent, stopped_at__lt=before, started_at__lt=before)
    gone = 0
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        if not (deleted := delete_executions(ids)):
            break  # all of them run again: another time
        gone += deleted
    return gone

"""Old executions go: 90 days after their end unless TREADLE_RETENTION_DAYS says otherwise (AWS keeps them 90 days)."""

from __future__ import annotations

import time

from django.conf import settings

from designer.models import Execution, ExecutionStatus
from designer.services.deletion import BATCH, delete_executions

_DAY_MS = 86_400_000


def delete_old_executions() -> int:
    """Delete what ended before the retention period, in short transactions; answers how many went."""
    before = time.time_ns() // 1_000_000 - settings.ENVIRONMENT.retention_days * _DAY_MS
    old = Execution.objects.exclude(status=ExecutionStatus.RUNNING).filter(stopped_at__lt=before)
    gone = 0
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        delete_executions(ids)
        gone += len(ids)
    return gone

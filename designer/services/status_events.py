"""Word of status changes for other programs, as EventBridge has it ("Step Functions Execution Status Change").

The change and its row in the outbox are one transaction (``designer.store.outbox``); the upkeep of a worker posts the
rows to TREADLE_EVENTS_URL, those of one execution in order. A row is deleted when it was taken with a 2xx, and tried
again with longer and longer pauses for a day, as EventBridge does: at least once, never lost by a crash.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

import urllib3
from django.conf import settings
from django.db.models import Exists, OuterRef

from designer.arns import alias_arn, arn_of, machine_arn, version_arn
from designer.models import Execution, StatusEvent
from designer.services import runtime
from engine import jsontypes
from engine.asl.times import format_timestamp
from engine.runtime.outages import outages

logger = logging.getLogger(__name__)

_BATCH = 50
_SECONDS = 5.0
_LEASE_MS = 30_000
_PAUSES_MS = (1_000, 5_000, 30_000, 120_000, 600_000)
_GIVEN_UP_MS = 24 * 60 * 60 * 1000
_MADE_BY = uuid.UUID("2f0f5c3e-65c9-4f5e-9a4e-5a1f2b8c6d10")
"""Ids are made of the row's: an event that comes twice has one id."""

_http = urllib3.PoolManager(retries=False, timeout=_SECONDS)


def deliver_status_events() -> int:
    """Post what is due; answers how many were taken. Upkeep calls it."""
    url = settings.ENVIRONMENT.events_url
    if url is None:
        return 0
    earlier = StatusEvent.objects.filter(execution=OuterRef("execution"), pk__lt=OuterRef("pk"))
    due = StatusEvent.objects.filter(~Exists(earlier), due__lte=runtime.now()).order_by("pk")[:_BATCH]
    return sum(_deliver(url, one) for one in list(due))


def _deliver(url: str, row: StatusEvent) -> bool:
    mine = StatusEvent.objects.filter(pk=row.pk, due=row.due)
    lease = runtime.now() + _LEASE_MS
    if not mine.update(due=lease):
        return False  # another worker has it
    if _post(url, event_told(row)):
        StatusEvent.objects.filter(pk=row.pk).delete()
        return True
    if runtime.now() - row.at > _GIVEN_UP_MS:
        logger.error("TREADLE_EVENTS_URL took no word of %s in a day: given up", row.execution_id)
        StatusEvent.objects.filter(pk=row.pk).delete()
        return False
    pause = _PAUSES_MS[min(row.tries, len(_PAUSES_MS) - 1)]
    StatusEvent.objects.filter(pk=row.pk, due=lease).update(due=runtime.now() + pause, tries=row.tries + 1)
    return False


class _NotTaken(Exception):
    """The receiver answers, but not with 2xx."""


def _post(url: str, event: dict[str, Any]) -> bool:
    headers = {"Content-Type": "application/json"}
    try:
        answer = _http.request(
            "POST", url, body=jsontypes.dump(event).encode(), headers=headers, redirect=False, preload_content=False
        )
        answer.close()  # the status is all that counts: a body may be long, and slow
        if not 200 <= answer.status < 300:
            raise _NotTaken(f"it answers {answer.status}")
    except (urllib3.exceptions.HTTPError, _NotTaken) as error:
        outages.failed("posting to TREADLE_EVENTS_URL", error)
        return False
    outages.worked("posting to TREADLE_EVENTS_URL")
    return True


def event_told(row: StatusEvent) -> dict[str, Any]:
    """The event in EventBridge's envelope; ``detail`` is what DescribeExecution said at that moment."""
    execution = Execution.objects.select_related("machine", "map_run").get(pk=row.execution_id)
    environment = settings.ENVIRONMENT
    machine, arn = execution.machine.name, arn_of(execution)
    running = row.status == "RUNNING"
    return {
        "version": "0",
        "id": str(uuid.uuid5(_MADE_BY, str(row.pk))),
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": environment.account_id,
        "time": format_timestamp(row.at)[:19] + "Z",
        "region": environment.region,
        "resources": [arn],
        "detail": {
            "executionArn": arn,
            "stateMachineArn": machine_arn(machine),
            "name": execution.name,
            "status": row.status,
            "startDate": execution.started_at,
            "stopDate": None if running else row.at,
            "input": execution.input,
            "inputDetails": {"included": True},
            "output": row.output,
            "outputDetails": None if row.output is None else {"included": True},
            "error": row.error,
            "cause": row.cause,
            "stateMachineVersionArn": None
            if execution.published is None
            else version_arn(machine, execution.published),
            "stateMachineAliasArn": None if execution.alias is None else alias_arn(machine, execution.alias),
            "redriveCount": execution.redrive_count,
        },
    }

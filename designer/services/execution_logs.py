"""The execution log: what CloudWatch Logs would get of machines whose loggingConfiguration asks for it.

One JSON object a line, in TREADLE_DATA/logs/executions/DAY.jsonl (days in UTC). It is written from the stored history
by the upkeep of a worker, some moments late: an activation never waits for it. A crash may write events twice, never
lose one; ``execution_arn`` and ``id`` tell.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from designer.arns import arn_of
from designer.models import Execution, ExecutionLog, ExecutionStatus, HistoryEvent
from engine import jsontypes
from engine.runtime.outages import outages

_BATCH = 200
_EVENTS = 500
_PAYLOADS = frozenset({"input", "output", "parameters", "assignedVariables"})
_LONGEST_PAYLOAD = 248 * 1024
"""AWS cuts longer payloads in the log."""
_FATAL = frozenset({"ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"})
_BAD_ENDS = ("Failed", "Aborted", "TimedOut")


def is_logged(level: str, event_type: str) -> bool:
    """Which events a level lets through (AWS, "Log levels for Step Functions execution events")."""
    match level:
        case "ALL":
            return True
        case "ERROR":
            return event_type.endswith(_BAD_ENDS) or event_type == "FailStateEntered"
        case "FATAL":
            return event_type in _FATAL
        case _:
            return False


class ExecutionLogs:
    """Writes the logs of executions, a batch at a time, and after it the next batch: those that cannot be written,
    however many they are, do not keep the others from their turn.
    """

    def __init__(self) -> None:
        self._after = ""

    def write(self) -> int:
        """Write what happened since the last time; answers how many executions had something. Upkeep calls it."""
        folder = _folder()
        if not ExecutionLog.objects.exists():
            return 0
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder) as mine:
            if not mine:
                return 0
            due = self._next_batch()
            return sum(_written(folder, execution_id) for execution_id in due)

    def _next_batch(self) -> list[str]:
        news = Q(execution__last_event_id__gt=F("written")) | ~Q(execution__status=ExecutionStatus.RUNNING)
        due = ExecutionLog.objects.filter(news, pk__gt=self._after).order_by("pk").values_list("pk", flat=True)
        found = list(due[:_BATCH])
        self._after = found[-1] if len(found) == _BATCH else ""
        return found


def delete_old_logs() -> int:
    """Files go with the executions that they tell of: after the retention period."""
    before = datetime.now(UTC).timestamp() - settings.ENVIRONMENT.retention_days * 86_400
    gone = 0
    for path in _folder().glob("*.jsonl"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _folder() -> Path:
    return Path(settings.ENVIRONMENT.data) / "logs" / "executions"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process of this machine writes now."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _written(folder: Path, execution_id: str) -> bool:
    """One that cannot be written keeps its place and does not hold up the others."""
    subject = f"writing the log of execution {execution_id}"
    try:
        found = _write(folder, execution_id)
    except OSError:
        raise  # a full disk or a missing folder is everybody's
    except Exception as error:  # whatever is wrong is wrong with this one
        outages.failed(subject, error)
        return False
    outages.worked(subject)
    return found


def _write(folder: Path, execution_id: str) -> bool:
    # On PostgreSQL other hosts write too: a locked row is somebody else's. On SQLite nobody may hold up the writers.
    claim = transaction.atomic() if connection.vendor == "postgresql" else contextlib.nullcontext()
    with claim:
        rows = ExecutionLog.objects.all()
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        log = rows.filter(pk=execution_id).first()
        if log is None:
            return False
        execution = Execution.objects.select_related("machine", "map_run").defer("state").get(pk=execution_id)
        later = HistoryEvent.objects.filter(execution=execution, event_id__gt=log.written)
        events = list(later.order_by("event_id")[:_EVENTS])
        lines = [_line(execution, one, with_data=log.with_data) for one in events if is_logged(log.level, one.type)]
        _append(folder, lines)
        written = events[-1].event_id if events else log.written
        ExecutionLog.objects.filter(pk=execution_id).update(written=written)
    if execution.status != ExecutionStatus.RUNNING and written >= execution.last_event_id:
        _forget(execution_id)
    return True


def _forget(execution_id: str) -> None:
    """All is written, unless a redrive has taken it up meanwhile: that locks the execution too."""
    with transaction.atomic():
        ended = Execution.objects.select_for_update().exclude(status=ExecutionStatus.RUNNING)
        if ended.only("pk").filter(pk=execution_id).first() is not None:
            over = ExecutionLog.objects.filter(pk=execution_id, written__gte=F("execution__last_event_id"))
            over.delete()


def _append(folder: Path, lines: list[str]) -> None:
    if not lines:
        return
    path = folder / f"{datetime.now(UTC):%Y-%m-%d}.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _line(execution: Execution, event: HistoryEvent, *, with_data: bool) -> str:
    return jsontypes.dump(
        {
            "id": str(event.event_id),
            "type": event.type,
            "details": _details(event, with_data=with_data),
            "redrive_count": str(execution.redrive_count),
            "previous_event_id": str(event.previous_event_id),
            "event_timestamp": str(event.at),
            "execution_arn": arn_of(execution),
        }
    )


def _details(event: HistoryEvent, *, with_data: bool) -> dict[str, Any]:
    found: Any = jsontypes.parse_record(event.details)
    told: dict[str, Any] = {}
    for name, value in found.items():
        payload = name in _PAYLOADS
        if payload and not with_data:
            continue
        if payload and isinstance(value, str) and jsontypes.size(value) > _LONGEST_PAYLOAD:
            told[name] = value.encode()[:_LONGEST_PAYLOAD].decode("utf-8", "ignore")
            told[f"{name}Details"] = {"truncated": True}
        elif not (name in told and name.endswith("Details")):
            told[name] = value
    return told

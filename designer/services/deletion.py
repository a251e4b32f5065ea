"""Deleting a machine: at once when nothing runs, else when the last execution has ended and its jobs are cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from designer.models import (
    Blob,
    Execution,
    ExecutionLog,
    ExecutionStatus,
    HistoryEvent,
    Inbox,
    Machine,
    MachineStatus,
    MapItem,
    MapRun,
    Scope,
    StatusEvent,
    TaskAttempt,
    Timer,
)
from designer.services import runtime
from designer.services.machines import get_machine, owned_machines

if TYPE_CHECKING:
    from django.contrib.auth.models import User

BATCH = 200
"""Executions deleted in one transaction: other writers wait for it, so it must be short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What goes with a machine."""

    revisions: int
    executions: int
    running_executions: int
    share_links: int


def preview_deletion(user: User, machine_id: str) -> Deletion:
    machine = get_machine(user, machine_id)
    return Deletion(
        revisions=machine.revisions.count(),
        executions=machine.executions.count(),
        running_executions=machine.executions.filter(status=ExecutionStatus.RUNNING).count(),
        share_links=machine.share_links.filter(revoked_at__isnull=True).count(),
    )


def delete_machine(user: User, machine_id: str) -> Machine | None:
    """None when it is gone; the machine, DELETING, while executions run. Asking twice is the same as once."""
    get_machine(user, machine_id)
    with transaction.atomic():
        machine = owned_machines(user).select_for_update().filter(pk=machine_id).first()
        if machine is None:
            return None
        machine.status = MachineStatus.DELETING
        machine.save(update_fields=["status"])
    return None if finish_deletion(machine) else machine


def delete_and_stop(user: User, machine_id: str) -> None:
    """As AWS deletes: what still runs is stopped at its next transition, then all of it goes. Raises DoesNotExist."""
    machine = delete_machine(user, machine_id)
    if machine is not None:
        runtime.stop_all(machine.pk)


def finish_deletions() -> int:
    """Delete the DELETING machines whose executions have all ended; answers how many went. Upkeep calls it."""
    return sum(finish_deletion(machine) for machine in Machine.objects.filter(status=MachineStatus.DELETING))


def finish_deletion(machine: Machine) -> bool:
    """Whether it is gone now. A DELETING machine takes no new executions, so the last look cannot be overtaken."""
    if machine.executions.filter(status=ExecutionStatus.RUNNING).exists():
        return False
    if TaskAttempt.objects.filter(execution__machine=machine, cancel_at__isnull=False).exists():
        return False  # only the attempt knows the job that is to be cancelled outside
    while ids := list(machine.executions.values_list("pk", flat=True)[:BATCH]):
        if not delete_executions(ids):
            return False
    with transaction.atomic():
        # Executions refer to revisions too: the row goes last, and only if nothing came back.
        if machine.executions.exists():
            return False
        Machine.objects.filter(pk=machine.pk).delete()
    return True


def delete_executions(wanted: list[str]) -> int:
    """Delete executions with all that hangs on them, in one transaction and without loading a row; answers how many.

    Whoever else takes an execution's row takes it first: so does this, and lets those be that run (again) by then.
    """
    with transaction.atomic():
        ended = Execution.objects.filter(pk__in=wanted).exclude(status=ExecutionStatus.RUNNING)
        ids = list(ended.order_by("pk").select_for_update().values_list("pk", flat=True))
        Inbox.objects.filter(execution_id__in=ids).delete()
        for model in (HistoryEvent, Scope, Blob, Timer, TaskAttempt, ExecutionLog, StatusEvent):
            related = model._default_manager.filter(execution_id__in=ids)
            related._raw_delete(connection.alias)
        runs = list(MapRun.objects.filter(execution_id__in=ids).values_list("pk", flat=True))
        MapItem.objects.filter(map_run_id__in=runs)._raw_delete(connection.alias)
        # Children outlive their Map Run only until their own turn comes.
        Execution.objects.filter(map_run_id__in=runs).update(map_run_id=None)
        MapRun.objects.filter(pk__in=runs)._raw_delete(connection.alias)
        Execution.objects.filter(pk__in=ids)._raw_delete(connection.alias)
    return len(ids)

"""Executions of one's own machines: start, find, stop, retry."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q, QuerySet

from designer.models import (
    Execution,
    ExecutionStatus,
    HistoryEvent,
    Machine,
    MachineStatus,
    Revision,
    TaskAttempt,
    new_id,
)
from designer.services import runtime
from designer.services.configuration import log_wish
from designer.services.errors import (
    DoesNotExist,
    ExecutionNotRedrivable,
    ExecutionNotStuck,
    InvalidInput,
    MachineDeleting,
    QuotaExceeded,
)
from designer.services.limits import PAYLOAD_BYTES, check_size
from designer.services.names import check_name
from engine import jsontypes
from engine.core.history import LIMIT as HISTORY_LIMIT
from engine.sentences import Sentence, say, verbatim

if TYPE_CHECKING:
    from django.contrib.auth.models import User


REDRIVABLE_MS = 14 * 86_400_000
"""AWS quota: 14 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """``created`` is False when an equal execution (name and input) was running already."""

    execution: Execution
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFilter:
    """None lets everything through. Times are milliseconds since 1970."""

    machine: str | None = None
    status: tuple[str, ...] = ()
    search: str | None = None
    started_after: int | None = None
    started_before: int | None = None
    map_run: str | None = None
    started_by: str | None = None


def owned_executions(user: User) -> QuerySet[Execution]:
    """With machine, revision and Map Run, without the long texts only the engine or a single page wants."""
    return (
        Execution.objects.filter(machine__owner=user)
        .select_related("machine", "revision", "map_run")
        .defer("state", "revision__definition", "map_run__command")
    )


def list_executions(user: User, wanted: ExecutionFilter) -> QuerySet[Execution]:
    """The caller orders by (-started_at, -id) and cuts pages."""
    rows = owned_executions(user).defer(
        "input", "output", "error", "cause", "state", "revision__definition", "map_run__command"
    )
    # Ten thousand children of a Map Run are found by their Map Run: among the others they would hide everything.
    rows = rows.filter(map_run=wanted.map_run)
    if wanted.machine is not None:
        rows = rows.filter(machine=wanted.machine)
    if wanted.status:
        rows = rows.filter(status__in=wanted.status)
    if wanted.search:
        rows = rows.filter(Q(name__icontains=wanted.search) | Q(machine__name__icontains=wanted.search))
    if wanted.started_after is not None:
        rows = rows.filter(started_at__gt=wanted.started_after)
    if wanted.started_before is not None:
        rows = rows.filter(started_at__lt=wanted.started_before)
    if wanted.started_by is not None:
        rows = rows.filter(parent_attempt__in=TaskAttempt.objects.filter(execution=wanted.started_by).values("id"))
    return rows


def get_execution(user: User, execution_id: str) -> Execution:
    """Raises DoesNotExist, also for executions of others."""
    found = owned_executions(user).filter(pk=execution_id).first()
    if found is None:
        raise DoesNotExist("Execution", execution_id)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to start: a revision, and what it was asked for by. Both rows hold no more than an execution refers to."""

    revision: Revision
    published: int | None = None
    alias: str | None = None

    @property
    def machine(self) -> Machine:
        return self.revision.machine


def start_execution(user_id: int, machine_id: str, *, input: jsontypes.Json, name: str | None) -> Started:
    """Start the head. The hot path: one query finds machine, owner and revision, the runtime does the rest.

    Raises DoesNotExist, MachineDeleting, InvalidName, InvalidInput, TooLarge, QuotaExceeded,
    runtime.ExecutionAlreadyExists.
    """
    chosen, text = check_start(name, input)
    return start_target(find_head(user_id, machine_id), name=chosen, text=text)


def check_start(name: str | None, input: jsontypes.Json) -> tuple[str, str]:
    """The execution's name and the text of its input. Raises InvalidName, InvalidInput, TooLarge."""
    return (check_name(name) if name is not None else new_id()), _input_text(input)


def started_by(attempt: str) -> Execution | None:
    """The execution that an attempt of another one has started."""
    return Execution.objects.select_related("machine", "revision", "map_run").filter(parent_attempt=attempt).first()


def starter_of(execution: Execution) -> Execution | None:
    """The execution whose task started this one; None when none did, or when it was deleted."""
    if execution.parent_attempt is None:
        return None
    rows = Execution.objects.select_related("machine").only("id", "name", "machine__id", "machine__name")
    return rows.filter(attempts=execution.parent_attempt).first()


def start_target(
    target: Target, *, name: str, text: str, trace_header: str | None = None, parent_attempt: str | None = None
) -> Started:
    """Start what was found, with an input that was checked. Raises MachineDeleting, QuotaExceeded,
    runtime.ExecutionAlreadyExists.

    An attempt of another execution starts one and no more: begun again, it gets the one that it started.
    """
    if parent_attempt is not None and (known := started_by(parent_attempt)) is not None:
        return Started(execution=known, created=False)
    machine = target.machine
    wanted = runtime.Start(
        machine=machine,
        revision=target.revision,
        name=name,
        input_text=text,
        published=target.published,
        alias=target.alias,
        trace_header=trace_header,
        log=log_wish(target.revision.logging),
        parent_attempt=parent_attempt,
    )
    try:
        execution = runtime.start(wanted)
    except (runtime.ExecutionAlreadyExists, QuotaExceeded):
        # What runs already is none too many, and a quota that is known to be used up is refused before anybody looks.
        # The worker that was taken for lost may have been as quick as we.
        mine = None if parent_attempt is None else started_by(parent_attempt)
        running = mine or _same_running(machine.pk, name, text)
        if running is None:
            raise
        return Started(execution=running, created=False)
    except runtime.MachineIsDeleting:
        raise MachineDeleting(machine.name) from None
    return Started(execution=execution, created=True)


_HEAD = """
    SELECT m.id, m.name, m.head, m.type, r.id, r.logging FROM designer_machine m
    JOIN designer_revision r ON r.machine_id = m.id AND r.number = m.head WHERE m.owner_id = %s AND
"""


def find_head(user_id: int, machine_id: str) -> Target:
    """Raw: composing this query costs the ORM a hundred times as much as SQLite takes to answer it.

    Raises DoesNotExist.
    """
    return _head(user_id, "m.id = %s", machine_id, key=machine_id)


def find_head_by_name(user_id: int, name: str, *, key: str) -> Target:
    """Raises DoesNotExist(``key``)."""
    return _head(user_id, "m.name = %s", name, key=key)


def _head(user_id: int, condition: str, value: str, *, key: str) -> Target:
    with connection.cursor() as cursor:
        cursor.execute(f"{_HEAD} {condition}", (user_id, value))
        row = cursor.fetchone()
    if row is None:
        raise DoesNotExist("Machine", key)
    machine_id, name, head, kind, revision_id, logging = row
    machine = Machine(pk=machine_id, owner_id=user_id, name=name, head=head, type=kind)
    return Target(revision=Revision(pk=revision_id, machine=machine, number=head, logging=logging))


_OUTCOME = """
    SELECT status, stopped_at, idle, output, error, cause, last_event_id, stuck_reason
      FROM designer_execution WHERE id = %s
"""


def refresh(execution: Execution) -> Execution:
    """The same execution as it stands now."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOME, (execution.pk,))
        row = cursor.fetchone()
    if row is None:
        raise DoesNotExist("Execution", execution.pk)
    (
        execution.status,
        execution.stopped_at,
        execution.idle,
        execution.output,
        execution.error,
        execution.cause,
        execution.last_event_id,
        execution.stuck_reason,
    ) = row
    return execution


def _input_text(input: jsontypes.Json) -> str:
    try:
        text = jsontypes.dump(input)
    except ValueError as error:
        raise InvalidInput(verbatim(str(error))) from None
    check_size(say("input"), text, PAYLOAD_BYTES)
    return text


def _same_running(machine_id: str, name: str, text: str) -> Execution | None:
    """AWS: StartExecution is idempotent while the execution of that name runs with the same input."""
    return (
        Execution.objects.select_related("machine", "revision")
        .filter(machine=machine_id, name=name, express=False, input=text, status=ExecutionStatus.RUNNING)
        .first()
    )


def stop_execution(user: User, execution_id: str, *, error: str | None, cause: str | None) -> Execution:
    """Stopping an ended execution changes nothing. Raises DoesNotExist."""
    execution = get_execution(user, execution_id)
    if execution.status == ExecutionStatus.RUNNING:
        runtime.stop(execution_id, error=error, cause=cause)
        execution = get_execution(user, execution_id)
    return execution


def why_not_redrivable(execution: Execution) -> Sentence | None:
    """AWS's reasons, in its words where they are known; None for one that can be taken up again."""
    if execution.express:
        return say("Executions of EXPRESS state machines cannot be redriven")
    if execution.map_run_id is not None:
        return say("Execution is a child of a Map Run and cannot be redriven by itself")
    if execution.status in {ExecutionStatus.RUNNING, ExecutionStatus.SUCCEEDED}:
        return say("Execution is {status} and cannot be redriven", status=execution.status)
    if execution.last_event_id >= HISTORY_LIMIT - 1:
        return say("Execution history event limit exceeded")
    ended = execution.stopped_at or 0
    if time.time_ns() // 1_000_000 - ended > REDRIVABLE_MS:
        return say("Execution redrivable period exceeded")
    if execution.machine.status == MachineStatus.DELETING:
        return say("State machine is in DELETING status")
    return None


def is_redrivable_by_map_run(execution: Execution) -> bool:
    """Whether a redrive of the execution around its Map Run would let this child run again."""
    map_run = execution.map_run
    if map_run is None or execution.redrive_due is not None:
        return False
    ended_badly = execution.status not in {ExecutionStatus.RUNNING, ExecutionStatus.SUCCEEDED}
    return ended_badly and map_run.status in {"FAILED", "ABORTED"} and why_not_redrivable(map_run.execution) is None


def redrive_execution(user: User, execution_id: str, *, client_token: str | None = None) -> Execution:
    """Take up again where it ended badly: what had succeeded stays. The same ``client_token`` within 15 minutes does it
    once. Raises DoesNotExist, ExecutionNotRedrivable, QuotaExceeded.
    """
    execution = get_execution(user, execution_id)
    if client_token is not None and runtime.was_redriven_by(execution, client_token):
        return execution
    reason = why_not_redrivable(execution)
    if reason is None and not runtime.redrive(execution_id, client_token=client_token):
        nothing_kept = say("Execution was ended by a release that kept nothing to be redriven")
        reason = why_not_redrivable(get_execution(user, execution_id)) or nothing_kept
    if reason is not None:
        raise ExecutionNotRedrivable(execution_id, reason)
    return get_execution(user, execution_id)


def retry_execution(user: User, execution_id: str) -> Execution:
    """Take a stuck execution up again. Raises DoesNotExist, ExecutionNotStuck."""
    get_execution(user, execution_id)
    if not runtime.retry(execution_id):
        raise ExecutionNotStuck(execution_id)
    return get_execution(user, execution_id)


def list_tasks(user: User, execution_id: str, *, state: str | None) -> QuerySet[TaskAttempt]:
    execution = get_execution(user, execution_id)
    rows = TaskAttempt.objects.filter(execution=execution).defer("payload").order_by("scheduled_at", "id")
    return rows if state is None else rows.filter(state=state)


def definition_of(user: User, execution_id: str) -> Revision:
    """The revision it runs, which may not be the head any more."""
    execution = get_execution(user, execution_id)
    found = Revision.objects.select_related("author", "machine").filter(pk=execution.revision_id).first()
    if found is None:
        raise DoesNotExist("Execution", execution_id)  # deleted since it was found
    return found


def count_stuck() -> int:
    return Execution.objects.filter(status=ExecutionStatus.RUNNING, stuck_reason__isnull=False).count()


def events_after(execution_id: str, after: int, limit: int, *, newest_first: bool) -> QuerySet[HistoryEvent]:
    """Events of one execution past an id (before it, when newest first and ``after`` is not 0)."""
    rows = HistoryEvent.objects.filter(execution_id=execution_id)
    if newest_first:
        rows = rows.filter(event_id__lt=after) if after else rows
        return rows.order_by("-event_id")[:limit]
    return rows.filter(event_id__gt=after).order_by("event_id")[:limit]

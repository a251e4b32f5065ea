"""Machines: find, create, rename. Every function takes the user and sees only what is theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from designer.models import Machine, MachineStatus, MachineType, Revision
from designer.services.counting import one_more
from designer.services.definitions import parse_valid
from designer.services.errors import DoesNotExist, MachineDeleting, MachineNameTaken
from designer.services.names import check_name
from designer.services.quotas import Quota
from engine.runtime.ports import AttemptRow

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def owned_machines(user: User) -> QuerySet[Machine]:
    return Machine.objects.filter(owner=user)


def owner_of(attempt: AttemptRow) -> int:
    """The user in whose behalf a task acts: the machine's owner, or who tests the state."""
    if attempt.trial is not None:
        return attempt.trial.owner
    return Machine.objects.values_list("owner_id", flat=True).get(executions=attempt.execution_id)


def get_machine(user: User, machine_id: str) -> Machine:
    """Raises DoesNotExist, also for machines of others."""
    machine = owned_machines(user).filter(pk=machine_id).first()
    if machine is None:
        raise DoesNotExist("Machine", machine_id)
    return machine


def lock_machine(user: User, machine_id: str) -> Machine:
    """The row, locked until the transaction ends, for whoever changes it or what hangs on it.

    SQLite has no row locks and needs none: its transactions begin IMMEDIATE, one writer at a time.
    """
    machine = owned_machines(user).select_for_update().filter(pk=machine_id).first()
    if machine is None:
        raise DoesNotExist("Machine", machine_id)
    if machine.status == MachineStatus.DELETING:
        raise MachineDeleting(machine.name)
    return machine


def create_machine(
    user: User, *, name: str, definition: str, format: str, description: str = "", type: str = MachineType.STANDARD
) -> Machine:
    """A machine with revision 1. Raises InvalidName, InvalidDefinition, TooLarge, MachineNameTaken, QuotaExceeded."""
    check_name(name)
    parse_valid(definition, format, express=type == MachineType.EXPRESS)
    with transaction.atomic():
        machine = insert_machine(user, name=name, description=description, type=type)
        Revision.objects.create(machine=machine, number=1, definition=definition, format=format, author=user)
    return machine


def insert_machine(
    user: User,
    *,
    name: str,
    description: str,
    type: str = "STANDARD",
    head: int = 1,
    tags: dict[str, str] | None = None,
) -> Machine:
    """The bare row, inside the caller's transaction. Raises MachineNameTaken; QuotaExceeded, which is to end it."""
    try:
        with one_more(Quota.STATE_MACHINES, Machine.objects.all()), transaction.atomic():
            return Machine.objects.create(
                owner=user,
                name=name,
                description=description,
                type=type,
                head=head,
                tags=tags or {},
                updated_at=timezone.now(),
            )
    except IntegrityError:
        raise MachineNameTaken(name) from None


def update_machine(user: User, machine_id: str, *, name: str | None, description: str | None) -> Machine:
    """None leaves a part as it is. Raises DoesNotExist, MachineDeleting, InvalidName, MachineNameTaken."""
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        if name is not None:
            machine.name = check_name(name)
        if description is not None:
            machine.description = description
        machine.updated_at = timezone.now()
        try:
            with transaction.atomic():
                machine.save(update_fields=["name", "description", "updated_at"])
        except IntegrityError:
            raise MachineNameTaken(machine.name) from None
    return machine


def free_name(wanted: str) -> str:
    """The wanted name, or the first of ``wanted-2``, ``wanted-3`` ... that nobody has."""
    taken = set(Machine.objects.filter(name__startswith=wanted[:70]).values_list("name", flat=True))
    number, candidate = 1, wanted
    while candidate in taken:
        number += 1
        candidate = f"{wanted[:70]}-{number}"
    return candidate


_TRIES = 10


def make_under_free_name(wanted: str, make: Callable[[str], Machine]) -> Machine:
    """What ``make`` creates under the wanted name or the next that is free, also if others take names meanwhile."""
    for _ in range(_TRIES):
        try:
            return make(free_name(wanted))
        except MachineNameTaken as error:
            taken = error
    raise taken


def search_machines(user: User, *, text: str | None, status: str | None) -> QuerySet[Machine]:
    rows = owned_machines(user)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(description__icontains=text))
    return rows.filter(status=status) if status else rows

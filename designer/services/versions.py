"""Published versions: numbers that name a revision of a machine for ever (AWS, "State machine versions")."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from designer.models import Machine, Revision, Version
from designer.services.errors import QuotaExceeded, StaleRevision, VersionInUse
from designer.services.machines import get_machine, lock_machine
from designer.services.quotas import Quota

if TYPE_CHECKING:
    from django.contrib.auth.models import User

INITIAL = "INITIAL"


def revision_id(machine_id: str, number: int) -> str:
    """AWS's name of a revision: INITIAL until the first update, then an opaque id."""
    return INITIAL if number == 1 else str(uuid.uuid5(uuid.UUID(machine_id), str(number)))


def publish_version(user: User, machine_id: str, *, description: str, expected: str | None = None) -> Version:
    """The head as a version: the one it has already, or the next number. ``expected`` is a revision's id.

    Raises DoesNotExist, MachineDeleting, StaleRevision, QuotaExceeded.
    """
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        current = revision_id(machine.pk, machine.head)
        if expected is not None and expected != current:
            raise StaleRevision(expected, current)
        return publish_locked(machine, description)


def publish_locked(machine: Machine, description: str) -> Version:
    """Publish the head of a machine that the caller has locked. Raises QuotaExceeded."""
    head = Revision.objects.only("id", "number").get(machine=machine, number=machine.head)
    found = machine.versions.filter(revision=head).order_by("-number").first()
    if found is not None:
        return found
    if machine.versions.count() >= Quota.VERSIONS.most:
        raise QuotaExceeded(Quota.VERSIONS)
    machine.last_version += 1
    machine.save(update_fields=["last_version"])
    return Version.objects.create(
        machine=machine,
        number=machine.last_version,
        revision=head,
        description=description,
        created_at=timezone.now(),
    )


def list_versions(user: User, machine_id: str) -> QuerySet[Version]:
    """The caller orders them, newest first."""
    return get_machine(user, machine_id).versions.all()


def delete_version(user: User, machine_id: str, number: int) -> None:
    """Deleting one that is gone changes nothing. Raises DoesNotExist (the machine), VersionInUse."""
    machine = get_machine(user, machine_id)
    with transaction.atomic():
        # No alias may come to it meanwhile; the machine may be gone, and its versions with it.
        Machine.objects.select_for_update().filter(pk=machine.pk).first()
        found = machine.versions.filter(number=number).first()
        if found is None:
            return
        aliases = tuple(found.routes.order_by("alias__name").values_list("alias__name", flat=True))
        if aliases:
            raise VersionInUse(number, aliases)
        found.delete()

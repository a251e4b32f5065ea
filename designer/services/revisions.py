"""Saving a definition: a compare-and-set on the machine's head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from designer.models import Machine, MachineType, Revision
from designer.services.configuration import Configuration
from designer.services.definitions import parse_valid
from designer.services.drafts import Superseded, supersede_draft
from designer.services.errors import DoesNotExist, RevisionConflict
from designer.services.machines import get_machine, lock_machine

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """``created`` is False when the text was the head's own already."""

    revision: Revision
    created: bool


def list_revisions(user: User, machine_id: str) -> QuerySet[Revision]:
    """Newest first, without the definitions."""
    machine = get_machine(user, machine_id)
    return machine.revisions.select_related("author").defer("definition").order_by("-number")


def get_revision(user: User, machine_id: str, number: int | None = None) -> Revision:
    """The head unless told. Raises DoesNotExist."""
    machine = get_machine(user, machine_id)
    wanted = machine.head if number is None else number
    found = machine.revisions.select_related("author", "machine").filter(number=wanted).first()
    if found is None:
        raise DoesNotExist("Revision", str(wanted))
    return found


def save_revision(
    user: User,
    machine_id: str,
    *,
    definition: str,
    format: str,
    comment: str,
    expected: int,
    superseded: Superseded | None = None,
) -> Saved:
    """Make this text the head, if ``expected`` is still the head's number, and drop the draft that it supersedes.

    Raises DoesNotExist, MachineDeleting, InvalidDefinition, TooLarge, RevisionConflict, DraftConflict.
    """
    express = get_machine(user, machine_id).type == MachineType.EXPRESS
    parse_valid(definition, format, express=express)  # the slow part, before the lock
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        head = machine.revisions.select_related("author").get(number=machine.head)
        if machine.head != expected:
            raise RevisionConflict(_number(machine, expected), head)
        supersede_draft(machine, superseded, definition=definition, format=format)
        if (head.definition, head.format) == (definition, format):
            return Saved(revision=head, created=False)
        revision = append_revision(
            machine,
            definition=definition,
            format=format,
            comment=comment,
            author=user,
            configuration=Configuration.of(head),
        )
    return Saved(revision=revision, created=True)


def append_revision(
    machine: Machine, *, definition: str, format: str, comment: str, author: User, configuration: Configuration
) -> Revision:
    """The next head of a machine that the caller has locked."""
    revision = Revision.objects.create(
        machine=machine,
        number=machine.head + 1,
        definition=definition,
        format=format,
        comment=comment,
        author=author,
        **configuration.columns(),
    )
    machine.head = revision.number
    machine.updated_at = timezone.now()
    machine.save(update_fields=["head", "updated_at"])
    return revision


def _number(machine: Machine, number: int) -> Revision | None:
    return machine.revisions.select_related("author").filter(number=number).first()

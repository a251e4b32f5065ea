"""Drafts: what the editor saves by itself.

``saves`` counts and is the version a writer must name. It goes on from one draft of a machine to the next: who still
names one that is gone by now must not meet its successor under the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from designer.models import Draft
from designer.services.errors import DoesNotExist, DraftConflict
from designer.services.limits import DEFINITION_BYTES, check_size
from designer.services.machines import lock_machine
from engine.sentences import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from designer.models import Machine


@dataclass(frozen=True, slots=True)
class Superseded:
    """The draft that a revision takes the place of, by its ``saves``; None for none."""

    saves: int | None


def save_draft(
    user: User, machine_id: str, *, text: str, format: str, base_revision: int, expected: int | None
) -> Draft:
    """``expected`` is the stored draft's ``saves``, None when the writer believes there is none.

    Raises DoesNotExist, MachineDeleting, TooLarge, DraftConflict.
    """
    check_size(say("draft"), text, DEFINITION_BYTES)
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        if not machine.revisions.filter(number=base_revision).exists():
            raise DoesNotExist("Revision", str(base_revision))
        stored = _stored(machine)
        draft = Draft(
            machine=machine,
            text=text,
            format=format,
            base_revision=base_revision,
            saves=machine.last_draft + 1,
            author=user,
            updated_at=timezone.now(),
        )
        if (stored.saves if stored else None) != expected:
            draft.saves = expected or 0
            raise DraftConflict(draft, stored)
        draft.save(force_insert=stored is None, force_update=stored is not None)
        machine.last_draft = draft.saves
        machine.save(update_fields=["last_draft"])
    return draft


def drop_draft(user: User, machine_id: str, *, expected: int) -> None:
    """Raises DoesNotExist, MachineDeleting, DraftConflict."""
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        stored = _stored(machine)
        if stored is None:
            raise DoesNotExist("Draft", machine_id)
        if stored.saves != expected:
            raise DraftConflict(None, stored)
        stored.delete()


def supersede_draft(machine: Machine, superseded: Superseded | None, *, definition: str, format: str) -> None:
    """A revision takes the place of the draft of a machine that the caller has locked.

    Whoever names no draft leaves alone what says something else: it is the work of somebody who has not seen this
    revision. Raises DraftConflict when the named one is not the stored one.
    """
    stored = _stored(machine)
    if superseded is not None:
        if (stored.saves if stored else None) != superseded.saves:
            raise DraftConflict(None, stored)
    elif stored and (stored.text, stored.format) != (definition, format):
        return
    if stored:
        stored.delete()


def _stored(machine: Machine) -> Draft | None:
    return Draft.objects.select_related("author").filter(machine=machine).first()

"""Drafts: what the editor saves by itself. ``saves`` counts and is the version a writer must name."""

from __future__ import annotations

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
        stored = Draft.objects.select_related("author").filter(machine=machine).first()
        draft = Draft(
            machine=machine,
            text=text,
            format=format,
            base_revision=base_revision,
            saves=(stored.saves if stored else 0) + 1,
            author=user,
            updated_at=timezone.now(),
        )
        if (stored.saves if stored else None) != expected:
            draft.saves = expected or 0
            raise DraftConflict(draft, stored)
        draft.save(force_insert=stored is None, force_update=stored is not None)
    return draft


def drop_draft(user: User, machine_id: str, *, expected: int) -> None:
    """Raises DoesNotExist, MachineDeleting, DraftConflict."""
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        stored = Draft.objects.select_related("author").filter(machine=machine).first()
        if stored is None:
            raise DoesNotExist("Draft", machine_id)
        if stored.saves != expected:
            raise DraftConflict(None, stored)
        stored.delete()

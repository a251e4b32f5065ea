"""Read-only links to a machine: revocable, expiring, good for anybody who has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from designer.models import Machine, MachineStatus, Revision, ShareLink
from designer.services.bundles import copy_machine
from designer.services.errors import DoesNotExist
from designer.services.machines import get_machine, lock_machine
from designer.services.secrets import hash_token, new_token

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SEEN_EVERY = timedelta(minutes=1)
"""``last_seen_at`` is for people: a read writes it at most this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShare:
    link: ShareLink
    token: str


def list_shares(user: User, machine_id: str) -> QuerySet[ShareLink]:
    return get_machine(user, machine_id).share_links.order_by("-created_at", "-id")


def create_share(user: User, machine_id: str, *, expires_at: datetime | None) -> NewShare:
    """Raises DoesNotExist, MachineDeleting."""
    token = new_token()
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        link = ShareLink.objects.create(machine=machine, token_hash=hash_token(token), expires_at=expires_at)
    return NewShare(link=link, token=token)


def revoke_share(user: User, machine_id: str, share_id: str) -> None:
    """Dead at once; revoking twice keeps the first time. Raises DoesNotExist."""
    shares = get_machine(user, machine_id).share_links.filter(pk=share_id)
    if not shares.exists():
        raise DoesNotExist("Share", share_id)
    shares.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())


def open_share(token: str) -> Revision:
    """The head of the shared machine. Raises DoesNotExist when revoked, expired or unknown: not told apart."""
    now = timezone.now()
    alive = Q(revoked_at__isnull=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    link = (
        ShareLink.objects.filter(alive, token_hash=hash_token(token), machine__status=MachineStatus.ACTIVE)
        .select_related("machine")
        .first()
    )
    gone = DoesNotExist("Share", "revoked, expired or unknown")  # the token is a secret: answers may be logged
    if link is None:
        raise gone
    if link.last_seen_at is None or link.last_seen_at < now - SEEN_EVERY:
        ShareLink.objects.filter(pk=link.pk).update(last_seen_at=now)
    head = Revision.objects.select_related("machine").filter(machine=link.machine, number=link.machine.head).first()
    if head is None:
        raise gone  # its machine was deleted meanwhile
    return head


def copy_shared(user: User, token: str) -> Machine:
    """A machine of the user's own with the shared head as its revision 1."""
    return copy_machine(user, open_share(token))

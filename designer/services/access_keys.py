"""AWS access keys: several for each user, the secret shown once and kept encrypted."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from designer.models import AccessKey
from designer.services.encryption import encrypt
from designer.services.errors import DoesNotExist
from designer.services.tokens import USED_EVERY, aware

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

PREFIX = "TRDL"
"""Where AWS has AKIA: the two must not be mistaken for each other."""
_ID_BYTES = 10
_SECRET_BYTES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    row: AccessKey
    secret: str


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """Whose a key is; ``secret`` is still encrypted."""

    user_id: int
    secret: str


def list_keys(user: User) -> QuerySet[AccessKey]:
    return AccessKey.objects.filter(user=user).order_by("-created_at", "-id")


def create_key(user: User, *, name: str) -> NewKey:
    key_id = PREFIX + base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode()
    secret = base64.b64encode(secrets.token_bytes(_SECRET_BYTES), altchars=b"+/").decode()
    return NewKey(row=AccessKey.objects.create(id=key_id, user=user, name=name, secret=encrypt(secret)), secret=secret)


def delete_key(user: User, key_id: str) -> None:
    """Whoever signs with it is refused from now on. Raises DoesNotExist."""
    if not list_keys(user).filter(pk=key_id).delete()[0]:
        raise DoesNotExist("AccessKey", key_id)


_OWNER = """
    SELECT k.user_id, k.secret, k.last_used_at FROM designer_accesskey k
    JOIN auth_user u ON u.id = k.user_id WHERE k.id = %s AND u.is_active
"""


def find_key(key_id: str) -> KeyOwner | None:
    """Whose key it is, by the cheapest query there is; None when nobody may come in with it."""
    if "\0" in key_id:
        return None  # PostgreSQL cannot even compare with it
    with connection.cursor() as cursor:
        cursor.execute(_OWNER, (key_id,))
        row = cursor.fetchone()
    if row is None:
        return None
    user_id, secret, last_used_at = row
    _note_use(key_id, aware(last_used_at))
    return KeyOwner(user_id, secret)


def _note_use(key_id: str, last_used_at: datetime | None) -> None:
    now = timezone.now()
    if last_used_at is None or last_used_at < now - USED_EVERY:
        AccessKey.objects.filter(pk=key_id).update(last_used_at=now)

"""API tokens: shown once, kept as a hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from designer.models import ApiToken
from designer.services.errors import DoesNotExist
from designer.services.secrets import hash_token, new_token

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PREFIX = "trd_"
"""Lets secret scanners tell what leaked."""

USED_EVERY = timedelta(minutes=1)
"""``last_used_at`` is for people: a busy client must not cost a write a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    row: ApiToken
    token: str


def list_tokens(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user).order_by("-created_at", "-id")


def create_token(user: User, *, name: str) -> NewToken:
    token = new_token(PREFIX)
    return NewToken(row=ApiToken.objects.create(user=user, name=name, token_hash=hash_token(token)), token=token)


def ensure_token(user: User, *, name: str, token: str) -> None:
    """An operator's own token (TREADLE_API_TOKEN), known before the first start."""
    ApiToken.objects.update_or_create(token_hash=hash_token(token), defaults={"user": user, "name": name})


def delete_token(user: User, token_id: str) -> None:
    """Raises DoesNotExist."""
    if not list_tokens(user).filter(pk=token_id).delete()[0]:
        raise DoesNotExist("Token", token_id)


def find_token(token: str) -> ApiToken | None:
    """The token's row with its user; None when nobody may come in with it."""
    row = ApiToken.objects.select_related("user").filter(token_hash=hash_token(token), user__is_active=True).first()
    if row is not None:
        _note_use(row.pk, row.last_used_at)
    return row


_OWNER = """
    SELECT t.id, t.user_id, t.last_used_at FROM designer_apitoken t
    JOIN auth_user u ON u.id = t.user_id WHERE t.token_hash = %s AND u.is_active
"""


def find_owner(token: str) -> int | None:
    """The id of the token's user, by the cheapest query there is: the hot path asks nothing else of them."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNER, (hash_token(token),))
        row = cursor.fetchone()
    if row is None:
        return None
    token_id, user_id, last_used_at = row
    _note_use(token_id, aware(last_used_at))
    return int(user_id)


def aware(value: Any) -> datetime | None:
    """A raw datetime: SQLite answers text without an offset, PostgreSQL a datetime with one; both mean UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) and found.tzinfo is None else found


def _note_use(token_id: str, last_used_at: datetime | None) -> None:
    now = timezone.now()
    if last_used_at is None or last_used_at < now - USED_EVERY:
        ApiToken.objects.filter(pk=token_id).update(last_used_at=now)

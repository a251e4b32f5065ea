"""API tokens: shown once, kept as a hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

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
    """The token's row with its user, in one query; None when nobody may come in with it."""
    row = ApiToken.objects.select_related("user").filter(token_hash=hash_token(token), user__is_active=True).first()
    if row is not None:
        now = timezone.now()
        if row.last_used_at is None or row.last_used_at < now - USED_EVERY:
            ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row

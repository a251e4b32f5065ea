"""Credentials given by environment variables, for automation.

TREADLE_API_TOKEN becomes a token of the first user; TREADLE_ACCESS_KEY_ID and TREADLE_SECRET_ACCESS_KEY become an AWS
access key of theirs.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from designer.models import AccessKey, ApiToken
from designer.services.encryption import Unreadable, decrypt, encrypt
from designer.services.secrets import hash_token

_TOKEN = "TREADLE_API_TOKEN"  # noqa: S105 - the variable's name
_KEY = "TREADLE_ACCESS_KEY_ID"


def apply_bootstrap_credentials(user: User) -> None:
    """Applied at every start: what the variables say is valid, what they said before is not any more."""
    environment = settings.ENVIRONMENT
    if environment.api_token is not None:
        _apply_token(user, environment.api_token)
    if environment.access_key_id is not None and environment.secret_access_key is not None:
        _apply_key(user, environment.access_key_id, environment.secret_access_key)


def _apply_token(user: User, token: str) -> None:
    wanted = hash_token(token)
    with transaction.atomic():
        ApiToken.objects.filter(name=_TOKEN).exclude(token_hash=wanted).delete()
        ApiToken.objects.get_or_create(token_hash=wanted, defaults={"user": user, "name": _TOKEN})


def _apply_key(user: User, key_id: str, secret: str) -> None:
    with transaction.atomic():
        AccessKey.objects.filter(name=_KEY).exclude(pk=key_id).delete()
        row = AccessKey.objects.filter(pk=key_id).first()
        if row is None:
            AccessKey.objects.create(id=key_id, user=user, name=_KEY, secret=encrypt(secret))
        elif not _holds(row, secret):
            AccessKey.objects.filter(pk=key_id).update(secret=encrypt(secret))


def _holds(row: AccessKey, secret: str) -> bool:
    try:
        return decrypt(row.secret) == secret
    except Unreadable:
        return False

"""Credentials given by environment variables, for automation: TREADLE_API_TOKEN becomes a token of the first user."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from designer.models import ApiToken
from designer.services.secrets import hash_token

_NAME = "TREADLE_API_TOKEN"


def apply_bootstrap_credentials(user: User) -> None:
    """Applied at every start: the variable's token is valid, one it had before is not any more."""
    token = settings.ENVIRONMENT.api_token
    if token is None:
        return
    wanted = hash_token(token)
    with transaction.atomic():
        ApiToken.objects.filter(name=_NAME).exclude(token_hash=wanted).delete()
        ApiToken.objects.get_or_create(token_hash=wanted, defaults={"user": user, "name": _NAME})

"""Signing in: one-time links at the console, as Jupyter does, then sessions."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from designer.models import SignInLink
from designer.services.errors import SignInLinkInvalid
from designer.services.secrets import hash_token, new_token

FIRST_USER = "owner"
LIFETIME = timedelta(minutes=10)


def ensure_user(name: str = FIRST_USER) -> User:
    """The user of this name, made when first asked for. They have no password: links and tokens are the only way in."""
    user, created = User.objects.get_or_create(username=name)
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user


def create_sign_in_link(user: User) -> str:
    """The token of a new link; links that are over are swept out on the way."""
    now = timezone.now()
    SignInLink.objects.filter(expires_at__lt=now - LIFETIME).delete()
    token = new_token()
    SignInLink.objects.create(user=user, token_hash=hash_token(token), expires_at=now + LIFETIME)
    return token


def sign_in_url(token: str) -> str:
    """The token is in the fragment: browsers send it to no server and put it into no Referer, so no log holds it."""
    environment = settings.ENVIRONMENT
    base = environment.public_url or f"http://{_printable(environment.host)}:{environment.port}"
    return f"{base.rstrip('/')}/signin#{token}"


def use_sign_in_link(token: str) -> User:
    """Whose link it is; works once. Raises SignInLinkInvalid."""
    now = timezone.now()
    links = SignInLink.objects.filter(token_hash=hash_token(token), user__is_active=True)
    # A compare-and-set: of two that come with the same link at the same time one gets in.
    if not links.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now):
        raise SignInLinkInvalid
    return links.select_related("user").get().user


def _printable(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared with, not bound to
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host

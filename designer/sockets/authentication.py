"""Who is at the other end of a socket: a bearer token or the session cookie, read anew whenever asked."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import urlsplit

from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.contrib import auth
from django.http import parse_cookie

from designer.services.tokens import find_token

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Scope: TypeAlias = Any
"""A mapping by ASGI; its typed shape differs from library to library."""


def header(scope: Scope, name: bytes) -> str:
    found = next((value for key, value in scope["headers"] if key == name), b"")
    return cast("bytes", found).decode("latin-1")


def bearer_of(scope: Scope) -> str | None:
    scheme, _, token = header(scope, b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def user_of(scope: Scope) -> User | None:
    """None when nobody is signed in (any more). Asks the database: a deleted token or session is gone at once."""
    token = bearer_of(scope)
    if token is not None:
        row = find_token(token)
        return row.user if row else None
    key = parse_cookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key=key)
    user = auth.get_user(cast("Any", SimpleNamespace(session=store)))
    return user if user.is_authenticated else None


class OriginCheck:
    """Pages of other sites are refused (cookies go with every socket a browser opens).

    Channels compares the host alone; here the port counts too, since cookies do not tell ports apart. Programs with a
    bearer token send no Origin, which browsers always do.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._checked = AllowedHostsOriginValidator(app)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        origin = header(scope, b"origin")
        if not origin and bearer_of(scope) is not None:
            await self._app(scope, receive, send)
        elif origin and not _same_place(origin, scope):
            await send({"type": "websocket.close", "code": 4403})
        else:
            await self._checked(scope, receive, send)


def _same_place(origin: str, scope: Scope) -> bool:
    return urlsplit(origin).netloc == header(scope, b"host") or origin in settings.CSRF_TRUSTED_ORIGINS

"""Who asks: a bearer token, or the session cookie with Django's CSRF check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from designer.api.words import spoken
from designer.models import ApiToken
from designer.services.tokens import find_token
from engine.sentences import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHALLENGE = 'Bearer realm="treadle"'


def bearer_token(header: str) -> str | None:
    """The token of an Authorization header (RFC 6750), or None when it is of another scheme."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


class BearerAuthentication(BaseAuthentication):
    """A wrong token is refused, never passed on: whoever sends one means it."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        token = bearer_token(request.META.get("HTTP_AUTHORIZATION", ""))
        if token is None:
            return None
        row = find_token(token)
        if row is None:
            raise AuthenticationFailed(spoken(say("This token is not known.")))
        return row.user, row

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class SessionCookieAuthentication(SessionAuthentication):
    """Named for the schema; DRF asks the first class for the WWW-Authenticate header, so 401 it is."""


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its base has none
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its base has none
    target_class = SessionCookieAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}

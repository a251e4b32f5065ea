"""Session and tokens."""

from __future__ import annotations

from importlib import metadata

from django.conf import settings
from django.contrib.auth import login, logout
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from designer.api.authentication import BearerAuthentication, SessionCookieAuthentication
from designer.api.pagination import paginate
from designer.api.schema import page_of, refusals
from designer.api.serializers import session as shapes
from designer.api.views.base import PAGING, checked, listing, user_of
from designer.services import limits, signin, tokens


class SignInThrottle(SimpleRateThrottle):
    """By address. 128 random bits are not guessed; this keeps the log and the database quiet."""

    scope = "sign-in"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"sign-in-{self.get_ident(request)}"


def _version() -> str:
    try:
        return metadata.version("treadle")
    except metadata.PackageNotFoundError:
        return "development"


def _session(request: Request) -> Response:
    answer = {
        "user": user_of(request),
        "version": _version(),
        "limits": {
            "definition_bytes": limits.DEFINITION_BYTES,
            "payload_bytes": limits.PAYLOAD_BYTES,
            "history_events": limits.HISTORY_EVENTS,
        },
        "aws": {"region": settings.ENVIRONMENT.region, "account_id": settings.ENVIRONMENT.account_id},
    }
    return Response(shapes.SessionSerializer(answer).data)


class Session(APIView):
    @property
    def _signing_in(self) -> bool:
        # The schema's generator asks before there is a request.
        return self.request is not None and self.request.method == "POST"

    def get_authenticators(self) -> list[BaseAuthentication]:
        # Signing in asks nobody who they are: an old cookie must not be in its way. Another site cannot post here in
        # a visitor's name, since only application/json is read and browsers ask first before they send that elsewhere.
        return [] if self._signing_in else [BearerAuthentication(), SessionCookieAuthentication()]

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny() if self._signing_in else IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        return [SignInThrottle()] if self._signing_in else []

    @extend_schema(
        operation_id="sign_in",
        auth=[],
        request=shapes.SignInInput,
        responses={200: shapes.SessionSerializer, **refusals(400, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        """Begin a session with the token of a one-time link."""
        user = signin.use_sign_in_link(checked(shapes.SignInInput, request)["token"])
        login(request._request, user, backend="django.contrib.auth.backends.ModelBackend")
        request.user = user
        return _session(request)

    @extend_schema(operation_id="get_session", responses={200: shapes.SessionSerializer, **refusals(401)})
    def get(self, request: Request) -> Response:
        """Who I am, and the limits that hold."""
        return _session(request)

    @extend_schema(operation_id="sign_out", responses={204: None, **refusals(401)})
    def delete(self, request: Request) -> Response:
        """End the session."""
        logout(request._request)
        return Response(status=204)


class Tokens(APIView):
    @extend_schema(
        operation_id="list_tokens", parameters=PAGING, responses={200: page_of(shapes.TokenSerializer), **refusals(400)}
    )
    def get(self, request: Request) -> Response:
        page = paginate(request, tokens.list_tokens(user_of(request)), "-created_at", "-id")
        return listing(page, lambda found: shapes.TokenSerializer(found, many=True).data)

    @extend_schema(
        operation_id="create_token",
        request=shapes.TokenInput,
        responses={201: shapes.NewTokenSerializer, **refusals(400)},
    )
    def post(self, request: Request) -> Response:
        """A token for `Authorization: Bearer`, told this once."""
        made = tokens.create_token(user_of(request), **checked(shapes.TokenInput, request))
        return Response({**shapes.TokenSerializer(made.row).data, "token": made.token}, status=201)


class OneToken(APIView):
    @extend_schema(operation_id="delete_token", responses={204: None, **refusals(404)})
    def delete(self, request: Request, token_id: str) -> Response:
        tokens.delete_token(user_of(request), token_id)
        return Response(status=204)

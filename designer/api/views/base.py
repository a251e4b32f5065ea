"""What the views share: who asks, checked bodies, and the parts of the schema every endpoint has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from designer.api.pagination import Page
from designer.api.words import spoken
from designer.graph.theme import ThemeName
from designer.services.pictures import Picture
from engine.sentences import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="`next` of the page before.")
LIMIT = OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 200, 50 unless told.")
PAGING = [CURSOR, LIMIT]
THEME = OpenApiParameter("theme", OpenApiTypes.STR, enum=["light", "dark"])
PREFER = OpenApiParameter(
    "Prefer",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="`wait=SECONDS`, up to 60: answer when the execution has ended or the time is over.",
)
PICTURES = {(200, "image/svg+xml"): OpenApiTypes.STR}
PIXELS = {(200, "image/png"): OpenApiTypes.BINARY}

T = TypeVar("T")

_LONGEST_TEXT = 1000
"""Characters of a query parameter."""


def user_of(request: Request) -> User:
    """The signed-in user; the permission classes have made sure there is one."""
    return cast("User", request.user)


def checked(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The body by this serializer. Raises ValidationError."""
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return cast("dict[str, Any]", found.validated_data)


def listing(page: Page[Any], represent: Callable[[list[Any]], Any]) -> Response:
    return Response({"results": represent(page.rows), "next": page.next})


def choice(request: Request, name: str, choices: tuple[str, ...], default: str) -> str:
    value = request.query_params.get(name, default)
    if value not in choices:
        raise ValidationError({name: spoken(say("One of {choices}.", choices=", ".join(choices)))})
    return value


def integer(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValidationError({name: spoken(say("A whole number."))})
    return int(text)


def optional_integer(request: Request, name: str) -> int | None:
    return integer(request, name, 0) if name in request.query_params else None


def theme_of(request: Request) -> ThemeName:
    return cast("ThemeName", choice(request, "theme", ("light", "dark"), "light"))


def plain(request: Request, name: str) -> str | None:
    """A query parameter as text, None when absent or empty.

    PostgreSQL cannot even compare with a NUL, nor SQLite look for a text of more than some 50,000 bytes in others.
    """
    text = request.query_params.get(name)
    if text and len(text) > _LONGEST_TEXT:
        raise ValidationError({name: spoken(say("At most {most:,} characters.", most=_LONGEST_TEXT))})
    if text and "\0" in text:
        raise ValidationError({name: spoken(say("Text without NUL characters."))})
    return text or None


def picture_response(picture: Picture, *, shared: bool = False) -> HttpResponse:
    """An SVG opened by itself is a document: the sandbox keeps it from ever being more than a picture."""
    media_type = "image/png" if picture.kind == "png" else "image/svg+xml"
    response = HttpResponse(picture.content, content_type=media_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    # Asked again each time: a revoked link is dead at once, an execution's picture changes.
    response["Cache-Control"] = "no-cache" if shared else "private, no-cache"
    if shared:
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def file_response(text: str, *, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = _attachment(name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"

"""Fields every resource uses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from engine import jsontypes


def instant(value: datetime | int) -> str:
    """RFC 3339 in UTC with milliseconds, of a datetime or of milliseconds since 1970."""
    at = datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) else value.astimezone(UTC)
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[Any, Any, str, Any]):
    """Read only: a point in time as ``instant`` writes it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(read_only=True, **more)

    def to_representation(self, value: Any) -> str:
        return instant(value)


@extend_schema_field({"description": "Any JSON value."})
class JsonTextField(serializers.Field[Any, Any, Any, Any]):
    """Read only: JSON text in the database, its value in the answer."""

    def __init__(self, **more: Any) -> None:
        super().__init__(read_only=True, **more)

    def to_representation(self, value: str) -> jsontypes.Json:
        return jsontypes.parse(value)


@extend_schema_field({"description": "Any JSON value."})
class JsonValueField(serializers.Field[Any, Any, Any, Any]):
    """Any JSON value, as it is. (DRF's own JSONField would encode and decode it once more.)"""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class AuthorField(serializers.CharField):
    """The user's name, or null when they are gone."""

    def __init__(self, **more: Any) -> None:
        super().__init__(source="author.username", read_only=True, allow_null=True, default=None, **more)

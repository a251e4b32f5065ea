"""Pages by key, not by number: rows that come and go while somebody pages are neither skipped nor shown twice."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from designer.api.words import spoken
from engine.sentences import say

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    next: str | None


def paginate(request: Request, rows: QuerySet[Row], *order: str) -> Page[Row]:
    """``order`` names the keys as ``order_by`` does, all rising or all falling; together they must be unique."""
    limit = read_limit(request, MAX_LIMIT)
    cursor = request.query_params.get("cursor")
    if cursor:
        values = _decode(cursor, len(order))
        try:
            # Django checks a value as soon as it is compared with, and does so with all of these.
            rows = rows.filter(after(order, values))
            found = list(rows.order_by(*order)[: limit + 1])
        except (DjangoValidationError, ValueError, TypeError, OverflowError):
            raise ValidationError({"cursor": spoken(say("This cursor is not one of ours."))}) from None
    else:
        found = list(rows.order_by(*order)[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], _encode(last, order) if last is not None else None)


def read_limit(request: Request, most: int, default: int = DEFAULT_LIMIT) -> int:
    text = request.query_params.get("limit", str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise ValidationError({"limit": spoken(say("A whole number from 1 to {most}.", most=most))})
    return int(text)


def after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) past (x, y): a past x, or a equal x and b past y."""
    condition, equal = Q(), Q()
    for key, value in zip(order, values, strict=True):
        name = key.lstrip("-")
        past = Q(**{f"{name}__{'lt' if key.startswith('-') else 'gt'}": value})
        condition |= equal & past
        equal &= Q(**{name: value})
    return condition


def _encode(row: Model, order: tuple[str, ...]) -> str:
    values = [plain_key(getattr(row, key.lstrip("-"))) for key in order]
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def plain_key(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _decode(cursor: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        values = None
    if (
        not isinstance(values, list)
        or len(values) != length
        or any(not isinstance(one, str | int) or "\0" in str(one) for one in values)
    ):
        raise ValidationError({"cursor": spoken(say("This cursor is not one of ours."))})
    return values

"""Pages: opaque tokens, signed, good for 24 hours and for the request that they answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from designer.api.aws.errors import ApiError
from designer.api.pagination import after, plain_key

_SECONDS = 24 * 60 * 60
_DEFAULT = 100
_PAGING = frozenset({"nextToken", "maxResults"})

Row = TypeVar("Row", bound=Model)


def page(operation: str, given: Mapping[str, Any], rows: QuerySet[Row], *order: str) -> tuple[list[Row], str | None]:
    """One page, and the token of the next. ``order`` names the keys as ``order_by`` does; together they are unique.

    Raises ApiError for a token that is not of this very request, or too old.
    """
    limit = given.get("maxResults") or _DEFAULT
    salt = _salt(operation, given)
    token = given.get("nextToken")
    if token is not None:
        try:
            values = _values(signing.loads(token, salt=salt, max_age=_SECONDS), len(order))
            rows = rows.filter(after(order, values))
        except (signing.BadSignature, ValidationError, ValueError, TypeError):
            raise ApiError("InvalidToken", f"Invalid Token: '{token}'") from None
    found = list(rows.order_by(*order)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    keys = [plain_key(getattr(last, name.lstrip("-"))) for name in order]
    return found[:limit], signing.dumps(keys, salt=salt)


def _salt(operation: str, given: Mapping[str, Any]) -> str:
    """A token of one list is none of another: it is signed with all that was asked for."""
    asked = repr(sorted((name, value) for name, value in given.items() if name not in _PAGING))
    return f"{operation} {hashlib.sha256(asked.encode()).hexdigest()}"


def _values(found: Any, length: int) -> Sequence[str | int | datetime]:
    if not isinstance(found, list) or len(found) != length:
        raise signing.BadSignature("not a token of ours")
    return found

"""If-Match and Prefer."""

from __future__ import annotations

import re

from designer.services.errors import PreconditionMissing

_NEVER = -1
"""A version nothing ever has: an If-Match that is not one of our tags matches nothing."""

MAX_WAIT = 60.0


def etag(kind: str, number: int) -> str:
    return f'"{kind}{number}"'


def expected_version(header: str | None, kind: str) -> int:
    """The number in ``"rN"`` or ``"dN"``. Raises PreconditionMissing without the header."""
    if not header:
        raise PreconditionMissing("If-Match", etag(kind, 1))
    found = re.fullmatch(rf'"{kind}([0-9]{{1,9}})"', header.strip())
    return int(found[1]) if found else _NEVER


def expected_draft(if_match: str | None, if_none_match: str | None) -> int | None:
    """None: the writer believes there is no draft (``If-None-Match: *``)."""
    if not if_match and (if_none_match or "").strip() == "*":
        return None
    return expected_version(if_match, "d")


def wait_seconds(prefer: str | None) -> float:
    """RFC 7240 ``wait``, at most MAX_WAIT; 0 without it. What is not understood is ignored, as the RFC says."""
    for part in (prefer or "").replace(";", ",").split(","):
        name, _, value = part.partition("=")
        if name.strip().lower() == "wait":
            try:
                seconds = float(value.strip().strip('"'))
            except ValueError:
                return 0.0
            return min(seconds, MAX_WAIT) if seconds > 0 else 0.0
    return 0.0

"""Timestamps of the language: RFC 3339 with capital T, and Z or a numeric offset (ASL, "Timestamps")."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_FORM = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_timestamp(text: str) -> int | None:
    """Nanoseconds since 1970, or None when the text is no timestamp."""
    match = _FORM.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    offset = timedelta(0)
    if zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (-1 if zone[0] == "-" else 1)
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=timezone(offset))
        whole = int((moment - _EPOCH) / timedelta(seconds=1))
    except (ValueError, OverflowError):
        return None
    return whole * 1_000_000_000 + int((fraction or "0").ljust(9, "0"))


def format_timestamp(milliseconds: int) -> str:
    """The context object's form: ``2026-01-31T12:00:00.000Z``."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"

"""JSON values and their text.

Values are plain Python (dict, list, str, int, float, bool, None) and are never changed once they are part of an
execution: whoever needs another value builds a new one along the path that differs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from math import isinf
from typing import Any, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 200
"""Deeper values are refused at the edge: every later walk may then be recursive."""
_ENVELOPE = 8
"""Levels that our own records put around a value."""

_encode: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


class InvalidJson(Exception):
    """Text that is not JSON (RFC 8259), or not JSON that can be stored. ``line`` and ``column`` count from 1."""

    def __init__(self, reason: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return self.reason if self.line is None else f"{self.reason} at line {self.line} column {self.column}"


def _refuse_constant(name: str) -> Json:
    raise InvalidJson(f"{name} is not JSON")


def _integer(text: str) -> int | float:
    # Python refuses integers of more than 4300 digits, and prints them slowly long before; AWS keeps doubles there.
    return int(text) if len(text) <= 40 else finite(text)


def finite(text: str) -> float:
    """The double a number's text means; raises InvalidJson where it is too large for one."""
    value = float(text)
    if isinf(value):
        raise InvalidJson(f"the number {text[:20]}... is too large")
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise InvalidJson(f"the name {twice!r} stands twice in one object")
    return found


_lenient = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_integer, parse_float=finite)
_strict = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_integer, parse_float=finite, object_pairs_hook=_pairs
)


# As the designer's own parser puts it, so that one mistake has one name.
_REASONS = {
    "Expecting property name enclosed in double quotes": "A property name in double quotes is expected",
    "Expecting ':' delimiter": "A colon is expected",
    "Expecting ',' delimiter": "A comma is expected",
    "Expecting value": "A value is expected",
    "Invalid control character at": "This string is not closed",
    "Unterminated string starting at": "This string is not closed",
    "Extra data": "The text should end here",
    "Illegal trailing comma before end of object": "A property name in double quotes is expected",
    "Illegal trailing comma before end of array": "A value is expected",
}


def _reason(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "The text is empty"
    if error.msg.startswith("Invalid \\"):
        return "This escape is not known to JSON"
    return _REASONS.get(error.msg, error.msg)


def parse(text: str, *, unique_names: bool = False, deepest: int = MAX_DEPTH) -> Json:
    """Read JSON text; raises InvalidJson, never anything else, whatever the text is."""
    try:
        value: Json = (_strict if unique_names else _lenient).decode(text)
        text.encode()
    except json.JSONDecodeError as error:
        raise InvalidJson(_reason(error), line=error.lineno, column=error.colno) from None
    except UnicodeEncodeError as error:
        raise InvalidJson(f"the text has half a surrogate pair at position {error.start}") from None
    except RecursionError:
        raise InvalidJson(f"the value is nested more than {MAX_DEPTH} deep") from None
    if too_deep(value, text, deepest):
        raise InvalidJson(f"the value is nested more than {deepest} deep")
    if "\\ud" in text or "\\uD" in text:
        _refuse_surrogates(value)
    return value


def parse_record(text: str) -> Json:
    """Read a record of our own, in which a value as deep as may be lies some levels down."""
    return parse(text, deepest=MAX_DEPTH + _ENVELOPE)


def too_deep(value: Json, text: str, deepest: int = MAX_DEPTH) -> bool:
    """``text`` is the value's own: a quick look at it spares nearly every value the walk."""
    return text.count("[") + text.count("{") > deepest and depth(value) > deepest


def _refuse_surrogates(value: Json) -> None:
    try:
        dump(value).encode()
    except UnicodeEncodeError:
        raise InvalidJson("a string has half a surrogate pair") from None


def depth(value: Json) -> int:
    """How deep containers are nested: 0 for a scalar. Never recurses."""
    deepest, level = 0, [value]
    while True:
        inner: list[Json] = []
        for one in level:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        if not any(isinstance(one, (dict, list)) for one in level):
            return deepest
        deepest += 1
        level = inner


def outweighs(value: Json, limit: int) -> bool:
    """Whether a value's text is certainly longer than ``limit`` characters. Looks no further than it must."""
    weight, pending = 0, [value]
    while pending and weight <= limit:
        one = pending.pop()
        weight += 1
        if isinstance(one, str):
            weight += len(one)
        elif isinstance(one, dict):
            weight += sum(map(len, one))
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return weight > limit


def dump(value: Json) -> str:
    """Compact JSON text, as AWS writes it into histories."""
    return _encode(value)


def size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


_UNREAD: Any = object()


class Document:
    """A value and its JSON text, each made from the other when first asked for, and shared by all who hold it."""

    __slots__ = ("_text", "_value")

    def __init__(self, value: Json, text: str | None = None) -> None:
        self._value = value
        self._text = text

    @classmethod
    def stored(cls, text: str) -> Document:
        """A document that was written before: its text is known to be good and is read only if needed."""
        return cls(_UNREAD, text)

    @property
    def value(self) -> Json:
        if self._value is _UNREAD:
            self._value = parse(self._text or "")
        return self._value

    @property
    def text(self) -> str:
        text = self._text
        if text is None:
            text = self._text = _encode(self._value)
        return text

    @property
    def size(self) -> int:
        return size(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Document({self.text[:60]})"

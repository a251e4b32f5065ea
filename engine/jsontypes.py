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

from engine.sentences import Sentence, say, verbatim

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

    def __init__(self, reason: Sentence, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> Sentence:
        """The reason with its place."""
        if self.line is None or self.column is None:
            return self.reason
        return say("{reason} at line {line} column {column}", reason=self.reason, line=self.line, column=self.column)


def _refuse_constant(name: str) -> Json:
    raise InvalidJson(say("{name} is not JSON", name=name))


def _integer(text: str) -> int | float:
    # Python refuses integers of more than 4300 digits, and prints them slowly long before; AWS keeps doubles there.
    return int(text) if len(text) <= 40 else finite(text)


def finite(text: str) -> float:
    """The double a number's text means; raises InvalidJson where it is too large for one."""
    value = float(text)
    if isinf(value):
        raise InvalidJson(say("the number {digits}... is too large", digits=text[:20]))
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise InvalidJson(say("the name {name!r} stands twice in one object", name=twice))
    return found


_lenient = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_integer, parse_float=finite)
_strict = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_integer, parse_float=finite, object_pairs_hook=_pairs
)


# As the designer's own parser puts it, so that one mistake has one name.
_REASONS = {
    "Expecting property name enclosed in double quotes": say("A property name in double quotes is expected"),
    "Expecting ':' delimiter": say("A colon is expected"),
    "Expecting ',' delimiter": say("A comma is expected"),
    "Expecting value": say("A value is expected"),
    "Invalid control character at": say("This string is not closed"),
    "Unterminated string starting at": say("This string is not closed"),
    "Extra data": say("The text should end here"),
    "Illegal trailing comma before end of object": say("A property name in double quotes is expected"),
    "Illegal trailing comma before end of array": say("A value is expected"),
}


def _reason(error: json.JSONDecodeError) -> Sentence:
    if not error.doc.strip():
        return say("The text is empty")
    if error.msg.startswith("Invalid \\"):
        return say("This escape is not known to JSON")
    return _REASONS.get(error.msg) or verbatim(error.msg)


def parse(text: str, *, unique_names: bool = False, deepest: int = MAX_DEPTH) -> Json:
    """Read JSON text; raises InvalidJson, never anything else, whatever the text is."""
    try:
        value: Json = (_strict if unique_names else _lenient).decode(text)
        text.encode()
    except json.JSONDecodeError as error:
        raise InvalidJson(_reason(error), line=error.lineno, column=error.colno) from None
    except UnicodeEncodeError as error:
        raise InvalidJson(say("the text has half a surrogate pair at position {start}", start=error.start)) from None
    except RecursionError:
        raise InvalidJson(say("the value is nested more than {deepest} deep", deepest=MAX_DEPTH)) from None
    if too_deep(value, text, deepest):
        raise InvalidJson(say("the value is nested more than {deepest} deep", deepest=deepest))
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
        raise InvalidJson(say("a string has half a surrogate pair")) from None


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

"""User text in pictures: as wide as its box allows, and never markup."""

from __future__ import annotations

import unicodedata
from xml.sax.saxutils import escape, quoteattr

_REPLACEMENT = "\ufffd"
# Bidirectional overrides and isolates would turn the rest of a line around.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")
_NARROW = frozenset("iljtfrI.,:;'|!()[]{} ")
_BROAD = frozenset("mwMW@%")


def clean(text: str) -> str:
    """Without what XML 1.0 cannot hold (even as a reference) and without directional overrides; one line."""
    return "".join(
        " " if character in "\t\n\r" else _REPLACEMENT if _forbidden(ord(character)) else character
        for character in text
        if character not in _DIRECTIONS
    )


def _forbidden(code: int) -> bool:
    return code < 0x20 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or code & 0xFFFE == 0xFFFE


def markup(text: str) -> str:
    return escape(clean(text))


def attribute(text: str) -> str:
    """With its quotes."""
    return quoteattr(clean(text))


def width(text: str, size: float) -> float:
    """About how wide a sans-serif font sets it. Only an estimate: the reader's font is not known here."""
    return sum(_advance(character) for character in text) * size


def _advance(character: str) -> float:
    if unicodedata.combining(character) or character in _JOINERS:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.05
    if character in _NARROW:
        return 0.34
    return 0.92 if character in _BROAD else 0.6 if character.islower() or character.isdigit() else 0.7


def fit(text: str, size: float, room: float) -> str:
    """The text, or as much of its beginning as fits before an ellipsis; never half of a joined character."""
    text = clean(text)
    if width(text, size) <= room:
        return text
    used, cut = width("\u2026", size), 0
    for position, character in enumerate(text):
        used += _advance(character) * size
        if used > room:
            break
        cut = position + 1
    while cut and (text[cut] in _JOINERS or unicodedata.combining(text[cut]) or text[cut - 1] == "\u200d"):
        cut -= 1
    return text[:cut].rstrip() + "\u2026"

"""What the API says to people, in the reader's language: that of the request, English where there is no other.

Sentences come from below in English (``engine.sentences``) and are spoken where an answer is written. Codes, names of
fields and AWS's words in the data of executions are the same in every language, and so is the AWS protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.functional import lazy
from django.utils.translation import get_language
from rest_framework import serializers

from designer.api.words import korean
from engine.sentences import Sentence

TABLES: Final[Mapping[str, Mapping[str, str]]] = {"ko": korean.SENTENCES}
"""By language, by English template. English needs none."""


def spoken(text: str) -> str:
    """A sentence in the language of the request; other text as it is."""
    return _in(text, TABLES.get(get_language() or "en", {}))


def _in(text: str, table: Mapping[str, str]) -> str:
    template = table.get(text.template) if isinstance(text, Sentence) else None
    if not isinstance(text, Sentence) or template is None:
        return str(text)
    values = {name: _in(one, table) if isinstance(one, str) else one for name, one in text.values.items()}
    return template.format(**values)


spoken_later: Callable[[str], Any] = lazy(spoken, str)
"""For texts that are written down before there is a request."""


class SpokenField(serializers.CharField):
    """Read only: a sentence, as the reader is told it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(read_only=True, **more)

    def to_representation(self, value: str) -> str:
        return spoken(value)

"""What people are told: English, and what is needed to say the same in another language.

The engine speaks English and knows no reader. Whoever does (``designer.api.words``) finds a sentence of the reader's
language by ``template`` and puts ``values`` into it. AWS's words for data, such as the causes of errors in a history,
are text and no sentences: they stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

Value: TypeAlias = "str | int | float"

VERBATIM: Final = "{text}"


class Sentence(str):
    """English text made of a template in the form of ``str.format`` and its values, which may be sentences too."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, Value]

    def __new__(cls, template: str, values: Mapping[str, Value], *, text: str | None = None) -> Sentence:
        made = super().__new__(cls, template.format(**values) if text is None else text)
        made.template = template
        made.values = values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, Mapping[str, Value]], dict[str, str]]:  # for copies and pickles
        return (self.template, self.values), {"text": str(self)}

    def capitalized(self) -> Sentence:
        """The same with a capital letter, for a reason that becomes a sentence of its own."""
        return Sentence(self.template, self.values, text=self[:1].upper() + self[1:])


def say(template: str, /, **values: Value) -> Sentence:
    """A sentence. The template is written where it is said, as one literal: a test looks for those without a
    translation.
    """
    return Sentence(template, values)


def verbatim(text: str) -> Sentence:
    """Somebody else's words (a library's, a user's), the same in every language."""
    return Sentence(VERBATIM, {"text": text})

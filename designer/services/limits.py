"""The sizes that hold everywhere, in bytes of UTF-8."""

from __future__ import annotations

from designer.services.errors import TooLarge
from engine.jsontypes import size
from engine.sentences import Sentence

DEFINITION_BYTES = 1024 * 1024
PAYLOAD_BYTES = 256 * 1024
HISTORY_EVENTS = 25_000
BODY_BYTES = 2 * 1024 * 1024


def check_size(what: Sentence, text: str, limit: int) -> None:
    """Raises TooLarge."""
    found = size(text)
    if found > limit:
        raise TooLarge(what, found, limit)

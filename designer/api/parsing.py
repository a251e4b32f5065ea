"""Request bodies: RFC 8259 JSON and nothing else, bounded in size and depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from designer.api.problems import InvalidJsonBody
from designer.services.errors import TooLarge
from designer.services.limits import BODY_BYTES
from engine import jsontypes
from engine.sentences import say


class StrictJsonParser(BaseParser):
    """Refuses duplicate names, NaN and Infinity, half surrogates and bottomless nesting, with the place."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return read_json(stream.read(BODY_BYTES + 1))


def read_json(body: bytes) -> jsontypes.Json:
    """Raises TooLarge, InvalidJsonBody."""
    if len(body) > BODY_BYTES:
        raise TooLarge(say("body"), len(body), BODY_BYTES)
    try:
        return jsontypes.parse(body.decode("utf-8"), unique_names=True)
    except UnicodeDecodeError as error:
        raise InvalidJsonBody(
            say("The body is not UTF-8 at byte {position}", position=error.start), line=None, column=None
        ) from None
    except jsontypes.InvalidJson as error:
        raise InvalidJsonBody(
            say("The body is not JSON: {reason}", reason=error.sentence), line=error.line, column=error.column
        ) from None

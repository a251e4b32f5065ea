"""Definitions as text: checked at the door, so that everything behind it deals with valid ones."""

from __future__ import annotations

from typing import Literal, cast

from designer.models import DefinitionFormat
from designer.services.errors import InvalidDefinition
from designer.services.limits import DEFINITION_BYTES, check_size
from engine.asl.parse import ParsedDefinition, parse_definition

Format = Literal["json", "yaml"]


def parse(text: str, format: str) -> ParsedDefinition:
    """Every mistake is in ``diagnostics``; raises only TooLarge."""
    check_size("definition", text, DEFINITION_BYTES)
    return parse_definition(text, cast("Format", DefinitionFormat(format).value))


def parse_valid(text: str, format: str) -> ParsedDefinition:
    """Raises InvalidDefinition or TooLarge."""
    parsed = parse(text, format)
    if not parsed.valid:
        raise InvalidDefinition(parsed.diagnostics)
    return parsed


def guess_format(text: str) -> Format:
    """A file without a word about its format: JSON texts of objects begin with a brace, YAML ones hardly ever do."""
    return "json" if text.lstrip("\ufeff \t\r\n").startswith("{") else "yaml"

"""Definitions as text: checked at the door, so that everything behind it deals with valid ones."""

from __future__ import annotations

from typing import Literal, cast

from designer.models import DefinitionFormat, Revision
from designer.services.errors import InvalidDefinition
from designer.services.limits import DEFINITION_BYTES, check_size
from engine import jsontypes
from engine.asl.diagnostics import Code, Diagnostic, Severity
from engine.asl.parse import ParsedDefinition, parse_definition
from engine.sentences import say

Format = Literal["json", "yaml"]


def parse(text: str, format: str, *, express: bool = False, stored: bool = False) -> ParsedDefinition:
    """Every mistake is in ``diagnostics``, but those of ``stored`` definitions that do not keep them from running;
    raises only TooLarge.
    """
    check_size(say("definition"), text, DEFINITION_BYTES)
    wanted = cast("Format", DefinitionFormat(format).value)
    return parse_definition(text, wanted, express=express, stored=stored)


def parse_valid(text: str, format: str, *, express: bool = False, runnable: bool = True) -> ParsedDefinition:
    """Raises InvalidDefinition or TooLarge. Unless it must be ``runnable``, whatever AWS accepts is accepted: a Task
    that this release cannot carry out fails when it is entered.
    """
    parsed = parse(text, format, express=express)
    found = parsed.diagnostics if runnable else accepted_by_aws(parsed.diagnostics)
    if any(one.severity is Severity.ERROR for one in found):
        raise InvalidDefinition(found)
    return parsed


def accepted_by_aws(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Without those about what only cannot run *here*."""
    return tuple(one for one in diagnostics if one.code is not Code.UNSUPPORTED)


def json_text(revision: Revision) -> str:
    """A revision's definition as JSON: its author's own text unless that is YAML."""
    if revision.format == DefinitionFormat.JSON:
        return revision.definition
    return jsontypes.dump(parse(revision.definition, revision.format).document)


def guess_format(text: str) -> Format:
    """A file without a word about its format: JSON texts of objects begin with a brace, YAML ones hardly ever do."""
    return "json" if text.lstrip("\ufeff \t\r\n").startswith("{") else "yaml"

"""The way in: definition text to a machine that can run, or to all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.asl.checks import check_graph
from engine.asl.compile import compile_machine
from engine.asl.diagnostics import Diagnostic, Findings, Severity, located
from engine.asl.model import StateMachine
from engine.asl.text import Format, read
from engine.jsontypes import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDefinition:
    """``machine`` is None exactly when a diagnostic is an error; ``document``, when the text is not even JSON."""

    document: Json
    machine: StateMachine | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def valid(self) -> bool:
        return self.machine is not None


def parse_definition(text: str, format: Format) -> ParsedDefinition:
    """Read, compile and check a definition. Never raises, whatever the text."""
    source = read(text, format)
    if source.error is not None:
        return ParsedDefinition(document=None, machine=None, diagnostics=(source.error,))
    findings = Findings()
    machine = compile_machine(source.document, findings)
    if machine is not None:
        check_graph(machine, findings)
    found = sorted(findings.found, key=lambda one: one.severity is Severity.WARNING)
    return ParsedDefinition(
        document=source.document,
        machine=machine,
        diagnostics=located(found, source.places()) if found else (),
    )

"""The way in: definition text to a machine that can run, or to all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.asl.advice import advise
from engine.asl.checks import check_express, check_graph
from engine.asl.compile import compile_machine
from engine.asl.diagnostics import Diagnostic, Findings, Severity, located
from engine.asl.model import StateMachine
from engine.asl.text import Format, read
from engine.jsontypes import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDefinition:
    """``machine`` is None exactly when a diagnostic is an error other than UNSUPPORTED, ``document`` when the text is
    not even JSON.
    """

    document: Json
    machine: StateMachine | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def valid(self) -> bool:
        """Whether the machine can run here."""
        return not any(one.severity is Severity.ERROR for one in self.diagnostics)


LONE_STATE = "StateName"
"""What a state without a machine is called (recorded)."""


def parse_state(text: str, format: Format) -> ParsedDefinition:
    """Read a definition for TestState: a machine, or one state, which becomes a machine of its own."""
    source = read(text, format)
    document = source.document
    if source.error is not None or not isinstance(document, dict) or "States" in document or "Type" not in document:
        return parse_definition(text, format)
    wrapped: Json = {"StartAt": LONE_STATE, "States": {LONE_STATE: document}}
    findings = Findings()
    machine = compile_machine(wrapped, findings, lone=True)
    return ParsedDefinition(document=wrapped, machine=machine, diagnostics=tuple(findings.found))


def parse_definition(text: str, format: Format, *, express: bool = False, stored: bool = False) -> ParsedDefinition:
    """Read, compile and check a definition, of an Express machine if so told. Never raises, whatever the text.

    What is ``stored`` was taken by this release or an earlier one, and runs.
    """
    source = read(text, format)
    if source.error is not None:
        return ParsedDefinition(document=None, machine=None, diagnostics=(source.error,))
    findings = Findings()
    machine = compile_machine(source.document, findings, stored=stored)
    if machine is not None:
        if express:
            check_express(machine, findings)
        check_graph(machine, findings)
        advise(machine, source.document, findings)
    found = sorted(findings.found, key=lambda one: one.severity is Severity.WARNING)
    return ParsedDefinition(
        document=source.document,
        machine=None if findings.broken else machine,
        diagnostics=located(found, source.places()) if found else (),
    )

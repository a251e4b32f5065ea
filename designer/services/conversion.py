"""States of a draft converted to JSONata, with the proof: both forms run on what earlier executions gave them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.arns import execution_arn, machine_arn, role_arn
from designer.services import machines
from designer.services.definitions import parse, parse_valid
from designer.services.errors import AlreadyInJsonata, DoesNotExist
from designer.services.limits import PAYLOAD_BYTES, check_size
from designer.services.recorded_visits import MOST, RecordedVisit, recorded_visits
from designer.services.trying import trial_evaluator
from engine import jsontypes
from engine.asl.conversion.machine import FoundState, convert_found, in_jsonata, states_of, with_converted
from engine.asl.diagnostics import Diagnostic
from engine.asl.model import StateMachine
from engine.core.execution import Facts
from engine.jsontypes import Document, Json
from engine.runtime.equivalence import Comparison, Visit, compare
from engine.sentences import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from designer.models import Machine

_MOST_OF_MANY = 8
"""Visits of each state, where all states are converted at once."""
_SECONDS = 10.0
"""After so long no more visits are compared: an expression may take its five seconds each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """``recorded`` is None where the data was given by who asks. ``chance``: the two differ, as any two visits may."""

    recorded: RecordedVisit | None
    visit: Visit
    comparison: Comparison
    chance: bool

    @property
    def equal(self) -> bool:
        return not self.comparison.differs


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedState:
    """``converted`` is None where the diagnostics refuse it."""

    found: FoundState
    converted: dict[str, Json] | None
    diagnostics: tuple[Diagnostic, ...]
    compared: tuple[Compared, ...]


def convert_draft(
    user: User, machine_id: str, text: str, format: str, *, state: str | None, given: Sequence[Visit]
) -> list[ConvertedState]:
    """The named state of the text, or all that are in JSONPath; compared on ``given`` visits and on recorded ones.

    Raises DoesNotExist, AlreadyInJsonata, InvalidDefinition, TooLarge.
    """
    machine = machines.get_machine(user, machine_id)
    parsed = parse_valid(text, format, runnable=False)
    for visit in given:
        check_size(say("samples"), jsontypes.dump(visit.input), PAYLOAD_BYTES)
    chosen = _chosen(parsed.document, state)
    before = parsed.machine
    assert before is not None
    recorded = recorded_visits(user, machine.id, {one.name for one in chosen}, most=MOST if state else _MOST_OF_MANY)
    until = time.monotonic() + _SECONDS
    return [
        _converted(machine, parsed.document, before, found, [*given, *recorded[found.name]], until) for found in chosen
    ]


def _chosen(document: Json, state: str | None) -> list[FoundState]:
    every = list(states_of(document))
    found = [] if in_jsonata(document) else [one for one in every if one.convertible]
    if state is None:
        return found
    if state not in {one.name for one in every}:
        raise DoesNotExist("State", state)
    if state not in {one.name for one in found}:
        raise AlreadyInJsonata(state)
    return [one for one in found if one.name == state]


def _converted(
    machine: Machine,
    document: Json,
    before: StateMachine,
    found: FoundState,
    visits: Sequence[Visit | RecordedVisit],
    until: float,
) -> ConvertedState:
    conversion = convert_found(found)
    if conversion.state is None:
        return ConvertedState(found=found, converted=None, diagnostics=conversion.diagnostics, compared=())
    after = parse(jsontypes.dump(with_converted(document, {found.name: conversion.state})), "json").machine
    assert after is not None, "a valid state becomes a valid state"
    compared = []
    for one in visits:
        if time.monotonic() > until:
            break
        recorded, visit = (one, one.visit) if isinstance(one, RecordedVisit) else (None, one)
        comparison = compare(
            before,
            after,
            found.name,
            visit,
            facts=_facts(machine, recorded, visit),
            seed=secrets.token_hex(16),
            evaluator=trial_evaluator(),
        )
        chance = conversion.chance and bool(comparison.differs)
        compared.append(Compared(recorded=recorded, visit=visit, comparison=comparison, chance=chance))
    return ConvertedState(
        found=found, converted=conversion.state, diagnostics=conversion.diagnostics, compared=tuple(compared)
    )


def _facts(machine: Machine, recorded: RecordedVisit | None, visit: Visit) -> Facts:
    name = recorded.execution.name if recorded else "draft"
    whole: Document = Document.stored(recorded.execution.input) if recorded else Document(visit.input)
    return Facts(
        arn=execution_arn(machine.name, name),
        name=name,
        machine_arn=machine_arn(machine.name),
        machine_name=machine.name,
        role_arn=role_arn(),
        input=whole,
        started_at=time.time_ns() // 1_000_000,
    )

"""The Simulator with the facts of a made-up execution, and histories as AWS gives them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.asl.model import StateMachine
from engine.core.execution import Facts
from engine.core.history import HistoryEvent, detail_key
from engine.jsontypes import Document, Json, parse
from engine.runtime.simulator import START, Answers, Simulator

__all__ = ["FACTS", "START", "Answers", "Simulator", "as_recorded", "simulation"]

FACTS = Facts(
    arn="arn:aws:states:us-east-1:000000000000:execution:Machine:Run",
    name="Run",
    machine_arn="arn:aws:states:us-east-1:000000000000:stateMachine:Machine",
    machine_name="Machine",
    role_arn="arn:aws:iam::000000000000:role/Role",
    input=Document({}),
    started_at=START,
)


def simulation(*, machine: StateMachine, input: Json, facts: Facts = FACTS, **options: Any) -> Simulator:
    """An execution with this input, to be run."""
    return Simulator(machine=machine, facts=replace(facts, input=Document(input)), **options)


def as_recorded(event: HistoryEvent) -> dict[str, Json]:
    """The event as GetExecutionHistory gives it."""
    found: dict[str, Json] = {
        "id": event.id,
        "previousEventId": event.previous,
        "type": event.type,
        "timestamp": event.at,
    }
    if event.details or event.type in {"ExecutionFailed", "ExecutionAborted"}:
        found[detail_key(event.type)] = parse(event.details_text)
    return found

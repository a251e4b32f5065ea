"""Whether two forms of a state do the same on the same data: each is visited by the real interpreter, and compared.

A visit is a pure rehearsal: tasks are answered with what they answered when the data was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from engine.asl.model import (
    AnyState,
    MapState,
    ParallelState,
    PassState,
    StateMachine,
    States,
    Working,
)
from engine.asl.times import format_timestamp
from engine.core.commands import Command, ScheduleTask, StartMapRun, StartTimer
from engine.core.execution import Facts
from engine.errors import ErrorName
from engine.jsontypes import Document, Json
from engine.query.evaluator import Evaluator
from engine.query.path import WHOLE
from engine.query.template import Template
from engine.runtime.simulator import Simulator
from engine.runtime.teststate import InvalidTest, Mocked, Request, run_state

QUERY_FAILURES = frozenset({ErrorName.RUNTIME, ErrorName.QUERY_EVALUATION, ErrorName.INTRINSIC_FAILURE})
"""A query that fails has another name in each language, and other words for its cause."""
_TOKEN = "a-task-token"  # noqa: S105 - stands for the token that the recorded visit had
_FIRST, _INSIDE = "before it", "inside it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a state was given. ``answer`` is what its work came to, None where that is not known or there is none."""

    input: Json
    variables: dict[str, Json] = field(default_factory=dict)
    answer: Mocked | None = None
    context: dict[str, Json] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a visit. ``sent`` is what went out: a task's payload, a timer's length, the inputs of branches."""

    status: str
    output: Json = None
    error: str | None = None
    next_state: str | None = None
    variables: dict[str, Json] = field(default_factory=dict)
    sent: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``differs`` names the fields of Outcome that are not equal."""

    before: Outcome
    after: Outcome

    @property
    def differs(self) -> tuple[str, ...]:
        one, other = _comparable(self.before), _comparable(self.after)
        return tuple(name for name, value in one.items() if value != other[name])


def _comparable(outcome: Outcome) -> dict[str, Json]:
    failed = outcome.error in QUERY_FAILURES
    return {
        "status": outcome.status,
        "output": None if failed else outcome.output,
        "error": "a query" if failed else outcome.error,
        "next_state": outcome.next_state,
        "variables": outcome.variables,
        "sent": outcome.sent,
    }


def compare(
    before: StateMachine,
    after: StateMachine,
    state: str,
    visit: Visit,
    *,
    facts: Facts,
    seed: str,
    evaluator: Evaluator,
) -> Comparison:
    """Visit the state in both machines. Time stands still at ``facts.started_at``; both draw from the same seed."""
    one, other = (_outcome(machine, state, visit, facts, seed, evaluator) for machine in (before, after))
    return Comparison(before=one, after=other)


def _outcome(machine: StateMachine, name: str, visit: Visit, facts: Facts, seed: str, evaluator: Evaluator) -> Outcome:
    state = machine.index[name]
    known = replace(facts, input=Document(visit.input), context=_context(visit, facts))
    sent: Json = None
    if isinstance(state, (MapState, ParallelState)):
        entered = _inputs_inside(state, visit, known, evaluator)
        if entered.status != "SUCCEEDED" or visit.answer is None:
            return entered
        sent = entered.sent
    elif isinstance(state, Working) and visit.answer is None:
        visit = replace(visit, answer=Mocked(result={}))
    mock = visit.answer if isinstance(state, Working) else None
    request = Request(machine=machine, state=name, facts=known, variables=visit.variables, mock=mock)
    try:
        result = run_state(request, at=facts.started_at, seed=seed, evaluator=evaluator)
    except InvalidTest as error:
        return Outcome(status="UNKNOWN", error=str(error), sent=sent)
    return Outcome(
        status=result.status,
        output=None if result.output is None else result.output.value,
        error=result.error,
        next_state=result.next_state,
        variables=result.variables,
        sent=sent if sent is not None else _told(result.commands, facts.started_at),
    )


def _context(visit: Visit, facts: Facts) -> dict[str, Json]:
    """The execution's, not the state's, input is ``$$.Execution.Input``."""
    return {
        "Execution": {
            "Id": facts.arn,
            "Input": facts.input.value,
            "Name": facts.name,
            "RoleArn": facts.role_arn,
            "StartTime": format_timestamp(facts.started_at),
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": facts.machine_arn, "Name": facts.machine_name},
        "Task": {"Token": _TOKEN},
        **(visit.context or {}),
    }


def _inputs_inside(state: MapState | ParallelState, visit: Visit, facts: Facts, evaluator: Evaluator) -> Outcome:
    """What the branches or iterations are given: the state with nothing inside but a Pass, and nothing made of it."""
    inside = PassState(name=_INSIDE)
    block = States(start_at=_INSIDE, states={_INSIDE: inside})
    bare: AnyState = replace(
        state,
        next=None,
        result_selector=None,
        result_path=WHOLE,
        output_path=WHOLE,
        output=None,
        assign=None,
        retry=(),
        catch=(),
        **_blocks(state, block),
    )
    first = PassState(name=_FIRST, next=state.name, assign=Template(visit.variables, None, ()))
    states: dict[str, AnyState] = {_FIRST: first, state.name: bare}
    machine = StateMachine(top=States(start_at=_FIRST, states=states), index={**states, _INSIDE: inside})
    done = Simulator(machine=machine, facts=facts, evaluator=evaluator, now=facts.started_at).run()
    output = done.end.output.value if done.end.output else None
    return Outcome(
        status=str(done.end.status), error=done.end.error, sent=[output, _told(done.commands, facts.started_at)]
    )


def _blocks(state: MapState | ParallelState, block: States) -> dict[str, Any]:
    if isinstance(state, MapState):
        return {"processor": block}
    return {"branches": tuple(block for _ in state.branches)}


def _told(commands: Iterable[Command], at: int) -> Json:
    found: list[Json] = []
    for command in commands:
        match command:
            case ScheduleTask():
                seconds: list[Json] = [command.timeout_seconds, command.heartbeat_seconds]
                found.append([command.payload.value, *seconds, command.role_arn])
            case StartTimer():
                found.append({"milliseconds": command.due - at})
            case StartMapRun():
                found.append(_map_run(command))
    return found


def _map_run(command: StartMapRun) -> Json:
    reader, writer = command.reader, command.writer
    return {
        "items": None if command.items is None else command.items.value,
        "reader": None if reader is None else [reader.parameters.value, dict(reader.config), reader.most],
        "writer": None if writer is None else [writer.parameters.value, writer.transformation, writer.output_type],
        "limits": [command.concurrency, command.tolerated_count, command.tolerated_percentage],
        "batches": [command.batch_items, command.batch_bytes],
    }

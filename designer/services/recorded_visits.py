"""What a state was given in earlier executions of its machine, out of their histories."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from designer.models import Execution, HistoryEvent
from engine import jsontypes
from engine.core.execution import child_prefix
from engine.jsontypes import Json
from engine.runtime.equivalence import Visit
from engine.runtime.teststate import Mocked

if TYPE_CHECKING:
    from django.contrib.auth.models import User

EXECUTIONS = 20
EVENTS = 3000
"""Of an execution no more are looked at: a long loop repeats itself."""
MOST = 25
_ENDS = ("Succeeded", "Failed", "TimedOut")
_CONTAINERS = ("MapStateEntered", "ParallelStateEntered")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedVisit:
    """``event_id`` is the StateEntered event of the visit."""

    execution: Execution
    event_id: int
    visit: Visit


def recorded_visits(
    user: User, machine_id: str, states: Collection[str], *, most: int = MOST
) -> dict[str, list[RecordedVisit]]:
    """By state, the latest visits that differ from each other, newest execution first; ``most`` of each."""
    executions = (
        Execution.objects.filter(machine__owner=user, machine=machine_id)
        .only("id", "name", "input", "machine_id")
        .order_by("-started_at", "-id")[:EXECUTIONS]
    )
    found: dict[str, dict[str, RecordedVisit]] = {state: {} for state in states}
    for execution in executions:
        events = list(HistoryEvent.objects.filter(execution=execution).order_by("event_id")[:EVENTS])
        for event, visit in _visits(events, states):
            known = found[event.state or ""]
            key = jsontypes.dump([visit.input, visit.variables, _answer_key(visit.answer)])
            if len(known) < most:
                known.setdefault(key, RecordedVisit(execution=execution, event_id=event.event_id, visit=visit))
    return {state: list(known.values()) for state, known in found.items()}


def _answer_key(answer: Mocked | None) -> Json:
    return None if answer is None else [answer.result, answer.error, answer.cause]


def _visits(events: list[HistoryEvent], states: Collection[str]) -> Iterator[tuple[HistoryEvent, Visit]]:
    variables: dict[str, dict[str, Json]] = {}  # by scope, as they are set so far
    for position, event in enumerate(events):
        details = _details(event)
        if event.type.endswith("StateExited") and details.get("assignedVariables"):
            set_now = {name: jsontypes.parse(text) for name, text in details["assignedVariables"].items()}
            variables[event.scope] = {**variables.get(event.scope, {}), **set_now}
        if event.state not in states or not event.type.endswith("StateEntered"):
            continue
        yield (
            event,
            Visit(
                input=jsontypes.parse(details.get("input", "{}")),
                variables=_visible(variables, event.scope),
                answer=_answer(islice(events, position + 1, None), event),
            ),
        )


def _details(event: HistoryEvent) -> dict[str, Any]:
    found = jsontypes.parse(event.details)
    return found if isinstance(found, dict) else {}


def _visible(variables: dict[str, dict[str, Json]], scope: str) -> dict[str, Json]:
    """Those of the scopes around it, the nearest last."""
    around = [scope[:end] for end, character in enumerate(scope) if character == "/"]
    found: dict[str, Json] = {}
    for one in dict.fromkeys(["", *around, scope]):
        found.update(variables.get(one, {}))
    return found


def _answer(events: Iterable[HistoryEvent], entered: HistoryEvent) -> Mocked | None:
    """What the work of the visit came to: its first result, or the failure it ended with."""
    if entered.type in _CONTAINERS:
        return _results_inside(events, entered)
    failed: Mocked | None = None
    for event in events:
        if event.scope != entered.scope:
            continue
        if event.type.endswith(("StateEntered", "StateExited")):
            break
        if event.state == entered.state and event.type.endswith(_ENDS):
            details = _details(event)
            if event.type.endswith("Succeeded"):
                return Mocked(result=jsontypes.parse(details["output"])) if "output" in details else None
            failed = Mocked(error=details.get("error"), cause=details.get("cause"), fails=True)
    return failed


def _results_inside(events: Iterable[HistoryEvent], entered: HistoryEvent) -> Mocked | None:
    """The outputs of the branches or iterations, in order; None where one did not come to its end."""
    prefix = child_prefix(entered.scope, entered.event_id)
    outputs: dict[int, Json] = {}
    succeeded = False
    for event in events:
        index = event.scope.removeprefix(prefix)
        if event.scope.startswith(prefix) and index.isdecimal() and event.type.endswith("StateExited"):
            outputs[int(index)] = jsontypes.parse(_details(event).get("output", "null"))
        elif event.scope == entered.scope and event.state == entered.state:
            succeeded = succeeded or event.type.endswith("StateSucceeded")
            if event.type.endswith("StateExited"):
                break
    if not succeeded or sorted(outputs) != list(range(len(outputs))):
        return None
    return Mocked(result=[outputs[index] for index in range(len(outputs))])

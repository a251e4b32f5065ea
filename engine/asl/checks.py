"""What is legal but most likely a mistake: warnings about the shape of a machine's graph."""

from __future__ import annotations

from collections.abc import Iterator

from engine.asl.diagnostics import Code, Findings, join
from engine.asl.model import (
    AnyState,
    ChoiceState,
    FailState,
    MapState,
    ParallelState,
    StateMachine,
    States,
    SucceedState,
    TaskState,
)
from engine.asl.resource import ActivityArn, Pattern, Resource, ServiceCall
from engine.sentences import say


def check_graph(machine: StateMachine, findings: Findings) -> None:
    """Warn of states no way leads to, and of scopes that no way leads out of."""
    for pointer, states in blocks(machine.top, ""):
        reached = _closure(states, {states.start_at})
        for name in states.states:
            if name not in reached:
                findings.warning(
                    join(pointer, "States", name), say("No state leads to {name!r}", name=name), Code.UNREACHABLE
                )
        if not any(_ends(states.states[name]) for name in reached if name in states.states):
            findings.warning(
                join(pointer, "States"),
                say("No way leads to an end: this runs until the history limit of 25,000 events stops it"),
                Code.NO_TERMINAL_STATE,
            )


def check_express(machine: StateMachine, findings: Findings) -> None:
    """What an Express machine, which may run twice and never waits for long, cannot do."""
    for pointer, states in blocks(machine.top, ""):
        for name, state in states.states.items():
            place = join(pointer, "States", name)
            if isinstance(state, TaskState):
                what = _not_in_express(state.resource)
                if what is not None:
                    findings.error(
                        join(place, "Resource"), say("Express state machine does not support {what}", what=what)
                    )
            elif isinstance(state, MapState) and state.distributed is not None:
                message = say("Express state machine does not support a Map in the mode 'DISTRIBUTED'")
                findings.error(join(place, "ItemProcessor", "ProcessorConfig", "Mode"), message)


def _not_in_express(resource: Resource) -> str | None:
    if isinstance(resource, ActivityArn):
        return "Activity ARN"
    if isinstance(resource, ServiceCall) and resource.pattern is not Pattern.REQUEST_RESPONSE:
        # Recorded: the sentence about callbacks ends in a blank.
        blank = " " if resource.pattern is Pattern.CALLBACK else ""
        return f"'{resource.pattern.partition(':')[0]}' service integration{blank}"
    return None


def blocks(states: States, pointer: str) -> Iterator[tuple[str, States]]:
    """Every States block with its pointer, outer before inner."""
    yield pointer, states
    for name, state in states.states.items():
        if isinstance(state, ParallelState):
            for index, branch in enumerate(state.branches):
                yield from blocks(branch, join(pointer, "States", name, "Branches", index))
        elif isinstance(state, MapState):
            yield from blocks(state.processor, join(pointer, "States", name, "ItemProcessor"))


def targets(state: AnyState) -> Iterator[str]:
    """The names a state can go to."""
    if state.next:
        yield state.next
    if isinstance(state, ChoiceState):
        yield from (rule.next for rule in state.choices)
        if state.default:
            yield state.default
    else:
        yield from (catcher.next for catcher in getattr(state, "catch", ()))


def _ends(state: AnyState) -> bool:
    if isinstance(state, (SucceedState, FailState)):
        return True
    return state.next is None and not isinstance(state, ChoiceState)


def _closure(states: States, found: set[str]) -> set[str]:
    pending = list(found)
    while pending:
        state = states.states.get(pending.pop())
        for target in targets(state) if state else ():
            if target not in found:
                found.add(target)
                pending.append(target)
    return found

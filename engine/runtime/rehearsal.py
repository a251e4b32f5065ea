"""A rehearsal: a definition run in the Simulator for somebody who waits for it, so with bounds on time and data.

The Simulator follows a machine as far as it goes; a loop without an end would go to the end of its history, and a Map
of many such loops much further. What is asked for in a page has to be answered in seconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from engine.asl.model import StateMachine
from engine.core.advance import Step
from engine.core.commands import ReadItems, StartMapRun
from engine.core.events import Event
from engine.core.execution import Facts, Status
from engine.core.items import Item, items_of
from engine.jsontypes import Document, Json
from engine.query.evaluator import Evaluator
from engine.runtime.simulator import Mock, Mocks, Simulator
from engine.sentences import Sentence, say

SECONDS = 10.0
"""More than one expression may take, so that a hungry one fails its state and not the rehearsal."""
CHARACTERS = 8 * 1024 * 1024


class RehearsalTooLong(Exception):
    """It took longer, or made more data, than a rehearsal may."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Meter:
    """What is left of a rehearsal's time and room; shared by an execution and its children."""

    deadline: float
    characters: int = CHARACTERS
    reading: str = ""

    def use(self, characters: int, *, ended: bool) -> None:
        """What has ended is told even when its last step was slow. Raises RehearsalTooLong."""
        self.characters -= characters
        if self.characters < 0:
            raise RehearsalTooLong(say("its history has more than {characters:,} characters", characters=CHARACTERS))
        if not ended and time.monotonic() > self.deadline:
            raise RehearsalTooLong(say("it takes more than {seconds:g} s", seconds=SECONDS))


@dataclass(kw_only=True)
class Rehearsal(Simulator):
    """``items`` are what the ItemReader of a Map finds, by the name of the Map. Raises RehearsalTooLong and Stuck."""

    meter: Meter
    items: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    empty: ClassVar[Sequence[Json]] = ()

    def _step(self, events: Sequence[Event]) -> Step:
        step = super()._step(events)
        made = sum(100 + len(event.details_text) for event in step.history)
        self.meter.use(made, ended=self.depth == 0 and self.status is not Status.RUNNING)
        return step

    def _map_run(self, command: StartMapRun) -> tuple[int, Event]:
        self.meter.reading = command.state
        return super()._map_run(command)

    def _read(self, request: ReadItems | None) -> list[Item]:
        found = items_of(Document(list(self.items.get(self.meter.reading, self.empty))))
        return found[: request.most] if request is not None and request.most else found


def rehearse(
    machine: StateMachine,
    facts: Facts,
    *,
    mocks: Mapping[str, Iterable[Mock]],
    items: Mapping[str, Sequence[Json]],
    evaluator: Evaluator,
) -> Rehearsal:
    """Run it to its end on a virtual clock that begins at ``facts.started_at``. Raises RehearsalTooLong, Stuck."""
    rehearsal = Rehearsal(
        machine=machine,
        facts=facts,
        answers=Mocks({state: tuple(given) for state, given in mocks.items()}),
        evaluator=evaluator,
        now=facts.started_at,
        meter=Meter(deadline=time.monotonic() + SECONDS),
        items=items,
    )
    rehearsal.run()
    return rehearsal

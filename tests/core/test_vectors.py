"""Executions written down: each vector is a definition, what its tasks do, and the history that must come of it.

``tasks`` holds, by state name, one answer an attempt (the last is given again): ``output`` or ``error`` and ``cause``;
``after`` milliseconds (1 unless said) from the beginning, which comes ``start`` milliseconds after the scheduling;
``heartbeats`` at such times; ``hang`` for never. ``seconds`` of what is expected is the time from start to end.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from engine.asl.parse import parse_definition
from engine.core.commands import ScheduleTask
from engine.core.events import Event, TaskFailed, TaskHeartbeat, TaskStarted, TaskSucceeded
from engine.core.history import HistoryEvent
from engine.jsontypes import Document
from tests.simulation import START, Answers, Simulator, simulation

Vector: TypeAlias = dict[str, Any]
FOLDER = Path(__file__).parents[1] / "vectors" / "core"


def _written_short(value: Vector) -> Any:
    """``{"REPEAT": [text, n]}`` and ``{"RANGE": n}`` stand for what is too long to be written."""
    if value.keys() == {"REPEAT"}:
        return str(value["REPEAT"][0]) * int(value["REPEAT"][1])
    return list(range(value["RANGE"])) if value.keys() == {"RANGE"} else value


def vectors() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.json")):
        for vector in json.loads(path.read_text(), object_hook=_written_short):
            yield pytest.param(vector, id=f"{path.stem}: {vector['name']}")


VECTORS = list(vectors())


def answers(tasks: dict[str, list[Vector]]) -> Answers:
    given: dict[str, int] = defaultdict(int)

    def answer(command: ScheduleTask) -> list[tuple[int, Event]]:
        todo = tasks[command.state]
        task = todo[min(given[command.state], len(todo) - 1)]
        given[command.state] += 1
        return list(_happenings(command, task))

    return answer


def _happenings(command: ScheduleTask, task: Vector) -> Iterator[tuple[int, Event]]:
    where = {"scope": command.scope, "attempt": command.attempt}
    start = task.get("start", 0)
    yield start, TaskStarted(**where)
    for beat in task.get("heartbeats", []):
        yield start + beat, TaskHeartbeat(**where)
    after = start + task.get("after", 1)
    if "output" in task:
        yield after, TaskSucceeded(**where, output=Document(task["output"]))
    elif not task.get("hang"):
        yield after, TaskFailed(**where, error=task.get("error"), cause=task.get("cause"))


def run(vector: Vector, **options: Any) -> Simulator:
    parsed = parse_definition(json.dumps(vector["definition"]), "json")
    assert parsed.machine is not None, parsed.diagnostics
    return simulation(
        machine=parsed.machine,
        input=vector.get("input", {}),
        answers=answers(vector.get("tasks", {})),
        **options,
    ).run()


def told(event: HistoryEvent) -> str:
    """One line: type, and what is known of state, iteration, error."""
    details: Any = event.details
    words = [event.type, str(details.get("name", ""))]
    words += [f"#{details['index']}"] if "index" in details else []
    words += [str(details["error"])] if "error" in details else []
    return " ".join(word for word in words if word)


@pytest.mark.parametrize("vector", VECTORS)
def test_an_execution_goes_as_its_vector_says(vector: Vector) -> None:
    done = run(vector)
    expected = vector["expected"]
    found = {
        "status": str(done.end.status),
        "output": done.end.output.value if done.end.output else None,
        "error": done.end.error,
        "cause": done.end.cause,
        "seconds": (done.now - START) / 1000,
        "history": [told(event) for event in done.history],
        "previous": [event.previous for event in done.history],
        "variables": [
            event.details["assignedVariables"] for event in done.history if "assignedVariables" in event.details
        ],
        "notes": [event.note for event in done.history if event.note],
    }
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("vector", VECTORS)
def test_storing_and_loading_between_any_two_steps_changes_nothing(vector: Vector) -> None:
    kept, stored = run(vector), run(vector, as_text=True)
    assert lines(stored) == lines(kept)
    assert stored.commands == kept.commands


@pytest.mark.parametrize("vector", VECTORS)
def test_a_small_budget_changes_nothing_but_the_number_of_steps(vector: Vector) -> None:
    assert lines(run(vector, budget=1)) == lines(run(vector))


def lines(done: Simulator) -> list[tuple[object, ...]]:
    return [(one.id, one.previous, one.type, one.at, one.scope, one.note, _settled(one)) for one in done.history]


def _settled(event: HistoryEvent) -> str:
    """Without what is drawn from the seed of each activation."""
    return "" if event.type == "MapRunStarted" else event.details_text

"""Definitions mutated at random: never an exception out of the core, never a stuck execution, always a diagnosis."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.asl.parse import parse_definition
from engine.core.execution import Status
from engine.runtime.simulator import Mock, Mocks, Stuck
from tests.core.test_vectors import VECTORS
from tests.simulation import simulation

DEFINITIONS = [one.values[0]["definition"] for one in VECTORS]
WORDS: list[Any] = [
    *(
        None,
        True,
        -1,
        0,
        1.5,
        10**12,
        "",
        "$",
        "$.a",
        "$$.Map.Item",
        "$x.y",
        "States.UUID()",
        "States.Array(",
        "{% 1 %}",
    ),
    *(
        "{% 1 %}",
        "{% $states.input.a %}",
        "{% $nope( %}",
        "${X}",
        "A",
        [],
        {},
        ["$.a"],
        {"a.$": "$.b"},
        {"a": "{% $x %}"},
    ),
    *(
        "JSONata",
        "DISTRIBUTED",
        "EXPRESS",
        "arn:aws:states:::sqs:sendMessage",
        "Pass",
        "Map",
        "Choice",
        "2020-01-01T00:00:00Z",
    ),
]
FIELDS = (
    *("Type", "Next", "End", "InputPath", "OutputPath", "ResultPath", "Parameters", "Arguments", "Output", "Assign"),
    *("Items", "ItemsPath", "ItemSelector", "MaxConcurrency", "Seconds", "Retry", "Catch", "Choices", "Default"),
    *(
        "QueryLanguage",
        "ToleratedFailurePercentage",
        "ItemBatcher",
        "ItemReader",
        "Label",
        "TimeoutSeconds",
        "Credentials",
    ),
)


def places(value: Any, steps: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield steps
    if isinstance(value, dict):
        for name, one in value.items():
            yield from places(one, (*steps, name))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from places(one, (*steps, index))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    definition = copy.deepcopy(draw(st.sampled_from(DEFINITIONS)))
    for _ in range(draw(st.integers(1, 3))):
        found = [steps for steps in places(definition) if steps]
        steps = draw(st.sampled_from(found))
        holder = definition
        for step in steps[:-1]:
            holder = holder[step]
        change = draw(st.sampled_from(["replace", "remove", "add", "swap"]))
        if change == "remove":
            del holder[steps[-1]]
        elif change == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(FIELDS))] = copy.deepcopy(draw(st.sampled_from(WORDS)))
        elif change == "swap":
            other = definition
            for step in draw(st.sampled_from([one for one in places(definition) if one] or [()])):
                other = other[step]
            holder[steps[-1]] = copy.deepcopy(other)
        else:
            holder[steps[-1]] = copy.deepcopy(draw(st.sampled_from(WORDS)))
        if not definition:
            break
    return definition


@given(mutated(), st.sampled_from([{}, {"a": [1, 2]}, [1], "x", None, {"a": {"b": 1}}]))
@settings(
    max_examples=400,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_a_mutated_definition_is_diagnosed_or_runs_to_an_end(definition: Any, value: Any) -> None:
    text = json.dumps(definition)
    parsed = parse_definition(text, "json")
    for one in parsed.diagnostics:
        assert one.message
        assert one.line is not None
        assert one.column is not None
    if parsed.machine is None:
        assert parsed.diagnostics
        return
    mocks = Mocks({}, Mock(result={"a": 1}, milliseconds=10))
    try:
        done = simulation(machine=parsed.machine, input=value, answers=mocks, budget=200).run()
    except Stuck:
        return  # children without end: bounded, and told
    assert done.status is not Status.RUNNING
    assert [event.id for event in done.history] == list(range(1, len(done.history) + 1))


WORKFLOWS = Path(__file__).resolve().parents[2] / ".." / "shared" / "workflows"


def test_public_machines_have_a_machine_and_run_to_an_end() -> None:
    """Where the folder of public definitions is; placeholders in them are understood."""
    for path in sorted(WORKFLOWS.glob("*")):
        if path.suffix == ".md":
            continue
        form = "yaml" if path.suffix in {".yaml", ".yml"} else "json"
        parsed = parse_definition(path.read_text(encoding="utf-8"), form)  # type: ignore[arg-type]  # one of two words
        assert parsed.machine is not None, (path.name, parsed.diagnostics)
        done = simulation(machine=parsed.machine, input={}, answers=Mocks({})).run()
        assert done.status is not Status.RUNNING, path.name

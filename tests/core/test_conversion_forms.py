"""What single states become in JSONata, what is refused and what is warned of: ``vectors/conversion.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.asl.conversion.machine import convert_found, states_of, with_converted
from engine.asl.conversion.states import convert_state
from engine.asl.diagnostics import Severity
from engine.asl.parse import parse_state

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "conversion.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_a_state_becomes_what_its_vector_says(vector: dict[str, Any]) -> None:
    assert parse_state(json.dumps(vector["state"]), "json").valid
    found = convert_state(vector["state"])
    told = [f"{one.pointer} {one.message}" for one in found.diagnostics]
    assert told == vector.get("told", [])
    assert found.state == vector.get("converted")
    assert any(one.severity is Severity.ERROR for one in found.diagnostics) is (found.state is None)


@pytest.mark.parametrize("vector", [one for one in VECTORS if "converted" in one], ids=lambda one: str(one["name"]))
def test_what_it_becomes_is_valid_and_comes_in_the_order_of_the_old_fields(vector: dict[str, Any]) -> None:
    parsed = parse_state(json.dumps(vector["converted"]), "json")
    assert parsed.valid, parsed.diagnostics
    found = convert_state(vector["state"]).state
    assert found is not None
    assert list(found) == list(vector["converted"])


def test_chance_is_told_since_two_visits_may_differ() -> None:
    state: dict[str, Any] = {"Type": "Pass", "Parameters": {"id.$": "States.Array(States.UUID())"}, "End": True}
    other: dict[str, Any] = {**state, "Parameters": {"id.$": "States.Array(1)"}}
    assert convert_state(state).chance
    assert not convert_state(other).chance


def test_states_inside_a_container_are_converted_on_their_own_and_in_their_places() -> None:
    inner: Any = {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "InputPath": "$.a", "End": True}}}
    map_state: Any = {"Type": "Map", "ItemsPath": "$.l", "ItemProcessor": inner, "End": True}
    definition: dict[str, Any] = {"StartAt": "Each", "States": {"Each": map_state}}
    outer, found = states_of(definition)
    assert (outer.name, found.pointer) == ("Each", "/States/Each/ItemProcessor/States/Inner")
    one, other = convert_found(outer).state, convert_found(found).state
    assert one is not None
    assert one["ItemProcessor"] == inner
    assert other is not None
    both: Any = with_converted(definition, {"Each": one, "Inner": other})
    assert both["States"]["Each"]["Items"] == "{% $states.input.l %}"
    assert both["States"]["Each"]["ItemProcessor"]["States"]["Inner"]["Output"] == "{% $states.input.a %}"


def test_diagnostics_point_into_the_definition() -> None:
    definition: Any = {"StartAt": "A/B", "States": {"A/B": {"Type": "Pass", "InputPath": "$..deep", "End": True}}}
    (found,) = states_of(definition)
    assert [one.pointer for one in convert_found(found).diagnostics] == ["/States/A~1B/InputPath"]

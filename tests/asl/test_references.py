"""Which variables the states of a machine refer to, and what makes a machine an EXPRESS one."""

from __future__ import annotations

from typing import Any

import pytest

from engine.asl.express import express_machine
from engine.asl.parse import parse_definition
from engine.asl.references import variable_references
from engine.jsontypes import dump


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ({"Parameters": {"a.$": "$v", "b": {"c.$": "States.Format('{} $no', $w.x[0])"}}}, ["v", "w"]),
        ({"OutputPath": "$out.deep", "Comment": "$no"}, ["out"]),
        ({"Output": "{% $a + $b.c + $sum($d) & '$no' & $states.input.e %}"}, ["a", "b", "d"]),
        ({"Output": ["{% $x %}", {"y": "{% $y %}"}, "$no"]}, ["x", "y"]),
        ({"Choices": [{"Variable": "$v", "NumericEqualsPath": "$w"}]}, ["v", "w"]),
        ({"InputPath": "$.a", "Parameters": {"c.$": "$$.State.Name"}}, []),
    ],
)
def test_the_variables_of_a_state_are_found_in_paths_expressions_and_templates(
    state: dict[str, Any], names: list[str]
) -> None:
    found = variable_references({"States": {"S": state, "Other": "no state"}})
    assert found == ({"S": names} if names else {})


def test_states_inside_states_have_references_of_their_own() -> None:
    inner = {"States": {"In": {"InputPath": "$v"}}}
    outer: dict[str, Any] = {
        "States": {
            "P": {"Branches": [inner, "no branch"], "OutputPath": "$w"},
            "M": {"ItemProcessor": {"States": {"Item": {"InputPath": "$x"}}}, "ItemsPath": "$y"},
            "Old": {"Iterator": {"States": {"Each": {"InputPath": "$z"}}}},
            "Odd": {"Branches": "none"},
        }
    }
    assert variable_references(outer) == {"P": ["w"], "In": ["v"], "M": ["y"], "Item": ["x"], "Each": ["z"]}
    assert variable_references({"States": "none"}) == {}
    assert variable_references(None) == {}


@pytest.mark.parametrize(("own", "seconds"), [(None, 300), (20, 20), (900, 300)])
def test_an_express_machine_ends_after_five_minutes_at_the_latest(own: int | None, seconds: int) -> None:
    definition: dict[str, Any] = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    if own is not None:
        definition["TimeoutSeconds"] = own
    machine = parse_definition(dump(definition), "json").machine
    assert machine is not None
    assert express_machine(machine).timeout_seconds == seconds

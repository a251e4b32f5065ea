"""What is wrong with a definition, each mistake with its place.

A vector is a definition, the code and the place of its mistake, and words of what is said.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.asl.diagnostics import Code, Severity
from engine.asl.parse import parse_definition

END: dict[str, Any] = {"Type": "Pass", "End": True}
BLOCK: dict[str, Any] = {"StartAt": "I", "States": {"I": END}}
MAP: dict[str, Any] = {"Type": "Map", "ItemProcessor": BLOCK, "End": True}
RULE: dict[str, Any] = {"Variable": "$", "IsNull": True, "Next": "A"}


def one(state: Any, **top: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": state}, **top}


VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "definitions.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one['place']} {one['says']}"[:80])
def test_a_mistake_is_reported_at_its_place(vector: dict[str, Any]) -> None:
    parsed = parse_definition(json.dumps(vector["definition"]), "json")
    assert not parsed.valid
    assert parsed.document == vector["definition"]
    found = [one for one in parsed.diagnostics if one.pointer == vector["place"] and vector["says"] in one.message]
    assert [(one.code, one.severity) for one in found] == [(vector["code"], Severity.ERROR)], parsed.diagnostics


def test_every_mistake_is_reported_not_only_the_first() -> None:
    definition = {"StartAt": "Z", "States": {"A": {"Type": "Pass", "Next": "Y"}, "B": {"Type": "X"}}}
    parsed = parse_definition(json.dumps(definition), "json")
    assert [one.pointer for one in parsed.diagnostics] == ["/States/B/Type", "/StartAt", "/States/A/Next"]


def test_warnings_do_not_keep_a_machine_from_running() -> None:
    inner = {"StartAt": "L", "States": {"L": {"Type": "Pass", "Next": "L"}}}
    states = {
        "A": {"Type": "Parallel", "Branches": [inner], "End": True},
        "B": {"Type": "Choice", "Choices": [{**RULE, "Next": "C"}], "Default": "A"},
        "C": {"Type": "Succeed"},
    }
    parsed = parse_definition(json.dumps({"StartAt": "A", "States": states}), "json")
    assert parsed.valid
    assert [(one.severity, one.code, one.pointer) for one in parsed.diagnostics] == [
        (Severity.WARNING, Code.UNREACHABLE, "/States/B"),
        (Severity.WARNING, Code.UNREACHABLE, "/States/C"),
        (Severity.WARNING, Code.NO_TERMINAL_STATE, "/States/A/Branches/0/States"),
    ]


def test_errors_stand_before_warnings_of_the_same_definition() -> None:
    parsed = parse_definition(json.dumps(one({**END, "Bogus": 1})), "json")
    assert [one.severity for one in parsed.diagnostics] == [Severity.ERROR]
    assert parsed.machine is None


def test_a_block_without_a_readable_start_is_no_block() -> None:
    parsed = parse_definition(json.dumps({"States": {"A": END}}), "json")
    assert [one.message for one in parsed.diagnostics] == ["These fields are required: [StartAt]"]


def test_an_inline_map_may_say_so() -> None:
    processor = {**BLOCK, "ProcessorConfig": {"Mode": "INLINE"}}
    assert parse_definition(json.dumps(one({**MAP, "ItemProcessor": processor})), "json").valid


def test_whole_numbers_may_be_written_as_doubles() -> None:
    assert parse_definition('{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":2.0,"End":true}}}', "json").valid

"""Every operator of a Choice rule, by vectors: a rule, an input, and whether the rule holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.asl.choice import OPERATORS, ComparisonFailed, kind_of, literal_fits
from engine.asl.diagnostics import Findings
from engine.asl.reader import Fields
from engine.asl.rules import read_rule
from engine.jsontypes import Json
from engine.query.environment import Environment

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "choice.json").read_text())


def holds(rule: dict[str, Json], value: Json) -> bool:
    findings = Findings()
    read = read_rule(Fields({**rule, "Next": "A"}, "", findings))
    assert read is not None
    assert not findings.failed, findings.found
    assert callable(read.condition)
    return read.condition(Environment(value, {}, lambda: {"Execution": {}}))


@pytest.mark.parametrize("vector", VECTORS, ids=json.dumps)
def test_a_rule_holds_as_its_vector_says(vector: Any) -> None:
    assert holds(vector["rule"], vector["input"]) is vector["holds"]


def test_the_vectors_use_every_operator() -> None:
    used = {key for vector in VECTORS for key in vector["rule"]}
    assert used >= OPERATORS | {"And", "Or", "Not"}
    assert len(OPERATORS) == 39


@pytest.mark.parametrize(
    ("rule", "operator"),
    [
        ({"Variable": "$.a", "StringEquals": "x"}, "StringEquals"),
        ({"Variable": "$.a", "IsNull": True}, "IsNull"),
        ({"Variable": "$.a", "StringMatches": "x"}, "StringMatches"),
        ({"Variable": "$.a", "NumericLessThanPath": "$.b"}, "NumericLessThan"),
        ({"Variable": "$.b", "NumericLessThanPath": "$.a"}, "NumericLessThanPath"),
    ],
)
def test_a_path_that_leads_nowhere_is_no_false_but_a_failure(rule: dict[str, Json], operator: str) -> None:
    with pytest.raises(ComparisonFailed) as caught:
        holds(rule, {"b": 1})
    assert caught.value.operator_name == operator
    assert "Invalid path '$.a'" in caught.value.reason


def test_a_pattern_that_ends_in_an_open_escape_fails() -> None:
    with pytest.raises(ComparisonFailed, match="escapes nothing"):
        holds({"Variable": "$", "StringMatches": "a\\"}, "a")


def test_a_later_condition_is_not_looked_at_once_the_answer_is_known() -> None:
    missing: Json = {"Variable": "$.no", "NumericEquals": 1}
    assert not holds({"And": [{"Variable": "$", "IsNull": False}, missing]}, None)
    assert holds({"Or": [{"Variable": "$", "IsNull": True}, missing]}, None)


@pytest.mark.parametrize("operator", sorted(one for one in OPERATORS if not one.endswith("Path")))
def test_a_literal_of_another_kind_does_not_fit(operator: str) -> None:
    assert not literal_fits(operator, ["no"])
    assert kind_of(operator) in {"a string", "a number", "true or false", "an RFC 3339 timestamp"}

"""Definition text, JSON and YAML: what is read, what is refused, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.asl.diagnostics import Code
from engine.asl.parse import parse_definition
from engine.asl.text import MAX_DEFINITION, Format, json_places, read
from engine.jsontypes import Json

DEFINITION = """{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Pass",
          "Next": "B, \\"quoted\\""},
    "C": {"Type": "Wait", "Seconds": [1, {"x": -1.5e3}, true], "End": true}
  }
}"""
YAML = """
StartAt: A   # where it begins
States:
  A:
    Type: Pass
    Next: B
  C: {Type: Wait, Seconds: "5", End: true}
"""


def test_json_mistakes_have_line_and_column() -> None:
    found = {one.pointer: (one.line, one.column) for one in parse_definition(DEFINITION, "json").diagnostics}
    assert found == {"/States/A/Next": (5, 19), "/States/C/Seconds": (6, 38)}


def test_yaml_mistakes_have_line_and_column() -> None:
    found = {one.pointer: (one.line, one.column) for one in parse_definition(YAML, "yaml").diagnostics}
    assert found == {"/States/A/Next": (6, 11), "/States/C/Seconds": (7, 28)}


def test_a_missing_field_has_the_place_of_its_owner() -> None:
    (found,) = parse_definition('\n {"StartAt": "A", "States": {\n"A": {"End": true}}}', "json").diagnostics
    assert (found.pointer, found.line, found.column) == ("/States/A", 3, 6)


def test_every_node_of_a_text_has_a_place() -> None:
    places = json_places(DEFINITION)
    assert places[""] == (1, 1)
    assert places["/States/C/Seconds/1/x"] == (6, 48)
    assert places["/States/C/Seconds/2"] == (6, 57)
    assert places["/States/C/End"] == (6, 71)
    assert len(places) == 14


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "The text is empty"),
        ('{"a": 1,\n "b" 2}', 2, 6, "A colon is expected"),
        ('{"a": NaN}', 1, 1, "NaN is not JSON"),
        ('{"a": -Infinity}', 1, 1, "-Infinity is not JSON"),
        ('{"a": 1, "a": 2}', 1, 1, "the name 'a' stands twice in one object"),
        ("[" * 201 + "]" * 201, 1, 1, "nested more than 200 deep"),
        ("[" * 100_000, 1, 1, "nested more than 200 deep"),
        ('["\\ud800"]', 1, 1, "half a surrogate pair"),
        ('["\ud800"]', 1, 1, "half a surrogate pair at position 2"),
        ('["\\ud800",' + "[" * 995 + "]" * 996, 1, 1, "deep"),
        ("1e999", 1, 1, "the number 1e999... is too large"),
        ("9" * 400, 1, 1, "too large"),
        ("x" * (MAX_DEFINITION + 1), 1, 1, "at most 1048576 characters; this has 1048577"),
    ],
    ids=lambda one: str(one)[:20],
)
def test_text_that_is_no_json_is_refused(text: str, line: int, column: int, words: str) -> None:
    parsed = parse_definition(text, "json")
    (found,) = parsed.diagnostics
    assert (found.code, found.line, found.column) == (Code.INVALID_JSON, line, column)
    assert words in found.message
    assert parsed.document is None
    assert not parsed.valid


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "the definition is empty"),
        ("a: [1", 2, 1, "did not find expected ',' or ']'"),
        ("a: 1\na: 2", 2, 1, "the name 'a' stands twice"),
        ("[1]: 2", 1, 1, "a name must be a plain string"),
        ("a: &x 1\nb: *x", 1, 4, "anchors and aliases are not supported"),
        ("b: *x", 1, 4, "anchors and aliases are not supported"),
        ("- " * 201 + "x", 1, 401, "nested more than 200 deep"),
        ("- " * 100_000, 1, 401, "nested more than 200 deep"),
        ("[" * 100_000, 1, 201, "nested more than 200 deep"),
        ("".join("  " * level + "- a:\n" for level in range(150)), 101, 201, "nested more than 200 deep"),
        ('a: "\\ud800"', 1, 7, "invalid Unicode"),
        ("a: \ud800", 1, 1, "surrogates not allowed"),
        ("a: 1e999", 1, 1, "the number 1e999... is too large"),
        ("a: \x00", 1, 1, "control characters are not allowed"),
        ("x" * (MAX_DEFINITION + 1), 1, 1, "at most 1048576 characters"),
    ],
    ids=lambda one: str(one)[:20],
)
def test_text_that_is_no_plain_yaml_is_refused(text: str, line: int, column: int, words: str) -> None:
    (found,) = parse_definition(text, "yaml").diagnostics
    assert found.code is Code.INVALID_YAML
    assert words in found.message
    assert (found.line, found.column) == (line, column)


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("on", "on"),
        ("12", 12),
        ("-7", -7),
        ("+7", 7),
        ("1.5", 1.5),
        (".5e1", 5.0),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("9" * 41, 1e41),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        (".inf", ".inf"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("|\n  12\n", "12\n"),
        ("!mine 12", "12"),
        ("a # b", "a"),
        ("$.a[0]", "$.a[0]"),
        ('"' + "[" * 300 + '"', "[" * 300),
    ],
)
def test_a_yaml_scalar_is_read_by_the_core_schema(scalar: str, value: Json) -> None:
    source = read(f"a: {scalar}", "yaml")
    assert source.error is None
    assert source.document == {"a": value}
    assert isinstance(source.document, dict)
    assert type(source.document["a"]) is type(value)


def test_yaml_and_json_of_one_definition_are_one_machine() -> None:
    yaml = "StartAt: A\nStates:\n  A:\n    Type: Pass\n    Result: [1, {b: null}]\n    End: true\n"
    text = '{"StartAt":"A","States":{"A":{"Type":"Pass","Result":[1,{"b":null}],"End":true}}}'
    assert parse_definition(yaml, "yaml").document == parse_definition(text, "json").document
    assert parse_definition(yaml, "yaml").valid


def test_names_of_any_script_are_names() -> None:
    name = "Zahlung prüfen 🧵"
    text = json.dumps({"StartAt": name, "States": {name: {"Type": "Succeed"}}})
    assert parse_definition(text, "json").valid
    assert parse_definition(json.dumps({"a": "\U0001f9f5"}), "json").document == {"a": "🧵"}


def test_a_thousand_states_are_no_burden() -> None:
    states = {f"S{number}": {"Type": "Pass", "Next": f"S{number + 1}"} for number in range(999)}
    text = json.dumps({"StartAt": "S0", "States": {**states, "S999": {"Type": "Succeed"}}})
    assert parse_definition(text, "json").valid


def test_scopes_may_lie_as_deep_as_json_may() -> None:
    block: dict[str, Any] = {"StartAt": "E", "States": {"E": {"Type": "Succeed"}}}
    for level in range(48):
        block = {
            "StartAt": f"P{level}",
            "States": {f"P{level}": {"Type": "Parallel", "Branches": [block], "End": True}},
        }
    assert parse_definition(json.dumps(block), "json").valid


def test_rules_may_lie_as_deep_as_json_may() -> None:
    rule: dict[str, Any] = {"Variable": "$", "IsNull": True}
    for _ in range(190):
        rule = {"Not": rule}
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "A"}], "Default": "B"}
    text = json.dumps({"StartAt": "A", "States": {"A": choice, "B": {"Type": "Succeed"}}})
    assert parse_definition(text, "json").valid


VECTORS = [
    json.dumps(vector["definition"])
    for path in sorted((Path(__file__).parents[1] / "vectors" / "core").glob("*.json"))
    for vector in json.loads(path.read_text())
]
_PIECES = st.sampled_from(
    ['"', "{", "}", "[", "]", ",", ":", "null", "-1", "1e400", '"$..["', '"Next"', "\\", "\ud800"]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(VECTORS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.one_of(_PIECES, st.text(max_size=4))) + text[end:]
    return text


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Still JSON, but some value is another."""
    value = json.loads(draw(st.sampled_from(VECTORS)))
    for _ in range(draw(st.integers(1, 3))):
        at = value
        while isinstance(at, (dict, list)) and at:
            key = draw(st.sampled_from(sorted(at) if isinstance(at, dict) else list(range(len(at)))))
            if draw(st.integers(0, 3)) == 0 or not isinstance(at[key], (dict, list)):
                at[key] = draw(st.sampled_from([None, 5, -1, "", "$", "x", True, [], {}, [{}], {"a": 1}, 1.5, "B"]))
                break
            at = at[key]
    return json.dumps(value)


@given(st.one_of(mutated(), damaged()), st.sampled_from(["json", "yaml"]))
@settings(max_examples=250, derandomize=True, deadline=None, database=None)
def test_no_text_makes_the_parser_fail(text: str, format: Format) -> None:
    parsed = parse_definition(text, format)
    errors = [one for one in parsed.diagnostics if one.severity == "ERROR"]
    assert (parsed.machine is None) == bool(errors)
    assert all(one.line and one.column and one.message for one in parsed.diagnostics)

"""What paths, filters and placed results become in JSONata, and what has no form there and is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.asl.conversion.machine import in_jsonata, states_of, with_converted
from engine.asl.conversion.states import convert_state


def told(state: dict[str, Any]) -> str:
    return " | ".join(f"{one.pointer} {one.message}" for one in convert_state(state).diagnostics)


def becomes(path: str) -> str:
    found = convert_state({"Type": "Pass", "InputPath": path, "End": True})
    assert found.state is not None, found.diagnostics
    return str(found.state["Output"])


@pytest.mark.parametrize(
    ("path", "piece"),
    [
        ("$.rows[?(@.a == 1)]", "[$.a = 1]"),
        ("$.rows[?(@.a != 'x')]", '$not($.a = "x")'),
        ("$.rows[?(@.a == null)]", "[$.a = null]"),
        ("$.rows[?(@.a < 2)]", '($type($.a) = "number" and $.a < 2)'),
        ("$.rows[?(@.a >= 'b')]", '($type($.a) = "string" and $.a >= "b")'),
        ("$.rows[?(@.a)]", "[$exists($.a)]"),
        ("$.rows[?(!@.a)]", "[$not($exists($.a))]"),
        ("$.rows[?(@.a == true && @.b)]", "and"),
        ("$.rows[?(@.a || @.b == 2)]", "or"),
        ("$.rows[0,2]", "[[0, 2]]"),
        ("$.rows[0][*]", "rows[0]"),
        ("$.rows[1:]", "- 1]]"),
        ("$.rows[0:2]", "[[0..1]]"),
        ("$.rows[*].id", ".id"),
        ("$['odd name']", ".`odd name`"),
        ("$['back`tick']", "$lookup("),
    ],
)
def test_a_path_has_a_form(path: str, piece: str) -> None:
    assert piece in becomes(path)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("$..a", "visits the nodes below"),
        ("$.a[*][0]", "one selector of many follows another"),
        ("$.a.*", "selects the fields of an object"),
        ("$.rows[-2:]", "only slices"),
        ("$.rows[0:4:2]", "only slices"),
        ("$.rows[2,0]", "the union in"),
        ("$.rows['a','b']", "the union in"),
        ("$.rows[?(@.a == @.b)]", "only comparisons of @ with a value"),
        ("$.rows[?(1 == @.a)]", "only comparisons of @ with a value"),
        ("$.rows[?(@.a < true)]", "the operator <"),
        ("$.rows[?($.flag)]", "the filter of"),
        ("$.rows[?(@.a[0] == 1)]", "only names may follow @"),
        ("$.rows[?(length(@.a) > 1)]", "only comparisons of @ with a value"),
    ],
)
def test_a_path_without_a_form_is_refused_with_the_reason(path: str, reason: str) -> None:
    assert reason in told({"Type": "Pass", "InputPath": path, "End": True}).lower()


def shaped(**fields: Any) -> dict[str, Any]:
    return {"Type": "Pass", "End": True, **fields}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (shaped(Parameters={"a": 1}, OutputPath="$.b"), "leads to nothing"),
        (shaped(Result=[1], OutputPath="$[3]"), "leads to nothing"),
        (shaped(Result={"a": 1}, OutputPath="$.b"), "leads to nothing"),
        (shaped(Result=1, OutputPath="$.b"), "leads to nothing"),
        (shaped(Result=1, OutputPath="$[0]"), "leads to nothing"),
        (shaped(Parameters={"a": [{"x.$": "$.x"}]}, OutputPath="$.a[4]"), "leads to nothing"),
        (shaped(Result=1, ResultPath="$.a[0]"), "element of an array"),
        (shaped(Result={"a": [2**60]}, ResultPath="$.r"), "would round"),
        (shaped(InputPath="$.${Key}"), "A placeholder stands"),
        (shaped(Result=1, ResultPath="$.${Key}"), "A placeholder stands"),
        (shaped(Result="x" * 25_000, ResultPath="$.r"), "does not take the expression"),
        (shaped(Parameters={"a": [{"x.$": "$.${Key}"}]}), "A placeholder stands"),
        (shaped(Parameters={"x.$": "States.Format('a')", "y.$": "States.Format('{}', $.a, $.b)"}), "fails"),
    ],
)
def test_a_state_without_a_form_is_refused_with_the_reason(state: dict[str, Any], reason: str) -> None:
    assert reason in told(state)


@pytest.mark.parametrize(
    ("state", "output"),
    [
        (shaped(Result={"a": [1, 2]}, OutputPath="$.a[1]"), 2),
        (shaped(Parameters={"a": [{"x.$": "$.x"}, 5]}, OutputPath="$.a[1]"), 5),
        (shaped(Result=7, ResultPath="$.a.b", OutputPath="$.a.b"), 7),
        (shaped(Result={"c": 7}, ResultPath="$.a.b", OutputPath="$.a.b.c"), 7),
        (shaped(Result=7, ResultPath="$.a", OutputPath="$.b"), "{% $states.input.b %}"),
        (shaped(Result="{% x %}"), '{% "{% x %}" %}'),
        (shaped(Result=["{% x %}", {"y": -1}]), ['{% "{% x %}" %}', {"y": -1}]),
    ],
)
def test_what_is_selected_of_a_result_is_found_before_anything_runs(state: dict[str, Any], output: Any) -> None:
    found = convert_state(state)
    assert found.state is not None, found.diagnostics
    assert found.state["Output"] == output


@pytest.mark.parametrize(
    ("state", "piece"),
    [
        (shaped(Result={"n": -1, "l": [1]}, ResultPath="$.r"), "$merge("),
        (shaped(Result=7, ResultPath="$.a.b", OutputPath="$.a"), "$merge("),
        (shaped(Parameters={"a": [{"x.$": "$.x"}]}, ResultPath="$.r"), "$merge("),
        (shaped(Parameters={"x.$": "States.Array($.a, 1)"}), "$states.input.a"),
        (shaped(Parameters={"x.$": "States.JsonToString($.a)"}), "$string"),
        (shaped(Parameters={"x.$": "States.JsonToString('a')"}), ""),
        (shaped(Parameters={"x.$": "States.Format('{}', $.a)"}), "$string"),
        (shaped(Parameters={"x.$": "States.Format('plain')"}), "plain"),
    ],
)
def test_results_are_put_into_expressions(state: dict[str, Any], piece: str) -> None:
    found = convert_state(state)
    assert found.state is not None, found.diagnostics
    assert piece in json.dumps(found.state)


def test_containers_and_handlers_are_converted_with_what_they_have() -> None:
    processor = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    handled = {"ErrorEquals": ["States.IntrinsicFailure"]}
    state: dict[str, Any] = {
        "Type": "Map",
        "InputPath": "$.rows",
        "ItemProcessor": processor,
        "Retry": [handled],
        "Catch": [{**handled, "ResultPath": "$", "Next": "B"}],
        "ResultPath": "$",
        "End": True,
    }
    found = convert_state(state)
    assert found.state is not None, found.diagnostics
    assert found.state["Items"] == "{% $states.input.rows %}"
    assert found.state["Retry"] == [{"ErrorEquals": ["States.IntrinsicFailure", "States.QueryEvaluationError"]}]


def test_rules_say_where_they_have_no_form() -> None:
    rule = {"Variable": "$..a", "NumericEquals": 1}
    many: dict[str, Any] = {"And": [{"Variable": "$.b", "IsPresent": True}, rule], "Next": "B"}
    one: dict[str, Any] = {"Or": [{"Variable": "$.b", "IsPresent": True}], "Next": "B"}
    assert "/Choices/0/And/1/Variable" in told({"Type": "Choice", "Choices": [many], "Default": "B"})
    assert convert_state({"Type": "Choice", "Choices": [one], "Default": "B"}).state is not None


def test_what_is_no_state_is_passed_over() -> None:
    broken: Any = {"States": {"A": 5, "B": {"Type": "Pass", "End": True, "Branches": 1}}}
    assert [one.name for one in states_of(broken)] == ["B"]
    assert list(states_of([])) == []
    assert with_converted(5, {}) == 5
    assert with_converted(broken, {})["States"]["A"] == 5  # type: ignore[index, call-overload]  # it is an object
    assert in_jsonata({"QueryLanguage": "JSONata"})
    assert not in_jsonata([])

"""Advice: warnings about what is legal but most likely wrong, and what only some machines may do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.asl.diagnostics import Code, Severity
from engine.asl.parse import LONE_STATE, parse_definition, parse_state

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:F"
END = {"Type": "Pass", "End": True}


def machine(*states: tuple[str, dict[str, Any]], **top: Any) -> dict[str, Any]:
    return {"StartAt": states[0][0], "States": dict(states), **top}


def warnings(definition: Any) -> list[tuple[Code, str]]:
    parsed = parse_definition(json.dumps(definition), "json")
    assert parsed.machine is not None, parsed.diagnostics
    return [(one.code, one.pointer) for one in parsed.diagnostics if one.severity is Severity.WARNING]


def mapped(inner: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": inner}, **fields}, "End": True}


DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
UNDEFINED, LANGUAGE, NOT_FOUND = Code.UNDEFINED_VARIABLE, Code.WRONG_LANGUAGE, Code.PATH_NOT_FOUND
A = "/States/A"


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (machine(("A", {**END, "Parameters": {"x.$": "$v"}})), [(UNDEFINED, A + "/Parameters/x.$")]),
        (
            machine(("A", {**END, "Parameters": {"x.$": "States.Array($v, '$w')"}})),
            [(UNDEFINED, A + "/Parameters/x.$")],
        ),
        (machine(("A", {**END, "InputPath": "$v.a"})), [(UNDEFINED, A + "/InputPath")]),
        (machine(("A", {**END, "Assign": {"v": 1}, "OutputPath": "$v"})), []),
        (machine(("A", {**END, "QueryLanguage": "JSONata", "Output": ["{% $v %}"]})), [(UNDEFINED, A + "/Output/0")]),
        (machine(("A", {**END, "QueryLanguage": "JSONata", "Output": "{% $states.input %}"})), []),
        (
            machine(
                ("A", {"Type": "Pass", "Assign": {"v": 1}, "Next": "B"}),
                ("B", mapped({**END, "InputPath": "$v"})),
            ),
            [],
        ),
        (
            machine(
                ("A", {"Type": "Pass", "Assign": {"v": 1}, "Next": "B"}),
                ("B", mapped({**END, "InputPath": "$v"}, **DISTRIBUTED)),
            ),
            [(UNDEFINED, "/States/B/ItemProcessor/States/I/InputPath")],
        ),
        (
            machine(
                ("A", {"Type": "Parallel", "Branches": [machine(("I", {**END, "OutputPath": "$w"}))], "End": True}),
            ),
            [(UNDEFINED, A + "/Branches/0/States/I/OutputPath")],
        ),
        (
            machine(
                (
                    "A",
                    {
                        "Type": "Task",
                        "Resource": FUNCTION,
                        "Retry": [{"ErrorEquals": ["States.ALL"]}],
                        "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"e.$": "$.Error"}, "Next": "B"}],
                        "End": True,
                    },
                ),
                ("B", {**END, "OutputPath": "$e"}),
            ),
            [],
        ),
        (
            machine(("A", {**END, "QueryLanguage": "JSONata", "Output": {"a": "$.x", "b.$": "y"}})),
            [(LANGUAGE, A + "/Output/a"), (LANGUAGE, A + "/Output/b.$")],
        ),
        (machine(("A", {**END, "Parameters": {"a": "{% $x %}"}})), [(LANGUAGE, A + "/Parameters/a")]),
        (machine(("A", {**END, "Parameters": {"a": ["$.x"]}})), [(LANGUAGE, A + "/Parameters/a/0")]),
        (machine(("A", {**END, "Result": "$.x", "Comment": "$.y"})), []),
        (
            machine(("A", {"Type": "Pass", "Result": {"a": 1}, "Next": "B"}), ("B", {**END, "InputPath": "$.b"})),
            [(NOT_FOUND, "/States/B/InputPath")],
        ),
        (
            machine(
                ("A", {"Type": "Pass", "Result": {"a": 1}, "Next": "B"}),
                ("B", {**END, "Parameters": {"x.$": "$.b", "y.$": "$.a", "z.$": "$$.State.Name"}}),
            ),
            [(NOT_FOUND, "/States/B/Parameters")],
        ),
        (
            machine(
                ("A", {"Type": "Pass", "Result": {"a": 1}, "Next": "B"}), ("B", {**mapped(END), "ItemsPath": "$.rows"})
            ),
            [(NOT_FOUND, "/States/B/ItemsPath")],
        ),
        (
            machine(
                ("A", {"Type": "Pass", "Result": 1, "ResultPath": "$.x", "Next": "B"}),
                ("B", {**END, "InputPath": "$.b"}),
            ),
            [],
        ),
        (
            machine(("A", {"Type": "Pass", "Result": 1, "Next": "B"}), ("B", {**END, "InputPath": None})),
            [],
        ),
        (machine(("A", {"Type": "Wait", "Seconds": 1, "Next": "B"}), ("B", {**END, "InputPath": "$.b"})), []),
        (
            machine(
                (
                    "A",
                    {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke",
                        "End": True,
                        "Parameters": {"FunctionName": "a b"},
                    },
                )
            ),
            [(Code.INVALID_FUNCTION_NAME, A + "/Parameters/FunctionName")],
        ),
    ],
    ids=lambda one: json.dumps(one)[:70],
)
def test_what_is_most_likely_wrong_is_said_at_its_place(definition: Any, expected: list[tuple[Code, str]]) -> None:
    assert warnings(definition) == expected


@pytest.mark.parametrize(
    ("definition", "pointer", "words"),
    [
        (
            machine(("A", {"Type": "Task", "Resource": "arn:aws:states:us-east-1:1:activity:X", "End": True})),
            A + "/Resource",
            "Express state machine does not support Activity ARN",
        ),
        (
            machine(("A", {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync:2", "End": True})),
            A + "/Resource",
            "Express state machine does not support '.sync' service integration",
        ),
        (
            machine(
                ("A", {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True})
            ),
            A + "/Resource",
            "Express state machine does not support '.waitForTaskToken' service integration ",
        ),
        (machine(("A", mapped(END, **DISTRIBUTED))), A + "/ItemProcessor/ProcessorConfig/Mode", "'DISTRIBUTED'"),
    ],
    ids=["activity", "sync", "callback", "distributed"],
)
def test_an_express_machine_cannot_wait_for_long(definition: Any, pointer: str, words: str) -> None:
    parsed = parse_definition(json.dumps(definition), "json", express=True)
    found = [one.message for one in parsed.diagnostics if one.pointer == pointer and one.code is Code.SCHEMA]
    assert len(found) == 1
    assert words in found[0]


def test_an_express_machine_may_call_functions_and_services() -> None:
    states = (
        ("A", {"Type": "Task", "Resource": FUNCTION, "Next": "B"}),
        ("B", {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "C"}),
        ("C", mapped(END)),
    )
    parsed = parse_definition(json.dumps(machine(*states)), "json", express=True)
    assert parsed.diagnostics == ()


@pytest.mark.parametrize(
    ("state", "pointer"),
    [
        ({"Type": "Wait", "Seconds": "${Seconds}", "End": True}, A + "/Seconds"),
        ({**END, "InputPath": "$.${Key}"}, A + "/InputPath"),
        ({**END, "Parameters": {"a.$": "$.${Key}"}}, A + "/Parameters/a.$"),
        ({"Type": "Task", "Resource": "arn:${Partition}:weird", "End": True}, A + "/Resource"),
        ({"Type": "Task", "Resource": "arn:${Partition}:states:::nothing", "End": True}, A + "/Resource"),
        (
            {
                "Type": "Task",
                "Resource": FUNCTION,
                "Retry": [{"ErrorEquals": ["E"], "BackoffRate": "${Rate}"}],
                "End": True,
            },
            A + "/Retry/0/BackoffRate",
        ),
    ],
    ids=lambda one: str(one)[:50],
)
def test_a_placeholder_is_understood_and_no_mistake(state: dict[str, Any], pointer: str) -> None:
    parsed = parse_definition(json.dumps(machine(("A", state))), "json")
    assert [(one.code, one.pointer) for one in parsed.diagnostics] == [(Code.UNSUPPORTED, pointer)]
    assert parsed.machine is not None
    assert not parsed.valid


def test_placeholders_in_the_partition_of_a_reader_do_not_matter() -> None:
    reader = {"Resource": "arn:${P}:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV", "CSVHeaders": ["a"]}}
    parsed = parse_definition(json.dumps(machine(("A", {**mapped(END, **DISTRIBUTED), "ItemReader": reader}))), "json")
    assert parsed.valid


def test_jsonata_arguments_of_lambda_are_looked_at_where_they_are_written() -> None:
    def of(arguments: Any) -> list[str]:
        task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, "End": True}
        parsed = parse_definition(json.dumps(machine(("A", task), QueryLanguage="JSONata")), "json")
        return [one.pointer for one in parsed.diagnostics]

    assert of("{% $states.input %}") == []
    assert of({"FunctionName": "{% $states.input.f %}"}) == []
    assert of({"FunctionName": "${F}"}) == [A + "/Arguments/FunctionName"]
    assert of({}) == [A + "/Arguments"]


def test_a_state_alone_becomes_a_machine_that_may_lead_anywhere() -> None:
    parsed = parse_state(json.dumps({"Type": "Pass", "Next": "Elsewhere"}), "json")
    assert parsed.machine is not None
    assert parsed.machine.index[LONE_STATE].next == "Elsewhere"
    assert parse_state(json.dumps(machine(("A", END))), "json").machine is not None
    assert parse_state("[]", "json").machine is None
    assert parse_state(json.dumps({"Type": "Nope"}), "json").machine is None


def test_paths_with_an_idle_dot_are_read_as_they_are_meant() -> None:
    definition = machine(("A", {**END, "Parameters": {"a.$": "$.[0]", "b.$": "$.rows.[?(@.n > 1)]", "c.$": "$..[0]"}}))
    assert parse_definition(json.dumps(definition), "json").valid


def test_choice_rules_assign_what_later_states_read() -> None:
    rule = {"Variable": "$.a", "IsPresent": True, "Assign": {"v": 1}, "Next": "B"}
    states = (("A", {"Type": "Choice", "Choices": [rule]}), ("B", {**END, "InputPath": "$v"}))
    assert warnings(machine(*states)) == []


def test_the_iterator_of_old_maps_is_looked_through_too() -> None:
    state = {"Type": "Map", "Iterator": {"StartAt": "I", "States": {"I": {**END, "InputPath": "$v"}}}, "End": True}
    assert warnings(machine(("A", state))) == [(UNDEFINED, A + "/Iterator/States/I/InputPath")]

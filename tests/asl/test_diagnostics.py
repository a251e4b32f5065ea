"""What is wrong with a definition, each mistake with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.asl.diagnostics import Code, Severity
from engine.asl.parse import parse_definition

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:F"
END: dict[str, Any] = {"Type": "Pass", "End": True}
TASK: dict[str, Any] = {"Type": "Task", "Resource": FUNCTION, "End": True}
INVOKE: dict[str, Any] = {**TASK, "Resource": "arn:aws:states:::lambda:invoke"}
BLOCK: dict[str, Any] = {"StartAt": "I", "States": {"I": END}}
MAP: dict[str, Any] = {"Type": "Map", "ItemProcessor": BLOCK, "End": True}
DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
RULE: dict[str, Any] = {"Variable": "$", "IsNull": True, "Next": "A"}
SCHEMA, UNSUPPORTED, TARGET = Code.SCHEMA, Code.UNSUPPORTED, Code.MISSING_TARGET


def one(state: Any, **top: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": state}, **top}


def distributed(**fields: Any) -> dict[str, Any]:
    """A machine of one Distributed Map."""
    return one({**MAP, "ItemProcessor": {**BLOCK, "ProcessorConfig": DISTRIBUTED}, **fields})


def reader(**config: Any) -> dict[str, Any]:
    """A Distributed Map that reads its items from a file, with this ReaderConfig."""
    return distributed(ItemReader={"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": config})


def jsonata(**fields: Any) -> dict[str, Any]:
    """A JSONata machine of one state: a Pass that ends, unless told otherwise."""
    return one({"Type": "Pass", "End": True, **fields}, QueryLanguage="JSONata")


def rules(*given: Any) -> dict[str, Any]:
    return one({"Type": "Choice", "Choices": list(given)})


def retry(**retrier: Any) -> dict[str, Any]:
    return one({**TASK, "Retry": [{"ErrorEquals": ["E"], **retrier}]})


def without(state: dict[str, Any], field: str) -> dict[str, Any]:
    return one({key: value for key, value in state.items() if key != field})


A = "/States/A"
CASES: list[tuple[Any, Code, str, str]] = [
    ([], SCHEMA, "/", "Expected an object, but found an array"),
    ({}, SCHEMA, "/", "required: [States, StartAt]"),
    ({"StartAt": "A", "States": {}}, SCHEMA, "/States", "cannot be empty"),
    ({"StartAt": "A", "States": []}, SCHEMA, "/States", "Expected an object"),
    ({"StartAt": "", "States": {"A": END}}, SCHEMA, "/StartAt", "cannot be empty"),
    ({"StartAt": 1, "States": {"A": END}}, SCHEMA, "/StartAt", "Expected a string, but found a number"),
    ({"StartAt": "B", "States": {"A": END}}, TARGET, "/StartAt", "Missing 'StartAt' target: B"),
    (one(END, Version="2.0"), SCHEMA, "/Version", "[1.0]"),
    (one(END, Comment=5), SCHEMA, "/Comment", "Expected a string"),
    (one(END, TimeoutSeconds=0), SCHEMA, "/TimeoutSeconds", "from 1 to 99999999, but found 0"),
    (one(END, TimeoutSeconds=True), SCHEMA, "/TimeoutSeconds", "Expected an integer, but found a boolean"),
    (one(END, Timeout=5), SCHEMA, "/Timeout", "Field 'Timeout' is not supported in a state machine"),
    (one(END, QueryLanguage="XPath"), SCHEMA, "/QueryLanguage", "[JSONPath, JSONata]"),
    (one({**END, "QueryLanguage": "XPath"}), SCHEMA, A + "/QueryLanguage", "[JSONPath, JSONata]"),
    (
        one({**END, "QueryLanguage": "JSONPath"}, QueryLanguage="JSONata"),
        SCHEMA,
        A,
        "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    ),
    (jsonata(Parameters={}), SCHEMA, A + "/Parameters", "set to 'JSONata', but field 'Parameters' is only supported"),
    (jsonata(Result=1), SCHEMA, A + "/Result", "only supported for the 'JSONPath' QueryLanguage"),
    (jsonata(Output={"a": ["{% 1 + %}"]}), SCHEMA, A + "/Output/a/0", "not a JSONata expression"),
    (jsonata(Output="{%  %}"), SCHEMA, A + "/Output", "the expression is empty"),
    (jsonata(Output="{% $eval('1') %}"), SCHEMA, A + "/Output", "$eval is not available"),
    (jsonata(Output="{% a.b %}"), SCHEMA, A + "/Output", "the name 'a' has nothing to be looked up in"),
    (jsonata(Output={"a": ["{% $states.result %}"]}), SCHEMA, A + "/Output/a/0", "$states.result is not available"),
    (
        jsonata(Assign={"e": "{% $states.errorOutput %}"}),
        SCHEMA,
        A + "/Assign/e",
        "$states.errorOutput is not available",
    ),
    (
        {
            "StartAt": "A",
            "States": {
                "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "M"},
                "M": {**MAP, "ItemProcessor": {"StartAt": "I", "States": {"I": {**END, "Assign": {"x.$": "$"}}}}},
            },
        },
        SCHEMA,
        "/States/M/ItemProcessor/States/I",
        "The variable $x is assigned in a scope around",
    ),
    (jsonata(Output="{% $ %}"), SCHEMA, A + "/Output", "use $states.input"),
    (jsonata(Output="{% $$.a %}"), SCHEMA, A + "/Output", "$$ has no document"),
    (jsonata(Type="Wait", Seconds="{% ( %}"), SCHEMA, A + "/Seconds", "not a valid JSONata expression"),
    (jsonata(Type="Wait", SecondsPath="$.a"), SCHEMA, A, "Exactly one of [Seconds, Timestamp]"),
    (
        jsonata(Type="Map", ItemProcessor=BLOCK, Items="[1]"),
        SCHEMA,
        A + "/Items",
        "Expected an array or a JSONata expression, but found a string",
    ),
    (
        one({"Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{"Condition": "yes", "Next": "A"}]}),
        SCHEMA,
        A + "/Choices/0/Condition",
        "Expected a JSONata expression or a boolean, but found a string",
    ),
    (one(5), SCHEMA, A, "Expected an object, but found a number"),
    (one({"End": True}), SCHEMA, A, "required: [Type]"),
    (one({"Type": "Pause"}), SCHEMA, A + "/Type", "[Pass, Task, Choice, Wait, Succeed, Fail, Parallel, Map]"),
    (one({"Type": "Pass"}), SCHEMA, A, "Exactly one of [Next, End]"),
    (one({"Type": "Pass", "End": False}), SCHEMA, A, "Exactly one of [Next, End]"),
    (one({"Type": "Pass", "End": "yes"}), SCHEMA, A + "/End", "Expected a boolean, but found a string"),
    (one({**END, "Next": "A"}), SCHEMA, A + "/End", "Only one of [Next, End]"),
    (one({"Type": "Pass", "Next": "Z"}), TARGET, A + "/Next", "Missing 'Next' target: Z"),
    (one({**END, "Bogus": 1}), SCHEMA, A + "/Bogus", "not supported in a Pass state"),
    (one({**END, "Output": 1}), SCHEMA, A + "/Output", "only supported for the 'JSONata'"),
    (one({**END, "InputPath": "x"}), SCHEMA, A + "/InputPath", "a path begins with $"),
    (one({**END, "InputPath": 5}), SCHEMA, A + "/InputPath", "Expected a string"),
    (one({**END, "OutputPath": "$.a[?("}), SCHEMA, A + "/OutputPath", "not a valid JSONPath"),
    (one({**END, "InputPath": "States.Array(1)"}), SCHEMA, A + "/InputPath", "a path begins with $"),
    (one({**END, "ResultPath": "$$.x"}), SCHEMA, A + "/ResultPath", "not a valid Reference Path"),
    (one({**END, "ResultPath": "$.a[*]"}), SCHEMA, A + "/ResultPath", "names one node"),
    (one({**END, "ResultPath": "$" + ".a" * 201}), SCHEMA, A + "/ResultPath", "at most 200 steps"),
    (one({**END, "ResultPath": 1}), SCHEMA, A + "/ResultPath", "Expected a string"),
    (one({**END, "Parameters": {"a.$": 5}}), SCHEMA, A + "/Parameters/a.$", "must hold a string"),
    (one({**END, "Parameters": {"b": [{"a.$": "x"}]}}), SCHEMA, A + "/Parameters/b/0/a.$", "not a JSONPath"),
    (one({**END, "Parameters": {"a.$": "$", "a": 1}}), SCHEMA, A + "/Parameters/a", "stands twice"),
    (one({**END, "Parameters": {"a.$": "States.UUID(1)"}}), SCHEMA, A + "/Parameters/a.$", "takes 0 arguments, not 1"),
    (one({**END, "Parameters": {"a.$": "States.Nope()"}}), SCHEMA, A + "/Parameters/a.$", "not one of the intrinsic"),
    (one({**END, "Assign": []}), SCHEMA, A + "/Assign", "Expected an object, but found an array"),
    (one({**END, "Assign": {"a b": 1}}), SCHEMA, A + "/Assign/a b", "cannot be the name of a variable"),
    (one({**END, "Assign": {"states.$": "$"}}), SCHEMA, A + "/Assign/states.$", "cannot be the name"),
    (without(TASK, "Resource"), SCHEMA, A, "required: [Resource]"),
    (
        one({**TASK, "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync"}),
        UNSUPPORTED,
        A + "/Resource",
        "not run yet",
    ),
    (one({**TASK, "Resource": "${F}"}), UNSUPPORTED, A + "/Resource", "placeholder in ${F} must be replaced"),
    (
        one({**TASK, "Resource": "arn:aws:states:::sqs:sendMessage.sync"}),
        UNSUPPORTED,
        A + "/Resource",
        "can be drawn and simulated, but not run yet",
    ),
    (one({**TASK, "Credentials": {}}), SCHEMA, A + "/Credentials", "The field 'RoleArn' is required but was missing"),
    (one(INVOKE), SCHEMA, A + "/Parameters", "'FunctionName' is required"),
    (one({**INVOKE, "Parameters": {"FunctionName": "${F}"}}), UNSUPPORTED, A + "/Parameters/FunctionName", "${F}"),
    (one({**TASK, "TimeoutSeconds": 1.5}), SCHEMA, A + "/TimeoutSeconds", "Expected an integer, but found a number"),
    (
        one({**TASK, "TimeoutSeconds": 5, "HeartbeatSeconds": 5}),
        SCHEMA,
        A + "/HeartbeatSeconds",
        "smaller than TimeoutSeconds",
    ),
    (one({**TASK, "TimeoutSeconds": 5, "TimeoutSecondsPath": "$"}), SCHEMA, A + "/TimeoutSecondsPath", "Only one of"),
    (one({**TASK, "Retry": {}}), SCHEMA, A + "/Retry", "Expected an array, but found an object"),
    (one({**TASK, "Retry": [5]}), SCHEMA, A + "/Retry/0", "Expected an object, but found a number"),
    (one({**TASK, "Retry": [{}]}), SCHEMA, A + "/Retry/0", "required: [ErrorEquals]"),
    (retry(ErrorEquals=[]), SCHEMA, A + "/Retry/0/ErrorEquals", "non-empty array of strings"),
    (retry(ErrorEquals=["States.ALL", "E"]), SCHEMA, A + "/Retry/0/ErrorEquals", "must stand alone"),
    (
        one({**TASK, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}]}),
        SCHEMA,
        A + "/Retry/0/ErrorEquals",
        "last element",
    ),
    (retry(IntervalSeconds=0), SCHEMA, A + "/Retry/0/IntervalSeconds", "from 1"),
    (retry(MaxAttempts=-1), SCHEMA, A + "/Retry/0/MaxAttempts", "from 0"),
    (retry(BackoffRate=0.5), SCHEMA, A + "/Retry/0/BackoffRate", "at least 1.0, but found 0.5"),
    (retry(BackoffRate="2"), SCHEMA, A + "/Retry/0/BackoffRate", "at least 1.0"),
    (retry(MaxDelaySeconds=31622401), SCHEMA, A + "/Retry/0/MaxDelaySeconds", "to 31622400"),
    (retry(JitterStrategy="HALF"), SCHEMA, A + "/Retry/0/JitterStrategy", "[FULL, NONE]"),
    (retry(Next="A"), SCHEMA, A + "/Retry/0/Next", "not supported in a Retrier"),
    (one({**TASK, "Catch": [{"ErrorEquals": ["E"]}]}), SCHEMA, A + "/Catch/0", "required: [Next]"),
    (
        one({**TASK, "Catch": [{"ErrorEquals": ["E"], "Next": "Z"}]}),
        TARGET,
        A + "/Catch/0/Next",
        "Missing 'Next' target: Z",
    ),
    (one({**END, "Catch": []}), SCHEMA, A + "/Catch", "not supported in a Pass state"),
    (one({"Type": "Choice"}), SCHEMA, A, "required: [Choices]"),
    (rules(), SCHEMA, A + "/Choices", "Value cannot be empty"),
    (rules({**RULE, "Next": "Z"}), TARGET, A + "/Choices/0/Next", "Missing 'Next' target: Z"),
    (one({"Type": "Choice", "Choices": [RULE], "Default": "Z"}), TARGET, A + "/Default", "'Default' target: Z"),
    (one({"Type": "Choice", "Choices": [RULE], "End": True}), SCHEMA, A + "/End", "not supported in a Choice state"),
    (rules({"Next": "A"}), SCHEMA, A + "/Choices/0", "exactly one comparison operator; found none"),
    (rules({**RULE, "IsString": True}), SCHEMA, A + "/Choices/0", "found IsNull, IsString"),
    (rules({"Variable": "$", "IsNull": True}), SCHEMA, A + "/Choices/0", "required: [Next]"),
    (rules({"IsNull": True, "Next": "A"}), SCHEMA, A + "/Choices/0", "required: [Variable]"),
    (rules({**RULE, "IsNull": 1}), SCHEMA, A + "/Choices/0/IsNull", "Expected true or false for IsNull"),
    (rules({**RULE, "Variable": "x"}), SCHEMA, A + "/Choices/0/Variable", "not a valid JSONPath"),
    (
        rules({"Variable": "$", "StringEqualsPath": "x", "Next": "A"}),
        SCHEMA,
        A + "/Choices/0/StringEqualsPath",
        "not a valid JSONPath",
    ),
    (rules({"Condition": "x", "Next": "A"}), SCHEMA, A + "/Choices/0/Condition", "only supported for the 'JSONata'"),
    (rules({"Not": {**RULE}, "Next": "A"}), SCHEMA, A + "/Choices/0/Not/Next", "only allowed at the top"),
    (rules({"Not": [], "Next": "A"}), SCHEMA, A + "/Choices/0/Not", "Expected an object"),
    (rules({"And": [], "Next": "A"}), SCHEMA, A + "/Choices/0/And", "Value cannot be empty"),
    (rules({"Or": [{"x": 1}], "Next": "A"}), SCHEMA, A + "/Choices/0/Or/0/x", "not supported in a nested Choice rule"),
    (one({"Type": "Wait", "End": True}), SCHEMA, A, "Exactly one of [Seconds, Timestamp, SecondsPath, TimestampPath]"),
    (one({"Type": "Wait", "End": True, "Seconds": -1}), SCHEMA, A + "/Seconds", "from 0"),
    (one({"Type": "Wait", "End": True, "Seconds": 1, "SecondsPath": "$"}), SCHEMA, A + "/SecondsPath", "Only one of"),
    (one({"Type": "Wait", "End": True, "Timestamp": "now"}), SCHEMA, A + "/Timestamp", "RFC3339"),
    (one({"Type": "Succeed", "End": True}), SCHEMA, A + "/End", "not supported in a Succeed state"),
    (one({"Type": "Fail", "Error": "E", "ErrorPath": "$"}), SCHEMA, A + "/ErrorPath", "Only one of"),
    (one({"Type": "Fail", "CausePath": "States.UUID("}), SCHEMA, A + "/CausePath", "not a valid"),
    (one({"Type": "Parallel", "End": True}), SCHEMA, A, "required: [Branches]"),
    (one({"Type": "Parallel", "End": True, "Branches": []}), SCHEMA, A + "/Branches", "cannot be empty"),
    (
        one({"Type": "Parallel", "End": True, "Branches": [{"StartAt": "I"}]}),
        SCHEMA,
        A + "/Branches/0",
        "required: [States]",
    ),
    (
        one({"Type": "Parallel", "End": True, "Branches": [{**BLOCK, "Next": "A"}]}),
        SCHEMA,
        A + "/Branches/0/Next",
        "not supported in a branch",
    ),
    (
        one({"Type": "Parallel", "End": True, "Branches": [BLOCK, BLOCK]}),
        Code.DUPLICATE_STATE,
        A + "/Branches/1/States/I",
        "Duplicate State name: I",
    ),
    (
        one({**MAP, "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Next": "A"}}}}),
        TARGET,
        A + "/ItemProcessor/States/I/Next",
        "Missing 'Next' target: A",
    ),
    (without(MAP, "ItemProcessor"), SCHEMA, A, "Exactly one of [ItemProcessor, Iterator]"),
    (one({**MAP, "Iterator": BLOCK}), SCHEMA, A + "/Iterator", "Only one of"),
    (one({**MAP, "ItemProcessor": 1}), SCHEMA, A + "/ItemProcessor", "Expected an object"),
    (one({**MAP, "ItemProcessor": {"StartAt": "I"}}), SCHEMA, A + "/ItemProcessor", "required: [States]"),
    (one({**MAP, "MaxConcurrency": -1}), SCHEMA, A + "/MaxConcurrency", "from 0"),
    (one({**MAP, "ItemsPath": "x"}), SCHEMA, A + "/ItemsPath", "not a valid JSONPath"),
    (one({**MAP, "ItemReader": {}}), SCHEMA, A + "/ItemReader", "only supported for a Map in the mode 'DISTRIBUTED'"),
    (one({**MAP, "ToleratedFailurePercentage": 101}), SCHEMA, A + "/ToleratedFailurePercentage", "from 0 to 100"),
    (
        one({**MAP, "ItemProcessor": {**BLOCK, "ProcessorConfig": {"Mode": "DISTRIBUTED"}}}),
        SCHEMA,
        A + "/ItemProcessor/ProcessorConfig",
        "required: [ExecutionType]",
    ),
    (distributed(Label="a b"), SCHEMA, A + "/Label", "without spaces"),
    (distributed(Label="x" * 41), SCHEMA, A + "/Label", "1 to 40 characters"),
    (distributed(ItemReader={}), SCHEMA, A + "/ItemReader", "required: [Resource]"),
    (distributed(ItemReader={"Resource": "arn:x"}), SCHEMA, A + "/ItemReader/Resource", "is not recognized"),
    (reader(InputType="XML"), SCHEMA, A + "/ItemReader/ReaderConfig/InputType", "[CSV, JSON, JSONL"),
    (reader(CSVHeaders=[]), SCHEMA, A + "/ItemReader/ReaderConfig/CSVHeaders", "non-empty array of strings"),
    (reader(CSVHeaderLocation="GIVEN"), SCHEMA, A + "/ItemReader/ReaderConfig", "required: [CSVHeaders]"),
    (reader(ItemsPointer="a"), SCHEMA, A + "/ItemReader/ReaderConfig/ItemsPointer", "begins with /"),
    (reader(MaxItems=100_000_001), SCHEMA, A + "/ItemReader/ReaderConfig/MaxItems", "from 0 to 100000000"),
    (distributed(ItemBatcher={}), SCHEMA, A + "/ItemBatcher", "At least one of"),
    (distributed(ItemBatcher={"MaxItemsPerBatch": 0}), SCHEMA, A + "/ItemBatcher/MaxItemsPerBatch", "from 1"),
    (distributed(ResultWriter={}), SCHEMA, A + "/ResultWriter", "needs a WriterConfig, or a Resource"),
    (
        distributed(ResultWriter={"WriterConfig": {"Transformation": "ZIP"}}),
        SCHEMA,
        A + "/ResultWriter/WriterConfig/Transformation",
        "[NONE, COMPACT, FLATTEN]",
    ),
    (
        one({**MAP, "ItemProcessor": {**BLOCK, "ProcessorConfig": {"ExecutionType": "EXPRESS"}}}),
        SCHEMA,
        A + "/ItemProcessor/ProcessorConfig/ExecutionType",
        "only supported in the mode 'DISTRIBUTED'",
    ),
    (
        one({**MAP, "ItemProcessor": {**BLOCK, "ProcessorConfig": {"Mode": "OUTSIDE"}}}),
        SCHEMA,
        A + "/ItemProcessor/ProcessorConfig/Mode",
        "[INLINE, DISTRIBUTED]",
    ),
    ({"StartAt": "A", "States": {"A": END, "": END}}, SCHEMA, "/States/", "1 to 80 characters; this has 0"),
    ({"StartAt": "A", "States": {"A": END, "n" * 81: END}}, SCHEMA, "/States/" + "n" * 81, "this has 81"),
    ({"StartAt": "A", "States": {"A": END, "a/b~": {}}}, SCHEMA, "/States/a~1b~0", "required: [Type]"),
]


@pytest.mark.parametrize(("definition", "code", "pointer", "words"), CASES, ids=lambda one: str(one)[:60])
def test_a_mistake_is_reported_at_its_place(definition: Any, code: Code, pointer: str, words: str) -> None:
    parsed = parse_definition(json.dumps(definition), "json")
    assert not parsed.valid
    assert parsed.document == definition
    found = [one for one in parsed.diagnostics if one.pointer == pointer and words in one.message]
    assert [(one.code, one.severity) for one in found] == [(code, Severity.ERROR)], parsed.diagnostics


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

"""TestState by its answers: levels, mocks, what becomes of an error, and what cannot be asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.core.commands import ScheduleTask
from engine.core.events import TaskFailed, TaskSucceeded
from engine.integrations.testing import answer_test
from engine.jsontypes import Document
from engine.query.evaluator import Direct
from engine.runtime.teststate import InvalidTest

ROLE = "arn:aws:iam::000000000000:role/r"
INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "f"},
    "End": True,
}
RESULT = {"StatusCode": 200, "Payload": {"a": 1}}
MAP = {
    "Type": "Map",
    "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}},
    "End": True,
}


def ask(definition: Any, perform: Any = None, **parameters: Any) -> dict[str, Any]:
    found = {name: value if name in PLAIN else json.dumps(value) for name, value in parameters.items()}
    return answer_test(
        {"definition": json.dumps(definition), **found},
        account="000000000000",
        region="us-east-1",
        at=1_700_000_000_000,
        seed="seed",
        evaluator=Direct(),
        perform=perform,
    )


PLAIN = {"stateName", "inspectionLevel", "roleArn", "mock", "stateConfiguration"}


def mocked(result: Any, **more: Any) -> dict[str, Any]:
    return {"result": json.dumps(result), **more}


def failing(error: str, cause: str = "why") -> dict[str, Any]:
    return {"errorOutput": {"error": error, "cause": cause}}


def test_a_pass_shows_each_step_of_its_data() -> None:
    state = {"Type": "Pass", "InputPath": "$.a", "Parameters": {"x.$": "$"}, "ResultPath": "$.r", "Next": "B"}
    found = ask(state, input={"a": 1}, inspectionLevel="DEBUG")
    assert (found["status"], found["nextState"], json.loads(found["output"])) == (
        "SUCCEEDED",
        "B",
        {"a": 1, "r": {"x": 1}},
    )
    shown = {name: json.loads(value) for name, value in found["inspectionData"].items()}
    assert shown == {
        "input": {"a": 1},
        "afterInputPath": 1,
        "afterParameters": {"x": 1},
        "afterResultSelector": {"x": 1},
        "afterResultPath": {"a": 1, "r": {"x": 1}},
    }
    assert "inspectionData" not in ask(state, input={"a": 1})


def test_a_wait_is_over_at_once() -> None:
    found = ask({"Type": "Wait", "Seconds": 31_536_000, "Next": "B"}, input={"a": 1}, inspectionLevel="DEBUG")
    assert (found["status"], found["nextState"], found["output"]) == ("SUCCEEDED", "B", '{"a":1}')
    assert json.loads(found["inspectionData"]["afterInputPath"]) == {"a": 1}


@pytest.mark.parametrize(
    ("state", "status", "following"),
    [
        (
            {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "Y"}], "Default": "N"},
            "SUCCEEDED",
            "Y",
        ),
        ({"Type": "Succeed"}, "SUCCEEDED", None),
        ({"Type": "Fail", "Error": "E", "Cause": "c"}, "FAILED", None),
    ],
    ids=["Choice", "Succeed", "Fail"],
)
def test_states_without_work(state: Any, status: str, following: str | None) -> None:
    found = ask(state, input={"a": 1}, inspectionLevel="TRACE")
    assert (found["status"], found.get("nextState")) == (status, following)
    assert json.loads(found["inspectionData"]["afterInputPath"]) == {"a": 1}


def test_a_task_does_its_work_or_what_the_mock_says() -> None:
    def perform(command: ScheduleTask) -> tuple[TaskSucceeded, dict[str, Any]]:
        output = Document(command.payload.value)
        return TaskSucceeded(scope=command.scope, attempt=command.attempt, output=output), {}

    assert json.loads(ask(INVOKE, perform, roleArn=ROLE)["output"]) == {"FunctionName": "f"}
    assert json.loads(ask(INVOKE, mock=mocked(RESULT))["output"]) == RESULT

    def broken(command: ScheduleTask) -> tuple[TaskFailed, dict[str, Any]]:
        return TaskFailed(scope=command.scope, attempt=command.attempt, error="E", cause="c"), {}

    assert ask(INVOKE, broken, roleArn=ROLE)["status"] == "FAILED"


def test_a_retrier_and_a_catcher_are_told_by_their_number() -> None:
    retry = [{"ErrorEquals": ["X"]}, {"ErrorEquals": ["E"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 2}]
    catch = [{"ErrorEquals": ["X"], "Next": "Y"}, {"ErrorEquals": ["E"], "Next": "Z"}]
    state = {**INVOKE, "Retry": retry, "Catch": catch}
    again = ask(state, mock=failing("E"), stateConfiguration={"retrierRetryCount": 1}, inspectionLevel="DEBUG")
    assert again["status"] == "RETRIABLE"
    assert again["inspectionData"]["errorDetails"] == {"retryIndex": 1, "retryBackoffIntervalSeconds": 6}
    caught = ask(state, mock=failing("E"), stateConfiguration={"retrierRetryCount": 2}, inspectionLevel="DEBUG")
    assert (caught["status"], caught["nextState"]) == ("CAUGHT_ERROR", "Z")
    assert caught["inspectionData"]["errorDetails"] == {"catchIndex": 1}
    lost = ask(
        {**state, "Catch": []}, mock=failing("E"), stateConfiguration={"retrierRetryCount": 2}, inspectionLevel="DEBUG"
    )
    assert (lost["status"], lost["inspectionData"]["errorDetails"]) == ("FAILED", {"retryIndex": 1})


def test_a_parallel_and_a_map_end_as_their_mock_says() -> None:
    parallel = {"Type": "Parallel", "Branches": [{"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}], "End": True}
    assert json.loads(ask(parallel, mock=mocked([5]))["output"]) == [5]
    found = ask(MAP, input=[1, 2], mock=mocked([1, 4]), inspectionLevel="DEBUG")
    assert (json.loads(found["output"]), found["inspectionData"]["maxConcurrency"]) == ([1, 4], 0)
    assert ask(MAP, input=[1], mock=failing("E"))["status"] == "FAILED"
    broken = ask({**MAP, "ResultSelector": {"x.$": "$.nope"}}, input=[1], mock=mocked([1]))
    assert (broken["status"], broken["error"]) == ("FAILED", "States.Runtime")


def test_variables_and_a_context_of_ones_own() -> None:
    machine = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Parameters": {"v.$": "$v", "n.$": "$$.State.Name"}, "End": True}},
    }
    found = ask(machine, stateName="A", variables={"v": 7}, inspectionLevel="DEBUG")
    assert json.loads(found["output"]) == {"v": 7, "n": "StateName"}
    assert json.loads(found["inspectionData"]["variables"]) == {"v": 7}
    selected = {**INVOKE, "ResultSelector": {"id.$": "$$.Execution.Id"}}
    given = ask(selected, mock=mocked(RESULT), context={"Execution": {"Id": "arn:x"}})
    assert json.loads(given["output"]) == {"id": "arn:x"}


@pytest.mark.parametrize(
    ("definition", "parameters", "message"),
    [
        (
            {"Type": "Pass", "End": True},
            {"mock": mocked(1)},
            "State type 'Pass' is not supported when a mock is specified",
        ),
        (INVOKE, {}, "RoleArn must be specified when testing a Task state"),
        (INVOKE, {"mock": {}}, "exactly one of result and errorOutput"),
        (INVOKE, {"mock": {"result": "{"}}, "Invalid mock result provided"),
        (INVOKE, {"mock": mocked({"StatusCode": "x"})}, "Field 'StatusCode' must be a number"),
        (INVOKE, {"mock": mocked([])}, "the result must be an object"),
        (INVOKE, {"mock": mocked(RESULT, fieldValidationMode="SOME")}, "fieldValidationMode must be one of"),
        (INVOKE, {"mock": mocked(RESULT), "inspectionLevel": "ALL"}, "inspectionLevel must be one of"),
        (INVOKE, {"mock": mocked(RESULT), "variables": []}, "must be a JSON object"),
        (INVOKE, {"mock": mocked(RESULT), "context": []}, "it must be an object"),
        (INVOKE, {"mock": mocked(RESULT), "context": {"Execution": 1}}, "Execution must be an object"),
        (
            INVOKE,
            {"mock": mocked(RESULT), "context": {"State": {"RetryCount": True}}},
            "State.RetryCount must be a number",
        ),
        (INVOKE, {"mock": mocked(RESULT), "context": {"State": {"EnteredTime": "soon"}}}, "valid ISO 8601 timestamp"),
        (MAP, {}, "does not support Map or Parallel states"),
        (MAP, {"input": [1], "mock": mocked({})}, "Mocked result must be an array."),
        (
            {"Type": "Parallel", "Branches": [{"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}], "End": True},
            {"mock": mocked([])},
            "as many elements as the state has branches",
        ),
        ({"Type": "Nope"}, {}, "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED"),
        (
            {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync", "End": True},
            {"roleArn": ROLE},
            "A mock is required",
        ),
    ],
    ids=lambda one: str(one)[:50],
)
def test_what_cannot_be_asked_for(definition: Any, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidTest) as refused:
        ask(definition, **parameters)
    assert message in str(refused.value)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidTest, match="Invalid Context object provided"):
        answer_test(
            {"definition": json.dumps(INVOKE), "context": "{", "mock": mocked(RESULT)},
            account="0",
            region="r",
            at=0,
            seed="s",
            evaluator=Direct(),
            perform=None,
        )


@pytest.mark.parametrize(
    ("resource", "result", "message"),
    [
        ("arn:aws:states:::aws-sdk:s3:getObject", {"Metadata": []}, "Field 'Metadata' must be an object"),
        ("arn:aws:states:::aws-sdk:s3:getObject", {"Metadata": {"a": 1}}, "must be a string"),
        ("arn:aws:states:::aws-sdk:s3:getObject", {"DeleteMarker": 1}, "must be a boolean"),
        ("arn:aws:states:::dynamodb:putItem", {"ConsumedCapacity": 1}, "must be an object"),
        (
            "arn:aws:states:::states:startExecution",
            {"ExecutionArn": "arn:x:yyyyyy"},
            "Required field 'StartDate' is missing",
        ),
        ("arn:aws:states:::http:invoke", {"anything": 1}, None),
        ("arn:aws:states:::nosuchservice:act", {"anything": 1}, None),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", {"anything": 1}, None),
        (
            "arn:aws:states:::states:startExecution.sync",
            {"Name": "n", "ExecutionArn": "a", "StateMachineArn": "m", "Status": "RUNNING", "StartDate": "d"},
            None,
        ),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_mock_must_be_what_the_service_could_answer(resource: str, result: Any, message: str | None) -> None:
    state = {"Type": "Task", "Resource": resource, "End": True}
    if message is None:
        assert ask(state, mock=mocked(result))["status"] == "SUCCEEDED"
        return
    with pytest.raises(InvalidTest, match=message):
        ask(state, mock=mocked(result))
    assert ask(state, mock=mocked(result, fieldValidationMode="NONE"))["status"] == "SUCCEEDED"

"""Functions that the folder does not have: AWS Lambda's, over its real protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.integrations.aws import AwsSettings
from engine.integrations.aws.lambda_functions import LambdaFunctions
from engine.integrations.functions import Functions, Settings
from engine.runtime.ports import Outcome
from tests.harness import until
from tests.integrations.conftest import REGION, attempt_of, done
from tests.integrations.recording import Asked, Recording, Reply, recording

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


def lambda_(asked: Asked) -> Reply:
    name = asked.path.split("/")[3]
    if "Missing" in name:
        return Reply(404, b'{"Message": "no"}', {"x-amzn-ErrorType": "ResourceNotFoundException"})
    if "Busy" in name:
        return Reply(429, b'{"message": "Rate exceeded"}', {"x-amzn-ErrorType": "TooManyRequestsException"})
    if "Broken" in name:
        body = b'{"errorMessage": "sour", "errorType": "Sour"}'
        return Reply(200, body, {"X-Amz-Function-Error": "Unhandled"})
    if asked.headers.get("X-Amz-Invocation-Type") == "Event":
        return Reply(202, b"")
    return Reply(200, asked.body, {"X-Amz-Executed-Version": "7"})


@pytest.fixture
def server() -> Iterator[Recording]:
    with recording(lambda_) as found:
        yield found


@pytest.fixture
def functions(server: Recording, tmp_path: Path) -> Iterator[Functions]:
    (tmp_path / "Here.py").write_text(
        "from pathlib import Path\n\n\ndef handler(event, context):\n"
        "    if 'note' in event:\n        Path(event['note']).write_text('done')\n    return {'here': event}\n"
    )
    found = Functions(
        Settings(folder=tmp_path, lease_seconds=3600.0),  # which nobody renews here
        LambdaFunctions(AwsSettings(region=REGION, endpoint_url=server.address)),
    )
    yield found
    found.close()


def call(functions: Functions, resource: str, payload: Any) -> Outcome:
    outcome = functions.start(attempt_of(resource, payload)).wait(None)
    assert outcome is not None
    return outcome


def test_the_folder_comes_first_and_lambda_second(functions: Functions, server: Recording) -> None:
    assert done(call(functions, ARN + "Here", {"n": 1})) == {"here": {"n": 1}}
    assert server.asked == []
    assert done(call(functions, ARN + "There", {"n": 2})) == {"n": 2}
    assert len(server.asked) == 1
    assert not functions.quick(ARN + "There", attempt_of(ARN + "There", {}).payload)


def test_lambda_invoke_wraps_what_lambda_answers(functions: Functions, server: Recording) -> None:
    given = {"FunctionName": "There", "Payload": {"n": 3}, "LogType": "Tail"}
    found = done(call(functions, "lambda:invoke", given))
    assert (found["Payload"], found["ExecutedVersion"], found["StatusCode"]) == ({"n": 3}, "7", 200)
    assert server.asked[0].headers["X-Amz-Log-Type"] == "Tail"
    outcome = call(functions, "lambda:invoke.waitForTaskToken", given)
    assert outcome.submission is not None


def test_a_function_that_fails_there_fails_with_its_own_error(functions: Functions) -> None:
    outcome = call(functions, ARN + "Broken", {})
    assert outcome.error == "Sour"
    assert json.loads(outcome.cause or "")["errorMessage"] == "sour"


@pytest.mark.parametrize(
    ("name", "error"), [("Missing", "Lambda.ResourceNotFoundException"), ("Busy", "Lambda.TooManyRequestsException")]
)
def test_errors_of_lambda_are_named_as_the_stock_retriers_name_them(
    functions: Functions, name: str, error: str
) -> None:
    outcome = call(functions, ARN + name, {})
    assert outcome.error == error
    assert "(Service: AWSLambda; Status Code: " in (outcome.cause or "")


def test_lambda_is_not_called_where_the_operator_does_not_allow_it(server: Recording, tmp_path: Path) -> None:
    aws = AwsSettings(region=REGION, endpoint_url=server.address, allow=("sqs:*",))
    functions = Functions(Settings(folder=tmp_path), LambdaFunctions(aws))
    assert call(functions, ARN + "There", {}).error == "Lambda.ResourceNotFoundException"
    assert server.asked == []


def test_nobody_waits_for_an_event(functions: Functions, tmp_path: Path, server: Recording) -> None:
    note = tmp_path / "note"
    given = {"FunctionName": "Here", "InvocationType": "Event", "Payload": {"note": str(note)}}
    assert done(call(functions, "lambda:invoke", given))["StatusCode"] == 202
    until(note.exists, 30, "the function's end")
    assert done(call(functions, "lambda:invoke", {**given, "FunctionName": "There"}))["StatusCode"] == 202
    assert server.asked[0].headers["X-Amz-Invocation-Type"] == "Event"

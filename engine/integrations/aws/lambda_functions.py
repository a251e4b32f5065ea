"""Functions that are not in the functions folder: AWS Lambda's, where AWS is configured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.integrations.aws.client import Clients
from engine.integrations.aws.settings import AwsSettings
from engine.integrations.aws.shapes import AnswerTooLarge, from_response, metadata
from engine.integrations.functions.integration import FunctionCall
from engine.integrations.refusals import NoAnswer, ServiceRefused
from engine.integrations.work import Call, failed
from engine.jsontypes import Document, Json, dump
from engine.runtime.ports import AttemptRow, Outcome, Submission, Work

_NOT_THERE = "ResourceNotFoundException"
# A function may run for 15 minutes, and says nothing meanwhile.
_FUNCTION_SECONDS = 910.0


class LambdaFunctions:
    """``engine.integrations.functions.Elsewhere``: calls Lambda, once; what it may have begun it never begins again."""

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._clients = Clients(settings, answer_seconds=_FUNCTION_SECONDS)

    def start(self, attempt: AttemptRow, call: FunctionCall, missing: Outcome) -> Work | None:
        if not self._settings.allows("lambda", "Invoke"):
            return None
        return Call(lambda: self._invoke(attempt, call, missing))

    def _invoke(self, attempt: AttemptRow, call: FunctionCall, missing: Outcome) -> Outcome:
        given: dict[str, Any] = {"FunctionName": call.asked_for, "Payload": dump(call.event).encode()}
        if call.tail:
            given["LogType"] = "Tail"
        if call.later:
            given["InvocationType"] = "Event"
        try:
            response = self._clients.call("lambda", "Invoke", given, attempt.role_arn)
            text = from_response(None, response.get("Payload"))
        except ServiceRefused as error:
            return missing if error.code == _NOT_THERE else _refused(error)
        except NoAnswer as error:
            return failed("Lambda.SdkClientException", str(error))
        except AnswerTooLarge:
            cause = f"The function {call.name} returned more than a result may have"
            return failed("States.DataLimitExceeded", cause)
        payload = _read(text)
        if "FunctionError" in response:
            return _function_error(payload, str(text))
        if not call.wrapped:
            return Outcome(output=Document(payload))
        output = Document(_wrapped(response, payload))
        return Outcome(submission=Submission(output=output)) if call.callback else Outcome(output=output)


def _read(text: Json) -> Json:
    try:
        found: Json = json.loads(str(text)) if text else None
    except ValueError:
        return text
    return found


def _function_error(payload: Json, text: str) -> Outcome:
    kind = payload.get("errorType") if isinstance(payload, dict) else None
    return failed(str(kind or "Lambda.Unknown"), text)


def _wrapped(response: Mapping[str, Any], payload: Json) -> dict[str, Json]:
    found: dict[str, Json] = {
        "ExecutedVersion": str(response.get("ExecutedVersion", "$LATEST")),
        "Payload": payload,
        **metadata(response),
        "StatusCode": int(response.get("StatusCode", 200)),
    }
    if "LogResult" in response:
        found["LogResult"] = str(response["LogResult"])
    return found


def _refused(error: ServiceRefused) -> Outcome:
    code = error.code if error.code.endswith("Exception") else f"{error.code}Exception"
    cause = (
        f"{error.message} (Service: AWSLambda; Status Code: {error.status}; Error Code: {error.code}; "
        f"Request ID: {error.request_id}; Proxy: null)"
    )
    return failed(f"Lambda.{code}", cause)

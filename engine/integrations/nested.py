"""Nested executions: ``states:startExecution``, alone, ``.sync``, ``.sync:2`` and ``.waitForTaskToken``.

An attempt that is begun again finds the execution that it started: the store knows who started which. When that ends
its parent is told at once; looks now and then see to it that a lost word costs time only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.asl.resource import Pattern, Resource, ServiceCall, parse_resource
from engine.errors import ErrorName
from engine.integrations.aws.names import operation as operation_model
from engine.integrations.aws.shapes import from_response
from engine.integrations.own import StatesApi
from engine.integrations.refusals import ServiceRefused
from engine.integrations.work import Call, failed
from engine.jsontypes import Document, Json, parse
from engine.runtime.ports import AttemptRow, Claim, Outcome, Submission, Work

_FIRST_LOOK_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 30.0
_GROWTH = 1.6  # word of the end may come while nobody can take it: an early look costs little
_NOT_AWAITED = "The execution that started it waits for it no longer"
_PARAMETERS = frozenset({"StateMachineArn", "Input", "Name", "TraceHeader"})


class NestedExecutions:
    """The Integrations port for ``states:startExecution``."""

    def __init__(self, api: StatesApi) -> None:
        self._api = api

    def takes(self, resource: Resource) -> bool:
        return isinstance(resource, ServiceCall) and (resource.service, resource.action) == ("states", "startExecution")

    def quick(self, resource: str, payload: Document) -> bool:
        return False

    def repeatable(self, resource: str) -> bool:
        return True

    def start(self, attempt: AttemptRow) -> Work:
        return Call(lambda: self._start(attempt))

    def _start(self, attempt: AttemptRow) -> Outcome:
        given = attempt.payload.value
        machine = given.get("StateMachineArn") if isinstance(given, dict) else None
        if not isinstance(given, dict) or not isinstance(machine, str):
            return failed(ErrorName.RUNTIME, "The field 'StateMachineArn' is required but was missing")
        unknown = sorted(given.keys() - _PARAMETERS)
        if unknown:
            return failed(ErrorName.RUNTIME, f"The field '{unknown[0]}' is not supported by Step Functions")
        wanted = {"stateMachineArn": machine, "input": _input_text(given.get("Input"))}
        for name, member in (("Name", "name"), ("TraceHeader", "traceHeader")):
            if given.get(name) is not None:
                wanted[member] = str(given[name])
        try:
            answer = self._api.call(attempt, "StartExecution", wanted)
        except ServiceRefused as error:
            return _refused(error)
        started = _told("StartExecution", answer)
        output = Document({**started, **_metadata(attempt)})
        pattern = _pattern(attempt)
        if pattern is Pattern.REQUEST_RESPONSE:
            return Outcome(output=output)
        if pattern is Pattern.CALLBACK:
            return Outcome(submission=Submission(output=output))
        handle = json.dumps({"arn": started["ExecutionArn"]})
        return Outcome(submission=Submission(output=output, handle=handle, poll_seconds=_FIRST_LOOK_SECONDS))

    def poll(self, claim: Claim) -> Outcome | float:
        try:
            answer = self._api.call(claim.attempt, "DescribeExecution", {"executionArn": self._arn(claim)})
        except ServiceRefused as error:
            return _refused(error)
        found = _told("DescribeExecution", answer)
        if found["Status"] == "RUNNING":
            return min(_LONGEST_PAUSE_SECONDS, _FIRST_LOOK_SECONDS * _GROWTH ** min(claim.polls, 20))
        if found["Status"] != "SUCCEEDED":
            cause = {name: one for name, one in found.items() if not name.startswith("Redrive")}  # recorded
            return failed(ErrorName.TASK_FAILED, Document(cause).text)
        if _pattern(claim.attempt) is Pattern.SYNC_2:
            found = {name: parse(str(one)) if name in {"Input", "Output"} else one for name, one in found.items()}
        return Outcome(output=Document(found))

    def cancel(self, claim: Claim) -> bool:
        try:
            self._api.call(claim.attempt, "StopExecution", {"executionArn": self._arn(claim), "cause": _NOT_AWAITED})
        except ServiceRefused:
            return True  # it has ended, or is there no more
        return True

    def _arn(self, claim: Claim) -> str:
        handle: Any = json.loads(claim.handle or "{}")
        return self._api.started_by(claim.attempt) or str(handle["arn"])

    def renew(self) -> None:
        """Nothing that runs here needs the lease."""

    def close(self) -> None:
        """Nothing is held open."""


def _told(operation: str, answer: Mapping[str, Any]) -> dict[str, Json]:
    """The answer in Step Functions' own spelling."""
    model = operation_model("stepfunctions", operation)
    found = from_response(None if model is None else model.output_shape, answer)
    assert isinstance(found, dict)
    return found


def _pattern(attempt: AttemptRow) -> Pattern:
    resource = parse_resource(attempt.resource)
    assert isinstance(resource, ServiceCall)
    return resource.pattern


def _input_text(value: Json) -> str:
    """JSON in a string is what it says; anything else is the input itself."""
    if value is None:
        return "{}"
    return value if isinstance(value, str) else Document(value).text


def _metadata(attempt: AttemptRow) -> dict[str, Json]:
    """What AWS adds about the HTTP exchange; here there was none, so only what says so."""
    return {
        "SdkHttpMetadata": {"AllHttpHeaders": {}, "HttpHeaders": {}, "HttpStatusCode": 200},
        "SdkResponseMetadata": {"RequestId": attempt.id},
    }


def _refused(error: ServiceRefused) -> Outcome:
    code = error.code if error.code.endswith("Exception") else f"{error.code}Exception"
    cause = (
        f"{error.message} (Service: AWSStepFunctions; Status Code: {error.status}; Error Code: {error.code}; "
        f"Request ID: {error.request_id}; Proxy: null)"
    )
    return failed(f"StepFunctions.{code}", cause)

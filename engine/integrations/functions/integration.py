"""Function attempts: from a Resource and its payload to a result or an error in Lambda's words."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from engine.asl.resource import (
    FunctionArn,
    LambdaInvoke,
    Pattern,
    Resource,
    ServiceCall,
    UnknownResource,
    function_name,
    parse_resource,
)
from engine.errors import ErrorName
from engine.integrations.functions.children import Child, ChildGone, Children
from engine.integrations.functions.folder import Folder
from engine.integrations.work import Done, failure
from engine.jsontypes import Document, InvalidJson, Json, parse
from engine.runtime.ports import AttemptRow, Claim, Outcome, Submission, Work

logger = logging.getLogger(__name__)

_QUICK_SECONDS = 0.1
_TAIL_BYTES = 4096
_OLD_WEIGHT = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``timeout_seconds`` ends an invocation that no TimeoutSeconds of a machine ends (Lambda's longest is 900)."""

    folder: Path
    python: str | None = None
    memory_mb: int = 512
    timeout_seconds: float = 900.0
    lease_seconds: float = 5.0
    arn_prefix: str = "arn:aws:lambda:us-east-1:000000000000:function:"
    """Of functions that are called by name."""


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """An attempt, understood. ``wrapped`` is lambda:invoke's form of the result; a ``callback`` ends later.

    ``asked_for`` is the name or ARN as the machine has it, ``arn`` what Lambda calls it in its errors.
    """

    name: str
    asked_for: str
    arn: str
    event: Json
    wrapped: bool
    tail: bool = False
    """Whether the end of the log is to be in the result (``LogType: Tail``)."""
    later: bool = False
    """Whether nobody waits for the result (``InvocationType: Event``)."""
    callback: bool = False


class Elsewhere(Protocol):
    """Where functions may be that the folder does not have."""

    def start(self, attempt: AttemptRow, call: FunctionCall, missing: Outcome) -> Work | None:
        """The attempt, or None where there is nowhere else; ``missing`` is its outcome when it is not there either."""
        ...


class Functions:
    """The Integrations port for the functions folder."""

    def __init__(self, settings: Settings, elsewhere: Elsewhere | None = None) -> None:
        self._settings = settings
        self._elsewhere = elsewhere
        self.folder = Folder(settings.folder)
        self._children = Children(
            self.folder,
            python=settings.python,
            memory_mb=settings.memory_mb,
            lease_seconds=settings.lease_seconds,
        )
        self._seconds: dict[str, float] = {}

    def quick(self, resource: str, payload: Document) -> bool:
        try:
            name = _understand(resource, payload).name
        except (UnknownResource, ValueError):
            return True  # fails at once
        if self._elsewhere is not None and self.folder.find(name) is None:
            return False  # a call over the network
        return self._seconds.get(name, 0.0) < _QUICK_SECONDS

    def start(self, attempt: AttemptRow) -> Work:
        try:
            call = _understand(attempt.resource, attempt.payload)
        except (UnknownResource, ValueError) as error:
            return failure(ErrorName.RUNTIME, str(error))
        request_id = str(uuid.uuid4())
        function = self.folder.find(call.name)
        if function is None:
            arn = call.arn if call.arn.startswith("arn:") else f"{self._settings.arn_prefix}{call.name}:$LATEST"
            missing = _not_found(call.name, arn, attempt, request_id, self.folder)
            other = None if self._elsewhere is None else self._elsewhere.start(attempt, call, missing)
            return Done(missing) if other is None else other
        request = {
            "event": call.event,
            "context": {
                "function_name": call.name,
                "arn": attempt.resource,
                "memory_mb": self._settings.memory_mb,
                "request_id": request_id,
                "attempt_id": attempt.id,
                "timeout": self._settings.timeout_seconds,
            },
        }
        try:
            child = self._children.take(function)
        except (OSError, ValueError) as error:  # its NAME.env may not be UTF-8
            return failure("Lambda.ServiceException", f"The function could not be run: {error}")
        child.begin(json.dumps(request).encode())
        invocation = _Invocation(self, call, child, request_id)
        if not call.later:
            return invocation
        threading.Thread(
            target=_see_through, args=(invocation, attempt), name=f"event-{call.name}", daemon=True
        ).start()
        return Done(_accepted(request_id))

    def takes(self, resource: Resource) -> bool:
        if isinstance(resource, ServiceCall):
            return (resource.service, resource.action) == ("lambda", "invoke")
        return isinstance(resource, (FunctionArn, LambdaInvoke))

    def repeatable(self, resource: str) -> bool:
        return False

    def poll(self, claim: Claim) -> Outcome | float:
        raise AssertionError("a function leaves no job behind")

    def cancel(self, claim: Claim) -> bool:
        return True

    def renew(self) -> None:
        self._children.renew()

    def close(self) -> None:
        self._children.close()

    def settle(self, invocation: _Invocation, until: float | None) -> Outcome | None:
        """Wait for an invocation's end, up to ``until`` (monotonic seconds)."""
        child, deadline = invocation.child, invocation.began + self._settings.timeout_seconds
        first = deadline if until is None else min(until, deadline)
        try:
            frame = child.answer(first)
        except ChildGone as gone:
            crashed = _crashed(gone.reason, invocation.request_id, self._settings.memory_mb)
            return self._dismiss(child, crashed)
        if frame is not None:
            self._learn(invocation.call.name, time.monotonic() - invocation.began)
            outcome = _with_log(_answered(frame, invocation.call, invocation.request_id), child)
            if invocation.call.tail:
                outcome = _with_tail(outcome, invocation.request_id)
            if invocation.call.callback and outcome.output is not None:
                outcome = replace(outcome, output=None, submission=Submission(output=outcome.output))
            self._children.give_back(child)
            return outcome
        if time.monotonic() < deadline:
            self._learn(invocation.call.name, time.monotonic() - invocation.began)
            return None
        self._children.kill(child, invocation.turn)
        child.gone.wait(5)
        return self._dismiss(child, _timed_out(invocation.request_id, self._settings.timeout_seconds))

    def _dismiss(self, child: Child, outcome: Outcome) -> Outcome:
        outcome = _with_log(outcome, child)
        child.close()
        return outcome

    def kill(self, child: Child, turn: int) -> None:
        self._children.kill(child, turn)

    def _learn(self, name: str, seconds: float) -> None:
        known = self._seconds.get(name)
        # A slow run counts in full at once, so that the next is not handed over; trust comes back by and by.
        self._seconds[name] = (
            seconds if known is None or seconds > known else (_OLD_WEIGHT * known + (1 - _OLD_WEIGHT) * seconds)
        )


class _Invocation:
    """The Work port: an invocation that a child is busy with. Waited for by one thread at a time."""

    def __init__(self, functions: Functions, call: FunctionCall, child: Child, request_id: str) -> None:
        self.call = call
        self.child = child
        self.turn = child.turn
        self.request_id = request_id
        self.began = time.monotonic()
        self._functions = functions

    def wait(self, seconds: float | None) -> Outcome | None:
        return self._functions.settle(self, None if seconds is None else time.monotonic() + seconds)

    def cancel(self) -> None:
        self._functions.kill(self.child, self.turn)


def _understand(resource: str, payload: Document) -> FunctionCall:
    parsed = parse_resource(resource)
    if isinstance(parsed, FunctionArn):
        return FunctionCall(parsed.name, parsed.arn, _qualified(parsed.arn), payload.value, wrapped=False)
    parameters = payload.value
    if not isinstance(parameters, dict):
        raise ValueError("lambda:invoke needs Parameters with a FunctionName")
    named = function_name(str(parameters.get("FunctionName")))
    if named is None:
        raise ValueError(f"{parameters.get('FunctionName')!r} is not a function name or ARN")
    # Lambda is called without a body for a null Payload, and hands the function an empty object then.
    event = parameters.get("Payload")
    if isinstance(event, str):
        # Recorded: text goes out as the body that it is, so that JSON in a string reaches the function as a value.
        with contextlib.suppress(InvalidJson):
            event = parse(event)
    tail = parameters.get("LogType") == "Tail"
    callback = isinstance(parsed, ServiceCall) and parsed.pattern is Pattern.CALLBACK
    asked_for = str(parameters["FunctionName"])
    return FunctionCall(
        named[0],
        asked_for,
        _qualified(asked_for),
        {} if event is None else event,
        wrapped=True,
        tail=tail,
        later=parameters.get("InvocationType") == "Event",
        callback=callback,
    )


def _qualified(text: str) -> str:
    """What Lambda calls a function that it was asked for."""
    if not text.startswith("arn:"):
        return text
    return text if text.count(":") > 6 else f"{text}:$LATEST"


def _see_through(invocation: _Invocation, attempt: AttemptRow) -> None:
    """Nobody waits for what comes of it; the worker's log tells."""
    outcome = invocation.wait(None)
    if outcome is not None and outcome.failed:
        logger.warning("the function of %s failed: %s %s", attempt.id, outcome.error, outcome.cause)


def _accepted(request_id: str) -> Outcome:
    """Lambda's answer to an event: it will be seen to."""
    return Outcome(
        output=Document(
            {
                "Payload": {},
                "SdkHttpMetadata": {"AllHttpHeaders": {}, "HttpHeaders": {}, "HttpStatusCode": 202},
                "SdkResponseMetadata": {"RequestId": request_id},
                "StatusCode": 202,
            }
        )
    )


def _answered(frame: bytes, call: FunctionCall, request_id: str) -> Outcome:
    text = frame.decode("utf-8", "replace")
    try:
        answer = parse(text)
    except InvalidJson as error:
        found = {
            "errorMessage": f"Unable to marshal response: {error}",
            "errorType": "Runtime.MarshalError",
            "requestId": request_id,
        }
        return _failed(found, wrapped=call.wrapped)
    if not isinstance(answer, dict):
        return _failed({"errorMessage": "no answer", "errorType": "Runtime.Unknown"}, wrapped=call.wrapped)
    if "failed" in answer and isinstance(answer["failed"], dict):
        found_failure = answer["failed"]
        ordered = {
            "errorMessage": found_failure.get("errorMessage"),
            "errorType": found_failure.get("errorType"),
            "requestId": request_id,
            "stackTrace": found_failure.get("stackTrace", []),
        }
        return _failed(ordered, wrapped=call.wrapped)
    output = answer.get("output")
    if not call.wrapped:
        return Outcome(output=Document(output))
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": request_id, "X-Amz-Executed-Version": "$LATEST"}
    return Outcome(
        output=Document(
            {
                "ExecutedVersion": "$LATEST",
                "Payload": output,
                "SdkHttpMetadata": {
                    "AllHttpHeaders": {name: [value] for name, value in headers.items()},
                    "HttpHeaders": dict(headers),
                    "HttpStatusCode": 200,
                },
                "SdkResponseMetadata": {"RequestId": request_id},
                "StatusCode": 200,
            }
        )
    )


def _failed(found: Mapping[str, Json], *, wrapped: bool) -> Outcome:
    """Recorded: through a plain ARN the cause keeps the raw payload's spacing, through lambda:invoke it is compact."""
    cause = json.dumps(found, separators=(",", ":") if wrapped else None)
    return Outcome(failed=True, error=str(found.get("errorType")), cause=cause)


def _with_log(outcome: Outcome, child: Child) -> Outcome:
    text, truncated = child.printed()
    return Outcome(
        output=outcome.output,
        error=outcome.error,
        cause=outcome.cause,
        failed=outcome.failed,
        logs=text,
        logs_truncated=truncated,
    )


def _with_tail(outcome: Outcome, request_id: str) -> Outcome:
    """Lambda's LogResult: the last 4 KB of the log, in Base64."""
    if outcome.output is None or not isinstance(outcome.output.value, dict):
        return outcome
    whole = f"START RequestId: {request_id} Version: $LATEST\n{outcome.logs}END RequestId: {request_id}\n"
    log = base64.b64encode(whole.encode()[-_TAIL_BYTES:]).decode()
    return replace(outcome, output=Document({**outcome.output.value, "LogResult": log}))


def _crashed(reason: str, request_id: str, memory_mb: int) -> Outcome:
    if reason == "memory":
        kind, message = "Runtime.OutOfMemory", f"The function used more than {memory_mb} MB and was killed"
    else:
        kind, message = "Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {reason}"
    return _failed({"errorMessage": message, "errorType": kind}, wrapped=True)


def _timed_out(request_id: str, seconds: float) -> Outcome:
    message = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
    return _failed({"errorMessage": message, "errorType": "Sandbox.Timedout"}, wrapped=True)


def _not_found(name: str, arn: str, attempt: AttemptRow, request_id: str, folder: Folder) -> Outcome:
    """As Lambda words it; where to put the function is said in the attempt's log."""
    cause = (
        f"Function not found: {arn} (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; "
        f"Request ID: {request_id}; Proxy: null)"
    )
    hint = f"There is no {name}.py in the functions folder {folder.root}, which {attempt.state} calls.\n"
    return Outcome(failed=True, error="Lambda.ResourceNotFoundException", cause=cause, logs=hint)

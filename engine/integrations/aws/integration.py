"""The Integrations port for AWS services.

A call that may have begun is begun again only where the service knows it by a token of ours (or it only reads): then
there is one job, found again. Every other call whose worker was lost fails, and its cause says that it may have
started. Jobs are looked at by timers; no worker waits for them.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from botocore.model import OperationModel, Shape, StructureShape
from botocore.retries.standard import ThrottledRetryableChecker

from engine.asl.resource import Pattern, Resource, ServiceCall, parse_resource
from engine.errors import ErrorName
from engine.integrations.aws.client import Clients
from engine.integrations.aws.errors import optimised_error, sdk_error
from engine.integrations.aws.jobs import JOBS, Ended, Job
from engine.integrations.aws.names import OPTIMISED, operation, sdk_service
from engine.integrations.aws.settings import NOT_CONFIGURED, AwsSettings, not_allowed
from engine.integrations.aws.shapes import AnswerTooLarge, UnknownField, from_response, metadata, to_request
from engine.integrations.own import StatesApi
from engine.integrations.refusals import AnswerUnclear, NoAnswer, ServiceRefused
from engine.integrations.work import Call, failed, failure
from engine.jsontypes import Document
from engine.runtime.ports import AttemptRow, Claim, Outcome, Submission, Work

_READS = ("Get", "List", "Describe", "Head", "BatchGet", "Query", "Scan", "Search", "Lookup", "Select")
_FIRST_LOOK_SECONDS = 1.0
_OWN_SERVICE = "stepfunctions"
_NOTHING = StructureShape("Nothing", {"type": "structure", "members": {}})
_LONGEST_PAUSE_SECONDS = 60.0
_PAUSE_GROWTH = 1.5
_PASSING = {*ThrottledRetryableChecker._THROTTLED_ERROR_CODES, "ExpiredToken", "ExpiredTokenException"}
_JOB_GONE = {"ResourceNotFoundException", "InvalidParameterException", "ClientException", "EntityNotFoundException"}


class Aws:
    """Optimised integrations and ``aws-sdk:SERVICE:ACTION`` for every service that botocore knows."""

    def __init__(self, settings: AwsSettings, own: StatesApi | None = None) -> None:
        """``own`` answers what is asked of Step Functions itself, in the place of AWS."""
        self._settings = settings
        self._clients = Clients(settings)
        self._own = own

    def takes(self, resource: Resource) -> bool:
        return isinstance(resource, ServiceCall) and _botocore_service(resource) is not None

    def quick(self, resource: str, payload: Document) -> bool:
        return False

    def repeatable(self, resource: str) -> bool:
        call = parse_resource(resource)
        found = _operation(call) if isinstance(call, ServiceCall) else None
        return found is not None and is_repeatable(found)

    def start(self, attempt: AttemptRow) -> Work:
        call = parse_resource(attempt.resource)
        assert isinstance(call, ServiceCall)
        found = _operation(call)
        if found is None:
            return failure(ErrorName.RUNTIME, f"{call.service} has no action {call.action}")
        service = str(found.service_model.service_name)
        if self._own is not None and service == _OWN_SERVICE:
            return Call(lambda: self._perform(call, found, attempt))
        if not self._settings.configured:
            return failure(ErrorName.TASK_FAILED, NOT_CONFIGURED)
        if not self._settings.allows(service, found.name):
            return failure(ErrorName.PERMISSIONS, not_allowed(service, found.name))
        if attempt.role_arn is not None and not self._settings.allows("sts", "AssumeRole"):
            return failure(ErrorName.PERMISSIONS, not_allowed("sts", "AssumeRole"))
        return Call(lambda: self._perform(call, found, attempt))

    def _perform(self, call: ServiceCall, model: OperationModel, attempt: AttemptRow) -> Outcome:
        try:
            parameters = to_request(model.input_shape, attempt.payload.value)
        except UnknownField as error:
            return failed(ErrorName.RUNTIME, str(error))
        if not isinstance(parameters, dict):
            return failed(ErrorName.RUNTIME, f"The parameters of {call.arn} must be an object")
        absent = _absent(model, parameters)
        if absent is not None and not call.service.startswith("aws-sdk:"):
            return _refused(call, absent)
        job = _job(call)
        parameters = {
            **parameters,
            **(job.extra or {} if job is not None else {}),
            **_token(model, parameters, attempt),
        }
        try:
            service = str(model.service_model.service_name)
            if self._own is not None and service == _OWN_SERVICE:
                response = self._own.call(attempt, model.name, parameters)
            else:
                response = self._clients.call(service, model.name, parameters, attempt.role_arn)
            if "ReturnConsumedCapacity" not in parameters:
                response.pop("ConsumedCapacity", None)  # DynamoDB tells it when asked; other endpoints always do
            output = _output(call, model, response)
        except (ServiceRefused, NoAnswer) as error:
            return _refused(call, error)
        except AnswerTooLarge:
            return failed(ErrorName.DATA_LIMIT_EXCEEDED, _too_large(attempt.state))
        if job is not None and (over := job.not_started(response)) is not None:
            return failed(over.error or ErrorName.TASK_FAILED, str(over.cause))
        if job is not None:
            try:
                handle = json.dumps(job.handle(parameters, response))
            except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
                cause = f"The answer of {model.name} cannot be understood, so the job may have started: {error!r}"
                return failed(ErrorName.TASK_FAILED, cause)
            return Outcome(submission=Submission(output=output, handle=handle, poll_seconds=_FIRST_LOOK_SECONDS))
        if call.pattern is Pattern.CALLBACK:
            return Outcome(submission=Submission(output=output))
        return _checked(call, response, output)

    def poll(self, claim: Claim) -> Outcome | float:
        call, job = _job_of(claim)
        operation_name, parameters = job.look(json.loads(claim.handle or "{}"))
        try:
            response = self._call(call, operation_name, parameters, claim)
        except AnswerUnclear as error:
            return failed(ErrorName.TASK_FAILED, str(error))
        except NoAnswer:
            return _pause(claim.polls)  # the job goes on whether we can see it or not; the state's timeout bounds it
        except ServiceRefused as error:
            return _pause(claim.polls) if _passes(error) else _refused(call, error)
        except AnswerTooLarge:
            return failed(ErrorName.DATA_LIMIT_EXCEEDED, _too_large(claim.attempt.state))
        try:
            over = job.read(response)
            return _pause(claim.polls) if over is None else _ended(call, job, operation_name, over)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
            return failed(ErrorName.TASK_FAILED, f"The answer of {operation_name} cannot be understood: {error!r}")

    def cancel(self, claim: Claim) -> bool:
        call, job = _job_of(claim)
        operation_name, parameters = job.cancel(json.loads(claim.handle or "{}"))
        try:
            self._call(call, operation_name, parameters, claim)
        except (NoAnswer, AnswerTooLarge):
            return False
        except ServiceRefused as error:
            return error.code in _JOB_GONE  # it has ended by itself
        return True

    def _call(self, call: ServiceCall, name: str, parameters: dict[str, Any], claim: Claim) -> dict[str, Any]:
        return self._clients.call(_botocore_service(call) or "", name, parameters, claim.attempt.role_arn)

    def renew(self) -> None:
        """Nothing that runs here needs the lease."""

    def close(self) -> None:
        """Connections end with the process."""


def _absent(model: OperationModel, parameters: dict[str, Any]) -> ServiceRefused | None:
    """What AWS's JSON services say of a required member that is not there, before they look at anything else."""
    shape = model.input_shape
    if model.service_model.metadata.get("protocol") != "json" or not isinstance(shape, StructureShape):
        return None
    missing = [name for name in shape.required_members if name not in parameters]
    if not missing:
        return None
    places = "; ".join(
        f"Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: Member must not be null"
        for name in missing
    )
    errors = f"{len(missing)} validation error{'s' if len(missing) > 1 else ''} detected: "
    return ServiceRefused("ValidationException", errors + places, status=400, request_id=str(uuid.uuid4()))


def is_repeatable(model: OperationModel) -> bool:
    """Whether a call that may have begun can be made again without doing anything twice."""
    return model.name.startswith(_READS) or token_member(model) is not None


def token_member(model: OperationModel) -> str | None:
    """The parameter by which the service knows a request that it has seen before."""
    shape = model.input_shape
    if not isinstance(shape, StructureShape):
        return None
    marked = [name for name, one in shape.members.items() if one.metadata.get("idempotencyToken")]
    named = [name for name in shape.members if name.lower() in {"idempotencytoken", "clientrequesttoken"}]
    return next(iter([*marked, *named]), None)


def _token(model: OperationModel, given: dict[str, Any], attempt: AttemptRow) -> dict[str, str]:
    """Ours is made of the attempt's id: the same whenever this attempt is begun, another for a retry."""
    member = token_member(model)
    if member is None or member in given:
        return {}
    return {member: hashlib.sha256(attempt.id.encode()).hexdigest()[:32]}


def _botocore_service(call: ServiceCall) -> str | None:
    if call.service.startswith("aws-sdk:"):
        return sdk_service(call.service.removeprefix("aws-sdk:"))
    found = OPTIMISED.get(call.service)
    return None if found is None else found.service


def _operation(call: ServiceCall) -> OperationModel | None:
    service = _botocore_service(call)
    return None if service is None else operation(service, call.action)


def _job(call: ServiceCall) -> Job | None:
    if call.pattern not in {Pattern.SYNC, Pattern.SYNC_2}:
        return None
    return JOBS.get((call.service, call.action.lower()))


def _job_of(claim: Claim) -> tuple[ServiceCall, Job]:
    call = parse_resource(claim.attempt.resource)
    assert isinstance(call, ServiceCall)
    job = _job(call)
    assert job is not None
    return call, job


def _output(call: ServiceCall, model: OperationModel, response: dict[str, Any]) -> Document:
    value = from_response(model.output_shape or _NOTHING, response)
    if isinstance(value, dict) and not call.service.startswith("aws-sdk:"):
        value = {**value, **metadata(response)}
    return Document(value)


def _checked(call: ServiceCall, response: dict[str, Any], output: Document) -> Outcome:
    """putEvents takes what it can: AWS fails the task when an entry was refused."""
    if call.service == "events" and response.get("FailedEntryCount"):
        value = output.value
        assert isinstance(value, dict)
        cause = {name: one for name, one in value.items() if not name.startswith("Sdk")}
        return failed("EventBridge.FailedEntry", Document(cause).text)
    return Outcome(output=output)


def _refused(call: ServiceCall, error: ServiceRefused | NoAnswer) -> Outcome:
    if call.service.startswith("aws-sdk:"):
        return sdk_error(_botocore_service(call) or "", error)
    return optimised_error(OPTIMISED[call.service], error)


def _ended(call: ServiceCall, job: Job, operation_name: str, over: Ended) -> Outcome:
    if over.result is None:
        return failed(over.error or ErrorName.TASK_FAILED, str(over.cause))
    result = Document(from_response(_result_shape(call, job, operation_name), over.result))
    if over.error is not None:
        return failed(over.error, result.text)
    return Outcome(output=result)


def _result_shape(call: ServiceCall, job: Job, operation_name: str) -> Shape | None:
    model = operation(_botocore_service(call) or "", operation_name)
    shape: Any = None if model is None else model.output_shape
    if call.service == "codebuild":
        return _build_shape()
    for name in job.shape:
        shape = shape.members[name]
        shape = getattr(shape, "member", shape)
    found: Shape | None = shape
    return found


def _build_shape() -> Shape | None:
    model = operation("codebuild", "StartBuild")
    return None if model is None else model.output_shape


def _passes(error: ServiceRefused) -> bool:
    """Whether a look is worth another: the refusal says nothing of the job. Most services throttle with a 400."""
    return error.status >= 500 or error.status == 429 or error.code in _PASSING


def _pause(polls: int) -> float:
    return float(min(_LONGEST_PAUSE_SECONDS, _FIRST_LOOK_SECONDS * _PAUSE_GROWTH ** min(polls, 20)))


def _too_large(state: str) -> str:
    return (
        f"The state/task '{state}' returned a result with a size exceeding the maximum number of bytes service limit."
    )

"""Task: one attempt at a time of something done outside."""

from __future__ import annotations

from engine.asl.model import NO_TIMEOUT, TaskState
from engine.asl.resource import FunctionArn, function_name
from engine.core.activation import Activation
from engine.core.commands import ScheduleTask
from engine.core.dataflow import bounded, failed, fill, read_field, select
from engine.core.execution import Scope
from engine.core.history import Details, payload
from engine.jsontypes import Document, Json
from engine.query.environment import Environment
from engine.query.path import Path


def enter(run: Activation, scope: Scope, state: TaskState) -> None:
    raw = run.environment(scope, run.input_of(scope).value)
    environment = raw.over(select(scope, state.input_path, raw))
    parameters = environment.input if state.parameters is None else fill(scope, state.parameters, environment)
    timeout = _seconds(scope, state.timeout_seconds, "TimeoutSecondsPath", environment)
    heartbeat = _seconds(scope, state.heartbeat_seconds, "HeartbeatSecondsPath", environment)
    if timeout is not None and heartbeat is not None and heartbeat >= timeout:
        raise failed(scope, "HeartbeatSeconds must be smaller than TimeoutSeconds")
    attempt = f"{scope.entered}.{scope.attempt}"
    document = _document(scope, parameters)
    run.emit(scope, *_scheduled(scope, state, document, timeout, heartbeat))
    run.commands.append(
        ScheduleTask(
            scope=scope.path,
            attempt=attempt,
            state=state.name,
            number=scope.attempt,
            resource=state.resource,
            payload=document,
            timeout_seconds=timeout,
            heartbeat_seconds=heartbeat,
        )
    )
    run.block(scope, attempt)
    clocks = {"timeout": timeout, "heartbeat": heartbeat}
    scope.clocks = {kind: seconds for kind, seconds in clocks.items() if seconds is not None}


def _document(scope: Scope, parameters: Json) -> Document:
    raw = scope.input
    return raw if raw is not None and raw.value is parameters else bounded(scope, parameters)


def _seconds(scope: Scope, setting: int | Path | None, field: str, environment: Environment) -> int | None:
    if not isinstance(setting, Path):
        return setting
    value = read_field(scope, setting, field, environment)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= NO_TIMEOUT:
        raise failed(scope, f"The {field} parameter is not a positive integer: {setting.text}")
    return value


def _scheduled(
    scope: Scope, state: TaskState, document: Document, timeout: int | None, heartbeat: int | None
) -> tuple[str, Details]:
    limits = {"timeoutInSeconds": timeout, "heartbeatInSeconds": heartbeat}
    given: dict[str, int] = {name: seconds for name, seconds in limits.items() if seconds is not None}
    if isinstance(state.resource, FunctionArn):
        given.pop("heartbeatInSeconds", None)
        return "LambdaFunctionScheduled", {**payload("input", document), "resource": state.resource.arn, **given}
    _check_parameters(scope, document.value)
    names = {"region": state.resource.region, "resource": "invoke", "resourceType": "lambda"}
    return "TaskScheduled", {"parameters": document, **names, **given}


def _check_parameters(scope: Scope, parameters: Json) -> None:
    name = parameters.get("FunctionName") if isinstance(parameters, dict) else None
    if not isinstance(name, str) or function_name(name) is None:
        raise failed(scope, "The field 'FunctionName' must be the name or the ARN of a function")

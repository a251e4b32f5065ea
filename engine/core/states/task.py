"""Task: one attempt at a time of something done outside."""

from __future__ import annotations

from engine.asl.model import NO_TIMEOUT, AnyTemplate, QueryLanguage, TaskState, Whole
from engine.asl.resource import ActivityArn, FunctionArn, LambdaInvoke, answered_by_token, function_name
from engine.core.activation import Activation
from engine.core.commands import ScheduleTask
from engine.core.dataflow import bounded, failed, fill, read_field, select
from engine.core.execution import Scope
from engine.core.expressions import Expressions
from engine.core.history import Details, payload, resource_names
from engine.jsontypes import Document, Json, dump
from engine.query.environment import Environment
from engine.query.jsonata import Expression, JsonataTemplate


def enter(run: Activation, scope: Scope, state: TaskState) -> None:
    if isinstance(state.resource, ActivityArn) and state.resource.arn in run.missing_activities:
        raise failed(scope, f"The activity {state.resource.arn} does not exist.")
    scope.token = run.entropy.token() if answered_by_token(state.resource) else None
    raw = run.environment(scope, run.input_of(scope).value)
    environment = raw.over(select(scope, state.input_path, raw))
    expressions = run.expressions(scope)
    parameters = environment.input
    jsonata = state.language is QueryLanguage.JSONATA
    if not jsonata:
        run.seen("afterInputPath", parameters)
    if state.parameters is not None:
        parameters = _filled(scope, state.parameters, "Arguments", environment, expressions)
    run.seen("afterArguments" if jsonata else "afterParameters", parameters)
    timeout = _seconds(scope, state.timeout_seconds, "TimeoutSeconds", environment, expressions)
    heartbeat = _seconds(scope, state.heartbeat_seconds, "HeartbeatSeconds", environment, expressions)
    role = None if state.role_arn is None else _role(scope, state.role_arn, environment, expressions)
    if timeout is not None and heartbeat is not None and heartbeat >= timeout:
        raise failed(scope, "HeartbeatSeconds must be smaller than TimeoutSeconds")
    attempt = run.attempt_key(scope)
    document = _document(scope, parameters)
    event, details = _scheduled(run, scope, state, document, timeout, heartbeat)
    run.emit(scope, event, details if role is None else {**details, "taskCredentials": {"roleArn": role}})
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
            role_arn=role,
            token=scope.token,
        )
    )
    run.block(scope, attempt)
    clocks = {"timeout": timeout, "heartbeat": heartbeat}
    scope.clocks = {kind: seconds for kind, seconds in clocks.items() if seconds is not None}


def _document(scope: Scope, parameters: Json) -> Document:
    raw = scope.input
    return raw if raw is not None and raw.value is parameters else bounded(scope, parameters)


def _filled(
    scope: Scope, template: AnyTemplate, field: str, environment: Environment, expressions: Expressions
) -> Json:
    if isinstance(template, JsonataTemplate):
        return expressions.fill(template, field)
    return fill(scope, template, environment)


def _role(scope: Scope, template: AnyTemplate, environment: Environment, expressions: Expressions) -> str:
    credentials = _filled(scope, template, "Credentials", environment, expressions)
    role = credentials.get("RoleArn") if isinstance(credentials, dict) else None
    if not isinstance(role, str):
        raise failed(scope, "The field 'RoleArn' of Credentials must be a string: the ARN of a role")
    return role


def _seconds(
    scope: Scope, setting: Whole | None, field: str, environment: Environment, expressions: Expressions
) -> int | None:
    if setting is None or isinstance(setting, int):
        return setting
    if isinstance(setting, Expression):
        value = expressions.typed(setting, field, "integer")
        if isinstance(value, int) and 0 < value <= NO_TIMEOUT:
            return value
        raise expressions.failed(setting, field, f"did not return a positive integer: {dump(value)}")
    value = read_field(scope, setting, f"{field}Path", environment)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= NO_TIMEOUT:
        raise failed(scope, f"The {field}Path parameter is not a positive integer: {setting.text}")
    return value


def _scheduled(
    run: Activation, scope: Scope, state: TaskState, document: Document, timeout: int | None, heartbeat: int | None
) -> tuple[str, Details]:
    limits = {"timeoutInSeconds": timeout, "heartbeatInSeconds": heartbeat}
    given: dict[str, int] = {name: seconds for name, seconds in limits.items() if seconds is not None}
    if isinstance(state.resource, FunctionArn):
        given.pop("heartbeatInSeconds", None)
        return "LambdaFunctionScheduled", {**payload("input", document), "resource": state.resource.arn, **given}
    if isinstance(state.resource, ActivityArn):
        return "ActivityScheduled", {**payload("input", document), "resource": state.resource.arn, **given}
    if isinstance(state.resource, LambdaInvoke):
        _check_parameters(scope, document.value)
    names = {"region": run.facts.region, **resource_names(state.resource)}
    return "TaskScheduled", {"parameters": document, **names, **given}


def _check_parameters(scope: Scope, parameters: Json) -> None:
    name = parameters.get("FunctionName") if isinstance(parameters, dict) else None
    if not isinstance(name, str) or function_name(name) is None:
        raise failed(scope, "The field 'FunctionName' must be the name or the ARN of a function")

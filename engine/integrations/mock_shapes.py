"""Whether a mocked result could be what a service answers, by botocore's model of its API.

TestState's field validation. Names are Step Functions': PascalCase, whatever the API's own are.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, TypeAlias

import botocore.session
from botocore.exceptions import DataNotFoundError
from botocore.model import ListShape, MapShape, OperationNotFoundError, Shape, StringShape, StructureShape

from engine.asl.resource import LambdaInvoke, Pattern, Resource, ServiceCall
from engine.jsontypes import Json
from engine.sentences import Sentence, say

Mode: TypeAlias = Literal["STRICT", "PRESENT", "NONE"]

_NUMBERS = frozenset({"integer", "long", "float", "double"})
# The services whose names Step Functions and botocore do not share.
_SERVICES = {"states": "stepfunctions", "sfn": "stepfunctions", "eventbridge": "events", "elasticmapreduce": "emr"}
_UNCHECKED = frozenset({"http", "apigateway", "eks"})
# What a task that waits for its job's end answers with is another operation's answer.
_POLLED = {
    ("states", "startExecution"): "DescribeExecution",
    ("batch", "submitJob"): "DescribeJobs",
    ("glue", "startJobRun"): "GetJobRun",
    ("athena", "startQueryExecution"): "GetQueryExecution",
    ("codebuild", "startBuild"): "BatchGetBuilds",
    ("ecs", "runTask"): "DescribeTasks",
}


class ImpossibleMock(Exception):
    """The service never answers so; the reason is AWS's."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


def check_mock(resource: Resource, result: Json, mode: Mode) -> None:
    """Raises ImpossibleMock. What no model is known of passes."""
    shape = None if mode == "NONE" else _answer(resource)
    if shape is None:
        return
    if not isinstance(result, dict):
        raise ImpossibleMock(say("Mock result schema validation error: the result must be an object"))
    _check_structure(result, shape, mode)


def _answer(resource: Resource) -> StructureShape | None:
    if isinstance(resource, LambdaInvoke):
        return _output("lambda", "Invoke")
    if not isinstance(resource, ServiceCall) or resource.service in _UNCHECKED:
        return None
    if resource.pattern is Pattern.CALLBACK:
        return None
    service = resource.service.removeprefix("aws-sdk:")
    action = f"{resource.action[0].upper()}{resource.action[1:]}"
    if resource.pattern is not Pattern.REQUEST_RESPONSE:
        action = _POLLED.get((service, resource.action), action)
    return _output(_SERVICES.get(service, service), action)


@lru_cache(maxsize=128)
def _output(service: str, action: str) -> StructureShape | None:
    try:
        model = botocore.session.get_session().get_service_model(service)
        shape: Any = model.operation_model(action).output_shape
    except (DataNotFoundError, OperationNotFoundError, botocore.exceptions.UnknownServiceError):
        return None
    return shape if isinstance(shape, StructureShape) else None


def _check_structure(value: dict[str, Json], shape: StructureShape, mode: Mode) -> None:
    members = {f"{name[0].upper()}{name[1:]}": member for name, member in shape.members.items()}
    if mode == "STRICT":
        for required in shape.required_members:
            name = f"{required[0].upper()}{required[1:]}"
            if name not in value:
                raise _impossible(say("Required field '{name}' is missing", name=name))
    for name, one in value.items():
        if name in members:
            _check(name, one, members[name], mode)


def _check(name: str, value: Json, shape: Shape, mode: Mode) -> None:
    kind = shape.type_name
    if isinstance(shape, ListShape):
        if not isinstance(value, list):
            raise _impossible(say("Field '{name}' must be an array", name=name))
        for one in value:
            _check(name, one, shape.member, mode)
    elif isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            raise _impossible(say("Field '{name}' must be an object", name=name))
        _check_structure(value, shape, mode)
    elif isinstance(shape, MapShape):
        if not isinstance(value, dict):
            raise _impossible(say("Field '{name}' must be an object", name=name))
        for one in value.values():
            _check(name, one, shape.value, mode)
    elif kind in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _impossible(say("Field '{name}' must be a number", name=name))
    elif kind == "boolean":
        if not isinstance(value, bool):
            raise _impossible(say("Field '{name}' must be a boolean", name=name))
    elif kind in {"string", "timestamp"} or isinstance(shape, StringShape):
        if not isinstance(value, str):
            raise _impossible(say("Field '{name}' must be a string", name=name))
        options = getattr(shape, "enum", None)
        if options and value not in options:
            raise _impossible(say("Field '{name}' is not an expected value", name=name))


def _impossible(reason: Sentence) -> ImpossibleMock:
    return ImpossibleMock(say("Mock result schema validation error: {reason}", reason=reason))

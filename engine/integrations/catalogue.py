"""What a Task can reach: every resource with its patterns, parameters, an example, and whether it may begin twice.

Parameters of AWS services come from botocore's own models, with its documentation; the rest is told here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from engine.asl.resource import Pattern
from engine.asl.services import SERVICES
from engine.integrations.aws.integration import is_repeatable, token_member
from engine.integrations.aws.names import (
    OPTIMISED,
    operation,
    pascal,
    sdk_operations,
    sdk_service,
    service_model,
    services_by_sdk_name,
)
from engine.jsontypes import Json

Repeats = Literal["TOKEN", "HARMLESS", "NEVER"]
"""TOKEN: the service knows a request by a token of ours, so that what may have begun is begun again and found.
HARMLESS: it only reads. NEVER: it fails with "may have started"."""

_TAG = re.compile(r"<[^>]+>")
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_MOST_DOCUMENTATION = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """``type`` is JSON's: string, number, boolean, object, array, or any."""

    name: str
    type: str
    required: bool = False
    description: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """``patterns`` are suffixes of the resource; "" is request-response."""

    resource: str
    service: str
    action: str
    description: str
    patterns: tuple[str, ...]
    repeats: Repeats
    parameters: tuple[Parameter, ...]
    example: Json


def entries() -> list[Entry]:
    """The optimised integrations, by service and action."""
    return [_entry(name, patterns) for name, patterns in sorted(SERVICES.items())]


def sdk_services() -> list[str]:
    """Every SERVICE of ``aws-sdk:SERVICE:ACTION``."""
    return sorted(services_by_sdk_name())


def sdk_actions(service: str) -> list[str] | None:
    """The actions of an SDK service in camelCase; None for a service that is not known."""
    model = service_model(sdk_service(service) or "")
    if model is None:
        return None
    return sorted(f"{name[0].lower()}{name[1:]}" for name in model.operation_names)


def search_sdk(text: str) -> list[tuple[str, str]]:
    """(service, action) of every action whose names hold all words of ``text``, those that begin with them first."""
    words = [word for word in re.split(r"[\s:._-]+", text.lower().removeprefix("aws-sdk:")) if word]
    found: list[tuple[int, str, str]] = []
    for service, operations in sdk_operations():
        for name in operations:
            whole = f"{service}:{name.lower()}"
            if all(word in whole for word in words):
                action = f"{name[0].lower()}{name[1:]}"
                exact = sum(word in {service, action.lower()} for word in words)
                begins = sum(action.lower().startswith(word) or service.startswith(word) for word in words)
                found.append((-2 * exact - begins, service, action))
    return [(service, action) for _, service, action in sorted(found)]


def sdk_entry(service: str, action: str) -> Entry | None:
    """One action of an SDK service; None when there is none."""
    found = operation(sdk_service(service) or "", action)
    if found is None:
        return None
    name = f"{found.name[0].lower()}{found.name[1:]}"
    return _of_model(found, f"aws-sdk:{service}", name, ("", Pattern.CALLBACK.value))


def _entry(name: str, patterns: frozenset[Pattern]) -> Entry:
    service, action = name.split(":")
    suffixes = tuple(sorted(pattern.value for pattern in patterns))
    own = _OWN.get(name)
    if own is not None:
        description, repeats, parameters = own
        return _made(service, action, suffixes, description, repeats, parameters)
    model = operation(OPTIMISED[service].service, action)
    assert model is not None
    return _of_model(model, service, action, suffixes)


def _of_model(model: OperationModel, service: str, action: str, suffixes: tuple[str, ...]) -> Entry:
    repeats: Repeats = "NEVER"
    if is_repeatable(model):
        repeats = "HARMLESS" if token_member(model) is None else "TOKEN"
    parameters = tuple(_parameters(model.input_shape))
    return _made(service, action, suffixes, _plain(model.documentation), repeats, parameters)


def _made(
    service: str,
    action: str,
    suffixes: tuple[str, ...],
    description: str,
    repeats: Repeats,
    parameters: tuple[Parameter, ...],
) -> Entry:
    resource = f"arn:aws:states:::{service}:{action}"
    example: dict[str, Json] = {
        "Type": "Task",
        "Resource": resource,
        "Parameters": {one.name: _value(one) for one in parameters if one.required},
        "End": True,
    }
    return Entry(
        resource=resource,
        service=service,
        action=action,
        description=description,
        patterns=suffixes,
        repeats=repeats,
        parameters=parameters,
        example=example,
    )


def _parameters(shape: Shape | None) -> Iterator[Parameter]:
    if not isinstance(shape, StructureShape):
        return
    required = set(shape.required_members)
    for name in sorted(shape.members, key=lambda one: (one not in required, one)):
        member = shape.members[name]
        yield Parameter(
            name=pascal(name),
            type=_type(member),
            required=name in required,
            description=_plain(member.documentation),
            values=tuple(getattr(member, "enum", ()) or ()),
        )


def _type(shape: Shape) -> str:
    if isinstance(shape, (StructureShape, MapShape)):
        return "object"
    if isinstance(shape, ListShape):
        return "array"
    if shape.type_name in {"integer", "long", "float", "double"}:
        return "number"
    return "boolean" if shape.type_name == "boolean" else "string"


def _plain(documentation: Any) -> str:
    """The first sentences of botocore's HTML, as text."""
    text = " ".join(html.unescape(_TAG.sub(" ", str(documentation or ""))).split())
    found = ""
    for sentence in _SENTENCE.split(text):
        if found and len(found) + len(sentence) > _MOST_DOCUMENTATION:
            break
        found = f"{found} {sentence}".strip()
    return found


def _value(parameter: Parameter) -> Json:
    if parameter.values:
        return parameter.values[0]
    made: dict[str, Json] = {"number": 1, "boolean": True, "object": {}, "array": []}
    return made.get(parameter.type, f"{parameter.name} here")


def _required(name: str, kind: str, description: str, *values: str) -> Parameter:
    return Parameter(name=name, type=kind, required=True, description=description, values=values)


def _optional(name: str, kind: str, description: str, *values: str) -> Parameter:
    return Parameter(name=name, type=kind, description=description, values=values)


_BODY = _optional("RequestBody", "any", "What is sent, as JSON.")
_QUERY = _optional("QueryParameters", "object", "Name and value, or name and array of values.")
_HEADERS = _optional("Headers", "object", "Name and value of each header.")
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
_CLUSTER = (
    _required("ClusterName", "string", "The cluster's name, which the bearer token is made for."),
    _required("CertificateAuthority", "string", "The cluster's certificate, as DescribeCluster gives it."),
    _required("Endpoint", "string", "The https address of the Kubernetes API."),
)

_OWN: dict[str, tuple[str, Repeats, tuple[Parameter, ...]]] = {
    "lambda:invoke": (
        "Calls a function of the functions folder and waits for what it returns.",
        "NEVER",
        (
            _required("FunctionName", "string", "The name or the ARN of a function."),
            _optional("Payload", "any", "What the function gets as its event."),
            _optional("LogType", "string", "Tail puts the end of the log into the result.", "None", "Tail"),
        ),
    ),
    "celery:sendTask": (
        "Sends a task of your own Celery project; with .sync its result is the state's result.",
        "NEVER",
        (
            _required("Task", "string", "The name that the task is registered by."),
            _optional("Args", "array", "Positional arguments."),
            _optional("Kwargs", "object", "Named arguments."),
            _optional("Queue", "string", "Another queue than the task's own."),
            _optional("Countdown", "number", "Seconds before it may begin."),
            _optional("Priority", "number", "As the broker understands it."),
        ),
    ),
    "http:invoke": (
        "Calls an HTTPS API with the authorisation of a connection.",
        "NEVER",
        (
            _required("ApiEndpoint", "string", "The address to call."),
            _required("Method", "string", "The HTTP method.", *_METHODS),
            _required("InvocationConfig", "object", "ConnectionArn: what authorises the request."),
            _HEADERS,
            _QUERY,
            _BODY,
            _optional("Transform", "object", "RequestBodyEncoding NONE or URL_ENCODED, RequestEncodingOptions."),
        ),
    ),
    "apigateway:invoke": (
        "Calls an API of API Gateway.",
        "NEVER",
        (
            _required("ApiEndpoint", "string", "The host of the API."),
            _required("Method", "string", "The HTTP method.", *_METHODS),
            _optional("Stage", "string", "The stage, which the path begins with."),
            _optional("Path", "string", "The path below the stage."),
            _HEADERS,
            _QUERY,
            _BODY,
            _optional("AuthType", "string", "How the request is authorised.", "NO_AUTH", "RESOURCE_POLICY"),
        ),
    ),
    "states:startExecution": (
        "Starts an execution of another state machine.",
        "TOKEN",
        (
            _required("StateMachineArn", "string", "The machine, or a version or an alias of it."),
            _optional("Input", "any", "Its input."),
            _optional("Name", "string", "The execution's name; a new one each time unless given."),
        ),
    ),
    "eks:call": (
        "Calls the Kubernetes API of a cluster.",
        "NEVER",
        (
            *_CLUSTER,
            _required("Method", "string", "The HTTP method.", "GET", "POST", "PUT", "DELETE", "PATCH"),
            _required("Path", "string", "The path of the Kubernetes API."),
            _QUERY,
            _BODY,
        ),
    ),
    "eks:runJob": (
        "Runs a Kubernetes job on a cluster.",
        "TOKEN",
        (
            *_CLUSTER,
            _required("Job", "object", "The manifest of the job."),
            _optional("Namespace", "string", "The namespace; default unless given."),
            _optional("LogOptions", "object", "RetrieveLogs, RawLogs, LogParameters."),
        ),
    ),
}

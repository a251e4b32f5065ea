"""What a Task's Resource names, parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from engine.sentences import Sentence, say

_PARTITION = r"arn:(?:aws[a-z-]*)"
_FUNCTION = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):lambda:(?P<region>[a-z0-9-]*):(?P<account>[A-Za-z0-9-]*):function:"
    r"(?P<name>[A-Za-z0-9-_]{1,64})(?::(?P<qualifier>\$LATEST|[A-Za-z0-9-_]{1,128}))?\Z"
)
_SERVICE = re.compile(
    rf"{_PARTITION}:states:[a-z0-9-]*:\d*:(?P<service>(?:aws-sdk:)?[a-z0-9]+):(?P<action>[A-Za-z0-9]+)"
    r"(?P<pattern>\.sync:2|\.sync|\.waitForTaskToken)?\Z"
)
_ACTIVITY = re.compile(rf"{_PARTITION}:states:[a-z0-9-]*:\d*:activity:(?P<name>[^\s:]{{1,80}})\Z")
_NAME = re.compile(r"(?P<name>[A-Za-z0-9-_]{1,64})(?::(?P<qualifier>\$LATEST|[A-Za-z0-9-_]{1,128}))?\Z")
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
DEFAULT_REGION = "us-east-1"


class Pattern(StrEnum):
    """How a task waits for the service it calls (AWS, "Service integration patterns")."""

    REQUEST_RESPONSE = ""
    SYNC = ".sync"
    SYNC_2 = ".sync:2"
    CALLBACK = ".waitForTaskToken"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionArn:
    """A plain function ARN: the payload is the input, the result is what the function returns."""

    arn: str
    name: str
    qualifier: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LambdaInvoke:
    """``lambda:invoke``: FunctionName and Payload in Parameters; the result is wrapped with its status code."""

    arn: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCall:
    """An action of a service, optimised (``sqs``) or through the SDK (``aws-sdk:sqs``)."""

    arn: str
    service: str
    action: str
    pattern: Pattern
    region: str = DEFAULT_REGION

    @property
    def name(self) -> str:
        """What histories call the resource."""
        return f"{self.action}{self.pattern}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityArn:
    """Work that a worker outside asks for."""

    arn: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """``${Name}`` of a template that is filled in when it is deployed: nothing that can run yet."""

    arn: str


Resource: TypeAlias = FunctionArn | LambdaInvoke | ServiceCall | ActivityArn | Placeholder


def answered_by_token(resource: Resource) -> bool:
    """Whether somebody outside ends the task with its token: a callback or an activity."""
    if isinstance(resource, ActivityArn):
        return True
    return isinstance(resource, ServiceCall) and resource.pattern is Pattern.CALLBACK


class UnknownResource(Exception):
    """A Resource of no form that there is."""


def has_placeholder(text: str) -> bool:
    return _PLACEHOLDER.search(text) is not None


def to_be_replaced(text: str) -> Sentence:
    """What is said of a placeholder where it keeps the machine from running."""
    return say("The placeholder in {text} must be replaced before the machine can run", text=text)


@lru_cache(maxsize=4096)
def parse_resource(text: str) -> Resource:
    """Raises UnknownResource."""
    if match := _FUNCTION.match(text):
        return FunctionArn(arn=text, name=match["name"], qualifier=match["qualifier"])
    if match := _ACTIVITY.match(text):
        return ActivityArn(arn=text, name=match["name"])
    if match := _SERVICE.match(text):
        pattern = Pattern(match["pattern"] or "")
        if match["service"] == "lambda" and match["action"] == "invoke" and not pattern:
            return LambdaInvoke(arn=text, region=DEFAULT_REGION)
        return ServiceCall(arn=text, service=match["service"], action=match["action"], pattern=pattern)
    if has_placeholder(text):
        return _with_placeholders(text)
    raise UnknownResource(text)


def _with_placeholders(text: str) -> Resource:
    """An ARN with ``${Partition}`` and the like in the parts that do not say what it is, or nothing to be known yet."""
    parts = text.split(":", 5)
    if len(parts) == 6 and not has_placeholder(parts[5]) and parts[0] == "arn":
        try:
            return parse_resource(":".join(("arn", "aws", parts[2], "", "", parts[5])))
        except UnknownResource:
            pass
    return Placeholder(arn=text)


def function_name(text: str) -> tuple[str, str | None] | None:
    """Name and qualifier of a function given by name, partial or whole ARN (as Lambda's FunctionName); else None."""
    if match := _FUNCTION.match(text):
        return match["name"], match["qualifier"]
    account, separator, rest = text.partition(":function:")
    text = rest if separator and (account.isdigit() or not account) else text
    match = _NAME.match(text)
    return (match["name"], match["qualifier"]) if match else None

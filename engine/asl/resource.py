"""What a Task's Resource names, parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

_FUNCTION = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):lambda:(?P<region>[a-z0-9-]*):(?P<account>\d{12}|):function:"
    r"(?P<name>[A-Za-z0-9-_]{1,64})(?::(?P<qualifier>\$LATEST|[A-Za-z0-9-_]{1,128}))?\Z"
)
_LAMBDA_INVOKE = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]*:\d{0,12}:lambda:invoke\Z")
_NAME = re.compile(r"(?P<name>[A-Za-z0-9-_]{1,64})(?::(?P<qualifier>\$LATEST|[A-Za-z0-9-_]{1,128}))?\Z")


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


Resource: TypeAlias = FunctionArn | LambdaInvoke


class UnknownResource(Exception):
    """A Resource that nothing here can run."""


@lru_cache(maxsize=4096)
def parse_resource(text: str) -> Resource:
    """Raises UnknownResource."""
    if match := _FUNCTION.match(text):
        return FunctionArn(arn=text, name=match["name"], qualifier=match["qualifier"])
    if _LAMBDA_INVOKE.match(text):
        return LambdaInvoke(arn=text, region="us-east-1")
    raise UnknownResource(text)


def function_name(text: str) -> tuple[str, str | None] | None:
    """Name and qualifier of a function given by name, partial or whole ARN (as Lambda's FunctionName); else None."""
    if match := _FUNCTION.match(text):
        return match["name"], match["qualifier"]
    account, separator, rest = text.partition(":function:")
    text = rest if separator and (account.isdigit() or not account) else text
    match = _NAME.match(text)
    return (match["name"], match["qualifier"]) if match else None

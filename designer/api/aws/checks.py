"""Requests checked against botocore's model, and refused in AWS's words.

AWS reads a body in two steps. What has the wrong type is a SerializationException; then all constraints are checked,
and one ValidationException tells of every member that breaks one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from designer.api.aws.errors import ApiError
from engine.jsontypes import Json

Broken: TypeAlias = list[str]
Check: TypeAlias = Callable[[Json], dict[str, Any]]
_Reader: TypeAlias = Callable[[Json, str, Broken], Any]

_NO_NUL = "[^\\u0000]*"
_RANGES = {"integer": 2**31, "long": 2**63}


def compile_check(shape: Any) -> Check:
    """A function from a JSON body to the members it has; raises ApiError."""
    read = _reader(shape)

    def check(value: Json) -> dict[str, Any]:
        broken: Broken = []
        found: dict[str, Any] = read(value, "", broken)
        if broken:
            count = f"{len(broken)} validation error{'s' if len(broken) > 1 else ''} detected: "
            raise ApiError("ValidationException", count + "; ".join(broken))
        return found

    return check


def _reader(shape: Any) -> _Reader:
    match shape.type_name:
        case "structure":
            return _structure(shape)
        case "list":
            return _list(shape)
        case "string":
            return _string(shape)
        case "integer" | "long":
            return _whole(shape)
        case "float" | "double":
            return _float(shape)
        case "boolean":
            return _boolean
        case other:
            raise TypeError(f"no input has a {other}")


def _serialization(message: str) -> ApiError:
    return ApiError("SerializationException", message)


def _kind(value: Json) -> str:
    match value:
        case bool():
            return "TRUE_VALUE" if value else "FALSE_VALUE"
        case str():
            return "STRING_VALUE"
        case float():
            return "DECIMAL_VALUE"
        case _:
            return "NUMBER_VALUE"


def _wrong(value: Json, wanted: str) -> ApiError:
    if isinstance(value, dict):
        return _serialization("Start of structure or map found where not expected.")
    if isinstance(value, list):
        return _serialization("Start of list found where not expected")
    return _serialization(f"{_kind(value)} can not be converted to {wanted}")


def _structure(shape: Any) -> _Reader:
    readers = {name: _reader(member) for name, member in shape.members.items()}
    required = tuple(shape.required_members)

    def read(value: Json, path: str, broken: Broken) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _serialization("Unexpected field type: expected a structure")
        prefix = f"{path}." if path else ""
        for name in required:
            if value.get(name) is None:
                broken.append(f"Value null at '{prefix}{name}' failed to satisfy constraint: Member must not be null")
        # A member that the model does not know is skipped, as AWS does; so is one that is null.
        return {
            name: readers[name](one, prefix + name, broken)
            for name, one in value.items()
            if one is not None and name in readers
        }

    return read


def _list(shape: Any) -> _Reader:
    read_member = _reader(shape.member)
    bounds = _bounds(shape, "length")

    def read(value: Json, path: str, broken: Broken) -> list[Any]:
        if not isinstance(value, list):
            raise _serialization("Expected list or null")
        for sentence in bounds(len(value)):
            shown = "[" + ", ".join(map(str, value)) + "]"
            broken.append(_broken(shown, path, sentence))
        return [read_member(one, f"{path}.{index}.member", broken) for index, one in enumerate(value, 1)]

    return read


def _string(shape: Any) -> _Reader:
    metadata = shape.metadata
    bounds = _bounds(shape, "length")
    choices = tuple(metadata.get("enum", ()))
    pattern = metadata.get("pattern")
    matcher = None if pattern is None else re.compile(pattern.replace(r"\p{ASCII}", r"[\x00-\x7f]"))
    hidden = bool(metadata.get("sensitive"))

    def read(value: Json, path: str, broken: Broken) -> str:
        if not isinstance(value, str):
            raise _wrong(value, "a String")
        said = list(bounds(len(value)))
        if choices and value not in choices:
            said.append(f"Member must satisfy enum value set: [{', '.join(choices)}]")
        if matcher is not None and not matcher.fullmatch(value):
            said.append(f"Member must satisfy regular expression pattern: {pattern}")
        if "\0" in value:  # no database keeps it
            said.append(f"Member must satisfy regular expression pattern: {_NO_NUL}")
        broken.extend(_broken(None if hidden else value, path, sentence) for sentence in said)
        return value

    return read


def _whole(shape: Any) -> _Reader:
    bounds = _bounds(shape, "value")
    limit = _RANGES[shape.type_name]
    wanted = "an Integer" if shape.type_name == "integer" else "a Long"

    def read(value: Json, path: str, broken: Broken) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise _wrong(value, wanted)
        if not -limit <= value < limit:
            raise _wrong(value, wanted)
        broken.extend(_broken(str(value), path, sentence) for sentence in bounds(value))
        return int(value)

    return read


def _float(shape: Any) -> _Reader:
    bounds = _bounds(shape, "value")

    def read(value: Json, path: str, broken: Broken) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong(value, "a Float")
        broken.extend(_broken(str(value), path, sentence) for sentence in bounds(value))
        return float(value)

    return read


def _boolean(value: Json, path: str, broken: Broken) -> bool:
    del path, broken
    if not isinstance(value, bool):
        raise _wrong(value, "a Boolean")
    return value


def _bounds(shape: Any, what: str) -> Callable[[float], list[str]]:
    """What to say of a number that the shape's min and max do not let through."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def said(number: float) -> list[str]:
        if most is not None and number > most:
            return [f"Member must have {what} less than or equal to {most}"]
        if least is not None and number < least:
            return [f"Member must have {what} greater than or equal to {least}"]
        return []

    return said


def _broken(value: str | None, path: str, sentence: str) -> str:
    shown = "Value" if value is None else f"Value '{value}'"
    return f"{shown} at '{path}' failed to satisfy constraint: {sentence}"

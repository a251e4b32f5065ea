"""Answers written as botocore's model has them: members it knows, times in seconds since 1970."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

Shaper: TypeAlias = Callable[[Any], Any]


def compile_shaper(shape: Any) -> Shaper:
    """A function from an answer to its JSON. An unknown member is a bug and raises KeyError; None leaves one out.

    Times come as whole milliseconds since 1970 or as datetimes.
    """
    match shape.type_name:
        case "structure":
            members = {name: compile_shaper(member) for name, member in shape.members.items()}
            return lambda answer: _structure(members, answer)
        case "list":
            one = compile_shaper(shape.member)
            return lambda answer: [one(member) for member in answer]
        case "map":
            value = compile_shaper(shape.value)
            return lambda answer: {key: value(member) for key, member in answer.items()}
        case "timestamp":
            return _seconds
        case _:
            return lambda answer: answer


def _structure(members: Mapping[str, Shaper], answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: members[name](value) for name, value in answer.items() if value is not None}


def _seconds(value: int | datetime) -> float:
    milliseconds = value if isinstance(value, int) else round(value.timestamp() * 1000)
    return milliseconds / 1000

"""Which variables the states of a machine refer to (AWS, DescribeStateMachine's ``variableReferences``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.jsontypes import Json
from engine.query.jsonata import is_expression

_NAME = re.compile(r"(?<![\w$])\$([^\W\d]\w*)")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_CALLED = re.compile(r"\s*\(")
_INNER = frozenset({"Branches", "ItemProcessor", "Iterator"})


def variable_references(definition: Json) -> dict[str, list[str]]:
    """The names by state, without ``$``; states without any are left out."""
    found: dict[str, list[str]] = {}
    for name, state in _states(definition):
        names = sorted({one for text in _texts(state) for one in _names(text)} - {"states"})
        if names:
            found[name] = names
    return found


def _states(block: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    states = block.get("States") if isinstance(block, dict) else None
    for name, state in (states if isinstance(states, dict) else {}).items():
        if not isinstance(state, dict):
            continue
        yield name, state
        branches = state.get("Branches")
        inner = [*(branches if isinstance(branches, list) else ()), state.get("ItemProcessor"), state.get("Iterator")]
        for one in inner:
            yield from _states(one)


def _texts(value: Json, key: str = "") -> Iterator[str]:
    """JSONata expressions, paths and intrinsic functions of a state, but not of the states inside it."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in _INNER:
                yield from _texts(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, key)
    elif isinstance(value, str) and (is_expression(value) or key.endswith((".$", "Path", "Variable"))):
        yield value


def _names(text: str) -> Iterator[str]:
    plain = _QUOTED.sub("''", text)
    for match in _NAME.finditer(plain):
        if not _CALLED.match(plain, match.end()):  # a call is of a function
            yield match[1]

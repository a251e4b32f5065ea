"""Choice rules, compiled to predicates (ASL, "Choice State": data-test and boolean expressions)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from engine.asl.times import parse_timestamp
from engine.jsontypes import Json
from engine.query.environment import Environment
from engine.query.path import Path, PathNotFound
from engine.sentences import Sentence, say

Condition: TypeAlias = Callable[[Environment], bool]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}


class ComparisonFailed(Exception):
    """A comparison that cannot be evaluated, and why: a path that leads nowhere, or a pattern that is none."""

    def __init__(self, operator_name: str, reason: str) -> None:
        super().__init__(reason)
        self.operator_name = operator_name
        self.reason = reason


def _string(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Json) -> float | int | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _boolean(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _timestamp(value: Json) -> int | None:
    return parse_timestamp(value) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class _Family:
    """Operators that compare two values of one kind; ``cast`` gives None for any other kind."""

    cast: Callable[[Json], Any]
    kind: Sentence
    orders: tuple[str, ...]


_FAMILIES = {
    "String": _Family(_string, say("a string"), tuple(_ORDER)),
    "Numeric": _Family(_number, say("a number"), tuple(_ORDER)),
    "Timestamp": _Family(_timestamp, say("an RFC 3339 timestamp"), tuple(_ORDER)),
    "Boolean": _Family(_boolean, say("true or false"), ("Equals",)),
}

_TESTS: dict[str, Callable[[Json], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": lambda value: _number(value) is not None,
    "IsString": lambda value: isinstance(value, str),
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: _timestamp(value) is not None,
}

COMPARISONS: dict[str, tuple[str, str]] = {
    f"{family}{order}": (family, order) for family, what in _FAMILIES.items() for order in what.orders
}
"""Operator -> family, order; each also exists with the suffix ``Path``."""

OPERATORS = frozenset({*COMPARISONS, *(f"{name}Path" for name in COMPARISONS), *_TESTS, "IsPresent", "StringMatches"})
BOOLEANS = frozenset({"And", "Or", "Not"})


def kind_of(operator_name: str) -> Sentence:
    """What the literal of an operator must be, in words."""
    if operator_name.startswith("Is"):
        return say("true or false")
    return say("a string") if operator_name == "StringMatches" else _FAMILIES[COMPARISONS[operator_name][0]].kind


def literal_fits(operator_name: str, literal: Json) -> bool:
    if operator_name.startswith("Is"):
        return isinstance(literal, bool)
    if operator_name == "StringMatches":
        return isinstance(literal, str)
    return _FAMILIES[COMPARISONS[operator_name][0]].cast(literal) is not None


def all_of(conditions: tuple[Condition, ...]) -> Condition:
    return lambda environment: all(condition(environment) for condition in conditions)


def any_of(conditions: tuple[Condition, ...]) -> Condition:
    return lambda environment: any(condition(environment) for condition in conditions)


def negation(condition: Condition) -> Condition:
    return lambda environment: not condition(environment)


def compare_literal(variable: Path, operator_name: str, literal: Json) -> Condition:
    """A data test against a value written in the definition; ``literal_fits`` must hold."""
    if operator_name == "IsPresent":
        return partial(_is_present, variable, literal)
    if operator_name in _TESTS:
        test = _TESTS[operator_name]
        return lambda environment: test(_read(variable, operator_name, environment)) is literal
    if operator_name == "StringMatches":
        return partial(_string_matches, Wildcard(str(literal)), variable)
    family, order = COMPARISONS[operator_name]
    cast, compare = _FAMILIES[family].cast, _ORDER[order]
    expected = cast(literal)

    def condition(environment: Environment) -> bool:
        value = cast(_read(variable, operator_name, environment))
        return value is not None and compare(value, expected)

    return condition


def compare_path(variable: Path, operator_name: str, other: Path) -> Condition:
    """A data test against a value found at run time; ``operator_name`` without its ``Path``."""
    family, order = COMPARISONS[operator_name]
    cast, compare = _FAMILIES[family].cast, _ORDER[order]

    def condition(environment: Environment) -> bool:
        value = cast(_read(variable, operator_name, environment))
        expected = cast(_read(other, f"{operator_name}Path", environment))
        return value is not None and expected is not None and compare(value, expected)

    return condition


def _read(path: Path, operator_name: str, environment: Environment) -> Json:
    try:
        return path.read(environment)
    except PathNotFound:
        reason = f"Invalid path '{path.text}': The choice state's condition path references an invalid value."
        raise ComparisonFailed(operator_name, reason) from None


def _is_present(variable: Path, expected: Json, environment: Environment) -> bool:
    try:
        found = variable.read(environment)
    except PathNotFound:
        return expected is False
    # A path with wildcards or filters always yields a list: nothing found is an empty one.
    return (variable.definite or bool(found)) is expected


class Wildcard:
    """A StringMatches pattern: ``*`` is any run of characters, ``\\*`` and ``\\\\`` are themselves.

    A backslash at the end escapes nothing: such a pattern is ``broken``, which is an error of the run (ASL).
    """

    __slots__ = ("broken", "parts", "text")

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.broken = False
        parts = [""]
        characters = iter(pattern)
        for character in characters:
            if character == "\\":
                escaped = next(characters, None)
                self.broken = escaped is None
                parts[-1] += escaped or ""
            elif character == "*":
                parts.append("")
            else:
                parts[-1] += character
        self.parts = parts

    def matches(self, text: str) -> bool:
        """Greedy from the left is enough for ``*`` alone: no backtracking, linear time on any input."""
        first, *rest = self.parts
        if not rest:
            return text == first
        *middle, last = rest
        if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
            return False
        position, end = len(first), len(text) - len(last)
        for part in middle:
            position = text.find(part, position, end)
            if position < 0:
                return False
            position += len(part)
        return True


def _string_matches(pattern: Wildcard, variable: Path, environment: Environment) -> bool:
    value = _read(variable, "StringMatches", environment)
    if pattern.broken:
        reason = f"Invalid pattern '{pattern.text}': The backslash at its end escapes nothing."
        raise ComparisonFailed("StringMatches", reason)
    return isinstance(value, str) and pattern.matches(value)

"""Choice rules of JSONPath as one condition of JSONata.

A comparison with a value of another kind is false, never an error; and a Variable that leads nowhere fails the state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.asl.choice import COMPARISONS, Wildcard
from engine.asl.conversion.paths import convert_path
from engine.asl.conversion.pieces import (
    Constant,
    Piece,
    Refused,
    Steps,
    Value,
    built,
    call,
    inline,
    literal_pattern,
    needed,
    needed_here,
)
from engine.jsontypes import Json
from engine.query.path import compile_path
from engine.sentences import Sentence, say

_SIGNS = {"Equals": "=", "LessThan": "<", "GreaterThan": ">", "LessThanEquals": "<=", "GreaterThanEquals": ">="}
_KINDS = {"String": "string", "Numeric": "number", "Boolean": "boolean"}
_TESTS = {"IsNumeric": "number", "IsString": "string", "IsBoolean": "boolean", "IsNull": "null"}


class _Rule:
    """One rule; ``dollar`` is what ``$`` stands for, ``warn`` takes what may differ."""

    def __init__(self, dollar: Value, warn: list[Sentence]) -> None:
        self._dollar = dollar
        self._warn = warn
        self._needed: Callable[[Piece], Piece] = needed

    def top(self, rule: dict[str, Any]) -> Piece:
        """A comparison inside And, Or and Not is not always looked at, and undefined is false there: it must fail."""
        self._needed = needed_here if rule.keys() & {"And", "Or", "Not"} else needed
        return self.condition(rule)

    def condition(self, rule: dict[str, Any]) -> Piece:
        for name in ("And", "Or"):
            if name in rule:
                return self._joined(name, rule[name])
        if "Not" in rule:
            inner = self._nested(rule["Not"], ("Not",))
            return _truth(call("not", inner.source), inner)
        return self._comparison(rule)

    def _nested(self, rule: dict[str, Any], steps: Steps) -> Piece:
        try:
            return self.condition(rule)
        except Refused as error:
            raise Refused(error.reason, (*steps, *error.steps)) from None

    def _joined(self, name: str, rules: list[dict[str, Any]]) -> Piece:
        parts = [self._nested(one, (name, index)) for index, one in enumerate(rules)]
        if len(parts) == 1:
            return parts[0]
        source = f" {name.lower()} ".join(one.operand for one in parts)
        return _truth(source, *parts, whole=False)

    def _path(self, text: str, field: str) -> Piece:
        try:
            return inline(convert_path(compile_path(text), self._dollar, self._warn))
        except Refused as error:
            raise Refused(error.reason, (field,)) from None

    def _comparison(self, rule: dict[str, Any]) -> Piece:
        variable = self._path(rule["Variable"], "Variable")
        name = next(one for one in rule if one not in {"Variable", "Next", "Comment", "Assign"})
        wanted = rule[name]
        if name == "IsPresent":
            found = _truth(call("exists", _bare(variable)), variable)
            return found if wanted else _truth(call("not", found.source), found)
        value = self._needed(variable)
        if name == "IsTimestamp":
            return self._moments([value], "!= null" if wanted else "= null")
        if name in _TESTS:
            sign = "=" if wanted else "!="
            return _truth(f'$type({value.source}) {sign} "{_TESTS[name]}"', value, whole=False)
        if name == "StringMatches":
            return _matches(value, wanted)
        if name.endswith("Path"):
            return self._with_path(name.removesuffix("Path"), value, self._needed(self._path(wanted, name)))
        return self._with_literal(name, value, variable.operand, wanted)

    def _with_literal(self, name: str, value: Piece, again: str, wanted: Json) -> Piece:
        family, order = COMPARISONS[name]
        sign = _SIGNS[order]
        if family == "Timestamp":
            self._warn_of_moments()
            return _moment_order(value, sign, call("toMillis", inline(Constant(wanted)).source))
        literal = inline(Constant(wanted))
        if order == "Equals":
            return _truth(f"{value.operand} = {literal.operand}", value, whole=False)
        kind = _KINDS[family]
        source = f'$type({value.source}) = "{kind}" and {again} {sign} {literal.operand}'
        return _truth(source, value, whole=False)

    def _with_path(self, name: str, value: Piece, other: Piece) -> Piece:
        family, order = COMPARISONS[name]
        sign = _SIGNS[order]
        if family == "Timestamp":
            self._warn_of_moments()
            first, second = (call("moment", one.source) for one in (value, other))
            source = f"($one := {first}; $other := {second}; $one != null and $other != null and $one {sign} $other)"
            return _truth(source, value, other, more="moment")
        kind = _KINDS[family]
        if order == "Equals":
            source = f'{value.operand} = {other.operand} and $type({value.source}) = "{kind}"'
            return _truth(source, value, other, whole=False)
        kinds = f'[$type({value.source}), $type({other.source})] = ["{kind}", "{kind}"]'
        return _truth(f"{kinds} and {value.operand} {sign} {other.operand}", value, other, whole=False)

    def _moments(self, values: list[Piece], test: str) -> Piece:
        self._warn_of_moments()
        return _truth(f"{call('moment', values[0].source)} {test}", *values, whole=False, more="moment")

    def _warn_of_moments(self) -> None:
        self._warn.append(
            say("JSONata compares timestamps by the millisecond, and fails with one that names no day (2025-02-30)")
        )


def convert_condition(rule: dict[str, Any], dollar: Value, warn: list[Sentence]) -> Piece:
    """The Condition of a rule of a valid Choice state. Raises Refused with the steps below the rule."""
    return _Rule(dollar, warn).top(rule)


def _truth(source: str, *parts: Piece, whole: bool = True, more: str = "") -> Piece:
    found = built(source, *(replace(part, roots=()) for part in parts), whole=whole, scalar=True)
    return replace(found, functions=found.functions | {more}) if more else found


def _bare(piece: Piece) -> str:
    """A path that selects many yields an array, empty or not: present is what is not empty."""
    return piece.source[1:-1] if not piece.roots and piece.source.startswith("[") else piece.source


def _moment_order(value: Piece, sign: str, literal: str) -> Piece:
    source = f"($one := {call('moment', value.source)}; $one != null and $one {sign} {literal})"
    return _truth(source, value, more="moment")


def _matches(value: Piece, pattern: str) -> Piece:
    wildcard = Wildcard(pattern)
    if wildcard.broken:
        raise Refused(say("the pattern ends in a backslash, with which the state fails"), ("StringMatches",))
    if len(wildcard.parts) == 1:
        return _truth(f"{value.operand} = {inline(Constant(wildcard.parts[0])).source}", value, whole=False)
    expression = r"[\s\S]*".join(map(literal_pattern, wildcard.parts))
    source = f'($text := {value.source}; $type($text) = "string" and $contains($text, /^{expression}$/))'
    return _truth(source, value)

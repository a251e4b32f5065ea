"""JSONata expressions in definitions: ``{% $states.input.total * 2 %}``, compiled and looked through once.

Only the syntax is dealt with here; ``engine.query.evaluator`` evaluates. The language is JSONata 2
without ``$eval`` and an implicit input document, and with six functions more (AWS, "Transforming data with JSONata").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from jsonata.jexception import JException
from jsonata.parser import Parser

from engine.jsontypes import Json
from engine.query.template import InvalidTemplate

ADDED = frozenset({"partition", "range", "hash", "random", "uuid", "parse"})
"""The functions that AWS adds."""

_LONGEST = 20_000
_DEEPEST = 100
_STATES = re.compile(r"\$states\b(?!\s*\.\s*(input|result|context|errorOutput)\b)")
_PART = re.compile(r"\$states\s*\.\s*(input|result|context|errorOutput)\b")
_ALL_PARTS = frozenset({"input", "result", "context", "errorOutput"})
_CHILDREN = (
    *("lhs", "rhs", "lhs_object", "rhs_object", "expressions", "arguments", "procedure", "condition", "then", "_else"),
    *("steps", "stages", "predicate", "group", "terms", "expression", "expr", "body", "pattern", "update", "delete"),
)
# Evaluated once for each of many: there "$" and bare names mean the item.
_WITHIN = frozenset({"stages", "predicate", "group", "terms", "pattern", "update", "delete"})
_BUILT_IN = frozenset(
    {
        *("sum", "count", "max", "min", "average", "string", "substring", "substringBefore", "substringAfter"),
        *("lowercase", "uppercase", "length", "trim", "pad", "match", "contains", "replace", "split", "join"),
        *("formatNumber", "formatBase", "formatInteger", "parseInteger", "number", "floor", "ceil", "round", "abs"),
        *("sqrt", "power", "boolean", "not", "map", "zip", "filter", "single", "reduce", "sift", "keys", "lookup"),
        *("append", "exists", "spread", "merge", "reverse", "each", "error", "assert", "type", "sort", "shuffle"),
        *("distinct", "base64encode", "base64decode", "encodeUrlComponent", "encodeUrl", "decodeUrlComponent"),
        *("decodeUrl", "eval", "toMillis", "fromMillis", "clone", "now", "millis"),
    }
)
# Linear in what they are given, and what they give is no larger than it.
_LINEAR = frozenset(
    {
        *("sum", "count", "max", "min", "average", "string", "substring", "substringBefore", "substringAfter"),
        *("lowercase", "uppercase", "length", "trim", "number", "floor", "ceil", "round", "abs", "sqrt", "boolean"),
        *("not", "keys", "lookup", "append", "exists", "merge", "reverse", "type", "toMillis", "fromMillis", "now"),
        *("millis", "contains", "split", "base64encode", "base64decode", "formatBase"),
    }
)
_MOST_REFERENCES = 24
_CLOCK = frozenset({"now", "millis"})
_CHANCE = frozenset({"shuffle"})


class InvalidExpression(Exception):
    """Text that is not an expression which may stand in a definition."""

    def __init__(self, text: str, reason: str, position: int = 0) -> None:
        super().__init__(f"{text!r}: {reason}")
        self.text = text
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """``text`` is as written, ``source`` what stands between the marks.

    ``names`` are the variables that it reads, ``parts`` what of ``$states`` it needs (all, where it stands alone) and
    ``named_parts`` what it names of it. ``cheap``: its time and memory
    are bounded by a small multiple of its data. ``timed``: it asks for the time. ``wide``: it needs functions that only
    the complete evaluator has. ``functional``: a function may be among what it yields.
    """

    text: str
    source: str
    names: frozenset[str]
    parts: frozenset[str]
    named_parts: frozenset[str]
    cheap: bool
    timed: bool
    wide: bool
    functional: bool


def is_expression(text: str) -> bool:
    """Whether a string of a JSONata field is evaluated: the marks must be its first and its last characters."""
    return len(text) >= 4 and text.startswith("{%") and text.endswith("%}")


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Compile ``{% ... %}``; raises InvalidExpression."""
    source = text[2:-2].strip()
    if len(source) > _LONGEST:
        raise InvalidExpression(text[:40] + "...", f"an expression has at most {_LONGEST} characters")
    found = _Look(text)
    found.walk(_parsed(text, source), within=False, level=0)
    names = frozenset(found.read - found.bound - _BUILT_IN - ADDED)
    named_parts = frozenset(_PART.findall(source)) if "states" in names else frozenset()
    parts = _ALL_PARTS if _STATES.search(source) else named_parts
    called = found.called | (found.read & (_BUILT_IN | ADDED))
    return Expression(
        text=text,
        source=source,
        names=names,
        parts=parts if "states" in names else frozenset(),
        named_parts=named_parts,
        cheap=not found.costly and called <= _LINEAR and found.references <= _MOST_REFERENCES,
        timed=bool(called & _CLOCK),
        wide=bool(called & (ADDED | _CHANCE)),
        functional=found.functional,
    )


def _parsed(text: str, source: str) -> Any:
    if not source:
        raise InvalidExpression(text, "the expression is empty")
    try:
        return Parser().parse(source, lambda *_pattern: None)
    except JException as error:
        raise InvalidExpression(text, str(error), int(error.location or 0)) from None
    except (RecursionError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError, re.error) as error:
        raise InvalidExpression(text, f"the expression cannot be read: {error}") from None


class _Look:
    """What a syntax tree reads, calls and binds, and whether what it costs has a bound."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.read: set[str] = set()
        self.called: set[str] = set()
        self.bound: set[str] = set()
        self.references = 0
        self.costly = False
        self.functional = False

    def walk(self, node: Any, *, within: bool, level: int) -> None:
        if level > _DEEPEST:
            raise InvalidExpression(self._text, f"the expression is nested more than {_DEEPEST} deep")
        for one in _each(node):
            self._visit(one, within=within, level=level)

    def _visit(self, node: Any, *, within: bool, level: int) -> None:
        kind, value = getattr(node, "type", None), getattr(node, "value", None)
        if kind == "variable":
            self._variable(str(value), within=within)
        elif kind in {"name", "wildcard", "descendant", "parent"} and not within:
            what = f"the name '{value}'" if kind == "name" else f"'{value}'"
            raise self._refuse(f"{what} has nothing to be looked up in: begin with $states or a variable", node)
        elif kind in {"descendant", "parent", "lambda", "partial", "regex", "transform"} or value == "..":
            self.costly = True
        if kind in {"lambda", "partial"}:
            self.functional = True
        if kind in {"bind", "lambda"}:
            self._binds(node)
        if kind in {"function", "partial"}:
            self._calls(node)
        if getattr(node, "focus", None) or getattr(node, "index", None):
            self.costly = True
            self.bound.update(str(one) for one in (getattr(node, "focus", None), getattr(node, "index", None)) if one)
        for name in _CHILDREN:
            child = getattr(node, name, None)
            if child is None or child is node or (kind == "lambda" and name == "arguments"):
                continue
            if name == "procedure" and getattr(child, "type", None) == "variable":
                continue  # the name of a function
            if name == "steps":
                self._steps(child, within=within, level=level)
                continue
            self.walk(child, within=within or name in _WITHIN, level=level + 1)

    def _steps(self, steps: Any, *, within: bool, level: int) -> None:
        first, *others = _each(steps)
        self.walk(first, within=within, level=level + 1)
        for one in others:
            self.walk(one, within=True, level=level + 1)

    def _variable(self, name: str, *, within: bool) -> None:
        if name == "$" or (name == "" and not within):
            mark = "$$" if name == "$" else "$"
            raise self._refuse(f"{mark} has no document to stand for: use $states.input", None)
        if name == "":
            return
        self.references += 1
        self.read.add(name)
        if name in _BUILT_IN | ADDED:
            self.functional = True
            if name == "eval":
                raise self._refuse("$eval is not available: use $parse", None)
        if within:
            self.costly = True  # read once for each of many

    def _binds(self, node: Any) -> None:
        if node.type == "lambda":
            self.bound.update(str(one.value) for one in _each(node.arguments))
        else:
            self.bound.add(str(node.lhs.value))

    def _calls(self, node: Any) -> None:
        procedure = node.procedure
        if getattr(procedure, "type", None) != "variable":
            self.costly = True
            return
        name = str(procedure.value)
        if name == "eval":
            raise self._refuse("$eval is not available: use $parse", procedure)
        self.called.add(name)
        if name not in _BUILT_IN | ADDED:
            self.read.add(name)

    def _refuse(self, reason: str, node: Any) -> InvalidExpression:
        position = getattr(node, "position", 0)
        return InvalidExpression(self._text, reason, position if isinstance(position, int) else 0)


def _each(node: Any) -> Iterator[Any]:
    """A node, or the nodes of a list that may have lists in it."""
    if isinstance(node, (list, tuple)):
        for one in node:
            yield from _each(one)
    else:
        yield node


# -- templates ----------------------------------------------------------------------------------------------------

Evaluate: TypeAlias = Callable[[Expression, str], Json]
_Build: TypeAlias = Callable[[Evaluate, str], Json]


@dataclass(frozen=True, slots=True, eq=False)
class JsonataTemplate:
    """JSON in which strings may be expressions. ``expressions`` has each with its place below the field."""

    source: Json
    expressions: tuple[tuple[str, Expression], ...]
    _build: _Build | None

    def evaluate(self, location: str, evaluate: Evaluate) -> Json:
        """The value of the field at ``location``; ``evaluate`` is given each expression with its own location."""
        return self.source if self._build is None else self._build(evaluate, location)


def compile_jsonata_template(source: Json) -> JsonataTemplate:
    """Compile a field of a JSONata state; raises InvalidTemplate with the first mistake and its place."""
    found: list[tuple[str, Expression]] = []
    build = _compile(source, (), "", found)
    return JsonataTemplate(source, tuple(found), build)


def _compile(
    source: Json, steps: tuple[str | int, ...], place: str, found: list[tuple[str, Expression]]
) -> _Build | None:
    """A builder, or None when the source is constant."""
    if isinstance(source, str):
        return _compile_string(source, steps, place, found) if is_expression(source) else None
    if isinstance(source, dict):
        fields = [(name, one, _compile(one, (*steps, name), f"{place}/{name}", found)) for name, one in source.items()]
        if not any(build for _, _, build in fields):
            return None
        return lambda evaluate, location: {
            name: one if build is None else build(evaluate, location) for name, one, build in fields
        }
    if isinstance(source, list):
        items = [(one, _compile(one, (*steps, index), f"{place}[{index}]", found)) for index, one in enumerate(source)]
        if not any(build for _, build in items):
            return None
        return lambda evaluate, location: [one if build is None else build(evaluate, location) for one, build in items]
    return None


def _compile_string(text: str, steps: tuple[str | int, ...], place: str, found: list[tuple[str, Expression]]) -> _Build:
    try:
        expression = compile_expression(text)
    except InvalidExpression as error:
        raise InvalidTemplate(steps, f"{text!r} is not a JSONata expression: {error.reason}") from None
    found.append((place, expression))
    return lambda evaluate, location: evaluate(expression, location + place)

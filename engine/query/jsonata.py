"""JSONata expressions in definitions: ``{% $states.input.total * 2 %}``, compiled and looked through once.

Only the syntax is dealt with here; ``engine.query.evaluator`` evaluates. The language is JSONata 2
without ``$eval`` and an implicit input document, and with six functions more (AWS, "Transforming data with JSONata").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, TypeAlias

from jsonata.jexception import JException
from jsonata.parser import Parser

from engine.jsontypes import Json
from engine.query.template import InvalidTemplate
from engine.sentences import Sentence, say, verbatim

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
# Linear in what they are given, and what they give is not much larger than it.
_LINEAR = frozenset(
    {
        *("sum", "count", "max", "min", "average", "string", "substring", "substringBefore", "substringAfter"),
        *("lowercase", "uppercase", "length", "trim", "number", "floor", "ceil", "round", "abs", "sqrt", "boolean"),
        *("not", "keys", "lookup", "append", "exists", "merge", "reverse", "type", "toMillis", "fromMillis", "now"),
        *("millis", "contains", "split", "base64encode", "base64decode"),
    }
)
# With more arguments than this they indent, or take a picture, which may ask for any number of digits.
_PLAIN = {"now": 0, "fromMillis": 1, "toMillis": 1, "string": 1}
_WIDE_PICTURE = re.compile(r"\d{5}|,")
_DOUBLING = frozenset({"string", "base64encode"})
_TAKES_FUNCTION = frozenset({"map", "filter", "single", "reduce", "sift", "each", "sort"})
_MOST_REFERENCES = 24
_MOST_GROWTH = 24
_LONGEST_CHEAP = 2000
_CLOCK = frozenset({"now", "millis"})
_CHANCE = frozenset({"shuffle"})


class InvalidExpression(Exception):
    """Text that is not an expression which may stand in a definition."""

    def __init__(self, text: str, reason: Sentence, position: int = 0) -> None:
        super().__init__(f"{text!r}: {reason}")
        self.text = text
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """``text`` is as written, ``source`` what stands between the marks.

    ``names`` are the variables that it reads and does not bind itself, ``parts`` what of ``$states`` it needs (all,
    where it stands alone) and ``named_parts`` what it names of it. ``cheap``: its time and memory are bounded by a
    small multiple of its data; where it ``loops``, by a small multiple for each item of it. ``timed``: it asks for the
    time. ``wide``: it needs functions that only the complete evaluator has. ``functional``: a function may be among
    what it yields. ``calls`` are the functions that it calls by name.
    """

    text: str
    source: str
    names: frozenset[str]
    parts: frozenset[str]
    named_parts: frozenset[str]
    calls: frozenset[str]
    cheap: bool
    loops: bool
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
        raise InvalidExpression(
            text[:40] + "...", say("an expression has at most {longest} characters", longest=_LONGEST)
        )
    found = _Look(text)
    found.walk(_parsed(text, source), found.top, within=False, level=0)
    names = found.names()
    named_parts = frozenset(_PART.findall(source)) if "states" in names else frozenset()
    parts = _ALL_PARTS if _STATES.search(source) else named_parts
    uses = frozenset(found.called | found.functions)
    return Expression(
        text=text,
        source=source,
        names=names,
        parts=parts if "states" in names else frozenset(),
        named_parts=named_parts,
        calls=frozenset(found.called),
        cheap=len(source) <= _LONGEST_CHEAP and uses <= _LINEAR and found.bounded(),
        loops=found.loops,
        timed=bool(uses & _CLOCK),
        wide=bool(uses & (ADDED | _CHANCE)),
        functional=found.functional,
    )


def _parsed(text: str, source: str) -> Any:
    if not source:
        raise InvalidExpression(text, say("the expression is empty"))
    try:
        return Parser().parse(source, lambda *_pattern: None)
    except JException as error:
        raise InvalidExpression(text, verbatim(str(error)), int(error.location or 0)) from None
    except (RecursionError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError, re.error) as error:
        raise InvalidExpression(text, say("the expression cannot be read: {reason}", reason=str(error))) from None


class _Look:
    """What a syntax tree reads, calls and binds, and whether what it costs has a bound.

    A scope is the set of names bound so far in a block; whoever reads another name reads a variable of the machine.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.top: set[str] = set()
        self.called: set[str] = set()
        self.functions: set[str] = set()
        self.costly = False
        self.functional = False
        self.loops = False
        self._bound: set[str] = set()
        self._free: set[str] = set()
        self._free_in_lambdas: set[str] = set()
        self._function_nodes: set[int] = set()
        self._references = 0
        self._growth = 1
        self._local_reads: Counter[str] = Counter()
        self._item_reads = [0]
        self._lambdas = 0

    def names(self) -> frozenset[str]:
        """A lambda runs later: it may read what is bound after it."""
        return frozenset(self._free | (self._free_in_lambdas - self._bound))

    def bounded(self) -> bool:
        """Whether what is made is no more than so many times the data: what is read twice can double at each step."""
        growth = self._growth * prod(self._local_reads.values())
        return not self.costly and self._references <= _MOST_REFERENCES and growth <= _MOST_GROWTH

    def walk(self, node: Any, scope: set[str], *, within: bool, level: int) -> None:
        if level > _DEEPEST:
            raise InvalidExpression(
                self._text, say("the expression is nested more than {deepest} deep", deepest=_DEEPEST)
            )
        for one in _each(node):
            self._visit(one, scope, within=within, level=level)

    def _visit(self, node: Any, scope: set[str], *, within: bool, level: int) -> None:
        kind, value = getattr(node, "type", None), getattr(node, "value", None)
        if kind == "variable":
            self._variable(node, scope, within=within)
        elif kind in {"name", "wildcard", "descendant", "parent"} and not within:
            what = say("the name '{name}'", name=str(value)) if kind == "name" else f"'{value}'"
            raise self._refuse(
                say("{what} has nothing to be looked up in: begin with $states or a variable", what=what), node
            )
        elif kind in {"name", "wildcard"}:
            self._item_reads[-1] += 1
        elif kind in {"descendant", "parent", "partial", "regex", "transform"} or value == "..":
            self.costly = True
        if kind in {"function", "partial"}:
            self._calls(node, scope)
        elif kind in {"apply", "bind"}:
            self._function_nodes.update((id(node.lhs), id(node.rhs)))
        if kind == "bind":
            self._bind(node, scope, within=within, level=level)
        elif kind == "lambda":
            self._lambda(node, scope, within=within, level=level)
        else:
            self._children(node, set(scope) if kind in {"block", "path"} else scope, within=within, level=level)

    def _children(self, node: Any, scope: set[str], *, within: bool, level: int) -> None:
        self._names_of_items(node, scope)
        for name in _CHILDREN:
            child = getattr(node, name, None)
            if child is None or child is node:
                continue
            if name == "procedure" and getattr(child, "type", None) == "variable":
                continue  # the name of a function
            if name == "steps":
                self._steps(child, scope, within=within, level=level)
            elif name in _WITHIN:
                self._body(child, scope, level=level)
            else:
                self.walk(child, scope, within=within, level=level + 1)

    def _names_of_items(self, node: Any, scope: set[str]) -> None:
        """``@$item`` and ``#$index``, which the rest of the path may read."""
        for name in (getattr(node, "focus", None), getattr(node, "index", None)):
            if isinstance(name, str):
                self.costly = True
                scope.add(name)

    def _steps(self, steps: Any, scope: set[str], *, within: bool, level: int) -> None:
        first, *others = _each(steps)
        self.walk(first, scope, within=within, level=level + 1)
        for one in others:
            if getattr(one, "type", None) in {"name", "wildcard"}:
                self._children(one, scope, within=True, level=level)
            else:
                self._body(one, scope, level=level)

    def _body(self, node: Any, scope: set[str], *, level: int) -> None:
        """What is evaluated for each of many. Whoever takes the item twice may yield twice as much."""
        if all(_picks_one(one) for one in _each(node)):
            return
        self.loops = True
        self._item_reads.append(0)
        self.walk(node, scope, within=True, level=level + 1)
        self._growth *= max(1, self._item_reads.pop())

    def _bind(self, node: Any, scope: set[str], *, within: bool, level: int) -> None:
        name = str(node.lhs.value)
        self._bound.add(name)
        if getattr(node.rhs, "type", None) == "lambda":
            scope.add(name)  # it may call itself
        self.walk(node.rhs, scope, within=within, level=level + 1)
        scope.add(name)

    def _lambda(self, node: Any, scope: set[str], *, within: bool, level: int) -> None:
        self.costly = self.functional = True
        self._lambdas += 1
        inner = scope | {str(one.value) for one in _each(node.arguments)}
        self.walk(node.body, inner, within=within, level=level + 1)
        self._lambdas -= 1

    def _variable(self, node: Any, scope: set[str], *, within: bool) -> None:
        name = str(node.value)
        if name == "$" or (name == "" and not within):
            mark = "$$" if name == "$" else "$"
            raise self._refuse(say("{mark} has no document to stand for: use $states.input", mark=mark), node)
        if name == "":
            self._item_reads[-1] += 1
            return
        if within:
            self.costly = True  # read once for each of many
        if name in _BUILT_IN | ADDED and name not in scope:
            self.functional = True
            if name == "eval":
                raise self._refuse(say("$eval is not available: use $parse"), node)
            if id(node) in self._function_nodes:
                self.functions.add(name)
                return
        self._reads(name, scope)

    def _reads(self, name: str, scope: set[str]) -> None:
        if name in scope:
            self._local_reads[name] += 1
            return
        self._references += 1
        (self._free_in_lambdas if self._lambdas else self._free).add(name)

    def _calls(self, node: Any, scope: set[str]) -> None:
        procedure, arguments = node.procedure, list(_each(node.arguments))
        if getattr(procedure, "type", None) != "variable":
            self.costly = True
            return
        name = str(procedure.value)
        if name == "eval":
            raise self._refuse(say("$eval is not available: use $parse"), procedure)
        self.called.add(name)
        if name in scope or name not in _BUILT_IN | ADDED:
            self._reads(name, scope)
            self._function_nodes.update(map(id, arguments))
        if name in _TAKES_FUNCTION:
            self._function_nodes.update(map(id, arguments[1:2]))
        if not all(_is_narrow_picture(one) for one in arguments[_PLAIN.get(name, len(arguments)) :]):
            self.costly = True
        if name in _DOUBLING:
            self._growth *= 2
        if name == "split":
            self.loops = True  # a value for each character, at worst

    def _refuse(self, reason: Sentence, node: Any) -> InvalidExpression:
        position = getattr(node, "position", 0)
        return InvalidExpression(self._text, reason, position if isinstance(position, int) else 0)


def _is_narrow_picture(node: Any) -> bool:
    return getattr(node, "type", None) == "string" and not _WIDE_PICTURE.search(str(node.value))


def _picks_one(node: Any) -> bool:
    """``[0]``: an index, not a condition."""
    return getattr(getattr(node, "expr", node), "type", None) == "number"


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
        raise InvalidTemplate(
            steps, say("{text!r} is not a JSONata expression: {reason}", text=text, reason=error.reason)
        ) from None
    found.append((place, expression))
    return lambda evaluate, location: evaluate(expression, location + place)

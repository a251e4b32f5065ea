"""Pieces of JSONata text, and values made of them: what a JSONPath field becomes.

JSONata is lenient where JSONPath fails, so a few functions of our own are bound in front of an expression that needs
them (``PREAMBLE``). A piece knows whether it may yield nothing, which JSONata leaves out of objects without a word.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.jsontypes import Json
from engine.query.jsonata import InvalidExpression, compile_expression, is_expression
from engine.sentences import Sentence, say

Steps: TypeAlias = tuple[str | int, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WORDS = frozenset({"and", "or", "in", "true", "false", "null", "function"})
_EXACT = 2**53
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}/\-\n\r]")
_CODES = {"\\": r"\x5C", "/": r"\x2F", "\n": r"\n", "\r": r"\r"}

PREAMBLE = {
    "needed": (
        'function($value, $path) { $exists($value) ? $value : $error("Nothing was found at the path " & $path) }'
    ),
    "asJson": (
        'function($value) { $type($value) = "string" ? ($list := $string([$value]); '
        "$substring($list, 1, $length($list) - 2)) : $string($value) }"
    ),
    "oneItem": 'function($value) { $type($value) = "array" ? [[$value]] : $value }',
    "moment": (
        'function($value) { $type($value) = "string" and '
        r"$contains($value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/) "
        "? $toMillis($value) : null }"
    ),
}
"""Functions that an expression may bind in front of itself, by name."""


class Refused(Exception):
    """What has no form in JSONata that does the same; ``steps`` lead from the field to the place."""

    def __init__(self, reason: Sentence, steps: Steps = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.steps = steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of an expression.

    ``path`` is the JSONPath (or call) it came from. It yields nothing exactly where one of its ``roots`` does, and its
    expression must yield nothing where one of its ``guards`` does. ``whole``: it can be followed by a step, or be an
    operand, without brackets. ``scalar``: what it yields is never an array. ``text``: it yields a string.
    ``functions`` are those of PREAMBLE that it calls.
    """

    source: str
    path: str = ""
    roots: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    whole: bool = True
    scalar: bool = False
    text: bool = False
    functions: frozenset[str] = frozenset()

    @property
    def operand(self) -> str:
        return self.source if self.whole else f"({self.source})"


@dataclass(frozen=True, slots=True)
class Constant:
    value: Json


@dataclass(frozen=True, slots=True)
class Object:
    fields: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Array:
    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """``base`` with ``value`` put at ``steps``, all of them names: what ResultPath does."""

    base: Value
    steps: tuple[str, ...]
    value: Value


Value: TypeAlias = "Piece | Constant | Object | Array | Placed"

NOTHING = Constant({})
"""What InputPath and OutputPath of null select."""


def quoted(text: str) -> str:
    """A string literal."""
    return json.dumps(text, ensure_ascii=False)


def literal_pattern(text: str) -> str:
    """Text as a part of a regular expression that stands for itself, also between square brackets.

    A backslash is written as its code: the parser takes one before a bracket or slash for a mark of that.
    """
    return _SPECIAL.sub(lambda found: _CODES.get(found[0], f"\\{found[0]}"), text)


def call(name: str, *arguments: str) -> str:
    return f"${name}({', '.join(arguments)})"


def built(source: str, *parts: Piece, whole: bool = True, scalar: bool = False, text: bool = False) -> Piece:
    """A piece of pieces, which yields nothing where one of them does."""
    return Piece(
        source=source,
        roots=tuple(dict.fromkeys(root for part in parts for root in part.roots)),
        guards=tuple(dict.fromkeys(guard for part in parts for guard in part.guards)),
        whole=whole,
        scalar=scalar,
        text=text,
        functions=frozenset[str]().union(*(part.functions for part in parts)),
    )


def needed(piece: Piece) -> Piece:
    """The same; where it would yield nothing, all of its expression yields nothing, and so fails its field."""
    return (
        replace(piece, roots=(), guards=tuple(dict.fromkeys((*piece.guards, *piece.roots)))) if piece.roots else piece
    )


def needed_here(piece: Piece) -> Piece:
    """The same, but it fails where it would yield nothing: for a part that is not always looked at."""
    return with_function(replace(piece, roots=()), "needed", quoted(piece.path)) if piece.roots else piece


def with_function(piece: Piece, function: str, *more: str) -> Piece:
    """A call of a function of PREAMBLE."""
    source = call(function, piece.source, *more)
    return replace(piece, source=source, whole=True, functions=piece.functions | {function})


def step_into(piece: Piece, steps: Steps, path: str) -> Piece:
    """The node at one or more ``steps`` below; nothing, where it does not exist."""
    source = piece.operand
    for step in steps:
        if isinstance(step, int):
            source += f"[{step}]"
        elif _PLAIN.match(step) and step not in _WORDS:
            source += f".{step}"
        elif step and "`" not in step:
            source += f".`{step}`"
        else:
            source = call("lookup", source, quoted(step))
    return Piece(source=source, path=path, roots=(source,), guards=piece.guards, functions=piece.functions)


def dig(value: Value, steps: Steps, path: str) -> Value:
    """The node at ``steps``. Raises Refused where it exists on no data."""
    if not steps:
        return value
    match value:
        case Piece():
            return step_into(value, steps, path)
        case Placed():
            return _dig_placed(value, steps, path)
        case Object(fields=fields):
            found = fields.get(steps[0]) if isinstance(steps[0], str) else None
        case Array(items=items):
            index = steps[0]
            inside = isinstance(index, int) and -len(items) <= index < len(items)
            found = items[index] if inside and isinstance(index, int) else None
        case _:
            found = _dig_constant(value.value, steps[0])
    if found is None:
        raise Refused(say("the path {path} leads to nothing, whatever the data", path=path))
    return dig(found, steps[1:], path)


def _dig_constant(value: Json, step: str | int) -> Constant | None:
    if isinstance(step, str):
        return Constant(value[step]) if isinstance(value, dict) and step in value else None
    return Constant(value[step]) if isinstance(value, list) and -len(value) <= step < len(value) else None


def _dig_placed(value: Placed, steps: Steps, path: str) -> Value:
    common = 0
    while common < min(len(steps), len(value.steps)) and steps[common] == value.steps[common]:
        common += 1
    if common == len(value.steps):
        return dig(value.value, steps[common:], path)
    if common == len(steps):
        return Placed(dig(value.base, steps, path), value.steps[common:], value.value)
    return dig(value.base, steps, path)


def place(base: Value, steps: Steps, value: Value) -> Value:
    """``value`` put at ``steps`` of ``base``, as ResultPath does. Raises Refused."""
    if not steps:
        return value
    names = tuple(step for step in steps if isinstance(step, str))
    if len(names) != len(steps):
        raise Refused(say("JSONata has no plain form for putting a value into an element of an array"))
    return Placed(base, names, value)


# -- text out of values ---------------------------------------------------------------------------------------------


def inline(value: Value) -> Piece:
    """A value as one expression. Raises Refused."""
    match value:
        case Piece():
            return value
        case Constant(value=constant):
            return _literal(constant)
        case Object(fields=fields):
            pieces = {name: needed(inline(one)) for name, one in fields.items()}
            source = "{" + ", ".join(f"{quoted(name)}: {one.source}" for name, one in pieces.items()) + "}"
            return built(source, *pieces.values(), scalar=True)
        case Array(items=items):
            found = [_item(one) for one in items]
            return built(f"[{', '.join(one.source for one in found)}]", *found)
        case _:
            return _merged(value)


def _item(value: Value) -> Piece:
    """An element for an array constructor, which would take the elements of an array one by one."""
    piece = needed(inline(value))
    return piece if piece.scalar or not isinstance(value, (Piece, Placed)) else with_function(piece, "oneItem")


def _merged(value: Placed) -> Piece:
    name, rest = value.steps[0], value.steps[1:]
    base = inline(value.base)
    below = Placed(dig(value.base, (name,), base.path), rest, value.value) if rest else value.value
    inner = needed(inline(below))
    # An array constructor passes over what yields nothing, as ResultPath makes what is missing on its way.
    source = call("merge", f"[{base.source}, {{{quoted(name)}: {inner.source}}}]")
    return built(source, replace(base, roots=()), inner, scalar=True)


def _literal(value: Json) -> Piece:
    _refuse_large(value)
    scalar = not isinstance(value, list)
    text = isinstance(value, str)
    negative = isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0
    source = json.dumps(value, ensure_ascii=False)
    return Piece(source=source, scalar=scalar, text=text, whole=not negative)


def _refuse_large(value: Json) -> None:
    if isinstance(value, dict):
        for one in value.values():
            _refuse_large(one)
    elif isinstance(value, list):
        for one in value:
            _refuse_large(one)
    elif isinstance(value, int) and abs(value) > _EXACT:
        raise Refused(say("JSONata would round the number {value}", value=value))


def render(value: Value) -> Json:
    """A field of a JSONata state: JSON in which strings may be expressions. Raises Refused."""
    match value:
        case Constant(value=constant):
            return _escaped(constant)
        case Object(fields=fields):
            return {name: _below(name, one) for name, one in fields.items()}
        case Array(items=items):
            return [_below(index, one) for index, one in enumerate(items)]
        case _:
            return expression(inline(value))


def _below(step: str | int, value: Value) -> Json:
    try:
        return render(value)
    except Refused as error:
        raise Refused(error.reason, (step, *error.steps)) from None


def _escaped(value: Json) -> Json:
    """Text that would be taken for an expression becomes one that yields the text."""
    if isinstance(value, dict):
        return {name: _escaped(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_escaped(one) for one in value]
    if isinstance(value, str) and is_expression(value):
        return expression(Piece(source=quoted(value)))
    return value


def expression(piece: Piece) -> str:
    """``{% ... %}``, with the functions that it needs. Raises Refused."""
    source = piece.source
    if piece.guards:
        there = " and ".join(call("exists", guard) for guard in piece.guards)
        source = f"{there} ? {piece.operand}"
    if piece.functions:
        bound = "".join(f"${name} := {PREAMBLE[name]}; " for name in sorted(piece.functions))
        source = f"({bound}{source})"
    text = f"{{% {source} %}}"
    try:
        found = compile_expression(text)
    except InvalidExpression as error:
        raise Refused(
            say("JSONata does not take the expression that it would become: {reason}", reason=error.reason)
        ) from None
    hidden = sorted((found.calls | piece.functions) & (found.names - {"states"}))
    if hidden:
        raise Refused(
            say("the variable ${name} would hide the function of that name, which the expression needs", name=hidden[0])
        )
    return text

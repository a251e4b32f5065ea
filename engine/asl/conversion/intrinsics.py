"""Intrinsic functions in JSONata: each becomes a call, an operator or a template that yields the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from math import floor
from typing import TypeAlias

from engine.asl.conversion.paths import convert_path
from engine.asl.conversion.pieces import (
    Array,
    Constant,
    Piece,
    Refused,
    Value,
    built,
    call,
    inline,
    literal_pattern,
    needed,
    step_into,
    with_function,
)
from engine.query.intrinsics import Intrinsic, Literal
from engine.query.path import Path
from engine.sentences import Sentence, say

_Form: TypeAlias = Callable[[str, list[Value]], Value]

_CHANCE = frozenset({"MathRandom", "UUID"})
_FORMAT = re.compile(r"(\\.|\{\}|[{}])", re.DOTALL)


def convert_intrinsic(intrinsic: Intrinsic, dollar: Value, warn: list[Sentence]) -> Value:
    """What a call yields, where ``$`` is ``dollar``. Raises Refused; adds to ``warn`` what may differ."""
    arguments: list[Value] = []
    for one in intrinsic.arguments:
        if isinstance(one, Literal):
            arguments.append(Constant(one.value))
        elif isinstance(one, Path):
            arguments.append(convert_path(one, dollar, warn))
        else:
            arguments.append(convert_intrinsic(one, dollar, warn))
    if intrinsic.name in _WARNINGS:
        literal = all(isinstance(one, Constant) for one in arguments)
        if not literal:
            warn.append(_WARNINGS[intrinsic.name])
    found = _FORMS[intrinsic.name](intrinsic.text, arguments)
    return replace(found, path=intrinsic.text) if isinstance(found, Piece) else found


def draws_chance(intrinsic: Intrinsic) -> bool:
    """Whether two calls yield different values."""
    inner = (one for one in intrinsic.arguments if isinstance(one, Intrinsic))
    return intrinsic.name in _CHANCE or any(map(draws_chance, inner))


_WARNINGS = {
    "Format": say(
        "States.Format prints objects and arrays as Java does, JSONata as JSON; and numbers as JavaScript does"
    ),
    "JsonToString": say("numbers are printed as JavaScript does: 1.0 as 1, and 15 digits at most"),
}


def _sure(value: Value) -> Piece:
    return needed(inline(value))


def _format(text: str, values: list[Value]) -> Value:
    template, rest = values[0], iter(values[1:])
    if not isinstance(template, Constant) or not isinstance(template.value, str):
        raise Refused(say("the template of {text} is found at run time, and JSONata has no such function", text=text))
    found: list[Piece] = []
    written = ""  # since the last value
    for part in _FORMAT.split(template.value):
        if part == "{}":
            argument = next(rest, None)
            if argument is None:
                raise Refused(say("{text} fails: the template has more {{}} than there are arguments", text=text))
            if isinstance(argument, Constant) and not isinstance(argument.value, (dict, list)):
                written += argument.value if isinstance(argument.value, str) else json.dumps(argument.value)
                continue
            if written:
                found.append(inline(Constant(written)))
                written = ""
            found.append(needed(inline(argument)))
        elif part in {"{", "}"}:
            raise Refused(say("{text} fails: a brace that is not part of {{}} must be escaped", text=text))
        else:
            written += part[1:] if re.fullmatch(r"\\[{}\\]", part) else part
    if next(rest, None) is not None:
        raise Refused(say("{text} fails: there are more arguments than the template has {{}}", text=text))
    if written or not found:
        found.append(inline(Constant(written)))
    source = " & ".join(one.operand for one in found)
    if len(found) == 1 and not found[0].text:
        source = call("string", source)
    return built(source, *found, whole=len(found) == 1, scalar=True, text=True)


def _array(_: str, values: list[Value]) -> Value:
    return Array(tuple(values))


def _whole(value: Value) -> Piece:
    """A number, rounded as the intrinsic functions round: half up."""
    if isinstance(value, Constant):
        if isinstance(value.value, bool) or not isinstance(value.value, (int, float)):
            raise Refused(say("an argument that must be a number is none"))
        return inline(Constant(floor(value.value + 0.5)))
    piece = inline(value)
    return built(call("floor", f"{piece.operand} + 0.5"), piece, scalar=True)


def _add(_: str, values: list[Value]) -> Value:
    first, second = map(_whole, values)
    return built(f"{first.operand} + {second.operand}", first, second, whole=False, scalar=True)


def _random(text: str, values: list[Value]) -> Value:
    if len(values) > 2:
        raise Refused(say("JSONata draws other numbers from a seed than {text}", text=text))
    low, high = (needed(_whole(one)) for one in values)
    source = f"$floor($random() * ({high.operand} - {low.operand})) + {low.operand}"
    return built(source, low, high, whole=False, scalar=True)


def _called(name: str, *, text: bool = False, scalar: bool = False) -> _Form:
    """A function of JSONata that does the same, and yields nothing where it is given nothing."""

    def form(_: str, values: list[Value]) -> Value:
        pieces = [inline(value) for value in values]
        return built(call(name, *(one.source for one in pieces)), *pieces, text=text, scalar=scalar or text)

    return form


def _json_to_string(_: str, values: list[Value]) -> Value:
    piece = inline(values[0])
    if isinstance(values[0], Constant) and isinstance(values[0].value, str):
        return inline(Constant(json.dumps(values[0].value, ensure_ascii=False)))
    if isinstance(values[0], Piece) and not piece.text:
        return replace(with_function(needed(piece), "asJson"), scalar=True, text=True)
    return built(call("string", piece.source), piece, scalar=True, text=True)


def _partition(_: str, values: list[Value]) -> Value:
    array, size = _sure(values[0]), needed(_whole(values[1]))
    return built(call("partition", array.source, size.source), array, size)


def _range(_: str, values: list[Value]) -> Value:
    pieces = [needed(_whole(value)) for value in values]
    return built(call("range", *(one.source for one in pieces)), *pieces)


def _contains(_: str, values: list[Value]) -> Value:
    array, wanted = _sure(values[0]), _sure(values[1])
    if isinstance(values[1], Constant) and not isinstance(values[1].value, (dict, list)):
        return built(f"{wanted.operand} in {array.operand}", array, wanted, whole=False, scalar=True)
    same = f"function($one) {{ $one = {wanted.operand} }}"
    return built(call("exists", call("filter", array.source, same)), array, wanted, scalar=True)


def _item(text: str, values: list[Value]) -> Value:
    array, index = inline(values[0]), needed(_whole(values[1]))
    if isinstance(values[1], Constant) and index.source.startswith("-"):
        raise Refused(
            say("an index below 0 is out of the bounds of every array; in JSONata it would count from the end")
        )
    if index.source.isdigit():
        return step_into(array, (int(index.source),), text)
    source = f'($index := {index.source}; $index < 0 ? $error("The index is below 0") : {array.operand}[$index])'
    return replace(built(source, array, index), roots=(source,))


def _length(_: str, values: list[Value]) -> Value:
    array = _sure(values[0])
    return built(call("count", array.source), array, scalar=True)


def _unique(_: str, values: list[Value]) -> Value:
    array = inline(values[0])
    return built(f"{call('distinct', array.source)}[]", array)


def _hash(text: str, values: list[Value]) -> Value:
    data, algorithm = inline(values[0]), inline(values[1])
    source = data.source if data.text else call("string", data.source)
    return built(call("hash", source, algorithm.source), data, algorithm, scalar=True, text=True)


def _merge(text: str, values: list[Value]) -> Value:
    deep = values[2]
    if not isinstance(deep, Constant) or deep.value is not False:
        raise Refused(say("the third argument of {text} must be false: a deep merge is not supported", text=text))
    pieces = [_sure(one) for one in values[:2]]
    source = call("merge", f"[{', '.join(one.source for one in pieces)}]")
    return built(source, *pieces, scalar=True)


def _split(text: str, values: list[Value]) -> Value:
    piece, separators = _sure(values[0]), values[1]
    if not isinstance(separators, Constant) or not isinstance(separators.value, str):
        raise Refused(
            say("the separators of {text} are found at run time, and JSONata has no such function", text=text)
        )
    if not separators.value:
        return built(f'[{piece.operand}[$ != ""]]', piece)
    source = call("split", piece.source, _separator(separators.value))
    return built(f'[{source}[$ != ""]]', piece)


def _separator(characters: str) -> str:
    if len(characters) == 1:
        return json.dumps(characters, ensure_ascii=False)
    return f"/[{literal_pattern(characters)}]/"


def _uuid(_: str, _values: list[Value]) -> Value:
    return Piece(source="$uuid()", scalar=True, text=True)


_FORMS: dict[str, _Form] = {
    "Format": _format,
    "StringToJson": _called("parse"),
    "JsonToString": _json_to_string,
    "Array": _array,
    "ArrayPartition": _partition,
    "ArrayContains": _contains,
    "ArrayRange": _range,
    "ArrayGetItem": _item,
    "ArrayLength": _length,
    "ArrayUnique": _unique,
    "Base64Encode": _called("base64encode", text=True),
    "Base64Decode": _called("base64decode", text=True),
    "Hash": _hash,
    "JsonMerge": _merge,
    "MathRandom": _random,
    "MathAdd": _add,
    "StringSplit": _split,
    "UUID": _uuid,
}

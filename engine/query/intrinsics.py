"""The intrinsic functions of JSONPath payload templates: ``States.Format('{}', $.a)`` (ASL, "Intrinsic Functions").

A call is compiled once to a tree of calls, paths and literals. Limits and roundings are those AWS was recorded to have.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from typing import TypeAlias

from engine.jsontypes import InvalidJson, Json, dump, outweighs, parse
from engine.query.entropy import Entropy, seeded
from engine.query.environment import Environment
from engine.query.path import InvalidPath, Path, compile_path
from engine.sentences import Sentence, say

_Argument: TypeAlias = "Path | Intrinsic | Literal"

MOST_NESTED = 10
_RANGE = 1000
_ENCODED = 10_000
_LONGEST = 10_000
_INT32 = 2**31
_TEXT = 1_000_000
"""Characters of text that a function may make: more than any payload has room for, less than hurts a worker."""
_NAME = re.compile(r"States\.([A-Za-z0-9]+)\s*\(")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?=\s*[,)])")
_WORD = re.compile(r"(null|true|false)(?=\s*[,)])")
_SPACE = re.compile(r"\s*")
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_WORDS: dict[str, Json] = {"null": None, "true": True, "false": False}


class InvalidIntrinsic(Exception):
    """Text that is not a call of an intrinsic function; ``position`` is the offset of what does not fit."""

    def __init__(self, text: str, reason: Sentence, position: int) -> None:
        super().__init__(f"{text!r}: {reason}")
        self.text = text
        self.reason = reason
        self.position = position


class IntrinsicFailed(Exception):
    """A call that could not be carried out; ``message`` is the sentence for the cause."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(reason)
        self.message = f"The function '{text}' had the following error: {reason}"


class _Refused(Exception):
    """An argument does not suit its function."""


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    value: Json


@dataclass(frozen=True, slots=True, eq=False)
class Intrinsic:
    """A compiled call. ``paths`` are those of all its arguments, at any depth."""

    text: str
    name: str
    arguments: tuple[_Argument, ...]
    paths: tuple[Path, ...]

    def evaluate(self, environment: Environment) -> Json:
        """The value. Raises IntrinsicFailed, or PathNotFound of the path that led nowhere."""
        values = [_value(argument, environment) for argument in self.arguments]
        try:
            return _FUNCTIONS[self.name].run(values, environment.entropy)
        except _Refused as error:
            raise IntrinsicFailed(self.text, str(error)) from None


def _value(argument: _Argument, environment: Environment) -> Json:
    if isinstance(argument, Literal):
        return argument.value
    return argument.read(environment) if isinstance(argument, Path) else argument.evaluate(environment)


@lru_cache(maxsize=2048)
def compile_intrinsic(text: str) -> Intrinsic:
    """Compile a call; raises InvalidIntrinsic."""
    if len(text) > _LONGEST:
        raise InvalidIntrinsic(text[:40] + "...", say("a call has at most {longest} characters", longest=_LONGEST), 0)
    parser = _Parser(text)
    call = parser.call(0)
    if parser.position != len(text):
        raise InvalidIntrinsic(text, say("something stands after the call"), parser.position)
    return call


class _Parser:
    """Recursive descent, no deeper than calls may be nested."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.position = 0

    def _refuse(self, reason: Sentence) -> InvalidIntrinsic:
        return InvalidIntrinsic(self._text, reason, self.position)

    def _skip(self) -> str:
        """Past blanks; the next character, or nothing at the end."""
        match = _SPACE.match(self._text, self.position)
        self.position = match.end() if match else self.position
        return self._text[self.position : self.position + 1]

    def call(self, depth: int) -> Intrinsic:
        start = self.position
        match = _NAME.match(self._text, start)
        function = _FUNCTIONS.get(match.group(1)) if match else None
        if match is None or function is None:
            raise self._refuse(say("this is not one of the intrinsic functions"))
        if depth >= MOST_NESTED:
            raise self._refuse(say("calls are nested more than {deepest} deep", deepest=MOST_NESTED))
        self.position = match.end()
        arguments = self._arguments(depth)
        if not function.least <= len(arguments) <= function.most:
            self.position = start
            raise self._refuse(
                say(
                    "States.{name} takes {counts} arguments, not {given}",
                    name=match.group(1),
                    counts=function.counts,
                    given=len(arguments),
                )
            )
        if match.group(1) != "Format":
            arguments = [_unmarked(one) for one in arguments]
        else:
            arguments[1:] = [_unmarked(one) for one in arguments[1:]]
        paths: list[Path] = []
        for one in arguments:
            if isinstance(one, Path):
                paths.append(one)
            elif isinstance(one, Intrinsic):
                paths.extend(one.paths)
        return Intrinsic(self._text[start : self.position], match.group(1), tuple(arguments), tuple(paths))

    def _arguments(self, depth: int) -> list[_Argument]:
        found: list[_Argument] = []
        if self._skip() == ")":
            self.position += 1
            return found
        while True:
            self._skip()
            found.append(self._argument(depth))
            following = self._skip()
            if following not in {",", ")"}:
                raise self._refuse(say("an argument is followed by , or )"))
            self.position += 1
            if following == ")":
                return found

    def _argument(self, depth: int) -> _Argument:
        text, start = self._text, self.position
        if text.startswith("States.", start):
            return self.call(depth + 1)
        if text.startswith("'", start):
            return Literal(self._string())
        if text.startswith("$", start):
            return self._path()
        if match := _NUMBER.match(text, start):
            try:
                number = parse(match.group())
            except InvalidJson as error:
                raise self._refuse(error.sentence) from None
            self.position = match.end()
            return Literal(number)
        if match := _WORD.match(text, start):
            self.position = match.end()
            return Literal(_WORDS[match.group()])
        raise self._refuse(
            say("an argument is a path, a call, a number, a string in single quotes, null, true or false")
        )

    def _string(self) -> str:
        """In single quotes; a backslash takes the next character as it is, save that braces stay marked for Format."""
        parts: list[str] = []
        text, position = self._text, self.position + 1
        while position < len(text):
            character = text[position]
            if character == "'":
                self.position = position + 1
                return "".join(parts)
            if character == "\\" and position + 1 < len(text):
                following = text[position + 1]
                parts.append(following if following == "'" else character + following)
                position += 2
                continue
            parts.append(character)
            position += 1
        raise self._refuse(say("the string does not end"))

    def _path(self) -> Path:
        """A path ends at a comma or bracket outside its own brackets and quotes."""
        text, start, level, quote = self._text, self.position, 0, ""
        position = start
        while position < len(text):
            character = text[position]
            if quote:
                position += character == "\\"
                quote = "" if character == quote else quote
            elif character in "'\"":
                quote = character
            elif character in "[(":
                level += 1
            elif level == 0 and character in ",)":
                break
            elif character in "])":
                level -= 1
            position += 1
        path = text[start:position].rstrip()
        try:
            compiled = compile_path(path)
        except InvalidPath as error:
            self.position += error.position
            raise self._refuse(say("{path!r} is not a JSONPath: {reason}", path=path, reason=error.reason)) from None
        self.position = start + len(path)
        return compiled


def _unmarked(argument: _Argument) -> _Argument:
    """Outside a template of Format a brace needs no mark, and a backslash before one is only that."""
    if isinstance(argument, Literal) and isinstance(argument.value, str):
        return Literal(re.sub(r"\\([{}\\])", r"\1", argument.value))
    return argument


# -- what the functions do ----------------------------------------------------------------------------------------


def _array(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise _Refused("the argument must be an array")
    return value


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise _Refused("the argument must be a string")
    return value


def _whole(value: Json) -> int:
    """Numbers with a fraction are rounded half up, as Java rounds (recorded)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Refused("the argument must be a number")
    whole = value if isinstance(value, int) else floor(value + 0.5)
    if not -_INT32 <= whole < _INT32:
        raise _Refused("the number must fit in 32 bits")
    return whole


def _format(values: list[Json], _: Entropy | None) -> Json:
    template, arguments, length = _text(values[0]), iter(values[1:]), 0
    parts = re.split(r"(\\.|\{\}|[{}])", template, flags=re.DOTALL)
    found: list[str] = []
    for part in parts:
        if part == "{}":
            try:
                value = next(arguments)
            except StopIteration:
                raise _Refused("the template has more {} than there are arguments") from None
            found.append(java_text(value))
            length += len(found[-1])
            if length > _TEXT:
                raise _Refused(f"the text has more than {_TEXT} characters")
        elif part in {"{", "}"}:
            raise _Refused("a brace that is not part of {} must be escaped with a backslash")
        elif part.startswith("\\"):
            found.append(part[1:] if part[1:] in {"{", "}", "\\"} else part)
        else:
            found.append(part)
    if next(arguments, _Refused) is not _Refused:
        raise _Refused("there are more arguments than the template has {}")
    return "".join(found)


def java_text(value: Json) -> str:
    """How AWS prints a value into text: strings bare, the rest as Java prints maps and lists (recorded)."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={java_text(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(java_text, value)) + "]"
    return dump(value)


def _string_to_json(values: list[Json], _: Entropy | None) -> Json:
    try:
        found = parse(_text(values[0]))
    except InvalidJson as error:
        raise _Refused(f"the string is not JSON: {error}") from None
    return 0 if isinstance(found, int) and not isinstance(found, bool) and found == 0 else found


def _json_to_string(values: list[Json], _: Entropy | None) -> Json:
    if outweighs(values[0], _TEXT):
        raise _Refused(f"the text has more than {_TEXT} characters")
    return dump(values[0])


def _partition(values: list[Json], _: Entropy | None) -> Json:
    array, size = _array(values[0]), _whole(values[1])
    if size <= 0:
        raise _Refused("the size of a chunk must be greater than 0")
    return [array[start : start + size] for start in range(0, len(array), size)]


def _contains(values: list[Json], _: Entropy | None) -> Json:
    wanted = _identity(values[1])
    return any(_identity(one) == wanted for one in _array(values[0]))


def _identity(value: Json) -> str:
    """Text that is the same for equal values alone: 1 and true differ, the order of names does not matter."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{dump(name)}:{_identity(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_identity, value)) + "]"
    return dump(value)


def _range(values: list[Json], _: Entropy | None) -> Json:
    first, last, step = map(_whole, values)
    if step == 0:
        raise _Refused("the increment must not be 0")
    count = max(0, (last - first) // step + 1)
    if count > _RANGE:
        raise _Refused(f"the range has more than {_RANGE} items")
    return [first + step * index for index in range(count)]


def _item(values: list[Json], _: Entropy | None) -> Json:
    array, index = _array(values[0]), _whole(values[1])
    if not 0 <= index < len(array):
        raise _Refused(f"the index {index} is out of the bounds of an array of length {len(array)}")
    return array[index]


def _unique(values: list[Json], _: Entropy | None) -> Json:
    """The first of each that are equal, in the order they stand."""
    found: dict[str, Json] = {}
    for one in _array(values[0]):
        found.setdefault(_identity(one), one)
    return list(found.values())


def _bounded(value: Json) -> str:
    text = _text(value)
    if len(text) > _ENCODED:
        raise _Refused(f"the string has more than {_ENCODED} characters")
    return text


def _encode(values: list[Json], _: Entropy | None) -> Json:
    return base64.b64encode(_bounded(values[0]).encode()).decode()


def _decode(values: list[Json], _: Entropy | None) -> Json:
    try:
        return base64.b64decode(_bounded(values[0]), validate=True).decode()
    except (binascii.Error, ValueError):
        raise _Refused("the string is not Base64 of a text") from None


def _hash(values: list[Json], _: Entropy | None) -> Json:
    if outweighs(values[0], _TEXT):
        raise _Refused(f"the string has more than {_ENCODED} characters")
    data = values[0] if isinstance(values[0], str) else dump(values[0])
    name = _ALGORITHMS.get(_text(values[1]))
    if name is None:
        raise _Refused(f"the algorithm must be one of {', '.join(_ALGORITHMS)}")
    return hashlib.new(name, _bounded(data).encode(), usedforsecurity=False).hexdigest()


def _merge(values: list[Json], _: Entropy | None) -> Json:
    first, second, deep = values
    if not isinstance(first, dict) or not isinstance(second, dict):
        raise _Refused("the first two arguments must be objects")
    if deep is not False:
        raise _Refused("the third argument must be false: only a shallow merge is supported")
    return {**first, **second}


def _random(values: list[Json], entropy: Entropy | None) -> Json:
    low, high = _whole(values[0]), _whole(values[1])
    if low >= high:
        raise _Refused("the start of the range must be less than its end")
    source = seeded(_whole(values[2])) if len(values) > 2 else entropy
    assert source is not None
    return source.integer(low, high)


def _add(values: list[Json], _: Entropy | None) -> Json:
    return _whole(_whole(values[0]) + _whole(values[1]))


def _split(values: list[Json], _: Entropy | None) -> Json:
    """Every character of the second argument separates; empty parts are dropped (recorded)."""
    text, separators = _text(values[0]), _text(values[1])
    if not separators:
        return [text] if text else []
    found: list[Json] = [part for part in re.split(f"[{re.escape(separators)}]", text) if part]
    return found


def _uuid(_values: list[Json], entropy: Entropy | None) -> Json:
    assert entropy is not None
    return entropy.uuid4()


@dataclass(frozen=True, slots=True)
class _Function:
    least: int
    most: int
    run: Callable[[list[Json], Entropy | None], Json]

    @property
    def counts(self) -> str:
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


_ANY = 1000
_FUNCTIONS = {
    "Format": _Function(1, _ANY, _format),
    "StringToJson": _Function(1, 1, _string_to_json),
    "JsonToString": _Function(1, 1, _json_to_string),
    "Array": _Function(0, _ANY, lambda values, _: list(values)),
    "ArrayPartition": _Function(2, 2, _partition),
    "ArrayContains": _Function(2, 2, _contains),
    "ArrayRange": _Function(3, 3, _range),
    "ArrayGetItem": _Function(2, 2, _item),
    "ArrayLength": _Function(1, 1, lambda values, _: len(_array(values[0]))),
    "ArrayUnique": _Function(1, 1, _unique),
    "Base64Encode": _Function(1, 1, _encode),
    "Base64Decode": _Function(1, 1, _decode),
    "Hash": _Function(2, 2, _hash),
    "JsonMerge": _Function(3, 3, _merge),
    "MathRandom": _Function(2, 3, _random),
    "MathAdd": _Function(2, 2, _add),
    "StringSplit": _Function(2, 2, _split),
    "UUID": _Function(0, 0, _uuid),
}

NAMES = tuple(f"States.{name}" for name in _FUNCTIONS)
"""The functions by their full names."""

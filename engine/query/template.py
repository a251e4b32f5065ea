"""Payload templates: JSON in which a key that ends in ``.$`` holds a path or a call (ASL, "Payload Template")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.jsontypes import Json
from engine.query.environment import Environment
from engine.query.intrinsics import InvalidIntrinsic, compile_intrinsic
from engine.query.path import InvalidPath, Path, PathNotFound, compile_path
from engine.sentences import Sentence, say

_Build: TypeAlias = Callable[[Environment], Json]


class InvalidTemplate(Exception):
    """A template that cannot be compiled; ``steps`` lead to the place inside it."""

    def __init__(self, steps: tuple[str | int, ...], reason: Sentence) -> None:
        super().__init__(reason)
        self.steps = steps
        self.reason = reason


class TemplatePathNotFound(Exception):
    """A path of a template led nowhere; ``field`` is the key with its ``.$``."""

    def __init__(self, field: str, missing: PathNotFound, environment: Environment) -> None:
        super().__init__(field)
        self.field = field
        self.missing = missing
        self.environment = environment


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A compiled template. A constant one yields the very value it was written with."""

    source: Json
    _build: _Build | None
    paths: tuple[Path, ...]

    def evaluate(self, environment: Environment) -> Json:
        """The payload. Raises TemplatePathNotFound."""
        return self.source if self._build is None else self._build(environment)

    def variables(self) -> Iterator[str]:
        return (path.variable for path in self.paths if path.variable)


def compile_template(source: Json) -> Template:
    """Compile a payload template; raises InvalidTemplate with the first mistake and its place."""
    paths: list[Path] = []
    return Template(source, _compile(source, (), paths), tuple(paths))


def _compile(source: Json, place: tuple[str | int, ...], paths: list[Path]) -> _Build | None:
    """A builder, or None when the source is constant."""
    if isinstance(source, dict):
        return _compile_object(source, place, paths)
    if isinstance(source, list):
        builders = [_compile(one, (*place, index), paths) for index, one in enumerate(source)]
        if not any(builders):
            return None
        parts = list(zip(source, builders, strict=True))
        return lambda environment: [one if build is None else build(environment) for one, build in parts]
    return None


def _compile_object(source: dict[str, Json], place: tuple[str | int, ...], paths: list[Path]) -> _Build | None:
    parts: list[tuple[str, Json, _Build | None]] = []
    names: set[str] = set()
    for key, value in source.items():
        if key.endswith(".$"):
            name = key[:-2]
            build: _Build | None = _compile_field(key, value, (*place, key), paths)
        else:
            name, build = key, _compile(value, (*place, key), paths)
        if name in names:
            raise InvalidTemplate((*place, key), say("the name {name!r} stands twice once .$ is taken off", name=name))
        names.add(name)
        parts.append((name, value, build))
    if not any(build for _, _, build in parts):
        return None
    return lambda environment: {name: value if build is None else build(environment) for name, value, build in parts}


def _compile_field(key: str, value: Json, place: tuple[str | int, ...], paths: list[Path]) -> _Build:
    if not isinstance(value, str):
        raise InvalidTemplate(place, say("a field that ends in .$ must hold a string: a path"))
    if value.startswith("States."):
        return _compile_call(key, value, place, paths)
    try:
        path = compile_path(value)
    except InvalidPath as error:
        raise InvalidTemplate(
            place, say("{value!r} is not a JSONPath: {reason}", value=value, reason=error.reason)
        ) from None
    paths.append(path)

    def build(environment: Environment) -> Json:
        try:
            return path.read(environment)
        except PathNotFound as missing:
            raise TemplatePathNotFound(key, missing, environment) from None

    return build


def _compile_call(key: str, text: str, place: tuple[str | int, ...], paths: list[Path]) -> _Build:
    try:
        call = compile_intrinsic(text)
    except InvalidIntrinsic as error:
        reason = say(
            "{text!r} is not a call of an intrinsic function: {reason} (at character {position})",
            text=text,
            reason=error.reason,
            position=error.position + 1,
        )
        raise InvalidTemplate(place, reason) from None
    paths.extend(call.paths)

    def build(environment: Environment) -> Json:
        try:
            return call.evaluate(environment)
        except PathNotFound as missing:
            raise TemplatePathNotFound(key, missing, environment) from None

    return build

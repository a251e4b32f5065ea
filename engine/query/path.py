"""JSONPath as AWS reads it (Jayway's dialect), compiled once.

A *definite* path (names and indexes only) yields one value or fails; any other yields a list of all matches.
Definite paths, which are nearly all that machines use, are walked here; the rest goes to python-jsonpath.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from math import prod
from typing import Any

import jsonpath

from engine.jsontypes import Json
from engine.query.environment import Environment
from engine.sentences import Sentence, say, verbatim

_NAME = r"[^\W\d][\w]*"
_ROOT = re.compile(rf"\$\$|\$({_NAME})|\$")
_STEP = re.compile(r"\.([\w\-]+)|\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[\s*\"((?:[^\"\\]|\\.)*)\"\s*\]|\[\s*(-?\d+)\s*\]")
_ESCAPE = re.compile(r"\\(.)")
# Expressions that could run for ever on hostile input: the regular expressions of filters.
_REGEX = re.compile(r"=~|\b(match|search)\s*\(")
_LONGEST = 2048
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_IDLE_DOT = re.compile(rf"(?P<kept>{_QUOTED.pattern}|\.\.\[)|\.(?=\[)")
# Each .., each union and each filter within a filter can select what the last one selected again: costs multiply.
_DESCENTS = 2
_FILTERS = 3
_COMBINATIONS = 1000


class Root(Enum):
    INPUT = "$"
    CONTEXT = "$$"
    VARIABLE = "$name"


class InvalidPath(Exception):
    """Text that is not a path; ``position`` is the offset of the first character that does not fit."""

    def __init__(self, text: str, reason: Sentence, position: int = 0) -> None:
        super().__init__(f"{text!r}: {reason}")
        self.text = text
        self.reason = reason
        self.position = position


class PathNotFound(Exception):
    """A definite path led nowhere. ``step`` is the index of the first step that did not exist."""

    def __init__(self, path: Path, step: int) -> None:
        super().__init__(path.text)
        self.path = path
        self.step = step

    @property
    def jayway_reason(self) -> str:
        """The reason in the words AWS hands on from its JSONPath library."""
        steps = self.path.steps or ()
        walked = "$" + "".join(f"['{one}']" if isinstance(one, str) else f"[{one}]" for one in steps[: self.step + 1])
        if self.step == len(steps) - 1:
            return f"No results for path: {walked}"
        return f"Missing property in path {walked}"


class SearchFailed(PathNotFound):
    """The search for all nodes that a path selects asked for too much and was given up."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, 0)
        self.reason = reason

    @property
    def jayway_reason(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A compiled path. ``steps`` is None when the path is not definite."""

    text: str
    root: Root
    variable: str | None
    steps: tuple[str | int, ...] | None
    _query: Any

    @property
    def definite(self) -> bool:
        return self.steps is not None

    @property
    def query(self) -> Any:
        """The syntax of a path that is not definite, as python-jsonpath has it."""
        return self._query

    @property
    def identity(self) -> bool:
        return self.root is Root.INPUT and self.steps == ()

    def read(self, environment: Environment) -> Json:
        """The value, or the list of matches of a path that is not definite. Raises PathNotFound."""
        if self.root is Root.INPUT:
            value = environment.input
        elif self.root is Root.CONTEXT:
            value = environment.context
        else:
            if self.variable is None or self.variable not in environment.variables:
                raise PathNotFound(self, -1)
            value = environment.variables[self.variable]
        if self.steps is None:
            searcher = environment.searcher
            return self.find(value) if searcher is None else searcher.matches(self, value)
        for index, step in enumerate(self.steps):
            if isinstance(step, str):
                if not isinstance(value, dict) or step not in value:
                    raise PathNotFound(self, index)
                value = value[step]
            else:
                if not isinstance(value, list) or not -len(value) <= step < len(value):
                    raise PathNotFound(self, index)
                value = value[step]
        return value

    def find(self, value: Json) -> list[Json]:
        """All nodes that a path which is not definite selects, found here and now."""
        try:
            found: list[Json] = self._query.findall(value)
        except (jsonpath.JSONPathError, RecursionError):
            raise PathNotFound(self, 0) from None
        return found


def _unescape(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


def _definite_steps(text: str, start: int) -> tuple[str | int, ...] | None:
    steps: list[str | int] = []
    position = start
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            return None
        name, single, double, index = match.groups()
        if name is not None:
            steps.append(name)
        elif index is not None:
            steps.append(int(index))
        else:
            steps.append(_unescape(single if single is not None else double))
        position = match.end()
    return tuple(steps)


def _explosive(rest: str) -> bool:
    """Whether a path could cost out of all proportion to its input: a worker must never hang on a user's path."""
    bare = _QUOTED.sub("''", rest)
    filters = bare.partition("?")[2]
    looks_back = "$" in filters and any(mark in filters for mark in ("*", "..", "?"))
    combinations = prod(one.count(",") + 1 for one in bare.split("["))
    return bare.count("..") > _DESCENTS or bare.count("?") > _FILTERS or combinations > _COMBINATIONS or looks_back


def _without_idle_dots(text: str) -> str:
    """``$.[0]`` means ``$[0]``: Jayway and so AWS read it, and real machines have it."""
    return _IDLE_DOT.sub(lambda match: match.group("kept") or "", text) if ".[" in text else text


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """Compile a path that begins with ``$``, ``$$`` or ``$name``; raises InvalidPath."""
    match = _ROOT.match(text)
    if match is None:
        raise InvalidPath(text, say("a path begins with $"))
    if len(text) > _LONGEST:
        raise InvalidPath(text[:40] + "...", say("a path has at most {longest} characters", longest=_LONGEST))
    variable = match.group(1)
    root = Root.VARIABLE if variable else Root.CONTEXT if match.group() == "$$" else Root.INPUT
    written = _without_idle_dots(text)
    steps = _definite_steps(written, match.end())
    if steps is not None:
        return Path(text, root, variable, steps, None)
    rest = written[match.end() :]
    if rest and rest[0] not in ".[":
        raise InvalidPath(text, say("after the root comes . or ["), match.end())
    if regex := _REGEX.search(rest):
        raise InvalidPath(text, say("regular expressions are not part of AWS's JSONPath"), match.end() + regex.start())
    if _explosive(rest):
        raise InvalidPath(text, say("this path could select the same nodes without end"), match.end())
    try:
        return Path(text, root, variable, None, jsonpath.compile("$" + rest))
    except (jsonpath.JSONPathError, RecursionError) as error:
        index = getattr(getattr(error, "token", None), "index", None)
        position = match.end() + max(0, (index or 1) - 1)
        raise InvalidPath(text, verbatim(str(error.args[0])) if error.args else say("not a path"), position) from None


WHOLE = compile_path("$")

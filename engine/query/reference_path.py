"""Reference paths: where ResultPath puts a result (ASL, "Reference Paths"). They name one node, and may create it."""

from __future__ import annotations

from engine.jsontypes import MAX_DEPTH, Json
from engine.query.path import InvalidPath, Path, Root, compile_path
from engine.sentences import say


class CannotPlace(Exception):
    """The place a reference path names cannot exist in this value; ``step`` says at which step."""

    def __init__(self, path: Path, step: int) -> None:
        super().__init__(path.text)
        self.path = path
        self.step = step


def compile_reference_path(text: str) -> Path:
    """Like compile_path, for a path that names exactly one node of the input; raises InvalidPath."""
    path = compile_path(text)
    if path.root is not Root.INPUT:
        raise InvalidPath(text, say("a reference path begins with $ alone, not $$ or a variable"))
    if path.steps is None or any(isinstance(step, int) and step < 0 for step in path.steps):
        raise InvalidPath(text, say("a reference path names one node: only names and indexes"))
    if len(path.steps) > MAX_DEPTH:
        raise InvalidPath(text[:40] + "...", say("a reference path has at most {most} steps", most=MAX_DEPTH))
    return path


def place(value: Json, path: Path, result: Json) -> Json:
    """``value`` with ``result`` put at ``path``. Copies along the path only; raises CannotPlace."""
    steps = path.steps or ()
    return _place(value, steps, 0, result, path)


def _place(value: Json, steps: tuple[str | int, ...], index: int, result: Json, path: Path) -> Json:
    if index == len(steps):
        return result
    step = steps[index]
    if isinstance(step, int):
        if not isinstance(value, list) or step >= len(value):
            raise CannotPlace(path, index)
        items = list(value)
        items[step] = _place(items[step], steps, index + 1, result, path)
        return items
    if not isinstance(value, dict):
        raise CannotPlace(path, index)
    return {**value, step: _place(value.get(step, {}), steps, index + 1, result, path)}

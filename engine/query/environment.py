"""What an expression can see: the input, the context object, the variables in scope; and what helps to evaluate it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from engine.jsontypes import Json
from engine.query.entropy import Entropy


class Searcher(Protocol):
    """Who looks for all nodes that a path selects (``engine.query.evaluator``)."""

    def matches(self, path: Any, value: Json) -> list[Json]: ...


class Environment:
    """``$`` is ``input``, ``$$`` is the context object (built when first read), ``$name`` a variable."""

    __slots__ = ("_context", "_make_context", "entropy", "input", "searcher", "variables")

    def __init__(
        self,
        value: Json,
        variables: Mapping[str, Json],
        make_context: Callable[[], dict[str, Json]],
        *,
        entropy: Entropy | None = None,
        searcher: Searcher | None = None,
    ) -> None:
        self.input = value
        self.variables = variables
        self.entropy = entropy
        self.searcher = searcher
        self._make_context = make_context
        self._context: dict[str, Json] | None = None

    @property
    def context(self) -> dict[str, Json]:
        if self._context is None:
            self._context = self._make_context()
        return self._context

    def over(self, value: Json) -> Environment:
        """The same surroundings with another ``$``."""
        other = Environment(value, self.variables, self._make_context, entropy=self.entropy, searcher=self.searcher)
        other._context = self._context
        return other

"""JSONata in a state: what ``$states`` holds, how a field is evaluated, and how a failure is told.

Each failure is States.QueryEvaluationError and is written to the history as EvaluationFailed (recorded).
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.execution import Scope
from engine.core.failing import EvaluationFailed
from engine.jsontypes import Json, dump
from engine.query.environment import Environment
from engine.query.evaluator import Evaluator, ExpressionFailed, Undefined, UnsupportedResult
from engine.query.jsonata import Expression, JsonataTemplate

_KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}


class Expressions:
    """The expressions of one visit of a state. ``extra`` joins input and context in ``$states``."""

    __slots__ = ("_at", "_environment", "_evaluator", "_extra", "_scope")

    def __init__(
        self, scope: Scope, at: int, environment: Environment, extra: Mapping[str, Json], evaluator: Evaluator
    ) -> None:
        self._evaluator = evaluator
        self._scope = scope
        self._at = at
        self._environment = environment
        self._extra = extra

    @property
    def input(self) -> Json:
        """``$states.input``: the state's raw input."""
        return self._environment.input

    def value(self, expression: Expression, location: str) -> Json:
        """What an expression yields, if it yields anything. Raises EvaluationFailed."""
        environment = self._environment
        bindings: dict[str, Json] = {
            name: environment.variables[name] for name in expression.names if name in environment.variables
        }
        if "states" in expression.names:
            bindings["states"] = self._states(expression)
        assert environment.entropy is not None
        try:
            found = self._evaluator.evaluate(expression, bindings, at=self._at, entropy=environment.entropy)
        except UnsupportedResult:
            raise self.failed(expression, location, "returned an unsupported result type.") from None
        except ExpressionFailed as error:
            raise self.failed(expression, location, f"threw an error during evaluation. {error.message}") from None
        if isinstance(found, Undefined):
            raise self.failed(expression, location, "returned nothing (undefined).")
        return found

    def _states(self, expression: Expression) -> dict[str, Json]:
        environment = self._environment
        found = {name: value for name, value in self._extra.items() if name in expression.parts}
        if "input" in expression.parts:
            found["input"] = environment.input
        if "context" in expression.parts:
            found["context"] = environment.context
        return found

    def fill(self, template: JsonataTemplate, location: str) -> Json:
        """A field whose strings may be expressions."""
        return template.evaluate(location, self.value)

    def typed(self, expression: Expression, location: str, expected: str) -> Json:
        """A value of one type: its name is one of JSON's, ``integer`` is a number without a fraction."""
        found = self.value(expression, location)
        actual = kind(found)
        fits = isinstance(found, int) if expected == "integer" and actual == "number" else actual == expected
        if not fits:
            raise self.unexpected(expression, location, expected, found)
        return found

    def unexpected(self, expression: Expression, location: str, expected: str, found: Json) -> EvaluationFailed:
        reason = (
            f"returned an unexpected result type. Expected '{expected}', but was '{kind(found)}' "
            f"for value: {dump(found)}"
        )
        return self.failed(expression, location, reason)

    def failed(self, expression: Expression, location: str, reason: str) -> EvaluationFailed:
        sentence = f"The JSONata expression '{expression.source}' specified for the field '{location}' {reason}"
        return EvaluationFailed(self._scope.state, self._scope.entered, sentence, location)


def kind(value: Json) -> str:
    """The JSON type of a value by its name."""
    return _KINDS.get(type(value), "number")

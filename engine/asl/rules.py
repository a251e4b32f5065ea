"""Choice rules out of their JSON."""

from __future__ import annotations

from engine.asl.choice import (
    BOOLEANS,
    OPERATORS,
    Condition,
    all_of,
    any_of,
    compare_literal,
    compare_path,
    kind_of,
    literal_fits,
    negation,
)
from engine.asl.model import ChoiceRule
from engine.asl.reader import Fields, kind
from engine.query.jsonata import Expression
from engine.sentences import say

_NEVER: Condition = lambda _environment: False  # noqa: E731 - stands in for a rule that was reported


def read_rule(fields: Fields) -> ChoiceRule | None:
    """A rule of Choices; None after a mistake was reported."""
    fields.require("Next")
    target = fields.string("Next", empty=False)
    assign = fields.template("Assign", objects_only=True)
    output = fields.output()
    condition = _expression(fields) if fields.jsonata else _condition(fields)
    fields.refuse_others(say("a Choice rule"))
    if target is None or condition is None:
        return None
    return ChoiceRule(condition=condition, next=target, assign=assign, output=output)


def _expression(fields: Fields) -> Expression | bool | None:
    fields.require("Condition")
    if fields.holds_expression("Condition"):
        return fields.expression("Condition")
    value = fields.get("Condition")
    if isinstance(value, bool) or "Condition" not in fields.value:
        return value is True
    fields.error("Condition", say("Expected a JSONata expression or a boolean, but found {found}", found=kind(value)))
    return None


def _nested(fields: Fields) -> Condition:
    for field in ("Next", "Assign"):
        if fields.has(field):
            fields.error(field, say("Field '{field}' is only allowed at the top of a Choice rule", field=field))
    condition = _condition(fields)
    fields.refuse_others(say("a nested Choice rule"))
    return condition


def _condition(fields: Fields) -> Condition:
    present = [name for name in fields.value if name in BOOLEANS or name in OPERATORS]
    for name in present:
        fields.has(name)
    if len(present) != 1:
        found = ", ".join(present) or say("none")
        fields.findings.error(
            fields.pointer, say("A Choice rule needs exactly one comparison operator; found {found}", found=found)
        )
        return _NEVER
    name = present[0]
    if name == "Not":
        inner = fields.object("Not")
        return negation(_nested(inner)) if inner else _NEVER
    if name in BOOLEANS:
        conditions = tuple(_nested(one) for one in fields.objects(name, least=1))
        return all_of(conditions) if name == "And" else any_of(conditions)
    return _comparison(fields, name)


def _comparison(fields: Fields, name: str) -> Condition:
    fields.require("Variable")
    variable = fields.path("Variable")
    if name.endswith("Path"):
        other = fields.path(name)
        return compare_path(variable, name.removesuffix("Path"), other) if variable and other else _NEVER
    literal = fields.get(name)
    if not literal_fits(name, literal):
        fields.error(name, say("Expected {expected} for {name}", expected=kind_of(name), name=name))
        return _NEVER
    return compare_literal(variable, name, literal) if variable else _NEVER

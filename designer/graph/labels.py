"""Words on boxes and lines: short sentences made from the fields of states, rules and catchers."""

from __future__ import annotations

import json

from engine.jsontypes import Json

_OPERATORS = {
    "GreaterThanEquals": ">=",
    "LessThanEquals": "<=",
    "GreaterThan": ">",
    "LessThan": "<",
    "Equals": "==",
    "Matches": "matches",
}
_TESTS = {
    "IsNull": "is null",
    "IsPresent": "is present",
    "IsNumeric": "is a number",
    "IsString": "is a string",
    "IsBoolean": "is a boolean",
    "IsTimestamp": "is a timestamp",
}
_DEPTH = 3
"""Deeper And, Or and Not are cut: nobody reads them on a line."""


def subtitle(state: dict[str, Json]) -> str:
    """The second line of a box: what a Task calls, how long a Wait waits, else the type."""
    kind = state.get("Type")
    if kind == "Task" and isinstance(resource := state.get("Resource"), str):
        return _resource(resource, state)
    if kind == "Wait":
        return _wait(state)
    if kind == "Fail" and isinstance(error := state.get("Error"), str) and error:
        return f"Fail: {error}"
    if kind == "Map" and isinstance(limit := state.get("MaxConcurrency"), int) and limit:
        return f"Map, {limit} at a time"
    return kind if isinstance(kind, str) else "no type"


def _resource(resource: str, state: dict[str, Json]) -> str:
    parts = resource.split(":")
    if ":function:" in resource or ":activity:" in resource:
        return ":".join(parts[5:7])
    if resource.startswith("arn:") and ":states:::" in resource:
        called = resource.split(":::", 1)[1]
        return _invoked(state) or called if called.startswith("lambda:invoke") else called
    return resource


def _invoked(state: dict[str, Json]) -> str | None:
    arguments = state.get("Parameters") or state.get("Arguments")
    name = arguments.get("FunctionName") if isinstance(arguments, dict) else None
    return f"function:{name.rsplit(':function:', 1)[-1]}" if isinstance(name, str) else None


def _wait(state: dict[str, Json]) -> str:
    for field, words in (
        ("Seconds", "Wait {} s"),
        ("SecondsPath", "Wait {} s"),
        ("Timestamp", "Until {}"),
        ("TimestampPath", "Until {}"),
    ):
        if isinstance(value := state.get(field), str | int) and not isinstance(value, bool):
            return words.format(_expression(str(value)))
    return "Wait"


def _expression(text: str) -> str:
    return text.removeprefix("{%").removesuffix("%}").strip()


def rule_label(rule: dict[str, Json], depth: int = 0) -> str:
    """A Choice rule in words: ``$.status == "FAILED"``."""
    if depth > _DEPTH:
        return "..."
    if isinstance(condition := rule.get("Condition"), str | bool):
        return _expression(str(condition))
    if isinstance(inner := rule.get("Not"), dict):
        return f"not ({rule_label(inner, depth + 1)})"
    for field, word in (("And", " and "), ("Or", " or ")):
        if isinstance(parts := rule.get(field), list):
            return word.join(_grouped(one, depth) for one in parts if isinstance(one, dict))
    return _comparison(rule)


def _grouped(rule: dict[str, Json], depth: int) -> str:
    words = rule_label(rule, depth + 1)
    return f"({words})" if "And" in rule or "Or" in rule else words


def _comparison(rule: dict[str, Json]) -> str:
    variable = str(rule.get("Variable", "?"))
    for field, value in rule.items():
        if field in _TESTS:
            return f"{variable} {_TESTS[field] if value is not False else _TESTS[field].replace('is', 'is not', 1)}"
        for ending, sign in _OPERATORS.items():
            if field.removesuffix("Path").endswith(ending):
                shown = str(value) if field.endswith("Path") else json.dumps(value, ensure_ascii=False)
                return f"{variable} {sign} {shown}"
    return variable


def catch_label(catcher: dict[str, Json]) -> str:
    errors = catcher.get("ErrorEquals")
    names = [one.removeprefix("States.") for one in errors if isinstance(one, str)] if isinstance(errors, list) else []
    return f"Catch {', '.join(names)}".rstrip()

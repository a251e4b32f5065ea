"""Reading the fields of one JSON object: each getter checks, reports to Findings, and gives a usable value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import overload

from engine.asl.diagnostics import Code, Findings, join
from engine.asl.model import NO_TIMEOUT, AnyTemplate, QueryLanguage, Text, Whole
from engine.asl.resource import has_placeholder, to_be_replaced
from engine.jsontypes import Json
from engine.query.intrinsics import Intrinsic, InvalidIntrinsic, compile_intrinsic
from engine.query.jsonata import (
    Expression,
    InvalidExpression,
    JsonataTemplate,
    compile_expression,
    compile_jsonata_template,
    is_expression,
)
from engine.query.path import WHOLE, InvalidPath, Path, compile_path
from engine.query.reference_path import compile_reference_path
from engine.query.template import InvalidTemplate, compile_template
from engine.sentences import Sentence, say

_ONLY = {
    **dict.fromkeys(("Arguments", "Output", "Items", "Condition"), QueryLanguage.JSONATA),
    **dict.fromkeys(
        (
            *("InputPath", "OutputPath", "ResultPath", "Parameters", "ResultSelector", "Result", "Variable"),
            *("SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "ErrorPath", "CausePath"),
            *("ItemsPath", "MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath"),
            *("MaxItemsPath", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"),
        ),
        QueryLanguage.JSONPATH,
    ),
}
"""The fields that only one of the query languages has."""
EVERYWHERE = frozenset({"input", "context"})
WITH_RESULT = EVERYWHERE | {"result"}
WITH_ERROR = EVERYWHERE | {"errorOutput"}
"""What ``$states`` holds in Assign and Output of a Task, Map or Parallel, and of a Catcher."""

_NUMBER = say("a number")
_KINDS = {
    dict: say("an object"),
    list: say("an array"),
    str: say("a string"),
    bool: say("a boolean"),
    type(None): say("null"),
}


class Fields:
    """An object of the definition, with its place. What nobody asked for is reported by ``refuse_others``."""

    def __init__(
        self,
        value: dict[str, Json],
        pointer: str,
        findings: Findings,
        language: QueryLanguage = QueryLanguage.JSONPATH,
    ) -> None:
        self.value = value
        self.pointer = pointer
        self.findings = findings
        self.language = language
        self._known = {"Comment"}

    @property
    def jsonata(self) -> bool:
        return self.language is QueryLanguage.JSONATA

    def at(self, *steps: str | int) -> str:
        return join(self.pointer, *steps)

    def error(self, field: str, message: Sentence, code: Code = Code.SCHEMA) -> None:
        self.findings.error(self.at(field), message, code)

    def has(self, field: str) -> bool:
        self._known.add(field)
        return field in self.value

    def get(self, field: str) -> Json:
        self._known.add(field)
        return self.value.get(field)

    def require(self, *fields: str) -> None:
        missing = [field for field in fields if field not in self.value]
        if missing:
            self.findings.error(
                self.pointer or "/", say("These fields are required: [{fields}]", fields=", ".join(missing))
            )

    def refuse_others(self, owner: Sentence) -> None:
        for field in self.value:
            if field in self._known:
                continue
            if _ONLY.get(field, self.language) is self.language:
                self.error(field, say("Field '{field}' is not supported in {owner}", field=field, owner=owner))
            else:
                self.error(
                    field,
                    say(
                        "The QueryLanguage is set to '{language}', but field '{field}' is only supported "
                        "for the '{other}' QueryLanguage",
                        language=self.language,
                        field=field,
                        other=_ONLY[field],
                    ),
                )

    def string(self, field: str, *, empty: bool = True) -> str | None:
        value = self.get(field)
        if field not in self.value:
            return None
        if not isinstance(value, str):
            self.error(field, say("Expected a string, but found {found}", found=kind(value)))
            return None
        if not value and not empty:
            self.error(field, say("Value cannot be empty"))
            return None
        return value

    def integer(self, field: str, *, least: int, most: int) -> int | None:
        value = self.get(field)
        if field not in self.value:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if self._placeholder(field, value):
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.error(field, say("Expected an integer, but found {found}", found=kind(value)))
            return None
        if not least <= value <= most:
            self.error(
                field,
                say(
                    "Expected an integer from {least} to {most}, but found {value}", least=least, most=most, value=value
                ),
            )
            return None
        return value

    def number(self, field: str, *, least: float) -> float | None:
        value = self.get(field)
        if field not in self.value or self._placeholder(field, value):
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < least:
            self.error(
                field, say("Expected a number of at least {least}, but found {value}", least=least, value=repr(value))
            )
            return None
        return float(value)

    def path(self, field: str) -> Path | None:
        """A path that must be a path where present."""
        text = self.string(field)
        if text is None:
            return None
        try:
            return compile_path(text)
        except InvalidPath as error:
            if not self._placeholder(field, text):
                self.error(
                    field,
                    say(
                        "Value is not a valid JSONPath: {reason} (at character {position})",
                        reason=error.reason,
                        position=error.position + 1,
                    ),
                )
            return None

    def _placeholder(self, field: str, value: Json) -> bool:
        """Whether a value is ``${Name}`` of a template that is yet to be filled in; says so if it is."""
        if not isinstance(value, str) or not has_placeholder(value):
            return False
        self.error(field, to_be_replaced(value), Code.UNSUPPORTED)
        return True

    def expression(self, field: str) -> Expression | None:
        """JSONata: what a field that ``holds_expression`` holds; None after a mistake was reported."""
        try:
            return compile_expression(str(self.get(field)))
        except InvalidExpression as error:
            self.error(field, say("Value is not a valid JSONata expression: {reason}", reason=error.reason))
            return None

    def holds_expression(self, field: str) -> bool:
        text = self.get(field)
        return self.jsonata and isinstance(text, str) and is_expression(text)

    def whole(self, field: str, *, least: int, most: int = NO_TIMEOUT, exclusive: bool = True) -> Whole | None:
        """A whole number that may also be found at run time: by ``FIELDPath`` or by an expression."""
        if self.holds_expression(field):
            return self.expression(field)
        if not self.jsonata:
            if exclusive:
                self.only_one_of((field, f"{field}Path"), required=False)
            if (path := self.path(f"{field}Path")) is not None:
                return path
        return self.integer(field, least=least, most=most)

    def text(self, field: str) -> Text | None:
        """A string that may also be found at run time: by ``FIELDPath`` (a path or an intrinsic), or an expression."""
        if self.holds_expression(field):
            return self.expression(field)
        if not self.jsonata:
            self.only_one_of((field, f"{field}Path"), required=False)
            if self.has(f"{field}Path"):
                return self.path_or_intrinsic(f"{field}Path")
        return self.string(field)

    def path_or_intrinsic(self, field: str) -> Path | Intrinsic | None:
        text = self.string(field)
        if text is None or not text.startswith("States."):
            return self.path(field)
        try:
            return compile_intrinsic(text)
        except InvalidIntrinsic as error:
            self.error(field, say("Value is not a valid intrinsic function: {reason}", reason=error.reason))
            return None

    def optional_path(self, field: str) -> Path | None:
        """InputPath, OutputPath: ``$`` unless written, None for null."""
        if self.jsonata or not self.has(field):
            return WHOLE
        return None if self.value[field] is None else self.path(field) or WHOLE

    def result_path(self) -> Path | None:
        """ResultPath: a reference path, ``$`` unless written, None for null."""
        if self.jsonata or not self.has("ResultPath"):
            return WHOLE
        text = None if self.value["ResultPath"] is None else self.string("ResultPath")
        if text is None:
            return None
        try:
            return compile_reference_path(text)
        except InvalidPath as error:
            self.error("ResultPath", say("Value is not a valid Reference Path: {reason}", reason=error.reason))
            return WHOLE

    def template(
        self, field: str, *, objects_only: bool = False, parts: frozenset[str] = EVERYWHERE
    ) -> AnyTemplate | None:
        """A payload template in the object's language; ``parts`` are those of ``$states`` that JSONata has here."""
        if not self.has(field):
            return None
        source = self.value[field]
        if objects_only and not isinstance(source, dict):
            self.error(field, say("Expected an object, but found {found}", found=kind(source)))
            return None
        try:
            if not self.jsonata:
                return compile_template(source)
            template = compile_jsonata_template(source)
            self._check_parts(field, template, parts)
            return template
        except InvalidTemplate as error:
            value = _within(source, error.steps)
            reason, code = error.reason, Code.SCHEMA
            if isinstance(value, str) and has_placeholder(value):
                reason, code = to_be_replaced(value), Code.UNSUPPORTED
            self.findings.error(join(self.at(field), *error.steps), reason, code)
            return None

    def _check_parts(self, field: str, template: JsonataTemplate, parts: frozenset[str]) -> None:
        for place, expression in template.expressions:
            for name in sorted(expression.named_parts - parts):
                pointer = self.at(field) + place.replace("[", "/").replace("]", "")
                self.findings.error(pointer, say("$states.{name} is not available in this field", name=name))

    def output(self, parts: frozenset[str] = EVERYWHERE) -> JsonataTemplate | None:
        """JSONata's Output."""
        if not self.jsonata:
            return None
        template = self.template("Output", parts=parts)
        assert template is None or isinstance(template, JsonataTemplate)
        return template

    @overload
    def objects(self, field: str) -> list[Fields]: ...
    @overload
    def objects(self, field: str, *, least: int) -> list[Fields]: ...
    def objects(self, field: str, *, least: int = 0) -> list[Fields]:
        """The elements of an array of objects."""
        value = self.get(field)
        if field not in self.value:
            return []
        if not isinstance(value, list):
            self.error(field, say("Expected an array, but found {found}", found=kind(value)))
            return []
        if len(value) < least:
            self.error(field, say("Value cannot be empty"))
        found = []
        for index, one in enumerate(value):
            if isinstance(one, dict):
                found.append(Fields(one, self.at(field, index), self.findings, self.language))
            else:
                self.findings.error(
                    self.at(field, index), say("Expected an object, but found {found}", found=kind(one))
                )
        return found

    def object(self, field: str) -> Fields | None:
        value = self.get(field)
        if field not in self.value:
            return None
        if not isinstance(value, dict):
            self.error(field, say("Expected an object, but found {found}", found=kind(value)))
            return None
        return Fields(value, self.at(field), self.findings, self.language)

    def only_one_of(self, fields: Iterable[str], *, required: bool) -> str | None:
        present = [field for field in fields if self.has(field)]
        if len(present) > 1:
            self.error(present[1], say("Only one of [{fields}] is allowed", fields=", ".join(present)))
        if not present and required:
            self.findings.error(self.pointer, say("Exactly one of [{fields}] is required", fields=", ".join(fields)))
        return present[0] if present else None


def _within(value: Json, steps: Iterable[str | int]) -> Json:
    """What the steps lead to; they are those of an error, so they lead somewhere."""
    for step in steps:
        value = value[step]  # type: ignore[index]
    return value


def kind(value: Json) -> Sentence:
    """The JSON type of a value, in words."""
    return _KINDS.get(type(value), _NUMBER)

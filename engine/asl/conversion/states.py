"""One state of a definition, from JSONPath to JSONata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeAlias

from engine.asl.conversion.conditions import convert_condition
from engine.asl.conversion.intrinsics import convert_intrinsic, draws_chance
from engine.asl.conversion.paths import convert_path
from engine.asl.conversion.pieces import (
    NOTHING,
    Array,
    Constant,
    Object,
    Piece,
    Refused,
    Steps,
    Value,
    built,
    call,
    expression,
    inline,
    place,
    render,
)
from engine.asl.diagnostics import Code, Diagnostic, Findings, join
from engine.asl.model import QueryLanguage
from engine.asl.resource import has_placeholder
from engine.errors import ErrorName
from engine.jsontypes import Json
from engine.query.intrinsics import InvalidIntrinsic, compile_intrinsic
from engine.query.path import InvalidPath, Path, compile_path
from engine.sentences import Sentence, say

_Fields: TypeAlias = dict[str, Json]

_INPUT = Piece(source="$states.input", path="$")
_RESULT = Piece(source="$states.result", path="$")
_ERROR = Piece(source="$states.errorOutput", path="$", scalar=True)
_WORKING = frozenset({"Task", "Map", "Parallel"})
_BLOCKS = frozenset({"Branches", "ItemProcessor", "Iterator"})
# Numbers that may come as text ("10"), which only a Map's limits may.
_COUNTS = ("MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage")
_HANDLERS = (ErrorName.ALL, ErrorName.TASK_FAILED)
_MAKING = ("ResultSelector", "Parameters", "OutputPath", "ResultPath", "InputPath")
_READING = ("InputPath", "OutputPath", "ResultPath", "ResultSelector", "QueryLanguage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """``state`` is the new state, None where an error among the ``diagnostics`` says why there is none.

    ``chance``: the state draws random values, so that no two visits need yield the same. Pointers are below the state.
    """

    state: _Fields | None
    diagnostics: tuple[Diagnostic, ...]
    chance: bool


def convert_state(state: _Fields) -> Conversion:
    """Convert a JSONPath state of a valid definition. States inside a Map or Parallel stay what they are."""
    converter = _Converter(state)
    converted = converter.converted()
    failed = converter.findings.failed
    return Conversion(
        state=None if failed else converted, diagnostics=tuple(converter.findings.found), chance=converter.chance
    )


class _Converter:
    """Walks the fields of one state in their order, so that the new text reads like the old one."""

    def __init__(self, state: _Fields) -> None:
        self._state = state
        self._kind = state.get("Type")
        self.findings = Findings()
        self.chance = False
        self._effective: Value = _INPUT

    def converted(self) -> _Fields:
        self._refuse_placeholders()
        self._warn_of_handlers()
        self._effective = self._attempt("InputPath", lambda warn: self._narrowed(_INPUT, "InputPath", warn)) or _INPUT
        made: _Fields = {}
        for field, value in self._state.items():
            made.update(self._field(field, value))
            if field == "Type":
                made["QueryLanguage"] = str(QueryLanguage.JSONATA)
        made.update(self._arguments())
        if self._kind not in {"Choice", "Fail"} and (output := self._output()) is not None:
            made["Output"] = output
        return _ordered(made)

    # -- fields by their names --------------------------------------------------------------------------------------

    def _field(self, field: str, value: Json) -> _Fields:
        if field == "Retry":
            return {field: [_handling_queries(one) for one in _objects(value)]}
        if field in {"Comment", "Type", "Next", "End", "Resource", "Label", "Default"} | _BLOCKS:
            return {field: value}
        if field == "Choices":
            return self._choices()
        if field in _READING or field == "Result" or (field == "Parameters" and self._kind == "Pass"):
            return {}
        if field in {"Parameters", "ItemSelector"}:
            return self._template("ItemSelector" if self._kind == "Map" else "Arguments", field, value)
        if field == "ItemsPath":
            return self._path_field("Items", field, value)
        if field == "Assign":
            return self._template(field, field, value, self._assigns_from())
        if field == "Catch":
            return {"Catch": [self._catcher(index, one) for index, one in enumerate(_objects(value))]}
        if field == "Credentials":
            return self._template(field, field, value)
        if field in {"ItemReader", "ItemBatcher", "ResultWriter"}:
            return {field: self._distributed(field, value)}
        if field.endswith("Path"):
            return self._path_field(field.removesuffix("Path"), field, value)
        return {field: render(Constant(value))}

    def _assigns_from(self) -> Value:
        """What ``$`` is in Assign."""
        if self._kind == "Pass":
            return self._pass_result
        return _RESULT if self._kind in _WORKING else self._effective

    def _path_field(self, name: str, field: str, value: Json, steps: Steps = ()) -> _Fields:
        """``SecondsPath`` and its like: a path, or a call, becomes an expression."""

        def convert(warn: list[Sentence]) -> Json:
            found = self._read(str(value), self._effective, warn)
            if name in _COUNTS or name.startswith("Max"):
                piece = inline(found)
                return expression(built(call("number", piece.source), piece))
            return render(found) if name == "Items" else expression(inline(found))

        found = self._attempt(field, convert, steps)
        return {} if found is None else {name: found}

    def _template(self, name: str, field: str, value: Json, dollar: Value | None = None, steps: Steps = ()) -> _Fields:
        root = self._effective if dollar is None else dollar
        found = self._attempt(field, lambda warn: (render(self._filled(value, root, warn)),), steps)
        return {} if found is None else {name: found[0]}

    def _arguments(self) -> _Fields:
        """Without Parameters the effective input is what goes in; JSONata takes the raw input unless told."""
        if self._effective is _INPUT:
            return {}
        if self._kind in {"Task", "Parallel"} and "Parameters" not in self._state:
            return {"Arguments": render(self._effective)}
        if self._kind == "Map" and "ItemsPath" not in self._state and "ItemReader" not in self._state:
            return {"Items": render(self._effective)}
        return {}

    def _catcher(self, index: int, catcher: _Fields) -> _Fields:
        made: _Fields = {}
        for field, value in catcher.items():
            if field == "Assign":
                made.update(self._template("Assign", "Assign", value, _ERROR, ("Catch", index)))
            elif field == "ResultPath":
                steps: Steps = ("Catch", index)
                output = self._attempt(field, partial(self._put, _INPUT, value, _ERROR), steps)
                if output is not None and output is not _ERROR:
                    made["Output"] = render(output)
            else:
                made[field] = value
        return _handling_queries(made)

    def _distributed(self, owner: str, value: Json) -> _Fields:
        """The parts of a Distributed Map that read data."""
        made: _Fields = {}
        for field, one in (value if isinstance(value, dict) else {}).items():
            if field == "Parameters":
                made.update(self._template("Arguments", field, one, steps=(owner,)))
            elif field == "BatchInput":
                made.update(self._template(field, field, one, steps=(owner,)))
            elif field == "ReaderConfig" and isinstance(one, dict) and "MaxItemsPath" in one:
                rest = {name: each for name, each in one.items() if name != "MaxItemsPath"}
                steps: Steps = (owner, "ReaderConfig")
                made[field] = {**rest, **self._path_field("MaxItems", "MaxItemsPath", one["MaxItemsPath"], steps)}
            elif field.endswith("Path"):
                made.update(self._path_field(field.removesuffix("Path"), field, one, (owner,)))
            else:
                made[field] = render(Constant(one))
        return made

    # -- what goes out ----------------------------------------------------------------------------------------------

    def _output(self) -> Json:
        """Output, and for a Pass its Assign; None where JSONata's default does the same."""
        if self._kind in _WORKING:
            return self._rendered_output(self._selected_result(_RESULT), _RESULT)
        if self._kind == "Pass":
            return self._rendered_output(self._pass_result, _INPUT)
        return self._rendered_output(self._effective, _INPUT)

    def _selected_result(self, result: Value) -> Value:
        if "ResultSelector" not in self._state:
            return result
        selector = self._state["ResultSelector"]
        return self._attempt("ResultSelector", lambda warn: self._filled(selector, result, warn)) or result

    @cached_property
    def _pass_result(self) -> Value:
        if "Result" in self._state:
            return Constant(self._state["Result"])
        if "Parameters" not in self._state:
            return self._effective
        parameters = self._state["Parameters"]
        found = self._attempt("Parameters", lambda warn: self._filled(parameters, self._effective, warn))
        return found or self._effective

    def _rendered_output(self, result: Value, default: Value) -> Json:
        placed = result
        if "ResultPath" in self._state:
            path = self._state["ResultPath"]
            placed = self._attempt("ResultPath", partial(self._put, _INPUT, path, result)) or result
        output = self._attempt("OutputPath", lambda warn: self._narrowed(placed, "OutputPath", warn)) or placed
        if output is default:
            return None
        owner = next((field for field in _MAKING if field in self._state), "")
        found = self._attempt(owner, lambda _: (_rendered(output),))
        return None if found is None else found[0]

    def _put(self, base: Value, path: Json, value: Value, _warn: list[Sentence]) -> Value:
        return base if path is None else place(base, _compiled(path).steps or (), value)

    def _narrowed(self, value: Value, field: str, warn: list[Sentence]) -> Value:
        """InputPath or OutputPath."""
        if field not in self._state:
            return value
        path = self._state[field]
        if path is None:
            return NOTHING
        return convert_path(_compiled(path), value, warn)

    def _choices(self) -> _Fields:
        """A rule that holds has its own Output; the state's is for Default."""
        output = self._rendered_output(self._effective, _INPUT)
        rules: list[Json] = []
        for index, rule in enumerate(_objects(self._state.get("Choices"))):
            steps: Steps = ("Choices", index)
            new: _Fields = {"Condition": self._attempt("", partial(self._condition, rule), steps)}
            if "Assign" in rule:
                new.update(self._template("Assign", "Assign", rule["Assign"], steps=steps))
            if output is not None:
                new["Output"] = output
            new.update({name: rule[name] for name in ("Next", "Comment") if name in rule})
            rules.append(new)
        found: _Fields = {"Choices": rules}
        return found if output is None else {**found, "Output": output}

    def _condition(self, rule: _Fields, warn: list[Sentence]) -> str:
        return expression(convert_condition(rule, self._effective, warn))

    # -- reading ----------------------------------------------------------------------------------------------------

    def _read(self, text: str, dollar: Value, warn: list[Sentence]) -> Value:
        """A path or a call."""
        try:
            if text.startswith("States."):
                intrinsic = compile_intrinsic(text)
                self.chance = self.chance or draws_chance(intrinsic)
                return convert_intrinsic(intrinsic, dollar, warn)
            return convert_path(compile_path(text), dollar, warn)
        except (InvalidPath, InvalidIntrinsic) as error:
            raise Refused(error.reason) from None

    def _filled(self, source: Json, dollar: Value, warn: list[Sentence]) -> Value:
        """A payload template."""
        if isinstance(source, dict):
            fields: dict[str, Value] = {}
            for key, one in source.items():
                try:
                    if key.endswith(".$"):
                        fields[key[:-2]] = self._read(str(one), dollar, warn)
                    else:
                        fields[key] = self._filled(one, dollar, warn)
                except Refused as error:
                    raise Refused(error.reason, (key, *error.steps)) from None
            return Object(fields)
        if isinstance(source, list):
            return Array(tuple(self._filled(one, dollar, warn) for one in source))
        return Constant(source)

    # -- telling ----------------------------------------------------------------------------------------------------

    def _attempt(self, field: str, convert: Callable[[list[Sentence]], Any], steps: Steps = ()) -> Any:
        """What ``convert`` makes; None after it was refused and the reason was noted."""
        place_of = join("", *steps, field) if field else join("", *steps)
        warned: list[Sentence] = []
        try:
            found = convert(warned)
        except Refused as error:
            self.findings.error(join(place_of, *error.steps), error.reason.capitalized(), Code.NOT_CONVERTIBLE)
            return None
        for reason in dict.fromkeys(warned):
            self.findings.warning(place_of, reason.capitalized(), Code.CONVERTED_LOOSELY)
        return found

    def _warn_of_handlers(self) -> None:
        """In JSONPath nothing handles States.Runtime; what it stands for in JSONata is an error like any other."""
        for owner in ("Retry", "Catch"):
            for index, one in enumerate(_objects(self._state.get(owner))):
                for name in _HANDLERS:
                    if name in _names(one.get("ErrorEquals")):
                        message = say(
                            "{name} also stands for queries that fail, which nothing handles in JSONPath", name=name
                        )
                        self.findings.warning(join("", owner, index), message, Code.CONVERTED_LOOSELY)

    def _refuse_placeholders(self) -> None:
        for field, value in self._state.items():
            if field not in _BLOCKS and field not in {"Resource", "Comment"} and _reads_placeholder(field, value):
                message = say("A placeholder stands where a path should: fill it in first")
                self.findings.error(join("", field), message, Code.NOT_CONVERTIBLE)


def _reads_placeholder(field: str, value: Json) -> bool:
    if isinstance(value, dict):
        return any(_reads_placeholder(name, one) for name, one in value.items())
    if isinstance(value, list):
        return any(_reads_placeholder(field, one) for one in value)
    reads = field.endswith((".$", "Path", "Variable"))
    return reads and isinstance(value, str) and has_placeholder(value)


def _compiled(path: Json) -> Path:
    try:
        return compile_path(str(path))
    except InvalidPath as error:  # a placeholder in it
        raise Refused(error.reason) from None


def _rendered(value: Value) -> Json:
    """Places in what goes out are no places of the definition."""
    try:
        return render(value)
    except Refused as error:
        raise Refused(error.reason) from None


def _handling_queries(handler: _Fields) -> _Fields:
    """A Retrier or Catcher of States.IntrinsicFailure, which has another name in JSONata."""
    names = _names(handler.get("ErrorEquals"))
    if ErrorName.INTRINSIC_FAILURE not in names or ErrorName.QUERY_EVALUATION in names:
        return handler
    return {**handler, "ErrorEquals": [*names, ErrorName.QUERY_EVALUATION]}


def _names(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _objects(value: Json) -> list[_Fields]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


_LAST = ("Assign", "Output", "Default", "Next", "End")


def _ordered(made: _Fields) -> _Fields:
    """What the state makes of its data stands before where it leads, as in most definitions."""
    first = {name: value for name, value in made.items() if name not in _LAST}
    return {**first, **{name: made[name] for name in _LAST if name in made}}

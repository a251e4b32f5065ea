"""JSON value to StateMachine: every field checked, every mistake reported with its place (SURFACE of ASL, Nov 2024)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.asl.diagnostics import Code, Findings
from engine.asl.maps import read_map
from engine.asl.model import (
    NO_TIMEOUT,
    AnyState,
    AnyTemplate,
    Catcher,
    ChoiceState,
    FailState,
    ParallelState,
    PassState,
    QueryLanguage,
    Retrier,
    StateMachine,
    States,
    SucceedState,
    TaskState,
    WaitState,
    Whole,
)
from engine.asl.reader import EVERYWHERE, WITH_ERROR, WITH_RESULT, Fields, kind
from engine.asl.resource import (
    LambdaInvoke,
    Placeholder,
    Resource,
    ServiceCall,
    UnknownResource,
    function_name,
    has_placeholder,
    parse_resource,
    to_be_replaced,
)
from engine.asl.rules import read_rule
from engine.asl.services import runs_here
from engine.asl.times import parse_timestamp
from engine.errors import ErrorName
from engine.jsontypes import Json
from engine.query.jsonata import is_expression
from engine.sentences import Sentence, say

_DELAY = 31_622_400
_NAME = 80
_KNOWN_RESOURCES = say(
    "What can: functions (arn:aws:lambda:REGION:ACCOUNT:function:NAME), activities, aws-sdk:SERVICE:ACTION, and the "
    "integrations that the catalogue at /api/integrations/ lists"
)
_WORKING = frozenset({"Task", "Parallel", "Map"})
_WAITS = ("Seconds", "Timestamp", "SecondsPath", "TimestampPath")


def compile_machine(
    document: Json, findings: Findings, *, lone: bool = False, stored: bool = False
) -> StateMachine | None:
    """The machine, or None when a mistake keeps it from being built; ``findings`` says which.

    ``lone`` states may lead to states that are not there (TestState is given one state). In a ``stored`` machine is
    passed over what an earlier release took to no effect and this one refuses.
    """
    if not isinstance(document, dict):
        findings.error("/", say("Expected an object, but found {found}", found=kind(document)))
        return None
    fields = Fields(document, "", findings)
    language = _language(fields) or QueryLanguage.JSONPATH
    version = fields.string("Version")
    if version not in (None, "1.0"):
        fields.error(
            "Version",
            say("The field '{field}' should have one of these values: [{options}]", field="Version", options="1.0"),
        )
    timeout = fields.integer("TimeoutSeconds", least=1, most=NO_TIMEOUT)
    comment = fields.string("Comment")
    index: dict[str, AnyState] = {}
    top = _States(findings, index, language, lone=lone, stored=stored).read(fields)
    fields.refuse_others(say("a state machine"))
    if top is None or findings.broken:
        return None
    return StateMachine(top=top, comment=comment, timeout_seconds=timeout, index=index)


def _language(fields: Fields) -> QueryLanguage | None:
    text = fields.string("QueryLanguage")
    if text is None or text in set(QueryLanguage):
        return None if text is None else QueryLanguage(text)
    options = ", ".join(QueryLanguage)
    fields.error(
        "QueryLanguage",
        say("The field '{field}' should have one of these values: [{options}]", field="QueryLanguage", options=options),
    )
    return None


class _States:
    """Reads ``StartAt`` and ``States`` blocks, outer and inner, into one index of names."""

    def __init__(
        self, findings: Findings, index: dict[str, AnyState], language: QueryLanguage, *, lone: bool, stored: bool
    ) -> None:
        self._lone = lone
        self._stored = stored
        self._findings = findings
        self._index = index
        self._language = language
        self._readers: Mapping[str, Callable[[Fields, dict[str, Any]], AnyState | None]] = {
            "Pass": self._pass,
            "Task": self._task,
            "Choice": self._choice,
            "Wait": self._wait,
            "Succeed": self._succeed,
            "Fail": self._fail,
            "Parallel": self._parallel,
            "Map": self._map,
        }

    def read(self, fields: Fields) -> States | None:
        fields.require("States", "StartAt")
        start_at = fields.string("StartAt", empty=False)
        block = fields.object("States")
        if block is None:
            return None
        if not block.value:
            fields.error("States", say("Value cannot be empty"))
        states: dict[str, AnyState] = {}
        for name, value in block.value.items():
            self._check_name(block, name)
            if not isinstance(value, dict):
                block.error(name, say("Expected an object, but found {found}", found=kind(value)))
                continue
            state = self._state(name, Fields(value, block.at(name), self._findings))
            if state is not None:
                states[name] = state
        if not self._lone:
            self._check_targets(fields, block, start_at)
        return States(start_at=start_at, states=states) if start_at else None

    def _check_name(self, block: Fields, name: str) -> None:
        if not name or len(name) > _NAME:
            block.error(
                name, say("A state name has 1 to {most} characters; this has {length}", most=_NAME, length=len(name))
            )
        if name in self._index:
            block.error(name, say("Duplicate State name: {name}", name=name), Code.DUPLICATE_STATE)

    def _check_targets(self, fields: Fields, block: Fields, start_at: str | None) -> None:
        if start_at and start_at not in block.value:
            fields.error(
                "StartAt",
                say("Missing '{field}' target: {target}", field="StartAt", target=start_at),
                Code.MISSING_TARGET,
            )
        for name, value in block.value.items():
            for pointer, field, target in _targets(block.at(name), value):
                if target not in block.value:
                    self._findings.error(
                        pointer,
                        say("Missing '{field}' target: {target}", field=field, target=target),
                        Code.MISSING_TARGET,
                    )

    def _state(self, name: str, fields: Fields) -> AnyState | None:
        fields.require("Type")
        type_name = fields.string("Type")
        reader = self._readers.get(type_name or "")
        if reader is None:
            if "Type" in fields.value:
                options = ", ".join(self._readers)
                fields.error(
                    "Type",
                    say(
                        "The field '{field}' should have one of these values: [{options}]",
                        field="Type",
                        options=options,
                    ),
                )
            return None
        fields.language = self._language_of(fields)
        common: dict[str, Any] = {"name": name, "language": fields.language}
        if type_name != "Fail":
            common["input_path"] = fields.optional_path("InputPath")
            common["output_path"] = fields.optional_path("OutputPath")
            common["output"] = fields.output(WITH_RESULT if type_name in _WORKING else EVERYWHERE)
        parts = WITH_RESULT if type_name in _WORKING else EVERYWHERE
        if type_name not in {"Fail", "Succeed"}:  # they end their scope, and its variables with it
            common["assign"] = fields.template("Assign", objects_only=True, parts=parts)
            self._check_variables(fields)
        elif self._stored:
            fields.has("Assign")  # which nobody could read: it was taken until it was refused, as AWS does
        if type_name not in {"Fail", "Succeed", "Choice"}:
            common["next"] = self._transition(fields)
        state = reader(fields, common)
        fields.refuse_others(say("a {type_name} state", type_name=str(type_name)))
        if state is not None:
            self._index[name] = state
        return state

    def _language_of(self, fields: Fields) -> QueryLanguage:
        own = _language(fields) or self._language
        if own is QueryLanguage.JSONPATH and self._language is QueryLanguage.JSONATA:
            self._findings.error(
                fields.pointer, say("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine")
            )
            return QueryLanguage.JSONATA
        return own

    def _check_variables(self, fields: Fields) -> None:
        assign = fields.value.get("Assign")
        for key in assign if isinstance(assign, dict) else ():
            name = key.removesuffix(".$")
            if not name.isidentifier() or len(name) > _NAME or name == "states":
                self._findings.error(
                    fields.at("Assign", key), say("{name!r} cannot be the name of a variable", name=name)
                )

    def _transition(self, fields: Fields) -> str | None:
        end = fields.get("End")
        if "End" in fields.value and not isinstance(end, bool):
            fields.error("End", say("Expected a boolean, but found {found}", found=kind(end)))
        target = fields.string("Next", empty=False)
        if target is not None and end is True:
            fields.error("End", say("Only one of [{fields}] is allowed", fields="Next, End"))
        if "Next" not in fields.value and end is not True:
            fields.findings.error(fields.pointer, say("Exactly one of [{fields}] is required", fields="Next, End"))
        return target

    def _pass(self, fields: Fields, common: dict[str, Any]) -> AnyState:
        if fields.jsonata:
            return PassState(**common)
        return PassState(
            **common,
            has_result=fields.has("Result"),
            result=fields.get("Result"),
            parameters=fields.template("Parameters"),
            result_path=fields.result_path(),
        )

    def _succeed(self, fields: Fields, common: dict[str, Any]) -> AnyState:
        return SucceedState(**common)

    def _fail(self, fields: Fields, common: dict[str, Any]) -> AnyState:
        return FailState(**common, error=fields.text("Error"), cause=fields.text("Cause"))

    def _choice(self, fields: Fields, common: dict[str, Any]) -> AnyState:
        fields.require("Choices")
        rules = [read_rule(one) for one in fields.objects("Choices", least=1)]
        default = fields.string("Default", empty=False)
        return ChoiceState(**common, choices=tuple(rule for rule in rules if rule), default=default)

    def _wait(self, fields: Fields, common: dict[str, Any]) -> AnyState:
        options = ("Seconds", "Timestamp") if fields.jsonata else _WAITS
        fields.only_one_of(options, required=True)
        return WaitState(
            **common, seconds=fields.whole("Seconds", least=0, exclusive=False), timestamp=_timestamp(fields)
        )

    def _working(self, fields: Fields, common: dict[str, Any]) -> None:
        if not fields.jsonata:
            common["result_selector"] = fields.template("ResultSelector", objects_only=True)
        common["result_path"] = fields.result_path()
        retriers = fields.objects("Retry")
        common["retry"] = tuple(
            one for index, each in enumerate(retriers) if (one := _retrier(each, last=index == len(retriers) - 1))
        )
        catchers = fields.objects("Catch")
        common["catch"] = tuple(
            found for index, each in enumerate(catchers) if (found := _catcher(each, last=index == len(catchers) - 1))
        )

    def _task(self, fields: Fields, common: dict[str, Any]) -> AnyState | None:
        self._working(fields, common)
        fields.require("Resource")
        text = fields.string("Resource", empty=False)
        common["role_arn"] = _credentials(fields)
        common["parameters"] = _arguments(fields)
        timeout = fields.whole("TimeoutSeconds", least=1)
        heartbeat = fields.whole("HeartbeatSeconds", least=1)
        if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
            fields.error("HeartbeatSeconds", say("HeartbeatSeconds must be smaller than TimeoutSeconds"))
        if text is None:
            return None
        try:
            resource = parse_resource(text)
        except UnknownResource:
            fields.error(
                "Resource",
                say("The resource provided {text} is not recognized. {what_can}", text=text, what_can=_KNOWN_RESOURCES),
            )
            return None
        if isinstance(resource, LambdaInvoke):
            _check_invoke(fields)
        elif isinstance(resource, Placeholder) or (isinstance(resource, ServiceCall) and not runs_here(resource)):
            fields.error("Resource", _not_here(resource), Code.UNSUPPORTED)
        return TaskState(**common, resource=resource, timeout_seconds=timeout, heartbeat_seconds=heartbeat)

    def _parallel(self, fields: Fields, common: dict[str, Any]) -> AnyState:
        self._working(fields, common)
        fields.require("Branches")
        common["parameters"] = _arguments(fields)
        branches = [self._block(branch, say("a branch")) for branch in fields.objects("Branches", least=1)]
        return ParallelState(**common, branches=tuple(branch for branch in branches if branch))

    def _block(self, fields: Fields, owner: Sentence) -> States | None:
        states = self.read(fields)
        fields.refuse_others(owner)
        return states

    def _map(self, fields: Fields, common: dict[str, Any]) -> AnyState | None:
        self._working(fields, common)
        return read_map(fields, common, self._block)


def _arguments(fields: Fields) -> AnyTemplate | None:
    return fields.template("Arguments" if fields.jsonata else "Parameters")


def _credentials(fields: Fields) -> AnyTemplate | None:
    credentials = fields.object("Credentials")
    if credentials is None:
        return None
    if not credentials.has("RoleArn") and not (credentials.has("RoleArn.$") and not fields.jsonata):
        fields.error("Credentials", say("The field '{field}' is required but was missing", field="RoleArn"))
        return None
    credentials.refuse_others(say("Credentials"))
    return fields.template("Credentials", objects_only=True)


def _timestamp(fields: Fields) -> Whole | None:
    if fields.holds_expression("Timestamp"):
        return fields.expression("Timestamp")
    if not fields.jsonata and fields.has("TimestampPath"):
        return fields.path("TimestampPath")
    text = fields.string("Timestamp")
    if text is None:
        return None
    moment = parse_timestamp(text)
    if moment is None:
        fields.error("Timestamp", say("String does not match RFC3339 timestamp"))
        return None
    return -(-moment // 1_000_000)


def _error_names(fields: Fields, *, last: bool) -> tuple[str, ...] | None:
    fields.require("ErrorEquals")
    names = fields.get("ErrorEquals")
    if "ErrorEquals" not in fields.value:
        return None
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        fields.error("ErrorEquals", say("Expected a non-empty array of strings"))
        return None
    if ErrorName.ALL in names and len(names) > 1:
        fields.error("ErrorEquals", say("States.ALL must stand alone"))
    if ErrorName.ALL in names and not last:
        fields.error("ErrorEquals", say("States.ALL must be in the last element"))
    return tuple(str(name) for name in names)


def _retrier(fields: Fields, *, last: bool) -> Retrier | None:
    names = _error_names(fields, last=last)
    interval = fields.integer("IntervalSeconds", least=1, most=NO_TIMEOUT)
    attempts = fields.integer("MaxAttempts", least=0, most=NO_TIMEOUT)
    rate = fields.number("BackoffRate", least=1.0)
    longest = fields.integer("MaxDelaySeconds", least=1, most=_DELAY)
    jitter = fields.string("JitterStrategy")
    if jitter not in (None, "FULL", "NONE"):
        fields.error(
            "JitterStrategy",
            say(
                "The field '{field}' should have one of these values: [{options}]",
                field="JitterStrategy",
                options="FULL, NONE",
            ),
        )
    fields.refuse_others(say("a Retrier"))
    if names is None:
        return None
    return Retrier(
        error_equals=names,
        interval_seconds=1 if interval is None else interval,
        max_attempts=3 if attempts is None else attempts,
        backoff_rate=2.0 if rate is None else rate,
        max_delay_seconds=longest,
        full_jitter=jitter == "FULL",
    )


def _catcher(fields: Fields, *, last: bool) -> Catcher | None:
    names = _error_names(fields, last=last)
    fields.require("Next")
    target = fields.string("Next", empty=False)
    result_path = fields.result_path()
    assign = fields.template("Assign", objects_only=True, parts=WITH_ERROR)
    output = fields.output(WITH_ERROR)
    fields.refuse_others(say("a Catcher"))
    if names is None or target is None:
        return None
    return Catcher(error_equals=names, next=target, result_path=result_path, assign=assign, output=output)


def _check_invoke(fields: Fields) -> None:
    """lambda:invoke names its function in Parameters; a name written there is checked now, not at run time."""
    field = "Arguments" if fields.jsonata else "Parameters"
    parameters = fields.value.get(field)
    if fields.holds_expression(field):
        return
    if not isinstance(parameters, dict) or not ({"FunctionName", "FunctionName.$"} & parameters.keys()):
        fields.findings.error(
            fields.at(field), say("The field '{field}' is required but was missing", field="FunctionName")
        )
        return
    name = parameters.get("FunctionName")
    if isinstance(name, str) and has_placeholder(name):
        fields.findings.error(fields.at(field, "FunctionName"), to_be_replaced(name), Code.UNSUPPORTED)
    elif isinstance(name, str) and fields.jsonata and is_expression(name):
        return
    elif name is not None and (not isinstance(name, str) or function_name(name) is None):
        message = say("{name} is not a function name or ARN: the task will fail", name=repr(name))
        fields.findings.warning(fields.at(field, "FunctionName"), message, Code.INVALID_FUNCTION_NAME)


def _not_here(resource: Resource) -> Sentence:
    if isinstance(resource, Placeholder):
        return to_be_replaced(resource.arn)
    return say(
        "Tasks of {arn} can be drawn and simulated, but not run yet. {what_can}",
        arn=resource.arn,
        what_can=_KNOWN_RESOURCES,
    )


def _targets(pointer: str, state: Json) -> list[tuple[str, str, str]]:
    """(pointer, field, target) of every transition that a state's JSON names."""
    if not isinstance(state, dict):
        return []
    found = [(f"{pointer}/{field}", field, state[field]) for field in ("Next", "Default") if field in state]
    for owner in ("Choices", "Catch"):
        rules = state.get(owner)
        for index, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict) and "Next" in rule:
                found.append((f"{pointer}/{owner}/{index}/Next", "Next", rule["Next"]))
    return [(place, field, target) for place, field, target in found if isinstance(target, str) and target]

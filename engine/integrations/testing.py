"""TestState in AWS's own terms: a request as the API has it, an answer as the API gives it (SFN API, "TestState")."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, cast

from engine.asl.diagnostics import Diagnostic
from engine.asl.model import AnyState, TaskState, Working
from engine.asl.parse import LONE_STATE, parse_state
from engine.asl.times import format_timestamp
from engine.core.execution import Facts
from engine.integrations.mock_shapes import ImpossibleMock, Mode, check_mock
from engine.jsontypes import Document, InvalidJson, Json, parse
from engine.query.evaluator import Evaluator
from engine.runtime.teststate import (
    NEEDS_ROLE,
    Configuration,
    InvalidTest,
    Mocked,
    Perform,
    Request,
    Result,
    read_context,
    run_state,
)
from engine.sentences import say, verbatim

_LEVELS = ("INFO", "DEBUG", "TRACE")
_MODES = ("STRICT", "PRESENT", "NONE")


def answer_test(
    parameters: Mapping[str, Any],
    *,
    account: str,
    region: str,
    at: int,
    seed: str,
    evaluator: Evaluator,
    perform: Perform | None,
) -> dict[str, Json]:
    """What TestState answers to ``parameters`` (names and JSON strings as in the API). Raises InvalidTest."""
    parsed = parse_state(str(parameters["definition"]), "json")
    if parsed.machine is None:
        raise InvalidTest(verbatim(invalid_definition(parsed.diagnostics)), "InvalidDefinition")
    machine = parsed.machine
    name = parameters.get("stateName") or machine.top.start_at
    state = machine.index.get(str(name))
    mock = _mock(parameters.get("mock"))
    if mock is None and isinstance(state, TaskState) and not parameters.get("roleArn"):
        raise InvalidTest(NEEDS_ROLE)
    if mock is not None and parameters.get("revealSecrets"):
        raise InvalidTest(say("RevealSecrets is not supported when a mock is specified"))
    context = parameters.get("context")
    given = None if context is None else read_context(str(context))
    if mock is not None and not mock.fails and isinstance(state, TaskState):
        _check_shape(state, mock, parameters.get("mock"))
    request = Request(
        machine=machine,
        state=str(name),
        facts=_facts(parameters, state, given, account=account, region=region, at=at),
        variables=_object(parameters.get("variables"), "variables"),
        mock=mock,
        configuration=_configuration(parameters.get("stateConfiguration")),
        perform=perform,
    )
    result = run_state(request, at=at, seed=seed, evaluator=evaluator)
    return _answer(result, parameters.get("inspectionLevel") or "INFO")


def invalid_definition(diagnostics: tuple[Diagnostic, ...]) -> str:
    """AWS's sentence about a definition, from its first mistake."""
    first = diagnostics[0]
    where = f" at {first.pointer}" if first.pointer else ""
    return f"Invalid State Machine Definition: '{first.code}: {first.message}{where}'"


def _answer(result: Result, level: str) -> dict[str, Json]:
    if level not in _LEVELS:
        raise InvalidTest(say("inspectionLevel must be one of {levels}", levels=", ".join(_LEVELS)))
    found: dict[str, Json] = {"status": result.status}
    if result.output is not None:
        found["output"] = result.output.text
    for name, value in (("error", result.error), ("cause", result.cause), ("nextState", result.next_state)):
        if value is not None:
            found[name] = value
    if level != "INFO":
        found["inspectionData"] = {
            name: value if name in _PLAIN else Document(value).text for name, value in result.inspection.items()
        }
    return found


_PLAIN = frozenset(
    {"request", "response", "errorDetails", "maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage"}
)


def _json(text: Any, what: str) -> Json:
    try:
        return parse(str(text))
    except InvalidJson as error:
        raise InvalidTest(say("Invalid {what} provided: {reason}", what=what, reason=error.sentence)) from None


def _object(text: Any, what: str) -> dict[str, Json]:
    if text is None:
        return {}
    value = _json(text, what)
    if not isinstance(value, dict):
        raise InvalidTest(say("Invalid {what} provided: it must be a JSON object", what=what))
    return value


def _mock(given: Any) -> Mocked | None:
    if not isinstance(given, Mapping):
        return None
    if ("result" in given) == ("errorOutput" in given):
        raise InvalidTest(say("A mock needs exactly one of result and errorOutput"))
    if "errorOutput" in given:
        error = given["errorOutput"] or {}
        return Mocked(error=error.get("error"), cause=error.get("cause"), fails=True)
    return Mocked(result=_json(given["result"], "mock result"))


def _check_shape(state: TaskState, mock: Mocked, given: Any) -> None:
    mode = given.get("fieldValidationMode") or "STRICT"
    if mode not in _MODES:
        raise InvalidTest(say("fieldValidationMode must be one of {modes}", modes=", ".join(_MODES)))
    try:
        check_mock(state.resource, mock.result, cast("Mode", mode))
    except ImpossibleMock as error:
        raise InvalidTest(error.reason) from None


def _configuration(given: Any) -> Configuration:
    if not isinstance(given, Mapping):
        return Configuration()
    data = given.get("mapItemReaderData")
    return Configuration(
        retrier_retry_count=int(given.get("retrierRetryCount") or 0),
        error_caused_by_state=given.get("errorCausedByState"),
        map_iteration_failure_count=given.get("mapIterationFailureCount"),
        map_item_reader_data=None if data is None else _json(data, "mapItemReaderData"),
    )


def _facts(
    parameters: Mapping[str, Any],
    state: AnyState | None,
    context: dict[str, Json] | None,
    *,
    account: str,
    region: str,
    at: int,
) -> Facts:
    text = parameters.get("input")
    value = Document({}) if text is None else Document(_json(text, "input"))
    machine, name = str(uuid.uuid4()), str(uuid.uuid4())
    role = parameters.get("roleArn")
    machine_arn = f"arn:aws:states:{region}:{account}:stateMachine:{machine}"
    arn = f"arn:aws:states:{region}:{account}:express:{machine}:{name}"
    return Facts(
        arn=arn,
        name=name,
        machine_arn=machine_arn,
        machine_name=machine,
        role_arn=role or "",
        input=value,
        started_at=at,
        context=context if context is not None else _own_context(state, arn, name, machine_arn, role, value, at),
    )


def _own_context(
    state: AnyState | None, arn: str, name: str, machine_arn: str, role: str | None, value: Document, at: int
) -> dict[str, Json]:
    """The context object where none is given (recorded: the state is called so whatever its name is)."""
    moment = format_timestamp(at)
    entered: dict[str, Json] = {"EnteredTime": moment, "Name": LONE_STATE}
    if isinstance(state, Working):
        entered["RetryCount"] = 0
    return {
        "Execution": {"Id": arn, "Input": value.value, "Name": name, "RoleArn": role, "StartTime": moment},
        "State": entered,
        "StateMachine": {"Id": machine_arn, "Name": machine_arn.rpartition(":")[2]},
    }

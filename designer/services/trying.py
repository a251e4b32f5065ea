"""Trying a draft without saving it: one state by TestState, all of it in the Simulator. Nothing real is touched."""

from __future__ import annotations

import atexit
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings

from designer.arns import execution_arn, machine_arn, role_arn
from designer.services.definitions import parse_valid
from designer.services.errors import InvalidTrial, TrialTooLong
from designer.services.limits import PAYLOAD_BYTES, check_size
from engine import jsontypes
from engine.core.execution import Facts
from engine.core.history import HistoryEvent
from engine.integrations.testing import answer_test
from engine.jsontypes import Document, Json
from engine.runtime.evaluating import ChildEvaluator
from engine.runtime.rehearsal import RehearsalTooLong, rehearse
from engine.runtime.simulator import Mock, Stuck
from engine.runtime.teststate import NEEDS_ROLE, InvalidTest
from engine.sentences import Sentence, say

_NAME = "draft"
_AT_ONCE = BoundedSemaphore(2)
"""Simulations in this process: they are pure computing, and pages are to be served meanwhile."""
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """``status`` is SUCCEEDED, FAILED, TIMED_OUT or RUNNING (it waits for what no mock gives); times are virtual."""

    status: str
    output: Json
    error: str | None
    cause: str | None
    events: Sequence[HistoryEvent]
    milliseconds: int


@cache
def trial_evaluator() -> ChildEvaluator:
    """Bounded in time and memory, and shared by all that is tried out in this process."""
    found = ChildEvaluator()
    atexit.register(found.close)  # its children end with this process, in good order
    return found


def simulate(
    text: str,
    format: str,
    *,
    input: Json,
    mocks: Mapping[str, Sequence[Mock]],
    items: Mapping[str, Sequence[Json]],
) -> Trial:
    """Raises InvalidDefinition, TooLarge, TrialTooLong."""
    machine = parse_valid(text, format).machine
    assert machine is not None
    check_size(say("input"), jsontypes.dump(input), PAYLOAD_BYTES)
    started = time.time_ns() // 1_000_000
    facts = Facts(
        arn=execution_arn(_NAME, _NAME),
        name=_NAME,
        machine_arn=machine_arn(_NAME),
        machine_name=_NAME,
        role_arn=role_arn(),
        input=Document(input),
        started_at=started,
    )
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise TrialTooLong(say("others are being simulated: try again in a moment"))
    try:
        done = rehearse(machine, facts, mocks=mocks, items=items, evaluator=trial_evaluator())
    except RehearsalTooLong as error:
        raise TrialTooLong(error.reason) from None
    except Stuck:
        raise TrialTooLong(say("it takes more steps than any execution may")) from None
    finally:
        _AT_ONCE.release()
    ended = done.status.value != "RUNNING"
    end = done.end if ended else None
    return Trial(
        status=done.status.value,
        output=end.output.value if end and end.output else None,
        error=end.error if end else None,
        cause=end.cause if end else None,
        events=done.history,
        milliseconds=done.now - started,
    )


def try_state(
    text: str,
    format: str,
    *,
    state: str,
    input: Json,
    variables: Mapping[str, Json],
    mock: Mapping[str, Any] | None,
    level: str,
    retries: int,
) -> dict[str, Json]:
    """What the state makes of the input, as AWS's TestState tells it, payloads as values.

    Raises InvalidDefinition, InvalidTrial, TooLarge.
    """
    parsed = parse_valid(text, format)
    input_text = jsontypes.dump(input)
    check_size(say("input"), input_text, PAYLOAD_BYTES)
    parameters: dict[str, Any] = {
        "definition": jsontypes.dump(parsed.document),
        "stateName": state,
        "input": input_text,
        "variables": jsontypes.dump(dict(variables)),
        "inspectionLevel": level,
        "stateConfiguration": {"retrierRetryCount": retries},
    }
    if mock is not None:
        parameters["mock"] = dict(mock)
    environment = settings.ENVIRONMENT
    try:
        found = answer_test(
            parameters,
            account=environment.account_id,
            region=environment.region,
            at=time.time_ns() // 1_000_000,
            seed=secrets.token_hex(16),
            evaluator=trial_evaluator(),
            perform=None,
        )
    except InvalidTest as error:
        raise InvalidTrial(_in_our_words(error.reason)) from None
    return {name: _value(name, value) for name, value in found.items()}


def _in_our_words(reason: Sentence) -> Sentence:
    """AWS asks for a role where a Task would really be called; here only made-up answers are tested."""
    return say("A Task is tested with a made-up answer: give one") if reason == NEEDS_ROLE else reason


def _value(name: str, value: Json) -> Json:
    """JSON texts inside the answer as their values."""
    if name == "output" and isinstance(value, str):
        return jsontypes.parse(value)
    if name == "inspectionData" and isinstance(value, dict):
        return {key: _read(one) for key, one in value.items()}
    return value


def _read(value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return jsontypes.parse(value)
    except jsontypes.InvalidJson:
        return value

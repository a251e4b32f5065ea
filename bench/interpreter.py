"""The interpreter alone: in memory, with its full history. How fast it is, and that no size makes it slower."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from engine.asl.model import StateMachine
from engine.asl.parse import parse_definition
from engine.core.execution import Facts
from engine.jsontypes import Document, Json, dump
from engine.query.evaluator import Direct, Evaluator
from engine.runtime.evaluating import ChildEvaluator
from engine.runtime.simulator import Simulator

ROUNDS = 5
_STATES = 1000
_CHILD_STATES = 100
_COSTLY = {"Type": "Pass", "Output": "{% $merge([$states.input, {'n': $sum($map([1..3], function($x) { $x }))}]) %}"}
_JSONATA = {"Type": "Pass", "Output": "{% $merge([$states.input, {'n': $states.input.n + 1}]) %}"}


def chain(states: int, state: dict[str, Any]) -> StateMachine:
    """``states`` states of one kind in a row."""
    block: dict[str, Any] = {}
    for number in range(states):
        ending = {"End": True} if number == states - 1 else {"Next": f"S{number + 1}"}
        one = {**state, **ending}
        if state["Type"] == "Choice":
            target = f"S{number + 1}" if number < states - 1 else "End"
            one = {
                **state,
                "Choices": [{"Variable": "$.n", "NumericLessThan": 0, "Next": target}],
                "Default": target,
            }
        block[f"S{number}"] = one
    if state["Type"] == "Choice":
        block["End"] = {"Type": "Succeed"}
    return _parsed({"StartAt": "S0", "States": block})


def _parsed(definition: dict[str, Any]) -> StateMachine:
    parsed = parse_definition(dump(definition), "json")
    if parsed.machine is None:
        raise AssertionError(parsed.diagnostics)
    return parsed.machine


def _seconds(machine: StateMachine, value: Json, evaluator: Evaluator | None = None) -> float:
    """One execution; the median of some rounds."""
    return statistics.median(_once(machine, value, evaluator or Direct()) for _ in range(ROUNDS))


def _once(machine: StateMachine, value: Json, evaluator: Evaluator) -> float:
    facts = Facts(
        arn="arn:aws:states:us-east-1:000000000000:execution:Bench:run",
        name="run",
        machine_arn="arn:aws:states:us-east-1:000000000000:stateMachine:Bench",
        machine_name="Bench",
        role_arn="arn:aws:iam::000000000000:role/Bench",
        input=Document(value),
        started_at=0,
    )
    simulator = Simulator(machine=machine, facts=facts, evaluator=evaluator)
    gc.collect()
    gc.disable()  # as timeit does: collecting costs by what else lives in the process
    try:
        began = time.perf_counter()
        simulator.run()
        seconds = time.perf_counter() - began
    finally:
        gc.enable()
    if simulator.status != "SUCCEEDED":
        raise AssertionError(simulator.end)
    return seconds


def transitions_per_second() -> dict[str, float]:
    """By kind of state. A JSONata expression that is proved cheap takes the fast path, any other the child."""
    kinds: dict[str, dict[str, Any]] = {
        "Pass": {"Type": "Pass"},
        "Choice": {"Type": "Choice"},
        "JSONPath Parameters": {
            "Type": "Pass",
            "Parameters": {"n.$": "$.n", "of": {"deep.$": "$.deep.er"}, "deep.$": "$.deep"},
        },
        "JSONata Output, fast path": {"QueryLanguage": "JSONata", **_JSONATA},
    }
    value: Json = {"n": 1, "deep": {"er": [1, 2, 3]}}
    found = {kind: _STATES / _seconds(chain(_STATES, state), value) for kind, state in kinds.items()}
    child = ChildEvaluator()
    try:
        costly = chain(_CHILD_STATES, {"QueryLanguage": "JSONata", **_COSTLY})
        found["JSONata Output, child"] = _CHILD_STATES / _seconds(costly, value, child)
    finally:
        child.close()
    return found


def long_against_short() -> tuple[float, float]:
    """Microseconds a transition: of an execution of 20,000 events, and of one of 200."""
    long, short = 9_998, 98
    many = _seconds(chain(long, {"Type": "Pass"}), {"a": 1}) / long
    few = statistics.median(_seconds(chain(short, {"Type": "Pass"}), {"a": 1}) for _ in range(20)) / short
    return many * 1e6, few * 1e6


def many_items_against_few() -> tuple[float, float]:
    """Microseconds an item: of a Map of 10,000 items and of one of 100. The history limit is lifted for it."""
    processor = {"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}
    machine = _parsed({"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": processor, "End": True}}})
    times: Callable[[int], float] = lambda count: _seconds(machine, list(range(count))) / count  # noqa: E731
    with patch("engine.core.activation.LIMIT", 1_000_000):
        return times(10_000) * 1e6, statistics.median(times(100) for _ in range(20)) * 1e6

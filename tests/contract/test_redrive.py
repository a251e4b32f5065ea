"""Redrive over every store: an execution that ended badly goes on where it ended, and what had succeeded stays."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.events import Redriven, StopRequested, encode_event
from tests.contract.conftest import NOW, Bench
from tests.contract.test_driver import World
from tests.contract.test_mapruns import distributed
from tests.harness import FUNCTION

END = {"Type": "Pass", "End": True}


def task(name: str, **more: Any) -> dict[str, Any]:
    return {"StartAt": name, "States": {name: {"Type": "Task", "Resource": FUNCTION + name, "End": True, **more}}}


class Flaky:
    """Fails until it is mended; counts how often it was asked."""

    def __init__(self) -> None:
        self.broken = True
        self.asked = 0

    def __call__(self, payload: Any) -> Any:
        self.asked += 1
        if self.broken:
            raise ValueError("broken")
        return payload


def redriven(world: World, bench: Bench, execution_id: str) -> str:
    assert bench.store.redrive(execution_id, encode_event(Redriven()), NOW)
    return world.to_the_end(execution_id)


def types(bench: Bench, execution_id: str) -> list[str]:
    return [kind for _, _, kind in bench.history(execution_id)]


def test_a_failed_task_is_scheduled_again_with_its_retries_anew(bench: Bench) -> None:
    work = Flaky()
    world = World(bench, answers={"Work": work})
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}]
    definition = {
        "StartAt": "First",
        "States": {
            "First": {"Type": "Pass", "Assign": {"v": 1}, "Next": "Work"},
            "Work": {"Type": "Task", "Resource": FUNCTION + "Work", "Retry": retry, "Next": "Last"},
            "Last": {"Type": "Pass", "Parameters": {"v.$": "$v", "n.$": "$$.Execution.RedriveCount"}, "End": True},
        },
    }
    execution_id = bench.create(definition, {"a": 1})
    assert world.to_the_end(execution_id) == "FAILED"
    assert work.asked == 2
    assert redriven(world, bench, execution_id) == "FAILED"
    assert work.asked == 4
    work.broken = False
    assert redriven(world, bench, execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == {"v": 1, "n": 2}
    found = types(bench, execution_id)
    assert found.count("PassStateEntered") == 2
    assert found.count("TaskStateEntered") == 1
    assert found.count("ExecutionRedriven") == 2
    assert [number for number, _, _ in bench.history(execution_id)] == list(range(1, len(found) + 1))


@pytest.mark.parametrize("kind", ["Parallel", "Map"])
def test_only_the_parts_that_failed_or_were_aborted_run_again(bench: Bench, kind: str) -> None:
    good, bad = Flaky(), Flaky()
    good.broken = False
    world = World(bench, answers={"Good": good, "Bad": bad})
    if kind == "Parallel":
        state: dict[str, Any] = {"Type": "Parallel", "Branches": [task("Good"), task("Bad")], "End": True}
        value: Any = 5
    else:
        rule = {"Variable": "$", "NumericEquals": 1, "Next": "Good"}
        states = {
            "Which": {"Type": "Choice", "Choices": [rule], "Default": "Bad"},
            **task("Good")["States"],
            **task("Bad")["States"],
        }
        processor = {"StartAt": "Which", "States": states}
        state = {"Type": "Map", "ItemProcessor": processor, "MaxConcurrency": 1, "End": True}
        value = [1, 2, 1]
    execution_id = bench.create({"StartAt": "P", "States": {"P": state}}, value)
    assert world.to_the_end(execution_id) == "FAILED"
    before = good.asked
    bad.broken = False
    assert redriven(world, bench, execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == ([5, 5] if kind == "Parallel" else [1, 2, 1])
    assert good.asked == (before if kind == "Parallel" else before + 1)  # the third item had never begun


def test_a_stopped_execution_goes_on_in_its_wait(bench: Bench) -> None:
    world = World(bench)
    definition = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "Next": "E"}, "E": END}}
    execution_id = bench.create(definition, {"a": 1})
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    bench.store.post(execution_id, encode_event(StopRequested(error=None, cause=None)), NOW)
    assert world.to_the_end(execution_id) == "ABORTED"
    assert redriven(world, bench, execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == {"a": 1}


def test_a_fail_state_fails_again_and_a_failing_result_is_made_again(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}})
    assert world.to_the_end(execution_id) == "FAILED"
    assert redriven(world, bench, execution_id) == "FAILED"
    assert types(bench, execution_id)[-2:] == ["ExecutionRedriven", "ExecutionFailed"]
    broken = {
        "Type": "Parallel",
        "Branches": [{"StartAt": "X", "States": {"X": END}}],
        "OutputPath": "$.no",
        "End": True,
    }
    execution_id = bench.create({"StartAt": "P", "States": {"P": broken}})
    assert world.to_the_end(execution_id) == "FAILED"
    assert redriven(world, bench, execution_id) == "FAILED"
    assert types(bench, execution_id).count("ParallelStateStarted") == 2


def test_a_distributed_map_gets_another_map_run(bench: Bench) -> None:
    work = Flaky()
    world = World(bench, answers={"Work": work})
    execution_id = bench.create(distributed(task("Work")), [1, 2])
    assert world.to_the_end(execution_id) == "FAILED"
    work.broken = False
    assert redriven(world, bench, execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == [1, 2]
    assert len(bench.store.map_runs_of(execution_id)) == 2


def test_what_runs_or_succeeded_cannot_be_redriven(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create({"StartAt": "E", "States": {"E": END}})
    assert not bench.store.redrive(execution_id, encode_event(Redriven()), NOW)
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert not bench.store.redrive(execution_id, encode_event(Redriven()), NOW)
    assert not bench.store.redrive("nobody", encode_event(Redriven()), NOW)


def test_a_redrive_that_comes_while_late_mail_is_thrown_away_is_not_thrown_away(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Flaky()
    world = World(bench, answers={"Work": work})
    execution_id = bench.create(task("Work"))
    assert world.to_the_end(execution_id) == "FAILED"
    work.broken = False
    bench.store.post(execution_id, encode_event(StopRequested(error=None, cause=None)), NOW)
    late = bench.store.load(execution_id)
    assert bench.store.redrive(execution_id, encode_event(Redriven()), NOW)
    with monkeypatch.context() as patched:  # a worker that read just before the redrive
        patched.setattr(bench.store, "load", lambda execution_id: late)
        world.driver.activate(execution_id)
    assert world.to_the_end(execution_id) == "SUCCEEDED"

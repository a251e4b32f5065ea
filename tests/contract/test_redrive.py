"""Redrive over every store: an execution that ended badly goes on where it ended, and what had succeeded stays."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.events import Redriven, StopRequested, encode_event
from engine.runtime.ports import map_run_id
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


def test_after_results_that_were_too_large_a_distributed_map_gets_another_map_run(bench: Bench) -> None:
    world = World(bench)
    definition = distributed({"StartAt": "X", "States": {"X": END}}, ItemSelector={"text": "x" * 3000})
    execution_id = bench.create(definition, list(range(100)))
    assert world.to_the_end(execution_id) == "FAILED"
    assert redriven(world, bench, execution_id) == "FAILED"
    assert len(bench.store.map_runs_of(execution_id)) == 2
    found = types(bench, execution_id)
    assert (found.count("MapRunStarted"), found.count("MapRunRedriven")) == (2, 0)


def test_children_that_failed_where_they_were_made_go_on_where_they_ended(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(distributed({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}), [1])
    assert world.to_the_end(execution_id) == "FAILED"
    assert redriven(world, bench, execution_id) == "FAILED"
    (child,) = bench.store.results(row_of_run(bench, execution_id).id)
    assert types(bench, child.id)[-2:] == ["ExecutionRedriven", "ExecutionFailed"]


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


def row_of_run(bench: Bench, execution_id: str) -> Any:
    found = bench.store.map_run(map_run_id(execution_id, "maprun:2.0"))
    assert found is not None
    return found


def test_a_map_run_goes_on_with_the_children_that_have_not_succeeded(bench: Bench) -> None:
    bad = Flaky()
    asked: list[Any] = []

    def work(payload: Any) -> Any:
        asked.append(payload)
        return bad(payload) if payload == 2 else payload

    world = World(bench, answers={"Work": work})
    execution_id = bench.create(distributed(task("Work"), MaxConcurrency=1), [1, 2, 3])
    assert world.to_the_end(execution_id) == "FAILED"
    assert asked == [1, 2]
    bad.broken = False
    assert redriven(world, bench, execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == [1, 2, 3]
    assert asked == [1, 2, 2, 3]
    found = types(bench, execution_id)
    assert found.count("MapRunStarted") == 1
    assert found[found.index("ExecutionRedriven") + 1] == "MapRunRedriven"
    row = row_of_run(bench, execution_id)
    assert (row.status, row.items, row.made, row.succeeded, row.failed, row.pending) == ("SUCCEEDED", 3, 3, 3, 0, 0)


def test_a_map_run_fails_again_and_counts_its_failures_anew(bench: Bench) -> None:
    bad = Flaky()
    world = World(bench, answers={"Work": bad})
    execution_id = bench.create(distributed(task("Work"), MaxConcurrency=2, ToleratedFailureCount=2), [1, 2, 3, 4])
    assert world.to_the_end(execution_id) == "FAILED"
    assert redriven(world, bench, execution_id) == "FAILED"
    row = row_of_run(bench, execution_id)
    assert row.status == "FAILED"
    assert row.failed == 3
    assert row.pending == 0
    bad.broken = False
    assert redriven(world, bench, execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == [1, 2, 3, 4]
    found = types(bench, execution_id)
    assert (found.count("MapRunStarted"), found.count("MapRunRedriven")) == (1, 2)


def test_redriven_children_keep_to_the_limit(bench: Bench) -> None:
    bad = Flaky()
    world = World(bench, answers={"Work": bad})
    execution_id = bench.create(distributed(task("Work"), MaxConcurrency=2, ToleratedFailureCount=3), [1, 2, 3, 4])
    assert world.to_the_end(execution_id) == "FAILED"
    bad.broken = False
    assert bench.store.redrive(execution_id, encode_event(Redriven()), NOW)
    world.bells.ring_execution(execution_id)
    world.driver.activate(execution_id)
    row = row_of_run(bench, execution_id)
    assert (row.status, row.pending, row.running) == ("RUNNING", 4, 0)
    world.map_runs.activate(row.id)
    row = row_of_run(bench, execution_id)
    assert (row.pending, row.running) == (2, 2)
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == [1, 2, 3, 4]


def test_children_of_express_type_begin_again(bench: Bench) -> None:
    first, second = Flaky(), Flaky()
    first.broken = False
    world = World(bench, answers={"First": first, "Second": second})
    states = {
        "First": {"Type": "Task", "Resource": FUNCTION + "First", "Next": "Second"},
        **task("Second")["States"],
    }
    definition = distributed({"StartAt": "First", "States": states})
    processor: Any = definition["States"]["M"]["ItemProcessor"]
    processor["ProcessorConfig"]["ExecutionType"] = "EXPRESS"
    execution_id = bench.create(definition, [1])
    assert world.to_the_end(execution_id) == "FAILED"
    second.broken = False
    assert redriven(world, bench, execution_id) == "SUCCEEDED"
    assert (first.asked, second.asked) == (2, 2)
    assert len(set(world.tasks.begun)) == 4, "an attempt of a new run is no repetition of the old one's"
    assert bench.output(execution_id) == [1]


def test_a_map_run_that_was_stopped_goes_on(bench: Bench) -> None:
    world = World(bench, answers={"Work": lambda payload: payload})
    execution_id = bench.create(distributed(task("Work"), MaxConcurrency=2), [1, 2, 3])
    world.bells.ring_execution(execution_id)
    world.driver.activate(execution_id)
    world.map_runs.activate(row_of_run(bench, execution_id).id)
    bench.store.post(execution_id, encode_event(StopRequested(error=None, cause=None)), NOW)
    world.driver.activate(execution_id)
    row = row_of_run(bench, execution_id)
    assert row.status == "ABORTED"
    # Its children have not heard of it yet: they go on as if nothing had been.
    assert redriven(world, bench, execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == [1, 2, 3]

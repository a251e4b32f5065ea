"""Several events in one step: a mailbox is drained in one go."""

from __future__ import annotations

import json
from typing import Any

from engine.asl.parse import parse_definition
from engine.core.commands import CancelTask, CancelTimer, ScheduleTask
from engine.core.events import Event, Started, StopRequested, TaskFailed, TaskStarted, TaskSucceeded, TimerFired
from engine.core.execution import Status
from engine.jsontypes import Document
from tests.simulation import Simulator, simulation

WORK = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:F", "TimeoutSeconds": 9}
MAP = {
    "StartAt": "M",
    "States": {
        "M": {
            "Type": "Map",
            "End": True,
            "ItemProcessor": {
                "StartAt": "A",
                "States": {"A": {**WORK, "Next": "B"}, "B": {"Type": "Pass", "End": True}},
            },
        }
    },
}
TASK = {"StartAt": "A", "States": {"A": {**WORK, "End": True}}}


def begun(definition: Any, value: Any) -> tuple[Simulator, list[ScheduleTask]]:
    parsed = parse_definition(json.dumps(definition), "json")
    assert parsed.machine is not None
    running = simulation(machine=parsed.machine, input=value)
    running.apply(Started())
    return running, [command for command in running.commands if isinstance(command, ScheduleTask)]


def good(task: ScheduleTask) -> Event:
    return TaskSucceeded(scope=task.scope, attempt=task.attempt, output=Document(task.attempt))


def bad(task: ScheduleTask) -> Event:
    return TaskFailed(scope=task.scope, attempt=task.attempt, error="E", cause=None)


def test_all_results_of_a_map_may_come_at_once() -> None:
    running, tasks = begun(MAP, list(range(20)))
    running.apply(*map(good, tasks))
    assert running.status is Status.SUCCEEDED
    assert running.end.output == Document([task.attempt for task in tasks])
    assert len(running.store) == 1


def test_an_iteration_that_was_about_to_go_on_is_aborted_between_two_states() -> None:
    running, (first, second) = begun(MAP, [1, 2])
    running.apply(good(first), bad(second))
    assert running.types[-5:] == [
        "LambdaFunctionFailed",
        "MapIterationFailed",
        "MapIterationAborted",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    assert "PassStateEntered" not in running.types


def test_after_a_failure_in_the_batch_its_other_results_are_late() -> None:
    running, (first, second) = begun(MAP, [1, 2])
    running.apply(bad(first), good(second))
    assert running.types.count("LambdaFunctionSucceeded") == 0
    assert CancelTask(attempt=second.attempt) in running.commands


def test_of_a_result_and_a_timer_the_first_wins() -> None:
    for late in (False, True):
        running, (task,) = begun(TASK, {})
        running.apply(TaskStarted(scope=task.scope, attempt=task.attempt))
        timer = TimerFired(scope=task.scope, key=f"timeout:{task.attempt}")
        running.apply(*((timer, good(task)) if late else (good(task), timer)))
        assert running.status is (Status.FAILED if late else Status.SUCCEEDED)


def test_an_aborted_attempt_takes_its_clock_along() -> None:
    running, (first, second) = begun(MAP, [1, 2])
    running.apply(TaskStarted(scope=second.scope, attempt=second.attempt), bad(first))
    assert CancelTimer(key=f"timeout:{second.attempt}") in running.commands


def test_a_stop_before_the_start_is_a_stop() -> None:
    parsed = parse_definition(json.dumps(TASK), "json")
    assert parsed.machine is not None
    running = simulation(machine=parsed.machine, input={})
    running.apply(StopRequested(error="E", cause="c"))
    assert running.types == ["ExecutionAborted"]
    assert (running.end.status, running.end.error, running.end.cause) == ("ABORTED", "E", "c")


def test_history_never_runs_backwards_whatever_the_clock_says() -> None:
    running, (task,) = begun(TASK, {})
    running.now -= 3_600_000
    running.apply(good(task))
    times = [event.at for event in running.history]
    assert times == sorted(times)

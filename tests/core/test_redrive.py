"""Redrive in the interpreter: what had succeeded stays, what had not goes on (AWS, "Redriving executions")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.asl.parse import parse_definition
from engine.core.commands import RedriveMapRun, ScheduleTask, StartTimer
from engine.core.events import Event, MapRunFailed, Redriven, TaskFailed, TaskSucceeded
from engine.core.execution import Status
from engine.jsontypes import Document, Json, dump
from tests.simulation import Simulator, simulation

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"
TASK = {"Type": "Task", "Resource": FUNCTION + "F", "End": True}


class Moody:
    """Fails the states in ``bad``, once each time they are asked while they are in it."""

    def __init__(self, *bad: str) -> None:
        self.bad = set(bad)
        self.asked: list[str] = []

    def __call__(self, command: ScheduleTask) -> Iterable[tuple[int, Event]]:
        self.asked.append(command.state)
        where: dict[str, Any] = {"scope": command.scope, "attempt": command.attempt}
        if command.state in self.bad:
            return [(1, TaskFailed(**where, error="Bad", cause=None))]
        return [(1, TaskSucceeded(**where, output=command.payload))]


def failed(definition: dict[str, Any], moody: Moody, value: Json = None) -> Simulator:
    machine = parse_definition(dump(definition), "json").machine
    assert machine is not None
    run = simulation(machine=machine, input=value or {}, answers=moody, as_text=True).run()
    assert run.status is Status.FAILED
    return run


def redriven(run: Simulator) -> Simulator:
    root = replace(run.execution.root, status=Status.RUNNING)
    run.execution = replace(run.execution, root=root)
    run.commands.clear()
    run.apply(Redriven())
    while run._pending and run.status is Status.RUNNING:
        import heapq

        due, _, event = heapq.heappop(run._pending)
        run.now = max(run.now, due)
        run.apply(event)
    return run


def test_a_task_is_scheduled_again_and_the_machines_clock_starts_anew() -> None:
    moody = Moody("T")
    run = failed({"StartAt": "T", "TimeoutSeconds": 60, "States": {"T": TASK}}, moody)
    moody.bad.clear()
    redriven(run)
    assert run.status is Status.SUCCEEDED
    assert run.types[-6:] == [
        "ExecutionRedriven",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert any(isinstance(one, StartTimer) and one.key == "machine" for one in run.commands)
    assert [event.details for event in run.history if event.type == "ExecutionRedriven"] == [{"redriveCount": 1}]


def test_only_the_branches_that_had_not_succeeded_run_again() -> None:
    moody = Moody("Bad")
    branches = [{"StartAt": name, "States": {name: TASK}} for name in ("Good", "Bad")]
    run = failed(
        {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": branches, "End": True}}}, moody, {"a": 1}
    )
    moody.bad.clear()
    assert redriven(run).status is Status.SUCCEEDED
    assert moody.asked.count("Good") == 1
    assert moody.asked.count("Bad") == 2
    assert run.end.output == Document([{"a": 1}, {"a": 1}])


def test_iterations_that_had_not_begun_begin_after_those_that_had_failed() -> None:
    moody = Moody("Item")
    each = {"StartAt": "Item", "States": {"Item": TASK}}
    mapped = {"Type": "Map", "ItemProcessor": each, "MaxConcurrency": 1, "ItemsPath": "$.items", "End": True}
    run = failed({"StartAt": "M", "States": {"M": mapped}}, moody, {"items": [1, 2, 3]})
    moody.bad.clear()
    assert redriven(run).status is Status.SUCCEEDED
    assert run.end.output == Document([1, 2, 3])


def test_a_state_that_fails_by_itself_fails_again() -> None:
    moody = Moody()
    run = failed({"StartAt": "P", "States": {"P": {"Type": "Pass", "InputPath": "$.no", "End": True}}}, moody)
    assert redriven(run).status is Status.FAILED
    assert run.end.error == "States.Runtime"
    run = failed({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}, moody)
    assert redriven(run).end.error == "E"


def test_a_sibling_that_was_about_to_enter_a_state_enters_it() -> None:
    """Both results came at once: when the other branch failed, its next state was ready and never entered."""
    branches: list[dict[str, Any]] = [
        {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": FUNCTION + "F", "Next": "B"}, "B": TASK}},
        {"StartAt": "Bad", "States": {"Bad": TASK}},
    ]
    definition: dict[str, Any] = {
        "StartAt": "P",
        "States": {"P": {"Type": "Parallel", "Branches": branches, "End": True}},
    }
    machine = parse_definition(dump(definition), "json").machine
    assert machine is not None
    run = simulation(machine=machine, input={"a": 1}, as_text=True).run()
    tasks = {one.state: one for one in run.commands if isinstance(one, ScheduleTask)}
    good, bad = tasks["A"], tasks["Bad"]
    run.apply(
        TaskSucceeded(scope=good.scope, attempt=good.attempt, output=Document({"b": 2})),
        TaskFailed(scope=bad.scope, attempt=bad.attempt, error="Bad", cause=None),
    )
    assert run.status is Status.FAILED
    moody = run.answers = Moody()
    assert redriven(run).status is Status.SUCCEEDED
    assert sorted(moody.asked) == ["B", "Bad"]
    assert run.end.output == Document([{"b": 2}, {"a": 1}])


def test_an_item_that_could_not_be_selected_is_selected_anew() -> None:
    each = {"StartAt": "Item", "States": {"Item": TASK}}
    selector = {"n.$": "$$.Map.Item.Value.n"}
    mapped = {"Type": "Map", "ItemProcessor": each, "ItemSelector": selector, "ItemsPath": "$.items", "End": True}
    run = failed({"StartAt": "M", "States": {"M": mapped}}, Moody(), {"items": [{"n": 1}, {}]})
    assert run.end.error == "States.Runtime"
    assert redriven(run).status is Status.FAILED
    assert run.end.error == "States.Runtime"
    assert run.types.count("MapIterationFailed") == 2


def test_an_item_is_selected_anew_and_its_iteration_goes_on_when_that_succeeds_now() -> None:
    """The selector fails by chance: AWS's MathRandom draws anew."""
    each = {"StartAt": "Item", "States": {"Item": {"Type": "Pass", "End": True}}}
    selector = {"n.$": "States.ArrayGetItem($.odds, States.MathRandom(0, 8))"}
    mapped = {"Type": "Map", "ItemProcessor": each, "ItemSelector": selector, "ItemsPath": "$.items", "End": True}
    run = failed({"StartAt": "M", "States": {"M": mapped}}, Moody(), {"items": list(range(9)), "odds": [1] * 4})
    for _ in range(60):
        if redriven(run).status is Status.SUCCEEDED:
            break
    assert run.end.output == Document([{"n": 1}] * 9)


def test_a_map_run_is_taken_up_again_and_a_broken_result_begins_another() -> None:
    definition: dict[str, Any] = {
        "StartAt": "M",
        "States": {
            "M": {
                "Type": "Map",
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "F",
                    "States": {"F": {"Type": "Fail", "Error": "E"}},
                },
                "End": True,
            }
        },
    }
    run = failed(definition, Moody(), [1])
    started = next(event for event in run.history if event.type == "MapRunStarted")
    redriven(run)
    assert run.types[-2:] == ["ExecutionRedriven", "MapRunRedriven"]
    assert run.history[-1].details == {"mapRunArn": started.details["mapRunArn"], "redriveCount": 1}
    (again,) = (one for one in run.commands if isinstance(one, RedriveMapRun))
    large = MapRunFailed(scope="", attempt=again.attempt, error="States.DataLimitExceeded", cause=None)
    run.apply(large)
    assert run.status is Status.FAILED
    redriven(run)
    assert run.types.count("MapRunStarted") == 2

"""The runtime over each store: the same machines, the same faults, the same ends."""

from __future__ import annotations

import gc
import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from engine.core.items import Item
from engine.jsontypes import Document
from engine.query.evaluator import Direct
from engine.runtime.attempts import Attempts
from engine.runtime.clock import ManualClock
from engine.runtime.driver import Driver
from engine.runtime.mapruns import MapRuns
from engine.runtime.memory import MemoryDispatcher, MemoryNotifier
from engine.runtime.ports import AttemptRow, Claim, OpenAttempt, Outcome, Work, WorkerRow
from engine.runtime.upkeep import LEASE_SECONDS, Leases, Sweeper, TimerPoller
from tests.contract.conftest import NOW, Bench
from tests.harness import FUNCTION

RETRY = [{"ErrorEquals": ["Lambda.SdkClientException"], "IntervalSeconds": 1, "MaxAttempts": 3}]


class Done:
    def __init__(self, outcome: Outcome | None) -> None:
        self._outcome = outcome

    def wait(self, seconds: float | None) -> Outcome | None:
        return self._outcome

    def cancel(self) -> None:
        self._outcome = Outcome(failed=True, error="Cancelled")


class Scripted:
    """Integrations that answer from a table of Python functions; ``quick`` decides whether they are handed over."""

    def __init__(self, quick: bool, answers: dict[str, Any] | None = None) -> None:
        self.is_quick = quick
        self.answers = answers or {}
        self.begun: list[str] = []
        self.repeatables: set[str] = set()
        self.polls: dict[str, list[Outcome | float]] = {}
        self.looked_at: list[str] = []
        self.jobs_cancelled: list[str] = []

    def quick(self, resource: str, payload: Document) -> bool:
        return self.is_quick

    def start(self, attempt: AttemptRow) -> Work:
        self.begun.append(attempt.id)
        answer = self.answers.get(attempt.state, lambda payload: payload)
        try:
            found = answer(attempt.payload.value)
        except ValueError as error:
            return Done(Outcome(failed=True, error=type(error).__name__, cause=str(error)))
        return Done(found if isinstance(found, Outcome) else Outcome(output=Document(found)))

    def repeatable(self, resource: str) -> bool:
        return resource in self.repeatables

    def poll(self, claim: Claim) -> Outcome | float:
        assert claim.handle is not None
        self.looked_at.append(claim.handle)
        return self.polls[claim.handle].pop(0)

    def cancel(self, claim: Claim) -> bool:
        assert claim.handle is not None
        self.jobs_cancelled.append(claim.handle)
        return len(self.jobs_cancelled) > 1  # the first try fails


class World:
    """A worker on a bench, its doorbells answered by the test."""

    def __init__(self, bench: Bench, *, quick: bool = False, answers: dict[str, Any] | None = None) -> None:
        self.bench = bench
        self.clock = ManualClock(NOW)
        self.bells = MemoryDispatcher()
        self.notifier = MemoryNotifier()
        self.tasks = Scripted(quick, answers)
        self.row = WorkerRow(id="worker-1", kind="advance", host="elsewhere", process=1, beat=0)
        self.attempts = Attempts(
            store=bench.store,
            dispatcher=self.bells,
            clock=self.clock,
            integrations=self.tasks,
            worker=self.row.id,
            room=4,
        )
        self.driver = Driver(
            evaluator=Direct(),
            store=bench.store,
            dispatcher=self.bells,
            notifier=self.notifier,
            clock=self.clock,
            integrations=self.tasks,
            worker=self.row.id,
            late=self.attempts,
        )
        self.items: list[Item] = []
        self.map_runs = MapRuns(
            store=bench.store,
            dispatcher=self.bells,
            clock=self.clock,
            evaluator=Direct(),
            machine=self.driver.machine,
            read=lambda request: self.items,
            write=lambda request, arn, results: {"MapRunArn": arn, "count": len(list(results))},
        )
        self.poller = TimerPoller(bench.store, self.bells, self.clock)
        self.sweeper = Sweeper(bench.store, self.bells, self.clock)

    def answer_doorbells(self) -> None:
        while self.bells.executions or self.bells.attempts or self.bells.map_runs:
            if self.bells.executions:
                self.driver.activate(self.bells.executions.pop(0))
            elif self.bells.map_runs:
                self.map_runs.activate(self.bells.map_runs.pop(0))
            else:
                self.attempts.run(self.bells.attempts.pop(0))

    def lose_begun(self) -> None:
        """This worker is gone: what it had begun is lost."""
        for attempt in self.bench.store.begun_by(self.row.id):
            self.attempts.lose(attempt)

    def to_the_end(self, execution_id: str) -> str:
        self.bells.ring_execution(execution_id)
        for _ in range(200):
            self.answer_doorbells()
            if self.bench.status(execution_id) != "RUNNING":
                break
            self.clock.advance(1)
            self.poller.poll()
        return self.bench.status(execution_id)

    def watch(self, leases: Leases, seconds: float) -> None:
        """An observer that looks each second."""
        for _ in range(int(seconds)):
            self.clock.advance(1)
            leases.check()

    def is_lost_after_a_lease(self, attempt: str) -> None:
        """It was begun by a worker that is heard of no more, and is lost after a lease and no sooner."""
        leases = Leases(self.bench.store, self.attempts, self.clock, own=self.row)
        leases.check()
        self.watch(leases, LEASE_SECONDS - 1)
        assert self.bench.attempt_status(attempt) == "BEGUN"
        self.watch(leases, 2)
        assert self.bench.attempt_status(attempt) == "LOST"


def poller() -> dict[str, Any]:
    task = {"Type": "Task", "Retry": RETRY}
    return {
        "StartAt": "Submit",
        "States": {
            "Submit": {**task, "Resource": FUNCTION + "Submit", "ResultPath": "$.job", "Next": "Pause"},
            "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Ask"},
            "Ask": {**task, "Resource": FUNCTION + "Ask", "ResultPath": "$.status", "Next": "Complete?"},
            "Complete?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.status", "StringEquals": "SUCCEEDED", "Next": "Done"}],
                "Default": "Pause",
            },
            "Done": {"Type": "Succeed"},
        },
    }


def asks() -> Any:
    """RUNNING twice, then SUCCEEDED."""
    answers = iter(["RUNNING", "RUNNING", "SUCCEEDED"])
    return lambda payload: next(answers)


@pytest.mark.parametrize("quick", [False, True], ids=["dispatched", "handed over"])
def test_the_job_poller_runs_to_its_end(bench: Bench, quick: bool) -> None:
    world = World(bench, quick=quick, answers={"Ask": asks()})
    execution_id = bench.create(poller())
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    ids = [number for number, _, _ in bench.history(execution_id)]
    assert ids == list(range(1, len(ids) + 1))


def test_handing_over_writes_the_same_history_as_dispatching(bench: Bench) -> None:
    histories = []
    for quick in (False, True):
        world = World(bench, quick=quick, answers={"Ask": asks()})
        execution_id = bench.create(poller())
        world.to_the_end(execution_id)
        histories.append(bench.history(execution_id))
    assert histories[0] == histories[1]


def test_doorbells_may_be_doubled_and_rung_for_nobody(bench: Bench) -> None:
    world = World(bench, answers={"Ask": asks()})
    execution_id = bench.create(poller())
    world.bells.executions.extend([execution_id, execution_id, "00000000-0000-0000-0000-000000000000"])
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    world.driver.activate(execution_id)
    assert len(world.tasks.begun) == 4


def test_every_doorbell_may_be_lost_and_the_sweeper_rings_again(bench: Bench) -> None:
    world = World(bench, answers={"Ask": asks()})
    execution_id = bench.create(poller())
    for _ in range(60):
        world.bells.executions.clear()
        world.bells.attempts.clear()
        world.clock.advance(10)
        world.poller.poll()
        world.bells.executions.clear()
        world.clock.advance(10)
        world.sweeper.sweep()
        if world.bells.attempts:
            world.attempts.run(world.bells.attempts.pop())
        for rung in list(world.bells.executions):
            world.driver.activate(rung)
    assert bench.status(execution_id) == "SUCCEEDED"
    assert len(set(world.tasks.begun)) == len(world.tasks.begun) == 4


def test_a_worker_that_dies_in_a_task_fails_the_attempt_which_the_machine_retries(bench: Bench) -> None:
    world = World(bench, answers={"Ask": asks()})
    execution_id = bench.create(poller())
    world.driver.activate(execution_id)
    lost = world.bells.attempts.pop()
    dead = WorkerRow(id="dead", kind="tasks", host="elsewhere", process=2, beat=0)
    bench.store.beat(dead, NOW)
    assert bench.store.claim(lost, dead.id, NOW) is not None

    world.is_lost_after_a_lease(lost)
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    types = [event_type for _, _, event_type in bench.history(execution_id)]
    assert types.count("LambdaFunctionFailed") == 1


def test_a_wall_clock_that_jumps_expires_no_lease(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(poller())
    world.driver.activate(execution_id)
    attempt = world.bells.attempts.pop()
    bench.store.beat(WorkerRow(id="slow", kind="tasks", host="elsewhere", process=2, beat=0), NOW)
    bench.store.claim(attempt, "slow", NOW)
    leases = Leases(bench.store, world.attempts, world.clock, own=world.row)
    leases.check()
    world.clock.jump(3600)
    leases.check()
    assert bench.attempt_status(attempt) == "BEGUN"


def test_a_stop_beats_a_task_that_never_ends(bench: Bench) -> None:
    from engine.core.events import StopRequested, encode_event

    world = World(bench)
    execution_id = bench.create(poller())
    world.driver.activate(execution_id)
    attempt = world.bells.attempts[0]
    bench.store.post(execution_id, encode_event(StopRequested(error="Enough", cause="said Alice")), NOW)
    world.driver.activate(execution_id)
    assert bench.status(execution_id) == "ABORTED"
    assert bench.attempt_status(attempt) == "ABORTED"
    assert f"{execution_id}:*" in world.bells.cancelled


def test_a_late_result_is_ignored_after_the_timeout(bench: Bench) -> None:
    machine = {
        "StartAt": "T",
        "States": {
            "T": {
                "Type": "Task",
                "Resource": FUNCTION + "F",
                "TimeoutSeconds": 5,
                "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Late"}],
                "End": True,
            },
            "Late": {"Type": "Wait", "Seconds": 60, "End": True},
        },
    }
    world = World(bench)
    execution_id = bench.create(machine)
    world.driver.activate(execution_id)
    attempt = world.bells.attempts.pop()
    assert bench.store.claim(attempt, world.row.id, NOW) is not None
    world.driver.activate(execution_id)
    world.clock.advance(6)
    world.poller.poll()
    world.answer_doorbells()
    assert bench.attempt_status(attempt) == "ABORTED"
    assert "WaitStateEntered" in [event_type for _, _, event_type in bench.history(execution_id)]


def test_a_loop_without_an_end_stops_at_the_history_limit(bench: Bench) -> None:
    loop = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}
    world = World(bench)
    execution_id = bench.create(loop)
    assert world.to_the_end(execution_id) == "FAILED"
    history = bench.history(execution_id)
    assert len(history) == 25_000
    assert history[-1][2] == "ExecutionFailed"


def test_a_loop_without_an_end_lets_others_have_the_worker(bench: Bench) -> None:
    loop = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}
    hello = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    world = World(bench)
    endless, short = bench.create(loop), bench.create(hello)
    world.bells.ring_execution(short)
    world.driver.activate(endless)
    assert bench.status(endless) == "RUNNING"
    assert endless in world.bells.executions
    world.driver.activate(short)
    assert bench.status(short) == "SUCCEEDED"


def test_the_notifier_is_told_every_event_once_and_in_order(bench: Bench) -> None:
    world = World(bench, answers={"Ask": asks()})
    execution_id = bench.create(poller())
    world.to_the_end(execution_id)
    told = [event.id for owner, _, history in world.notifier.told if owner == execution_id for event in history]
    assert told == list(range(1, len(told) + 1))


@pytest.mark.parametrize("seed", range(6))
def test_fan_in_of_a_map_ends_the_same_in_whatever_order_results_come(bench: Bench, seed: int) -> None:
    task = {"Type": "Task", "Resource": FUNCTION + "F", "End": True}
    machine = {
        "StartAt": "M",
        "States": {
            "M": {
                "Type": "Map",
                "MaxConcurrency": 7,
                "ItemProcessor": {"StartAt": "T", "States": {"T": task}},
                "End": True,
            }
        },
    }
    world = World(bench, answers={"T": lambda payload: payload * 2})
    execution_id = bench.create(machine, list(range(25)))
    world.bells.ring_execution(execution_id)
    order = random.Random(seed)
    while bench.status(execution_id) == "RUNNING":
        bells: list[tuple[Callable[[str], None], str]] = [
            (world.driver.activate, one) for one in world.bells.executions
        ]
        bells += [(world.attempts.run, one) for one in world.bells.attempts]
        world.bells.executions.clear()
        world.bells.attempts.clear()
        order.shuffle(bells)
        for answer, subject in bells:
            answer(subject)
    assert bench.status(execution_id) == "SUCCEEDED"
    assert len(set(world.tasks.begun)) == 25
    types = [event_type for _, _, event_type in bench.history(execution_id)]
    assert types.count("MapIterationSucceeded") == 25


def test_a_result_whose_attempt_was_cancelled_meanwhile_is_dropped_without_a_struggle(bench: Bench) -> None:
    from engine.core.events import TimerFired, encode_event

    task = {"Type": "Task", "Resource": FUNCTION + "F", "TimeoutSeconds": 5, "End": True}
    wait = {"Type": "Wait", "Seconds": 60, "End": True}
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Late"}]
    execution_id = bench.create({"StartAt": "T", "States": {"T": {**task, "Catch": catch}, "Late": wait}})
    other = World(bench)

    def overtaken(payload: Any) -> Any:
        bench.store.post(execution_id, encode_event(TimerFired(scope="", key="timeout:2.0")), NOW)
        other.driver.activate(execution_id)
        return "too late"

    world = World(bench, quick=True, answers={"T": overtaken})
    world.driver.activate(execution_id)
    types = [event_type for _, _, event_type in bench.history(execution_id)]
    assert types[-3:] == ["LambdaFunctionTimedOut", "TaskStateExited", "WaitStateEntered"]
    assert bench.attempt_status(f"{execution_id}:2.0") == "ABORTED"
    assert world.bells.executions == []


@pytest.mark.parametrize("quick", [False, True], ids=["dispatched", "handed over"])
def test_a_task_that_takes_its_time_to_start_is_not_taken_for_lost(bench: Bench, quick: bool) -> None:
    def slow_to_start(payload: Any) -> Any:
        for _ in range(3):  # the lease is renewed, quickly in a worker's first seconds
            world.attempts.check_open()
        assert world.attempts.busy == 1
        return "done"

    task = {"Type": "Task", "Resource": FUNCTION + "F", "End": True}
    world = World(bench, quick=quick, answers={"T": slow_to_start})
    execution_id = bench.create({"StartAt": "T", "States": {"T": task}})
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert world.attempts.busy == 0


class Watched(Done):
    cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


def test_an_attempt_that_outlived_its_hand_over_is_reported_from_a_thread_that_leaves_nothing(bench: Bench) -> None:
    world = World(bench)
    task = {"Type": "Task", "Resource": FUNCTION + "F", "End": True}
    execution_id = bench.create({"StartAt": "T", "States": {"T": task}})
    world.driver.activate(execution_id)
    claim = bench.store.claim(world.bells.attempts.pop(), world.row.id, NOW)
    assert claim is not None
    world.attempts.take(claim.attempt, Done(Outcome(output=Document("late"))))
    for thread in threading.enumerate():
        if thread.name.startswith("late-"):
            thread.join()
    del thread
    gc.collect()  # a connection that was left open would be reported here
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == "late"


def test_an_attempt_that_begins_while_the_lease_is_renewed_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, work = World(bench), Watched(None)
    task = {"Type": "Task", "Resource": FUNCTION + "F", "End": True}
    execution_id = bench.create({"StartAt": "T", "States": {"T": task}})
    world.driver.activate(execution_id)
    begun_by: Callable[[str], Sequence[OpenAttempt]] = bench.store.begun_by

    def begins_right_after(worker: str) -> Sequence[OpenAttempt]:
        seen = begun_by(worker)
        claim = bench.store.claim(world.bells.attempts.pop(), worker, NOW)
        assert claim is not None
        world.attempts._running[claim.attempt.id] = work  # as its own thread does it
        return seen

    monkeypatch.setattr(bench.store, "begun_by", begins_right_after)
    world.attempts.check_open()
    assert not work.cancelled


@pytest.mark.parametrize("state", [{"Type": "Succeed"}, {"Type": "Fail", "Error": "Own"}], ids=["Succeed", "Fail"])
def test_a_stored_machine_runs_with_an_assign_that_new_ones_may_not_have(bench: Bench, state: dict[str, Any]) -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Succeed", "Assign": {"x.$": "$"}}}}
    machine = {
        "StartAt": "P",
        "States": {
            "P": {"Type": "Parallel", "Branches": [inner], "Next": "E"},
            "E": {**state, "Assign": {"y": 1}},
        },
    }
    execution_id = bench.create(machine, 7)
    assert World(bench).to_the_end(execution_id) == ("SUCCEEDED" if state["Type"] == "Succeed" else "FAILED")
    assert bench.stuck_reason(execution_id) is None

"""What a fault leaves behind between two steps, and who takes it up."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from engine.core.events import TaskHeartbeat, encode_event
from engine.runtime.ports import Claim, Commit, WorkerRow
from engine.runtime.upkeep import LEASE_SECONDS, UNANSWERED_MS, Leases
from tests.contract.conftest import NOW, Bench
from tests.contract.test_driver import World
from tests.contract.test_mapruns import PASS, distributed
from tests.contract.test_mapruns import TASK as TASKS
from tests.harness import FUNCTION

TASK = {"Type": "Task", "Resource": FUNCTION + "F", "End": True}


def _late_threads_are_done() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("late-"):
            thread.join()


def test_a_result_whose_commit_fails_is_not_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away for a moment right after the function has done its work."""
    world = World(bench, quick=True, answers={"T": lambda payload: "done"})
    execution_id = bench.create({"StartAt": "T", "States": {"T": TASK}})
    store_commit, failures = bench.store.commit, 1

    def commit(change: Commit) -> bool:
        nonlocal failures
        if change.finished is not None and failures:
            failures -= 1
            raise ConnectionError("the database went away")
        return store_commit(change)

    monkeypatch.setattr(bench.store, "commit", commit)
    with pytest.raises(ConnectionError):
        world.driver.activate(execution_id)
    _late_threads_are_done()
    for _ in range(2):  # what nobody has in hand when seen twice is lost
        world.attempts.check_open()
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert (bench.output(execution_id), len(world.tasks.begun)) == ("done", 1)


def test_an_attempt_begun_by_a_worker_without_a_lease_is_lost_after_a_lease(bench: Bench) -> None:
    """A worker that was taken for lost comes back, begins something, and dies before it has renewed its lease."""
    world = World(bench)
    execution_id = bench.create({"StartAt": "T", "States": {"T": TASK}})
    world.driver.activate(execution_id)
    attempt = world.bells.attempts.pop()
    assert bench.store.claim(attempt, "forgotten", NOW) is not None
    world.is_lost_after_a_lease(attempt)
    assert world.to_the_end(execution_id) == "FAILED"


def test_a_worker_whose_lease_was_forgotten_and_that_renews_it_keeps_what_it_began(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create({"StartAt": "T", "States": {"T": TASK}})
    world.driver.activate(execution_id)
    attempt = world.bells.attempts.pop()
    assert bench.store.claim(attempt, world.row.id, NOW) is not None
    own = WorkerRow(id="observer", kind="advance", host="there", process=3, beat=0)
    observer = Leases(bench.store, world.attempts, world.clock, own=own)
    observer.check()
    for _ in range(4):
        bench.store.beat(world.row, NOW)
        world.watch(observer, LEASE_SECONDS - 1)
    assert bench.attempt_status(attempt) == "BEGUN"


def test_a_heartbeat_that_was_there_before_its_timer_fired_counts(bench: Bench) -> None:
    """Nobody advanced the execution for a while: its heartbeats lie in the mailbox when their timer falls due."""
    world = World(bench)
    task = {**TASK, "HeartbeatSeconds": 10}
    execution_id = bench.create({"StartAt": "T", "States": {"T": task}})
    world.driver.activate(execution_id)
    attempt = world.bells.attempts.pop()
    assert bench.store.claim(attempt, world.row.id, NOW) is not None
    world.driver.activate(execution_id)  # the clock starts
    key = attempt.rpartition(":")[2]
    world.clock.jump(9)
    bench.store.post(execution_id, encode_event(TaskHeartbeat(scope="", attempt=key)), world.clock.now())
    world.clock.jump(2)
    world.poller.poll()
    world.driver.activate(execution_id)
    assert bench.attempt_status(attempt) == "BEGUN"
    world.clock.jump(9)
    world.poller.poll()
    world.driver.activate(execution_id)
    assert bench.attempt_status(attempt) == "BEGUN"
    world.clock.jump(2)
    world.poller.poll()
    world.driver.activate(execution_id)
    assert bench.attempt_status(attempt) == "ABORTED"
    assert "LambdaFunctionTimedOut" in [kind for _, _, kind in bench.history(execution_id)]


def test_the_map_run_of_a_parked_execution_rests_until_that_is_retried(bench: Bench) -> None:
    """Else what kills the worker that takes it on would kill one every few seconds, for ever."""
    world = World(bench)
    execution_id = bench.create(distributed(PASS), [1, 2, 3])
    world.driver.activate(execution_id)
    world.bells.map_runs.clear()
    assert bench.store.note_crash(execution_id, "the worker died", 1)
    found: list[Any] = list(bench.store.quiet_map_runs(NOW + UNANSWERED_MS, NOW + UNANSWERED_MS, 10))
    assert found == []
    world.map_runs.activate(f"{execution_id}:maprun:2.0")
    row = bench.store.map_run(f"{execution_id}:maprun:2.0")
    assert row is not None
    assert (row.status, row.made) == ("RUNNING", 0)


def test_crashes_that_a_map_run_has_got_over_are_forgiven(bench: Bench) -> None:
    """The execution around it commits nothing for as long as it runs, which may be days."""
    world = World(bench)
    execution_id = bench.create(distributed(TASKS), [1, 2, 3])
    world.driver.activate(execution_id)
    assert not bench.store.note_crash(execution_id, "the worker died", 2)
    world.map_runs.activate(world.bells.map_runs.pop())
    assert not bench.store.note_crash(execution_id, "another one died", 2)
    assert bench.stuck_reason(execution_id) is None


@pytest.mark.parametrize("quick", [False, True], ids=["dispatched", "handed over"])
def test_a_worker_that_stood_still_before_it_started_starts_nothing_that_was_called_lost(
    bench: Bench, quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGSTOP right after it had taken the attempt, SIGCONT when another attempt may run already."""
    world = World(bench, quick=quick)
    execution_id = bench.create({"StartAt": "T", "States": {"T": TASK}})
    commit, claim = bench.store.commit, bench.store.claim

    def stands_still() -> None:
        world.clock.advance(LEASE_SECONDS * 3)
        for attempt in bench.store.begun_by(world.row.id):
            world.attempts.lose(attempt)  # as an observer does

    def committing(change: Commit) -> bool:
        made = commit(change)
        if any(row.worker for row in change.attempts):
            stands_still()
        return made

    def claiming(attempt_id: str, worker: str, at: int) -> Claim | None:
        found = claim(attempt_id, worker, at)
        stands_still()
        return found

    monkeypatch.setattr(bench.store, "commit", committing)
    monkeypatch.setattr(bench.store, "claim", claiming)
    assert world.to_the_end(execution_id) == "FAILED"
    assert world.tasks.begun == []
    assert bench.attempt_status(f"{execution_id}:2.0") == "LOST"
    assert world.attempts.busy == 0

"""The database goes away and comes back: results that workers hold are not lost with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine.runtime import attempts
from engine.runtime.ports import WorkerRow
from engine.runtime.upkeep import BLIND_SECONDS, LEASE_SECONDS, Leases
from tests.contract.conftest import NOW, Bench
from tests.contract.test_driver import World
from tests.harness import FUNCTION

MACHINE: dict[str, Any] = {
    "StartAt": "T",
    "States": {"T": {"Type": "Task", "Resource": FUNCTION + "T", "End": True}},
}


def away(call: Callable[..., Any], times: int) -> Callable[..., Any]:
    """The call to a database that cannot be reached so many times, and then can."""
    left = times

    def called(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise ConnectionError("the database is away")
        return call(*given, **named)

    return called


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(attempts, "_LONGEST_PAUSE_SECONDS", 0.001)


def test_a_worker_holds_a_result_until_the_database_is_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(bench)
    execution_id = bench.create(MACHINE, "paid")
    monkeypatch.setattr(bench.store, "finish", away(bench.store.finish, 50))
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == "paid"
    assert len(world.tasks.begun) == 1
    assert world.attempts.busy == 0


@pytest.mark.parametrize("method", ["commit", "mail"])
def test_a_result_that_was_handed_over_outlives_an_outage_too(
    bench: Bench, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(bench, quick=True)
    execution_id = bench.create(MACHINE, "paid")
    start = world.tasks.start

    def starting(attempt: Any) -> Any:
        monkeypatch.setattr(bench.store, method, away(getattr(bench.store, method), 1))
        monkeypatch.setattr(bench.store, "finish", away(bench.store.finish, 50))
        return start(attempt)

    monkeypatch.setattr(world.tasks, "start", starting)
    try:
        world.driver.activate(execution_id)
    except ConnectionError:
        for thread in threading.enumerate():
            if thread.name.startswith("late-"):
                thread.join()
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == "paid"
    assert len(world.tasks.begun) == 1


def test_a_worker_that_leaves_while_the_database_is_away_does_not_wait_for_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(bench)
    execution_id = bench.create(MACHINE)
    world.driver.activate(execution_id)
    asked = threading.Event()
    finish = away(bench.store.finish, 1_000_000)

    def finishing(*given: Any) -> Any:
        asked.set()
        return finish(*given)

    monkeypatch.setattr(bench.store, "finish", finishing)
    monkeypatch.setattr(bench.store, "begun_by", away(bench.store.begun_by, 1_000_000))

    def work() -> None:
        world.attempts.run(world.bells.attempts.pop())
        bench.store.release()

    working = threading.Thread(target=work)
    working.start()
    asked.wait()
    with pytest.raises(ConnectionError):
        world.attempts.close(0)
    working.join()
    assert world.attempts.busy == 0


def test_a_worker_that_leaves_when_the_database_is_back_stores_what_it_holds(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "_FIRST_PAUSE_SECONDS", 3600.0)
    world = World(bench)
    execution_id = bench.create(MACHINE, "paid")
    world.driver.activate(execution_id)
    attempt = world.bells.attempts.pop()
    asked = threading.Event()
    finish = away(bench.store.finish, 1)

    def finishing(*given: Any) -> Any:
        try:
            return finish(*given)
        finally:
            asked.set()

    monkeypatch.setattr(bench.store, "finish", finishing)

    def work() -> None:
        world.attempts.run(attempt)
        bench.store.release()

    working = threading.Thread(target=work)
    working.start()
    asked.wait()
    world.attempts.close(0)
    working.join()
    assert bench.attempt_status(attempt) == "SUCCEEDED"
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == "paid"


def test_nobody_is_called_lost_by_an_observer_who_could_not_look(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(bench)
    execution_id = bench.create(MACHINE)
    world.driver.activate(execution_id)
    attempt = world.bells.attempts.pop()
    assert bench.store.claim(attempt, world.row.id, NOW) is not None
    bench.store.beat(world.row, NOW)
    own = WorkerRow(id="observer", kind="advance", host="there", process=3, beat=0)
    observer = Leases(bench.store, world.attempts, world.clock, own=own)
    observer.check()
    workers = bench.store.workers
    monkeypatch.setattr(bench.store, "workers", away(workers, 1_000_000))
    for _ in range(3):
        world.clock.advance(LEASE_SECONDS)
        with pytest.raises(ConnectionError):
            observer.check()
    monkeypatch.setattr(bench.store, "workers", workers)
    observer.check()
    assert bench.attempt_status(attempt) == "BEGUN"
    world.watch(observer, LEASE_SECONDS)
    assert bench.attempt_status(attempt) == "LOST"


def _observed(bench: Bench, world: World) -> tuple[str, Leases]:
    """An attempt in the hands of a worker that is heard of no more, and who watches it."""
    world.driver.activate(bench.create(MACHINE))
    attempt = world.bells.attempts.pop()
    assert bench.store.claim(attempt, world.row.id, NOW) is not None
    bench.store.beat(world.row, NOW)
    own = WorkerRow(id="observer", kind="advance", host="there", process=3, beat=0)
    return attempt, Leases(bench.store, world.attempts, world.clock, own=own)


def test_an_observer_that_stood_still_itself_watches_a_whole_lease_before_it_calls_anybody_lost(bench: Bench) -> None:
    world = World(bench)
    attempt, observer = _observed(bench, world)
    world.watch(observer, 2)
    world.clock.advance(3600)
    observer.check()
    world.watch(observer, LEASE_SECONDS - 1)
    assert bench.attempt_status(attempt) == "BEGUN"
    world.watch(observer, 1)
    assert bench.attempt_status(attempt) == "LOST"


def test_an_observer_that_is_late_each_time_finds_the_lost_all_the_same(bench: Bench) -> None:
    world = World(bench)
    attempt, observer = _observed(bench, world)
    for _ in range(5):
        world.clock.advance(BLIND_SECONDS + 1)
        observer.check()
    assert bench.attempt_status(attempt) == "LOST"

"""What runs beside a worker's work."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.runtime import host as worker
from engine.runtime.clock import ManualClock
from engine.runtime.host import Host
from engine.runtime.memory import MemoryDispatcher, MemoryNotifier, MemoryStore
from engine.runtime.ports import OpenAttempt
from engine.runtime.upkeep import Loop
from tests.contract.test_driver import Scripted


def test_a_loop_that_was_never_started_can_be_stopped() -> None:
    Loop("never", lambda: 60.0).stop()


def test_a_loop_goes_on_after_a_failure_and_ends_when_it_is_stopped() -> None:
    steps: list[int] = []
    done = threading.Event()

    def step() -> float:
        steps.append(len(steps))
        if len(steps) == 1:
            raise ValueError("once")
        done.set()
        return 60.0

    loop = Loop("tries", step)
    loop.start()
    loop.wake()
    assert done.wait(10)
    loop.stop()
    assert [thread.name for thread in threading.enumerate() if thread.name == "tries"] == []


class _Away(MemoryStore):
    """A database that cannot be reached."""

    def begun_by(self, worker: str) -> list[OpenAttempt]:
        raise ConnectionError("the database is away")

    def forget_worker(self, worker: str) -> None:
        raise ConnectionError("the database is away")


class _SlowSweep(MemoryStore):
    """A sweep that has so much to do that it ends only after the worker has left."""

    def __init__(self) -> None:
        super().__init__()
        self.sweeping, self.left = threading.Event(), threading.Event()

    def quiet_map_runs(self, before: int, now: int, limit: int) -> Sequence[str]:
        self.sweeping.set()
        self.left.wait()
        return super().quiet_map_runs(before, now, limit)

    def forget_worker(self, worker: str) -> None:
        super().forget_worker(worker)
        self.left.set()


class _Tasks(Scripted):
    closed = False

    def renew(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def _host(store: MemoryStore, tasks: _Tasks, marks: Path) -> Host:
    return Host(
        "advance",
        store=store,
        dispatcher=MemoryDispatcher(),
        notifier=MemoryNotifier(),
        clock=ManualClock(),
        integrations=tasks,
        read_items=lambda request: iter(()),
        write_results=lambda request, arn, results: None,
        marks=marks,
        concurrency=1,
        release=lambda: None,
    )


def _loops() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name in {"lease", "timers", "sweeper"}]


def test_a_worker_that_leaves_while_the_database_is_away_leaves_nothing_running(tmp_path: Path) -> None:
    tasks = _Tasks(quick=False)
    host = _host(_Away(), tasks, tmp_path)
    host.start()
    host.stop(0)
    assert tasks.closed
    assert _loops() == []


def test_a_worker_that_leaves_in_a_slow_sweep_lets_its_lease_go_before_it_waits_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_LAST_STEP_SECONDS", 3600.0)
    store, tasks = _SlowSweep(), _Tasks(quick=False)
    host = _host(store, tasks, tmp_path)
    host.start()
    store.sweeping.wait()
    host.stop(0)
    assert store.workers() == []
    assert tasks.closed
    assert _loops() == []

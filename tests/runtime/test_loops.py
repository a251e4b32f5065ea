"""What runs beside a worker's work."""

from __future__ import annotations

import threading
from pathlib import Path

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


class _Tasks(Scripted):
    closed = False

    def renew(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def test_a_worker_that_leaves_while_the_database_is_away_leaves_nothing_running(tmp_path: Path) -> None:
    tasks = _Tasks(quick=False)
    host = Host(
        "advance",
        store=_Away(),
        dispatcher=MemoryDispatcher(),
        notifier=MemoryNotifier(),
        clock=ManualClock(),
        integrations=tasks,
        read_items=lambda request: iter(()),
        write_results=lambda request, arn, results: None,
        marks=tmp_path,
        concurrency=1,
        release=lambda: None,
    )
    host.start()
    host.stop(0)
    assert tasks.closed
    assert [one.name for one in threading.enumerate() if one.name in {"lease", "timers", "sweeper"}] == []

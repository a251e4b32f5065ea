"""What runs beside a worker's work."""

from __future__ import annotations

import threading

from engine.runtime.upkeep import Loop


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

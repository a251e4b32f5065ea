"""Function children over many invocations: none left behind, none ended for another's sake."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.integrations.functions import Functions, Settings, children
from engine.jsontypes import Document
from engine.runtime.ports import AttemptRow, Outcome
from tests.harness import FUNCTION, all_end, children_of, until

ECHO = "import time\n\ndef handler(event, context):\n    time.sleep(0.5 * (event == 'slow'))\n    return event\n"


@pytest.fixture
def functions(tmp_path: Path) -> Iterator[Functions]:
    (tmp_path / "Echo.py").write_text(ECHO)
    found = Functions(Settings(folder=tmp_path, lease_seconds=3600.0))  # which nobody renews here
    yield found
    found.close()


def _attempt(value: str) -> AttemptRow:
    return AttemptRow(
        id=f"execution:{value}",
        execution_id="execution",
        scope="",
        key=value,
        state="T",
        number=1,
        resource=FUNCTION + "Echo",
        payload=Document(value),
        timeout_seconds=None,
        heartbeat_seconds=None,
        worker="worker",
    )


def _run(functions: Functions, value: str) -> Outcome:
    outcome = functions.start(_attempt(value)).wait(None)
    assert outcome is not None
    return outcome


def test_a_cancellation_that_comes_after_the_answer_ends_nobody_elses_task(functions: Functions) -> None:
    first = functions.start(_attempt("first"))
    assert first.wait(None) is not None
    second = functions.start(_attempt("slow"))  # in the same warm child
    first.cancel()
    outcome = second.wait(None)
    assert outcome is not None
    assert (outcome.failed, outcome.output and outcome.output.value) == (False, "slow")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_launcher_that_stands_still_is_ended_with_its_children(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_END_SECONDS", 0.1)
    before = set(children_of(os.getpid()))
    _run(functions, "x")
    (launcher,) = set(children_of(os.getpid())) - before
    started = [launcher, *children_of(launcher)]
    os.kill(launcher, signal.SIGSTOP)
    functions.close()
    assert all_end(started)


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted in /proc")
@pytest.mark.parametrize("reason", ["changed", "idle", "cancelled"])
def test_children_that_are_let_go_leave_no_descriptor(
    functions: Functions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    def once(number: int) -> None:
        if reason == "changed":
            (tmp_path / "Echo.py").write_text(ECHO + "#" * number)
        if reason == "cancelled":
            cancelled = functions.start(_attempt("slow"))
            cancelled.cancel()
            cancelled.wait(None)
        _run(functions, "x")
        if reason == "idle":
            with monkeypatch.context() as patched:
                patched.setattr(children, "_IDLE_SECONDS", -1.0)
                functions.renew()

    once(1)
    before = len(os.listdir("/proc/self/fd"))
    for number in range(2, 7):
        once(number)
    until(lambda: len(os.listdir("/proc/self/fd")) <= before, 30, "descriptors are closed")


def test_a_function_whose_environment_cannot_be_read_fails_with_the_reason(
    functions: Functions, tmp_path: Path
) -> None:
    (tmp_path / "Echo.env").write_bytes(b"NAME=\xff\n")
    outcome = _run(functions, "x")
    assert (outcome.failed, outcome.error) == (True, "Lambda.ServiceException")
    assert "utf-8" in (outcome.cause or "")

"""Ctrl-C is daily life: running functions get their time, a second Ctrl-C takes it away, nothing is left behind."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import pytest

from tests.harness import Server, all_end, stopped, task_chain, until

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(180)]

SLOW = """
import time
from pathlib import Path

def handler(event, context):
    Path({note!r}).touch()
    time.sleep({seconds})
    return 'done'
"""


def write_slow(server: Server, seconds: int) -> Path:
    """A function that takes so long; the file it makes when it begins."""
    note = server.folder / "begun"
    server.write_function("Slow", SLOW.format(note=str(note), seconds=seconds))
    return note


@pytest.mark.parametrize("hand_overs", [0, 1], ids=["handed over", "dispatched"])
def test_a_function_that_runs_at_ctrl_c_may_end_and_its_result_counts(tmp_path: Path, hand_overs: int) -> None:
    server = Server(tmp_path)
    note = write_slow(server, 4)
    with server:
        machine = server.machine("slow", task_chain(1, "Slow"))
        for _ in range(hand_overs):  # a function that is known to be slow is dispatched to the tasks worker
            server.ended(server.begin(machine)["id"])
            note.unlink()
        execution = server.begin(machine)["id"]
        until(note.exists, 60, "the function's beginning")
        assert server.stop(signal.SIGINT) == 0
        server.start()
        assert server.ended(execution)["output"] == "done"
        _, tasks = server.call("GET", f"/api/executions/{execution}/tasks/")
        assert [task["status"] for task in tasks["results"]] == ["SUCCEEDED"]


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "together"])
def test_a_second_ctrl_c_ends_functions_at_once_and_their_tasks_as_lost(tmp_path: Path, together: bool) -> None:
    server = Server(tmp_path)
    note = write_slow(server, 3600)
    with server:
        machine = server.machine("slow", task_chain(1, "Slow"))
        execution = server.begin(machine)["id"]
        until(note.exists, 60, "the function's beginning")
        processes = server.descendants()
        process = server.process
        assert process is not None
        with stopped(process.pid) if together else contextlib.nullcontext():
            process.send_signal(signal.SIGINT)
            if not together:
                until(lambda: any("stopping; running" in line for line in server.lines), 60, "the first Ctrl-C")
            process.send_signal(signal.SIGTERM)
        assert server.stop(0, seconds=18) == 0  # the first alone would give them 20
        assert all_end(processes)
        server.start()
        assert server.ended(execution)["error"] == "Lambda.SdkClientException"


def test_killing_the_supervisor_ends_every_part(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with server:
        processes = server.descendants()
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        assert all_end(processes)

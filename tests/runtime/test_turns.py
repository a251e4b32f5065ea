"""A source of items that answers slowly, or never, holds up its own Map Run and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from engine.core.items import Item
from engine.runtime.clock import ManualClock
from engine.runtime.host import Host
from engine.runtime.memory import MemoryDispatcher, MemoryNotifier, MemoryStore
from tests.contract.conftest import MemoryBench
from tests.contract.test_driver import Scripted
from tests.contract.test_mapruns import PASS, distributed

THREADS = 4
"""Of a worker that takes executions on."""
READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}


class Tasks(Scripted):
    def renew(self) -> None:
        pass

    def close(self) -> None:
        pass


class Source:
    """Says nothing until it is let."""

    def __init__(self) -> None:
        self.lets = threading.Event()
        self.asked = threading.Semaphore(0)
        self.at_once = self.most_at_once = 0

    def read(self, request: object) -> Iterator[Item]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.asked.release()
        assert self.lets.wait(30)
        self.at_once -= 1
        return iter([Item(0, "item")])


def _host(bench: MemoryBench, source: Source, marks: Path) -> tuple[Host, MemoryDispatcher]:
    bells = MemoryDispatcher()
    host = Host(
        "advance",
        store=bench.store,
        dispatcher=bells,
        notifier=MemoryNotifier(),
        clock=ManualClock(),
        integrations=Tasks(quick=False),
        read_items=source.read,
        write_results=lambda request, arn, results: None,
        marks=marks,
        concurrency=1,
        release=lambda: None,
    )
    return host, bells


def _answer_all(host: Host, bells: MemoryDispatcher, executions: list[str]) -> None:
    for _ in range(10):
        for one in [*executions, *bells.executions]:
            host.advance(one)
        bells.executions.clear()
        for number in bells.map_runs[:]:
            bells.map_runs.remove(number)
            host.map_run(number)


def _began(host: Host, bells: MemoryDispatcher, bench: MemoryBench, count: int) -> tuple[list[str], list[str]]:
    """Executions at a Map with a slow source, and their Map Runs."""
    executions = [bench.create(distributed(PASS, ItemReader=READER)) for _ in range(count)]
    for one in executions:
        host.advance(one)
    numbers = bells.map_runs[:]
    bells.map_runs.clear()
    return executions, numbers


def _doorbells(host: Host, numbers: list[str]) -> list[threading.Thread]:
    threads = [threading.Thread(target=host.map_run, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    return threads


def test_a_map_run_that_is_rung_again_while_it_reads_takes_no_second_thread(tmp_path: Path) -> None:
    bench, source = MemoryBench(MemoryStore()), Source()
    host, bells = _host(bench, source, tmp_path)
    executions, numbers = _began(host, bells, bench, 1)
    (reading,) = _doorbells(host, numbers)
    assert source.asked.acquire(timeout=30)
    for thread in _doorbells(host, numbers * 3):  # the sweeper, every five seconds
        thread.join(30)
        assert not thread.is_alive()
    source.lets.set()
    reading.join(30)
    assert source.most_at_once == 1
    _answer_all(host, bells, executions)
    assert bench.status(executions[0]) == "SUCCEEDED"


def test_many_map_runs_that_read_leave_threads_to_others(tmp_path: Path) -> None:
    bench, source = MemoryBench(MemoryStore()), Source()
    host, bells = _host(bench, source, tmp_path)
    executions, numbers = _began(host, bells, bench, THREADS + 1)
    threads = _doorbells(host, numbers)
    for _ in range(2):
        assert source.asked.acquire(timeout=30)
    while sum(thread.is_alive() for thread in threads) > THREADS - 2:
        assert not source.asked.acquire(timeout=0.1), "a third one reads"
    source.lets.set()
    for thread in threads:
        thread.join(30)
    _answer_all(host, bells, executions)
    assert [bench.status(one) for one in executions] == ["SUCCEEDED"] * len(executions)

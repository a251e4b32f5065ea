"""The rival: a bare Celery app of no-op tasks with a Redis result backend, and how it is started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery, chain, group

URL = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/0")
BROKER = URL.replace("unix://", "redis+socket://")

app = Celery("rival", broker=BROKER, backend=BROKER)
app.conf.update(
    task_default_queue="rival",
    worker_prefetch_multiplier=4,
    broker_connection_retry_on_startup=True,
    worker_enable_remote_control=False,
    result_expires=300,
)


@app.task(name="rival.noop")
def noop(value: object = None) -> object:
    return value


def run_chain(length: int) -> float:
    """Seconds from sending a chain of no-ops to its result."""
    began = time.perf_counter()
    chain(*[noop.si(None) for _ in range(length)]).apply_async().get(timeout=60, interval=0.005)
    return time.perf_counter() - began


def run_group(size: int) -> float:
    """Seconds from sending a group of no-ops to the last of its results."""
    began = time.perf_counter()
    group(noop.si(number) for number in range(size)).apply_async().get(timeout=120, interval=0.005)
    return time.perf_counter() - began


@contextmanager
def worker(url: str, *pool: str) -> Iterator[None]:
    """A worker of the rival's."""
    environment = {**os.environ, "BENCH_REDIS": url}
    command = [sys.executable, "-m", "celery", "-A", "bench.rival", "--quiet", "worker", "-Q", "rival", *pool]
    command += ["--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)

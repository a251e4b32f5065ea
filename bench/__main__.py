"""``make bench``: every claim of speed, ours and the rival in one run; a table and bench/results.json."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import aws, designer, interpreter, live
from bench.clients import Client, ours_per_second, rivals_per_second
from bench.rival import run_chain, run_group, worker
from config.environment import broker_socket
from tests.harness import Server, pass_chain, task_chain

RESULTS = Path(__file__).with_name("results.json")
ROUNDS = 7
WARM_SECONDS = 3.0
POOLS = {"solo": ("--pool", "solo"), "prefork 2": ("--pool", "prefork", "--concurrency", "2")}
DISTRIBUTED = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
SLOW = "import time\n\ndef handler(event, context):\n    time.sleep(3600)\n"


class Table:
    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def add(self, name: str, ours: float, rival: float, unit: str, goal: str) -> None:
        ratio = ours / rival if rival else 0.0
        self.rows[name] = {"ours": round(ours, 2), "rival": round(rival, 2), "ratio": round(ratio, 3), "unit": unit}
        print(f"{name:<70} {ours:>10.2f} {rival:>10.2f} {ratio:>8.3f}  {unit:<7} {goal}", flush=True)

    def save(self) -> None:
        RESULTS.write_text(json.dumps(self.rows, indent=2) + "\n", encoding="utf-8")


def best_rival(url: str, measure: Callable[[], float], better: Callable[[list[float]], float]) -> float:
    """The rival's better pool."""
    found = []
    for pool in POOLS.values():
        with worker(url, *pool):
            run_chain(3)
            found.append(measure())
    return better(found)


def warm(run: Callable[[], object]) -> None:
    """Both sides are measured warm: caches full, processor awake."""
    end = time.perf_counter() + WARM_SECONDS
    while time.perf_counter() < end:
        run()


def chains_in_a_row(table: Table, server: Server, url: str) -> None:
    client = Client(server.port)
    passes = server.machine("bench-pass-100", pass_chain(100))
    tasks = server.machine("bench-task-100", task_chain(100, "Noop"))
    tens = server.machine("bench-pass-10", pass_chain(10))
    for machine in (passes, tasks, tens):
        client.run(machine)

    def chain_ms() -> float:
        warm(lambda: run_chain(100))
        return statistics.median(run_chain(100) for _ in range(ROUNDS)) * 1000

    rival = best_rival(url, chain_ms, min)
    warm(lambda: client.run(tasks))
    ours = statistics.median(client.run(tasks) for _ in range(ROUNDS)) * 1000
    table.add("100 no-op Task states / chain of 100", ours, rival, "ms", "at most 0.4")
    ours = statistics.median(client.run(passes) for _ in range(ROUNDS)) * 1000
    table.add("100 Pass states / chain of 100", ours, rival, "ms", "at most 0.1")
    for clients in (1, 16):
        ours = ours_per_second(server.port, tens, clients, 5.0)
        rival = best_rival(url, lambda count=clients: rivals_per_second(10, count, 5.0), max)  # type: ignore[misc]
        table.add(f"executions of 10 Pass states, {clients} clients / chains of 10", ours, rival, "1/s", "at least 2")


def starts_under_load(table: Table, server: Server) -> None:
    """p99 of StartExecution while others keep every task slot hanging and evaluate big expressions."""
    hello = server.machine("bench-hello", pass_chain(1))
    client = Client(server.port)

    def p99() -> float:
        times = []
        for _ in range(400):
            times.append(client.start(hello) * 1000)
            time.sleep(0.005)
        return live.percentile(times, 0.99)

    p99()
    idle = p99()
    hanging = server.machine("bench-hang", task_chain(1, "Hang"))
    # The slowest expressions there are in JSONPath: recursive descent and filters over a big input, again and again.
    slow_states: dict[str, Any] = {
        "Look": {"Type": "Pass", "Parameters": {"found.$": "$..b[?(@.c > 50)]"}, "ResultPath": "$.x", "Next": "Pause"},
        "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Look"},
    }
    slow = server.machine("bench-slow", {"StartAt": "Look", "States": slow_states})
    big = {"a": [{"b": [{"c": number} for number in range(20)]} for _ in range(100)]}
    busy = [server.begin(hanging)["id"] for _ in range(16)] + [server.begin(slow, big)["id"] for _ in range(4)]
    time.sleep(2)
    loaded = p99()
    table.add("p99 of StartExecution under slow and hanging work / idle", loaded, idle, "ms", "at most 3")
    ran = max(client.run(hello) for _ in range(10)) * 1000
    table.add("slowest of 10 Pass machines, slots full of hanging work / 1 s", ran, 1000.0, "ms", "at most 1")
    stopped = max(stop_ms(server, execution) for execution in busy)
    table.add(f"slowest of {len(busy)} stops until ABORTED / 1 s", stopped, 1000.0, "ms", "at most 1")


def stop_ms(server: Server, execution: str) -> float:
    """Milliseconds from asking for the stop to seeing it ended."""
    began = time.perf_counter()
    server.call("POST", f"/api/executions/{execution}/stop/", {})
    while server.call("GET", f"/api/executions/{execution}/", Prefer="wait=5")[1]["status"] == "RUNNING":
        pass
    return (time.perf_counter() - began) * 1000


def interpreter_alone(table: Table) -> None:
    """In memory, no worker, no database: what the core itself costs."""
    for kind, speed in interpreter.transitions_per_second().items():
        goal = "at least 50,000" if kind == "Pass" else ""
        table.add(f"interpreter, transitions of {kind} / 50,000", speed, 50_000.0, "1/s", goal)
    long, short = interpreter.long_against_short()
    table.add("a transition of 20,000 events / of 200", long, short, "us", "at most 1.2")
    many, few = interpreter.many_items_against_few()
    table.add("an item of a Map of 10,000 / of 100", many, few, "us", "at most 1.5")


def distributed_map(table: Table, server: Server, url: str) -> None:
    """10,000 children of a Pass state each, with their histories, against 10,000 no-ops with results."""
    client = Client(server.port)
    state = {"Type": "Map", "End": True, "ItemProcessor": {**pass_chain(1), "ProcessorConfig": DISTRIBUTED}}
    machine = server.machine("bench-distributed", {"StartAt": "M", "States": {"M": state}})
    items = list(range(10_000))
    client.run(machine, items)
    ours = statistics.median(client.run(machine, items) for _ in range(3)) * 1000
    rival = best_rival(url, lambda: run_group(10_000) * 1000, min)
    table.add("Distributed Map of 10,000 Pass items / group of 10,000", ours, rival, "ms", "at most 0.3")


def through_boto3(table: Table, server: Server, url: str) -> None:
    for (name, found), rival in zip(aws.ours(server).items(), aws.rivals(), strict=True):
        table.add(name, found, best_rival(url, rival, min), "ms", "")


def live_view(table: Table, server: Server) -> None:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        print("live view: skipped, there is no Chromium (apt install chromium)")
        return
    found = live.latencies(server, executable)
    p95 = live.percentile(found, 0.95)
    table.add("state change to DOM, p95 with 20 sockets / 100 ms", p95, 100.0, "ms", "at most 1")


def main() -> None:
    table = Table()
    print(f"{'':<70} {'ours':>10} {'rival':>10} {'ratio':>8}")
    interpreter_alone(table)
    with tempfile.TemporaryDirectory() as folder:
        keys = {"TREADLE_ACCESS_KEY_ID": aws.KEY, "TREADLE_SECRET_ACCESS_KEY": aws.SECRET}
        server = Server(Path(folder), environment=keys)
        server.write_function("Noop", "def handler(event, context):\n    return {}\n")
        server.write_function("Hang", SLOW)
        os.environ["BENCH_REDIS"] = url = f"unix://{broker_socket(server.data)}"
        with server:
            _use(url)
            chains_in_a_row(table, server, url)
            distributed_map(table, server, url)
            through_boto3(table, server, url)
            starts_under_load(table, server)
            live_view(table, server)
            for name, figure, unit, goal in designer.measure(server):
                table.add(f"designer: {name}", figure, 0.0, unit, goal)
    table.save()
    print(f"written to {RESULTS}")


def _use(url: str) -> None:
    """This process is a client of the rival's too: point its app at the same Valkey."""
    from bench.rival import app

    address = url.replace("unix://", "redis+socket://")
    app.conf.update(broker_url=address, result_backend=address)


if __name__ == "__main__":
    main()

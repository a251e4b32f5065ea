"""Load over the public interface: keep-alive HTTP clients in processes of their own, as many as the rival gets."""

from __future__ import annotations

import http.client
import json
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.harness import TOKEN


class Client:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)

    def run(self, machine: str, value: object = None) -> float:
        """Seconds from sending the start to the answer with the terminal status."""
        began = time.perf_counter()
        answer = self._post(f"/api/machines/{machine}/executions/", {"input": value or {}}, {"Prefer": "wait=60"})
        if answer["status"] != "SUCCEEDED":
            raise AssertionError(f"not SUCCEEDED: {answer}")
        return time.perf_counter() - began

    def start(self, machine: str) -> float:
        """Seconds a start takes to be answered."""
        began = time.perf_counter()
        self._post(f"/api/machines/{machine}/executions/", {"input": {}}, {})
        return time.perf_counter() - began

    def _post(self, path: str, body: object, headers: dict[str, str]) -> dict[str, object]:
        sent = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **headers}
        self._connection.request("POST", path, json.dumps(body), sent)
        answer = self._connection.getresponse()
        found: dict[str, object] = json.loads(answer.read())
        if answer.status != 201:
            raise AssertionError(f"{answer.status}: {found}")
        return found


def _ours(port: int, machine: str, seconds: float) -> int:
    client, done, end = Client(port), 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        client.run(machine)
        done += 1
    return done


def _rivals(length: int, seconds: float) -> int:
    from bench.rival import run_chain

    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        run_chain(length)
        done += 1
    return done


def ours_per_second(port: int, machine: str, clients: int, seconds: float) -> float:
    with ProcessPoolExecutor(clients, mp_context=get_context("spawn")) as pool:
        list(pool.map(_ours, [port] * clients, [machine] * clients, [0.3] * clients))  # imports, connections
        began = time.perf_counter()
        done = sum(pool.map(_ours, [port] * clients, [machine] * clients, [seconds] * clients))
        return done / (time.perf_counter() - began)


def rivals_per_second(length: int, clients: int, seconds: float) -> float:
    with ProcessPoolExecutor(clients, mp_context=get_context("spawn")) as pool:
        list(pool.map(_rivals, [length] * clients, [0.3] * clients))
        began = time.perf_counter()
        done = sum(pool.map(_rivals, [length] * clients, [seconds] * clients))
        return done / (time.perf_counter() - began)

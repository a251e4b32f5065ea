"""Those who wait for the end of an execution hold neither threads nor connections."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import MutableMapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from config.asgi import application
from designer.models import Execution
from designer.services.listening import listener
from designer.services.runtime_channels import ENDED_CHANNEL
from designer.web.layers import ReusedThreads
from tests.designer.conftest import Api

WAITING = 20
"""More than threads are kept idle from one request to another."""


async def _answer(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> dict[str, Any]:
    """One request to the server's outermost layer."""
    sent: list[MutableMapping[str, Any]] = []
    told = False

    async def receive() -> MutableMapping[str, Any]:
        nonlocal told
        if told:
            await asyncio.Event().wait()  # the client stays
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    given = {"host": "localhost", "content-type": "application/json", "content-length": str(len(body)), **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    app: Any = application
    await app(scope, receive, send)
    assert sent[0]["status"] in {200, 201}, sent
    found: dict[str, Any] = json.loads(b"".join(part.get("body", b"") for part in sent[1:]))
    return found


def _held_threads() -> int:
    """Those of requests that are not kept for the next request. Each who waits holds one for each look at the store."""
    layer: Any = application.application_mapping["http"]
    while not isinstance(layer, ReusedThreads):
        layer = layer._app
    there = sum(thread.name.startswith("request") for thread in threading.enumerate())
    return there - len(layer._threads._idle)


async def _all_wait(method: str, paths: list[str], headers: dict[str, str]) -> list[dict[str, Any]]:
    """The answers. There comes a moment when all wait and none holds a thread, or TimeoutError."""
    ends = listener(ENDED_CHANNEL)
    asking = [asyncio.create_task(_answer(method, path, headers)) for path in paths]
    async with asyncio.timeout(30):
        while sum(map(len, ends._waiting.values())) < len(paths) or _held_threads() > 0:
            await asyncio.sleep(0.01)
    await sync_to_async(Execution.objects.update)(status="SUCCEEDED", stopped_at=1)
    for waited_for in list(ends._waiting):
        ends._heard(waited_for)
    return await asyncio.gather(*asking)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_who_prefers_to_wait_holds_no_thread(alice: Api, method: str) -> None:
    machine = alice.machine()["id"]
    path = f"/api/machines/{machine}/executions/"
    paths = [path] * WAITING
    if method == "GET":
        paths = [f"/api/executions/{alice.post(path, {})['id']}/" for _ in range(WAITING)]
    headers = {"authorization": f"Bearer {alice.token}", "prefer": "wait=60"}
    answers = asyncio.run(_all_wait(method, paths, headers))
    assert [one["status"] for one in answers] == ["SUCCEEDED"] * WAITING
    assert Execution.objects.count() == WAITING

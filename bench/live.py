"""From the commit of a state change to the class of its box in a browser's page, while others watch too."""

from __future__ import annotations

import asyncio
import json
import statistics
import threading
from typing import Any

import websockets
from playwright.sync_api import sync_playwright

from tests.harness import TOKEN, Server

WATCHERS = 20
_OBSERVE = """
() => {
  window.__seen = [];
  const note = (node) => {
    if (node.dataset && node.dataset.state) {
      window.__seen.push([node.dataset.state, node.dataset.status, Date.now()]);
    }
  };
  const observer = new MutationObserver((records) => records.forEach((record) => note(record.target)));
  observer.observe(document.body, { subtree: true, attributes: true, attributeFilter: ['data-status'] });
}
"""


def _machine(states: int) -> dict[str, Any]:
    """Waits of a second, so that each state is entered by a commit of its own."""
    found = {
        f"W{index}": {
            "Type": "Wait",
            "Seconds": 1,
            **({"Next": f"W{index + 1}"} if index < states - 1 else {"End": True}),
        }
        for index in range(states)
    }
    return {"StartAt": "W0", "States": found}


async def _watch(server: Server, execution: str, stop: asyncio.Event) -> None:
    address = f"ws://127.0.0.1:{server.port}/ws/executions/{execution}/?last_event_id=0"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with websockets.connect(address, additional_headers=headers, origin=server.address) as socket:  # type: ignore[arg-type]
        while not stop.is_set():
            try:
                json.loads(await asyncio.wait_for(socket.recv(), 0.5))
            except TimeoutError:
                continue


def _watchers(server: Server, execution: str, stop: threading.Event) -> None:
    async def all_of_them() -> None:
        done = asyncio.Event()
        tasks = [asyncio.create_task(_watch(server, execution, done)) for _ in range(WATCHERS)]
        while not stop.is_set():
            await asyncio.sleep(0.1)
        done.set()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(all_of_them())


def latencies(server: Server, executable: str, states: int = 12) -> list[float]:
    """Milliseconds from the commit (its event's timestamp) to the DOM, one for each state entered."""
    machine = server.machine("bench-live", _machine(states))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(server.link)
        page.wait_for_url("**/machines**")
        execution = server.begin(machine)["id"]
        stop = threading.Event()
        watching = threading.Thread(target=_watchers, args=(server, execution, stop))
        watching.start()
        page.goto(f"{server.address}/executions/{execution}")
        page.wait_for_selector("[data-state='W0']")
        page.evaluate(_OBSERVE)
        server.ended(execution, states * 2 + 20)
        page.wait_for_timeout(500)
        seen: list[tuple[str, str, float]] = page.evaluate("() => window.__seen")
        stop.set()
        watching.join()
        browser.close()
    entered = {event["state"]: event["timestamp"] for event in server.history(execution) if "Entered" in event["type"]}
    found = []
    for state, status, at in seen:
        if status == "waiting" and state in entered:
            found.append(at - _milliseconds(entered.pop(state)))
    if len(found) < states // 2:
        raise AssertionError(f"only {len(found)} of {states} state changes were seen in the page: {seen[:10]}")
    return found


def _milliseconds(timestamp: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp() * 1000


def percentile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]

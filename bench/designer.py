"""The designer in a real browser: how soon a graph is seen, how soon an edit of it, and how smoothly it is moved."""

from __future__ import annotations

import math
import statistics
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import chromium
from tests.harness import Server, until

ROUNDS = 5
PAN_STEPS = 120
SETTLE_MS = 700
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
# The moment at which the first box, and later the box of an edit, has been drawn.
WATCH = """
window.seen = {};
const note = () => {
  for (const box of document.querySelectorAll(".react-flow__node [data-state]")) {
    const name = box.dataset.state;
    if (name in window.seen) continue;
    window.seen[name] = null;
    requestAnimationFrame(() => setTimeout(() => { window.seen[name] = performance.now(); }));
  }
};
new MutationObserver(note).observe(document, {subtree: true, childList: true, attributes: true,
                                              attributeFilter: ["data-state"]});
addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
addEventListener("click", () => { window.clicked = performance.now(); }, true);
"""
SEEN = "() => Object.values(window.seen ?? {}).some((at) => at !== null)"
FORGET_LAYOUTS = """() => {
  for (const key of Object.keys(localStorage)) if (key.startsWith("treadle:layout:")) localStorage.removeItem(key);
}"""
FRAMES = """() => {
  window.frames_ms = [];
  let last = performance.now();
  const step = (now) => {
    window.frames_ms.push(now - last);
    last = now;
    window.ticking = requestAnimationFrame(step);
  };
  window.ticking = requestAnimationFrame(step);
}"""


def nested(count: int) -> dict[str, Any]:
    """About ``count`` states, three deep: Parallel, Map in its branches, a chain with choices in the Map."""
    bodies = 20
    length = max(1, count // bodies - 2)
    top: dict[str, Any] = {}
    pairs = bodies // 2
    for one in range(pairs):
        branches = [_branch(f"{one}.{side}", length) for side in range(2)]
        onward = {"Next": f"P{one + 1}"} if one + 1 < pairs else {"End": True}
        top[f"P{one}"] = {"Type": "Parallel", "Branches": branches, **onward}
    return {"StartAt": "P0", "States": top}


def _branch(name: str, length: int) -> dict[str, Any]:
    processor = {"ProcessorConfig": {"Mode": "INLINE"}, **chain(f"{name} ", length)}
    states = {
        f"M{name}": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": processor, "Next": f"E{name}"},
        f"E{name}": {"Type": "Pass", "End": True},
    }
    return {"StartAt": f"M{name}", "States": states}


def chain(prefix: str, length: int) -> dict[str, Any]:
    """A chain in which every tenth state is a Choice that may skip one."""
    states: dict[str, Any] = {}
    for index in range(length):
        onward: dict[str, Any] = {"Next": f"{prefix}{index + 1}"} if index + 1 < length else {"End": True}
        states[f"{prefix}{index}"] = {"Type": "Pass", **onward}
        if index % 10 == 9 and index + 2 < length:
            rule = {"Variable": "$.x", "NumericEquals": index, "Next": f"{prefix}{index + 2}"}
            states[f"{prefix}{index}"] = {"Type": "Choice", "Choices": [rule], "Default": f"{prefix}{index + 1}"}
    return {"StartAt": f"{prefix}0", "States": states}


def measure(server: Server) -> list[tuple[str, float, str, str]]:
    """Rows of name, figure, unit and goal; none without a browser."""
    program = chromium()
    if program is None:
        print("THE DESIGNER WAS NOT MEASURED: there is no Chromium", flush=True)
        return []
    rows: list[tuple[str, float, str, str]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            context = _signed_in(browser, server)
            for what, definition, state, paint, edit in (
                ("33 states", chain("S", 33), "S2", 500, 100),
                ("1,000 states, three deep", nested(1000), "0.0 2", 3000, 300),
            ):
                machine = server.machine(f"bench-{len(rows)}", definition)
                page = context.new_page()
                page.set_default_timeout(30_000)
                page.add_init_script(WATCH)
                address = f"{server.address}/machines/{machine}/edit"
                first, again = _in_new_tabs(context, page, address)
                clicked = _from_the_list(context, server.address, machine)
                goal = f"under {paint}"
                rows.append((f"first paint of {what}, chosen in the list, never opened before", clicked, "ms", goal))
                rows.append((f"first paint of {what}, never opened before", first, "ms", goal))
                rows.append((f"first paint of {what}, opened again in a new tab", again, "ms", goal))
                rows.append((f"first paint of {what}, opened again", _first_paint(page, address), "ms", goal))
                rows.append((f"an edit of {what}", _edit(page, state), "ms", f"under {edit}"))
                rows.append((f"frame while panning {what}, p95", _pan(page), "ms", "under 32"))
                page.close()
        finally:
            browser.close()
    return rows


def _signed_in(browser: Browser, server: Server) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(server.another_link())
    page.wait_for_url("**/machines")
    page.close()
    return context


def _first_paint(page: Page, address: str) -> float:
    """From the start of the navigation, opened again in one tab; the median of some loads, without the first."""
    return float(statistics.median([_paint(page, address) for _ in range(ROUNDS + 1)][1:]))


def _in_new_tabs(context: BrowserContext, page: Page, address: str) -> tuple[float, float]:
    """In tabs of their own, files in the browser's cache: without a layout of the machine, then with it."""
    first: list[float] = []
    again: list[float] = []
    _paint(page, address)
    for _ in range(ROUNDS):
        page.evaluate(FORGET_LAYOUTS)
        for found in (first, again):
            tab = context.new_page()
            tab.add_init_script(WATCH)
            found.append(_paint(tab, address))
            tab.wait_for_timeout(SETTLE_MS)
            tab.close()
    return float(statistics.median(first)), float(statistics.median(again))


def _from_the_list(context: BrowserContext, address: str, machine: str) -> float:
    """From the click on Edit in the list of machines, without a layout of the machine."""
    found: list[float] = []
    for _ in range(ROUNDS):
        tab = context.new_page()
        tab.add_init_script(WATCH)
        tab.goto(f"{address}/machines")
        tab.evaluate(FORGET_LAYOUTS)
        edit = tab.locator(f'a[href="/machines/{machine}/edit"]').first
        edit.wait_for()
        tab.wait_for_timeout(2 * SETTLE_MS)
        edit.click()
        _until(tab, SEEN)
        found.append(tab.evaluate("() => Math.min(...Object.values(window.seen).filter(Boolean)) - window.clicked"))
        tab.close()
    return float(statistics.median(found))


def _paint(page: Page, address: str) -> float:
    page.goto(address, wait_until="commit")
    _until(page, SEEN)
    return float(page.evaluate("() => Math.min(...Object.values(window.seen).filter((at) => at !== null))"))


def _until(page: Page, condition: str, argument: Any = None) -> None:
    """Playwright's own waiting compiles code in the page, which its policy forbids."""
    until(lambda: page.evaluate(condition, argument), 30, condition)


def _edit(page: Page, state: str) -> float:
    """From the key that duplicates a state to the frame that shows the copy; the first edit fills the cache."""
    found = []
    page.wait_for_timeout(SETTLE_MS)
    page.locator(f'.canvas [data-state="{state}"]').first.click()
    # A culled box loses the focus; the keys of the canvas work from its buttons too, on what is chosen.
    page.locator(".canvas-tools button").last.focus()
    for number in range(2, ROUNDS + 3):
        copy = f"{state} ({number})"
        page.keyboard.press("Control+d")
        _until(page, "(name) => (window.seen[name] ?? null) !== null", copy)
        page.wait_for_timeout(SETTLE_MS)
        found.append(page.evaluate("(name) => window.seen[name] - window.pressed", copy))
    return float(statistics.median(found[1:]))


def _pan(page: Page) -> float:
    pane = page.locator(".react-flow__pane").bounding_box()
    assert pane is not None
    x, y = pane["x"] + 8, pane["y"] + pane["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(PAN_STEPS):
        page.mouse.move(x + 3 * (step % 60), y + 120 * math.sin(step / 12))
        page.evaluate("() => new Promise(requestAnimationFrame)")
    frames = page.evaluate("() => { cancelAnimationFrame(window.ticking); return window.frames_ms; }")
    page.mouse.up()
    return float(statistics.quantiles(frames, n=20)[-1])


def main() -> None:
    """The designer alone: python -m bench.designer"""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder, Server(folder=Path(folder)) as server:
        for name, figure, unit, goal in measure(server):
            print(f"{name:<70} {figure:>10.2f}  {unit:<7} {goal}", flush=True)


if __name__ == "__main__":
    main()

"""``make screenshots``: every page in light, dark and Korean into docs/images, and a picture of a run that moves."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import ensure_chromium
from tests.harness import ROOT, Server

IMAGES = ROOT / "docs" / "images"
SIZE = {"width": 1440, "height": 900}
LOOKS = {"light": ("light", "en"), "dark": ("dark", "en"), "ko": ("light", "ko")}
FRAME_MS = 350
FRAMES = 22


def _context(browser: Browser, state: Any, theme: str, language: str) -> BrowserContext:
    context = browser.new_context(viewport=SIZE, storage_state=state)  # type: ignore[arg-type]
    kept = {"treadle:theme": theme, "treadle:language": language}
    context.add_init_script(f"Object.entries({json.dumps(kept)}).forEach(([k, v]) => localStorage.setItem(k, v))")
    return context


def _settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)


def _pages(page: Page, server: Server, machine: str, execution: str, into: Path) -> None:
    def shoot(name: str) -> None:
        _settled(page)
        # Whatever fades in has done so.
        page.screenshot(path=into / f"{name}.png", animations="disabled")

    base = server.address
    page.goto(f"{base}/machines")
    shoot("machines")
    page.goto(f"{base}/machines/{machine}")
    shoot("machine")
    page.goto(f"{base}/machines/{machine}?tab=revisions")
    shoot("revisions")
    page.goto(f"{base}/machines/{machine}?tab=sharing")
    shoot("sharing")
    page.goto(f"{base}/machines/{machine}/edit")
    page.locator("[data-state]").first.wait_for()
    page.locator('.canvas [data-state="Job Complete?"]').click()
    shoot("designer")
    page.keyboard.press("Control+Shift+Enter")
    simulate = page.locator(".trial button[class*=primary]")
    simulate.click()
    # Without answers it polls for ever: those of the last run are offered in a box above.
    page.locator(".trial [class*=alert] button").click()
    simulate.click()
    page.locator('.canvas [data-state="Get Final Job Status"][data-status="succeeded"]').wait_for()
    shoot("simulate")
    page.goto(f"{base}/executions")
    shoot("executions")
    page.goto(f"{base}/executions/{execution}")
    page.locator("[data-state]").first.wait_for()
    shoot("execution")
    page.goto(f"{base}/settings")
    shoot("settings")
    page.goto(f"{base}/machines/{machine}/edit")
    page.locator('.canvas[aria-busy="false"]').wait_for()
    page.context.set_offline(True)
    page.locator(".offline > *").wait_for()
    shoot("offline")
    page.context.set_offline(False)
    page.locator(".offline > *").wait_for(state="detached")


def _animation(page: Page, server: Server, machine: str) -> None:
    """A run from its start to its end, as it is seen."""
    execution = server.begin(machine, {"wait_time": 1, "polls": 1})["id"]
    page.goto(f"{server.address}/executions/{execution}")
    page.locator("[data-state]").first.wait_for()
    canvas = page.locator(".canvas")
    frames = []
    for _ in range(FRAMES):
        picture = Image.open(io.BytesIO(canvas.screenshot())).convert("RGB")
        frames.append(picture.resize((picture.width * 2 // 3, picture.height * 2 // 3)))
        page.wait_for_timeout(FRAME_MS)
    palette = [frame.quantize(colors=96) for frame in frames]
    palette[0].save(IMAGES / "run.gif", save_all=True, append_images=palette[1:], duration=FRAME_MS, loop=0)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(folder=Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        server.copy_sample_functions()
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=["--no-sandbox", "--disable-gpu"])
        first = browser.new_context()
        page = first.new_page()
        page.goto(server.link)
        page.wait_for_url("**/machines")
        state = first.storage_state()
        _, listed = server.call("GET", "/api/machines/?search=JobPoller")
        machine = listed["results"][0]["id"]
        execution = server.begin(machine, {"wait_time": 1, "polls": 1}, wait=30)["id"]
        for look, (theme, language) in LOOKS.items():
            into = IMAGES / look
            into.mkdir(exist_ok=True)
            context = _context(browser, state, theme, language)
            _pages(context.new_page(), server, machine, execution, into)
            context.close()
            print(f"{look:<6} {len(list(into.glob('*.png')))} pages in {into}", flush=True)
        context = _context(browser, state, "light", "en")
        _animation(context.new_page(), server, machine)
        print(f"a run in {IMAGES / 'run.gif'}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()

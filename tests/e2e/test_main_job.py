"""The main job, by mouse and keyboard on a real page: draw a machine, run it, watch it move."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.canvas import box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.pointer import drag, middle
from tests.harness import ROOT, Server, pass_chain

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RECORD = """() => {
  window.seen = [];
  const note = (box) => {
    const status = box.dataset.status;
    const last = window.seen.filter(([name]) => name === box.dataset.state).at(-1);
    if (status !== "none" && last?.[1] !== status) window.seen.push([box.dataset.state, status]);
  };
  document.querySelectorAll("[data-state]").forEach(note);
  new MutationObserver((changes) => changes.forEach((change) => note(change.target)))
    .observe(document.querySelector(".canvas"), {subtree: true, attributes: true, attributeFilter: ["data-status"]});
}"""


def status(page: Page, state: str) -> str:
    return box(page, state).get_attribute("data-status") or ""


def open_designer(page: Page, server: Server, name: str) -> str:
    page.goto(f"{server.address}/machines")
    # By then there may be more machines than the list shows at first.
    page.get_by_label("Find machines by name").fill(name)
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/machines/*")
    machine = page.url.rsplit("/", 1)[1].split("?")[0]
    page.goto(f"{server.address}/machines/{machine}/edit")
    page.locator("[data-state]").first.wait_for()
    return machine


def start(page: Page, value: Any) -> str:
    """Run from the designer with an input; the execution's id."""
    page.get_by_role("button", name="Run", exact=True).click()
    editor = page.get_by_role("dialog").locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(json.dumps(value))
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/executions/[0-9a-f-]+"))
    page.locator("[data-execution-status]").wait_for()
    page.locator("[data-state]").first.wait_for()
    return page.url.rsplit("/", 1)[1]


def ended(page: Page, wanted: str, seconds: float = 90) -> None:
    expect(page.locator("[data-execution-status]")).to_have_attribute(
        "data-execution-status", wanted, timeout=seconds * 1000
    )


def cut_when_told(page: Page) -> Callable[[], None]:
    """Sockets go through here; the answer closes the open ones and lets later ones through."""
    open_sockets: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        open_sockets.append(socket)
        socket.connect_to_server()

    page.route_web_socket(re.compile(r"/ws/"), connect)

    def cut() -> None:
        assert open_sockets
        for socket in open_sockets:
            socket.close(code=1011, reason="cut by a test")
        open_sockets.clear()

    return cut


def test_the_job_poller_is_changed_run_and_watched(page: Page, server: Server) -> None:
    open_designer(page, server, "JobPoller")
    page.screenshot(path=ARTEFACTS / "designer.png")
    page.get_by_role("button", name="Add a state between Submit Job and Wait X Seconds").click()
    page.locator('[data-pick="Pass"]').click()
    expect(box(page, "Pass")).to_be_visible()
    box(page, "Pass").click()
    page.keyboard.press("F2")
    page.keyboard.type("Take A Breath")
    page.keyboard.press("Enter")
    expect(box(page, "Take A Breath")).to_be_visible()
    expect(page.get_by_label("Definition", exact=True)).to_contain_text('"Next": "Take A Breath"')
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as revision 2")).to_be_visible()

    start(page, {"wait_time": 1, "polls": 2})
    page.evaluate(RECORD)
    time.sleep(1)
    page.screenshot(path=ARTEFACTS / "running.png")
    ended(page, "SUCCEEDED")
    seen = [tuple(pair) for pair in page.evaluate("() => window.seen")]
    # What is first heard of each: a page that has much to do may show two steps of a loop as one.
    begun = [name for name, _ in seen]
    order = ["Submit Job", "Take A Breath", "Wait X Seconds", "Get Job Status", "Job Complete?", "Get Final Job Status"]
    assert [name for name in dict.fromkeys(begun) if name in order] == order, seen
    assert [status(page, name) for name in order] == ["succeeded"] * len(order)
    assert ("Wait X Seconds", "waiting") in seen
    assert status(page, "Job Failed") == "none"

    box(page, "Get Final Job Status").click()
    expect(page.locator('[data-part="output"]')).to_contain_text("SUCCEEDED")
    page.screenshot(path=ARTEFACTS / "succeeded.png")


def test_the_picture_ends_right_when_the_socket_is_cut_in_mid_run(page: Page, server: Server) -> None:
    cut = cut_when_told(page)
    open_designer(page, server, "JobPoller")
    start(page, {"wait_time": 2, "polls": 2})
    expect(box(page, "Wait X Seconds")).to_have_attribute("data-status", "waiting")
    cut()
    time.sleep(0.2)
    page.context.set_offline(True)
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    time.sleep(3)
    page.context.set_offline(False)
    ended(page, "SUCCEEDED")
    for state in ("Submit Job", "Wait X Seconds", "Get Job Status", "Job Complete?", "Get Final Job Status"):
        expect(box(page, state)).to_have_attribute("data-status", "succeeded")


def test_a_reload_and_a_second_tab_show_the_same_run(page: Page, server: Server) -> None:
    open_designer(page, server, "JobPoller")
    start(page, {"wait_time": 1, "polls": 3})
    second = page.context.new_page()
    second.goto(page.url)
    page.reload()
    for tab in (page, second):
        ended(tab, "SUCCEEDED")
        expect(box(tab, "Get Final Job Status")).to_have_attribute("data-status", "succeeded")
    second.close()


def test_broken_text_keeps_the_last_graph_and_loses_nothing(page: Page, server: Server) -> None:
    machine = server.machine("BrokenForAWhile", pass_chain(3))
    page.goto(f"{server.address}/machines/{machine}/edit")
    box(page, "S1").wait_for()
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("oops ")
    expect(page.get_by_text("The text has a mistake. This is the last graph")).to_be_visible()
    expect(box(page, "S1")).to_be_visible()
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("oops")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    for _ in range(5):
        page.keyboard.press("Delete")
    expect(page.get_by_text("The text has a mistake")).to_have_count(0)
    expect(box(page, "S1")).to_be_visible()


def test_two_editors_at_once_meet_in_a_dialog(page: Page, server: Server) -> None:
    machine = server.machine("EditedTwice", pass_chain(2))
    page.goto(f"{server.address}/machines/{machine}/edit")
    box(page, "S1").click()
    page.keyboard.press("F2")
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    expect(box(page, "Mine")).to_be_visible()
    status_code, _ = server.call(
        "POST",
        f"/api/machines/{machine}/revisions/",
        {"definition": json.dumps(pass_chain(4)), "comment": "theirs"},
        If_Match='"r1"',
    )
    assert status_code == 201
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Two versions of this machine")).to_be_visible()
    page.screenshot(path=ARTEFACTS / "conflict.png")
    page.get_by_role("button", name="Take theirs").click()
    expect(box(page, "S3")).to_be_visible()
    box(page, "S3").click()
    page.keyboard.press("Control+z")
    expect(box(page, "Mine")).to_be_visible()


def test_the_graph_is_walked_and_changed_by_keys_alone(page: Page, server: Server) -> None:
    machine = server.machine("ByKeys", pass_chain(3))
    page.goto(f"{server.address}/machines/{machine}/edit")
    box(page, "S0").focus()
    page.keyboard.press("ArrowDown")
    expect(box(page, "S1")).to_be_focused()
    page.keyboard.press("a")
    page.keyboard.type("wait")
    page.keyboard.press("Enter")
    expect(box(page, "Wait")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(box(page, "Wait")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(box(page, "Wait")).to_be_visible()
    box(page, "Wait").focus()
    page.keyboard.press("Delete")
    expect(box(page, "Wait")).to_have_count(0)
    expect(page.get_by_role("button", name="Pass S1, 1 transition", exact=True)).to_be_visible()


def test_a_block_is_dragged_onto_a_line_and_a_loop_is_drawn_by_mouse(page: Page, server: Server) -> None:
    machine = server.machine("ByMouse", pass_chain(2))
    page.goto(f"{server.address}/machines/{machine}/edit")
    box(page, "S1").wait_for()
    drag(page, middle(page.locator('[data-block="Wait"]')), middle(page.locator('[data-plus="/States/S0>next0"]')))
    expect(box(page, "Wait")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text('"Next": "Wait"')
    handle = box(page, "Wait").bounding_box()
    assert handle is not None
    drag(page, (handle["x"] + handle["width"] / 2, handle["y"] + handle["height"]), middle(box(page, "S0")))
    page.locator('[data-pick="choice"]').click()
    expect(box(page, "Choice")).to_be_visible()
    expect(page.get_by_role("button", name="Choice Choice, 2 transitions", exact=True)).to_be_visible()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(box(page, "Wait")).to_have_count(0)


@pytest.mark.parametrize("path", ["/machines", "/executions", "/settings", "designer", "execution"])
def test_axe_finds_no_violation(page: Page, server: Server, path: str) -> None:
    if not AXE.exists():
        pytest.skip("AXE DID NOT RUN: axe-core is not in frontend/node_modules")
    if path in {"designer", "execution"}:
        machine = server.machine(f"ForAxe-{path}", pass_chain(2))
        path = (
            f"/machines/{machine}/edit" if path == "designer" else f"/executions/{server.begin(machine, wait=20)['id']}"
        )
    page.goto(server.address + path)
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    told = [(one["id"], [node["html"][:160] for node in one["nodes"][:4]]) for one in found["violations"]]
    assert told == []

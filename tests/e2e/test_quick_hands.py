"""Hands that are quicker than the page: what is pressed twice is done once, and no key goes to the wrong place or to
none. Presses come in one turn of the browser, before it has drawn anything: what a slow machine makes of them.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.canvas import box
from tests.e2e.test_designer_stories import CHAIN, becomes, draft, open_machine
from tests.harness import Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TWICE = "button => { button.click(); button.click(); }"
SENT_TWICE = "field => { field.form.requestSubmit(); field.form.requestSubmit(); }"


def count(server: Server, what: str) -> int:
    _, found = server.call("GET", f"/api/{what}")
    return len(found["results"])


def test_enter_pressed_twice_makes_one_token(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/settings")
    name = page.get_by_label("Name of the token")
    name.fill("pressed twice")
    name.evaluate(SENT_TWICE)
    expect(page.get_by_text("The token, shown this once")).to_be_visible()
    _, tokens = server.call("GET", "/api/tokens/")
    assert [token["name"] for token in tokens["results"]].count("pressed twice") == 1


def test_a_machine_is_made_once_until_its_page_is_there(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="New machine").first.click()
    name = page.get_by_role("dialog").get_by_role("textbox", name="Name")
    name.fill("MadeOnce")
    made: list[str] = []
    page.on(
        "request", lambda r: made.append(r.url) if r.method == "POST" and r.url.endswith("/api/machines/") else None
    )
    # Its page is on the way, and Enter is pressed once more.
    name.evaluate("field => { const { form } = field; form.requestSubmit(); setTimeout(() => form.requestSubmit()); }")
    page.wait_for_url("**/edit")
    assert len(made) == 1


def test_a_run_that_is_started_twice_in_a_moment_starts_once(page: Page, server: Server) -> None:
    machine = server.machine("StartedOnce", CHAIN)
    page.goto(f"{server.address}/machines/{machine}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Start").evaluate(TWICE)
    page.wait_for_url("**/executions/*")
    assert count(server, f"executions/?machine={machine}") == 1


def test_a_revision_that_is_saved_twice_in_a_moment_is_no_conflict(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "SavedOnce", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    page.get_by_role("textbox", name="What has changed").evaluate(SENT_TWICE)
    expect(page.get_by_text("Saved as revision 2")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert count(server, f"machines/{machine}/revisions/") == 2


def test_what_is_edited_while_a_revision_is_saved_is_the_next_draft(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "EditedMeanwhile", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("Delete")
    until(lambda: "A" not in draft(server, machine)["States"], 30, "the draft")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/revisions/", hold)
    page.clock.install()
    page.keyboard.press("Control+s")
    with page.expect_request("**/revisions/"):
        page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Close").press("Escape")
    box(page, "B").focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("Not kept on the server yet")).to_be_visible()
    page.clock.fast_forward(2000)  # its turn to be kept: the revision has not been answered
    held[0].continue_()
    rest = {name: state for name, state in CHAIN["States"].items() if name in "CD"}
    becomes(server, machine, {"StartAt": "C", "States": rest})
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_dialog_has_the_focus_where_one_types_before_another_key_can_come(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    button = page.get_by_role("button", name="New machine").first
    button.wait_for()
    focused = button.evaluate(
        """async button => {
          button.click();
          await null;  // what React draws for a press, it draws at the end of this turn
          return document.activeElement.tagName;
        }"""
    )
    assert focused == "INPUT"


def test_keys_that_come_before_a_new_state_is_drawn_work_on_that_state(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "QuickHands", {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    box(page, "A").focus()
    for _ in range(3):
        page.keyboard.press("a")
        page.keyboard.type("wait")
        page.keyboard.press("Enter")
    until(lambda: len(draft(server, machine)["States"]) == 4, 30, "all three")
    states = draft(server, machine)["States"]
    ways = [states[name].get("Next") for name in ("A", "Wait", "Wait (2)", "Wait (3)")]
    assert ways == ["Wait", "Wait (2)", "Wait (3)", None]
    expect(box(page, "Wait (3)")).to_be_focused()


NO_FRAMES = """() => {
  const { requestAnimationFrame, cancelAnimationFrame } = window;
  const held = new Map();
  let last = 1e6;
  window.requestAnimationFrame = work => { held.set(++last, work); return last; };
  window.cancelAnimationFrame = id => held.delete(id) || cancelAnimationFrame(id);
  window.frames_go_on = () => {
    window.requestAnimationFrame = requestAnimationFrame;
    held.forEach(work => requestAnimationFrame(work));
  };
}"""


def test_keys_that_come_before_a_frame_is_shown_leave_the_focus_at_the_last_state(page: Page, server: Server) -> None:
    open_machine(page, server, "NoFrames", {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    box(page, "A").focus()
    page.evaluate(NO_FRAMES)
    for name in ("Wait", "Wait (2)", "Wait (3)"):
        page.keyboard.press("a")
        page.keyboard.type("wait")
        page.keyboard.press("Enter")
        page.locator(f'[data-state="{name}"]').wait_for(state="attached")
    page.evaluate("() => frames_go_on()")
    expect(box(page, "Wait (3)")).to_be_focused()


def test_who_leaves_a_field_and_goes_to_another_before_a_frame_stays_there(page: Page, server: Server) -> None:
    open_machine(page, server, "NoFrameOfForms", CHAIN)
    box(page, "B").click()
    page.get_by_label("Name", exact=True).focus()
    page.evaluate(NO_FRAMES)
    page.keyboard.press("Escape")
    comment = page.get_by_role("textbox", name="Comment")
    comment.focus()
    page.evaluate("() => frames_go_on()")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(comment).to_be_focused()


RULES: dict[str, Any] = {
    "StartAt": "Which?",
    "States": {
        "Which?": {
            "Type": "Choice",
            "Choices": [{"Variable": f"$.{name}", "IsPresent": True, "Next": name} for name in ("A", "B", "C")],
            "Default": "A",
        },
        **{name: {"Type": "Succeed"} for name in ("A", "B", "C")},
    },
}


def test_a_rule_takes_the_focus_with_it_and_undo_keeps_it_to_the_end(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "MovedByKeys", RULES)
    box(page, "Which?").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="1. $.A is present").press("Enter")
    page.get_by_role("button", name="Rule 1 down").focus()
    for _ in range(3):  # once more than there is room
        page.keyboard.press("Enter")
    expect(page.locator("button:focus")).to_have_accessible_name("Rule 3 down")
    expect(page.get_by_role("button", name="3. $.A is present")).to_have_attribute("aria-expanded", "true")

    def order() -> list[str]:
        return [rule["Next"] for rule in draft(server, machine)["States"]["Which?"]["Choices"]]

    until(lambda: order() == ["B", "C", "A"], 30, "the order")
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
    until(lambda: order() == ["A", "B", "C"], 30, "the first order")
    expect(undo).to_be_focused()


def test_what_goes_in_the_designer_gives_the_focus_to_its_neighbour(page: Page, server: Server) -> None:
    states = {"A": {"Type": "Pass", "Assign": {"x": 1, "y": 2}, "Next": "B"}, "B": {"Type": "Pass", "End": True}}
    open_machine(page, server, "GoneNeighbours", {"StartAt": "A", "States": states})
    box(page, "A").click()
    page.get_by_role("tab", name="Variables").click()
    page.get_by_role("button", name="Remove x").press("Enter")
    expect(page.get_by_label("Value of y")).to_be_focused()
    page.get_by_role("tab", name="Outline").click()
    page.get_by_role("treeitem").first.press("Delete")
    expect(page.get_by_role("treeitem", name="B")).to_be_focused()


def test_what_opened_a_dialog_and_can_do_no_more_gives_the_focus_on(page: Page, server: Server) -> None:
    states = {"W": {"Type": "Wait", "Seconds": 3000, "End": True}}
    execution = server.begin(server.machine("StoppedByKeys", {"StartAt": "W", "States": states}))["id"]
    page.goto(f"{server.address}/executions/{execution}")
    page.get_by_role("button", name="Stop", exact=True).press("Enter")

    def ended_first(route: Route) -> None:
        answer = route.fetch()
        expect(page.get_by_text("Aborted").first).to_be_visible()
        route.fulfill(response=answer)

    page.route("**/stop/", ended_first)
    page.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Redrive")).to_be_focused()


def test_the_graph_and_its_text_stay_when_the_panels_cannot_be_fetched(page: Page, server: Server) -> None:
    page.route("**/panels-*.js", lambda route: route.abort())
    open_machine(page, server, "NoPanels", CHAIN)
    expect(page.get_by_text("A part of this page could not be fetched")).to_be_visible()
    expect(page.get_by_label("Code", exact=True)).to_contain_text('"StartAt"')
    box(page, "A").focus()
    page.keyboard.press("Delete")
    expect(box(page, "B")).to_be_focused()
    page.unroute_all()
    page.get_by_role("button", name="Try again").press("Enter")
    expect(page.get_by_role("textbox", name="Definition")).to_contain_text('"StartAt"')
    expect(page.get_by_role("region", name="Properties").or_(page.locator(".inspector"))).to_be_visible()

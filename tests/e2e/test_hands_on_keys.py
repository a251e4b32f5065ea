"""What somebody meets who works by keys alone: where the focus is, what Enter does, and that nothing is silent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.canvas import box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.test_designer_stories import (
    CHAIN,
    Hand,
    becomes,
    by_mouse_and_by_keys,
    choose,
    draft,
    open_machine,
)
from tests.harness import Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ASKING: dict[str, Any] = {
    "StartAt": "A",
    "States": {
        "A": {"Type": "Pass", "Result": {"status": "ok"}, "Next": "Done?"},
        "Done?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.status", "StringEquals": "ok", "Next": "Yes"}],
            "Default": "No",
        },
        "Yes": {"Type": "Succeed"},
        "No": {"Type": "Fail", "Error": "No"},
    },
}
FAILING = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "No", "Cause": "It never works"}}}


def said(page: Page) -> Locator:
    return page.locator(".said")


@by_mouse_and_by_keys
def test_a_wrap_that_would_break_paths_asks_and_offers_what_keeps_them(page: Page, server: Server, hand: Hand) -> None:
    machine = open_machine(page, server, f"Asking-{hand}", ASKING)
    choose(page, hand, "A")
    if hand == "mouse":
        box(page, "A").click(button="right", position={"x": 14, "y": 14})
        page.locator('[data-pick="wrapParallel"]').click()
    else:
        page.keyboard.press("p")
    question = page.get_by_role("dialog", name="Done?")
    expect(question).to_be_visible()
    page.screenshot(path=ARTEFACTS / f"wrap-asks-{hand}.png")
    if hand == "mouse":
        page.locator('[data-pick="first"]').click()
    else:
        page.keyboard.press("Enter")
    expect(box(page, "Parallel")).to_be_visible()
    branch = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"status": "ok"}, "End": True}}}
    parallel = {"Type": "Parallel", "Branches": [branch], "OutputPath": "$[0]", "Next": "Done?"}
    others = {name: state for name, state in ASKING["States"].items() if name != "A"}
    becomes(server, machine, {"StartAt": "Parallel", "States": {"Parallel": parallel, **others}})
    saved = server.machine(f"Asked-{hand}", draft(server, machine))
    assert server.begin(saved, wait=20)["status"] == "SUCCEEDED"


def test_who_does_not_want_the_wrap_after_all_has_changed_nothing(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "AskedInVain", ASKING)
    box(page, "A").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("dialog", name="Done?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Done?")).to_have_count(0)
    expect(box(page, "A")).to_be_focused()
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Done?")
    until(lambda: "Map" in draft(server, machine)["States"], 30, "the wrap")


def test_a_key_that_can_do_nothing_says_why(page: Page, server: Server) -> None:
    open_machine(page, server, "WhyNot", CHAIN)
    choose(page, "keys", "A", "B")
    page.keyboard.press("F2")
    expect(said(page)).to_contain_text("2 states are chosen")
    page.keyboard.press("Escape")
    box(page, "A").focus()
    page.keyboard.press("Shift+P")
    expect(said(page)).to_contain_text("Choose several states first")
    page.keyboard.press("Space")
    expect(said(page)).to_contain_text("Only a Parallel or a Map")
    page.keyboard.press("Control+z")
    expect(said(page)).to_contain_text("nothing to undo")


def test_a_wrap_that_cannot_be_done_says_why(page: Page, server: Server) -> None:
    open_machine(page, server, "TwoWays", ASKING)
    box(page, "Done?").focus()
    page.keyboard.press("p")
    expect(said(page)).to_contain_text("what is wrapped has one way on")


def test_a_draft_that_was_undone_to_what_is_saved_is_called_a_draft_nowhere(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "Undone", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("Delete")
    until(lambda: "A" not in draft(server, machine)["States"], 30, "the draft")
    page.keyboard.press("Control+z")
    until(lambda: draft(server, machine) == CHAIN, 30, "the undone draft")
    expect(page.get_by_text("Draft kept")).to_have_count(0)
    page.goto(f"{server.address}/machines")
    page.get_by_label("Find machines by name").fill("Undone")
    expect(page.get_by_role("link", name="Edit Undone")).to_be_visible()
    page.goto(f"{server.address}/machines/{machine}")
    expect(page.get_by_role("link", name="Edit", exact=True)).to_be_visible()


def test_the_start_dialog_begins_in_the_input(page: Page, server: Server) -> None:
    machine = server.machine("BeginsInInput", CHAIN)
    page.goto(f"{server.address}/machines/{machine}")
    page.get_by_role("button", name="Run", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("textbox", name="Input")).to_be_focused()


def test_enter_in_the_name_imports_what_was_pasted(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("tab", name="Paste").click()
    page.get_by_role("textbox", name="Text to import").click()
    page.keyboard.insert_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("PastedByEnter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    expect(page.get_by_role("heading", name="PastedByEnter")).to_be_visible()


def test_after_a_change_of_language_the_focus_is_where_it_was_chosen(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/settings")
    page.get_by_role("button", name="Language").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen = page.get_by_role("button", name="언어")
    expect(chosen).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Language")).to_be_focused()


def test_the_history_is_one_stop_and_arrows_go_on_inside_it(page: Page, server: Server) -> None:
    execution = server.begin(server.machine("Events", CHAIN), wait=20)["id"]
    page.goto(f"{server.address}/executions/{execution}")
    events = page.get_by_role("list", name="Events")
    expect(events.get_by_role("button", name="D").first).to_be_visible()
    assert events.locator('button[tabindex="0"]').count() == 1
    page.get_by_role("textbox", name="Find events").focus()
    page.keyboard.press("Tab")
    expect(events.get_by_role("button").first).to_be_focused()
    page.keyboard.press("End")
    expect(events.get_by_role("button", name="D").last).to_be_focused()
    page.screenshot(path=ARTEFACTS / "events-focus.png")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Step").get_by_role("heading", name="D")).to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(events.get_by_role("button", name="A").last).to_be_focused()
    page.keyboard.press("Tab")
    expect(events.locator("button:focus")).to_have_count(0)
    page.get_by_role("tab", name="Timeline").click()
    assert page.get_by_role("list", name="Timeline").locator('button[tabindex="0"]').count() == 1


def test_what_is_shown_once_moves_nothing_and_tab_goes_on_to_it(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/settings")
    name = page.get_by_label("Name of the token")
    name.fill("moves-nothing")
    before = name.bounding_box()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The token, shown this once")).to_be_visible()
    assert name.bounding_box() == before
    copy = page.get_by_role("button", name="Copy: Token")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(copy).to_be_focused()


def test_each_link_is_revoked_by_a_button_of_its_own_name(page: Page, server: Server) -> None:
    machine = server.machine("Links", CHAIN)
    page.goto(f"{server.address}/machines/{machine}")
    page.get_by_role("tab", name="Sharing").click()
    page.get_by_role("button", name="Create a link").click()
    expect(page.get_by_role("button", name=re.compile("^Revoke the link made "))).to_have_count(1)
    copy = page.get_by_role("button", name="Copy: Page")
    page.get_by_role("button", name="Create a link").focus()
    page.keyboard.press("Tab")
    expect(copy).to_be_focused()


def test_a_redrive_that_fails_again_says_so(page: Page, server: Server) -> None:
    execution = server.begin(server.machine("FailsAgain", FAILING), wait=10)["id"]
    page.goto(f"{server.address}/executions/{execution}")
    for n in (1, 2):
        page.get_by_role("button", name="Redrive").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"Redrive {n} ended as the run before it: No")).to_be_visible()


def test_the_keys_are_all_to_be_seen_in_a_low_window(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1100, "height": 620})
    open_machine(page, server, "LowWindow", CHAIN)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_role("button", name="Close").last).to_be_in_viewport(ratio=1)
    expect(dialog.get_by_role("heading", name="Keys")).to_be_in_viewport(ratio=1)
    page.screenshot(path=ARTEFACTS / "keys-low.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(dialog.get_by_text("Between JSON and YAML")).to_have_count(0)
    expect(dialog.get_by_text("Format the text")).to_be_in_viewport(ratio=1)


def test_a_panel_that_a_key_asks_for_has_the_focus_and_escape_leads_back(page: Page, server: Server) -> None:
    open_machine(page, server, "PanelKeys", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="Test", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-tested="SUCCEEDED"]')).to_be_visible()
    page.keyboard.press("Escape")
    expect(box(page, "A")).to_be_focused()
    page.keyboard.press("Control+Shift+Enter")
    expect(page.get_by_role("button", name="Simulate", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[data-simulation="SUCCEEDED"]')).to_be_visible()

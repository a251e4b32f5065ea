"""Drafts between two computers, between a browser and its server, and between an answer and the next edit."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import box
from tests.e2e.test_designer_stories import CHAIN, becomes, draft, open_machine
from tests.e2e.test_unsteady import lose_the_answer
from tests.harness import Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

BACK = "() => window.dispatchEvent(new Event('focus'))"
ELSEWHERE = '{"StartAt": "Elsewhere", "States": {"Elsewhere": {"Type": "Pass", "End": true}}}'


def delete(page: Page, name: str) -> None:
    box(page, name).focus()
    page.keyboard.press("Delete")


def edit_elsewhere(server: Server, machine: str, saves: int) -> None:
    body = {"text": ELSEWHERE, "format": "json", "base_revision": 1}
    status, kept = server.call("PUT", f"/api/machines/{machine}/draft/", body, If_Match=f'"d{saves}"')
    assert status == 200, kept


def revisions(server: Server, machine: str) -> int:
    return len(server.call("GET", f"/api/machines/{machine}/revisions/")[1]["results"])


def test_who_has_gone_on_elsewhere_and_opens_the_machine_again_is_asked_nothing(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "OpenedAgain", CHAIN)
    delete(page, "A")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    page.goto(f"{server.address}/machines")
    edit_elsewhere(server, machine, 1)
    page.goto(f"{server.address}/machines/{machine}/edit")
    expect(box(page, "Elsewhere")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_who_has_gone_on_elsewhere_and_comes_back_to_an_open_page_sees_it_there(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "BackAgain", CHAIN)
    delete(page, "A")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    edit_elsewhere(server, machine, 1)
    page.evaluate(BACK)
    expect(box(page, "Elsewhere")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(box(page, "B")).to_be_visible()
    rest = {name: state for name, state in CHAIN["States"].items() if name in "BCD"}
    becomes(server, machine, {"StartAt": "B", "States": rest})
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_draft_that_was_kept_elsewhere_meanwhile_is_not_dropped_by_a_revision(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "NotDropped", CHAIN)
    delete(page, "A")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    edit_elsewhere(server, machine, 1)
    page.keyboard.press("Control+s")
    page.get_by_role("textbox", name="What has changed").press("Enter")
    dialog = page.get_by_role("dialog", name="Two versions of this machine")
    expect(dialog.get_by_text("Saved elsewhere")).to_be_visible()
    assert (revisions(server, machine), draft(server, machine)["StartAt"]) == (1, "Elsewhere")
    dialog.get_by_role("button", name="Keep mine").click()
    until(lambda: draft(server, machine)["StartAt"] == "B", 30, "mine")


@pytest.mark.parametrize("kept", [True, False], ids=["with a draft", "before the first draft"])
def test_what_is_edited_after_a_revision_whose_answer_was_lost_goes_on_from_it(
    page: Page, server: Server, kept: bool
) -> None:
    machine = open_machine(page, server, f"GoesOn{kept}", CHAIN)
    if not kept:
        page.route("**/draft/", lambda route: route.abort())
    delete(page, "A")
    if kept:
        expect(page.get_by_text("Draft kept")).to_be_visible()
    page.route("**/revisions/", lose_the_answer, times=1)
    page.keyboard.press("Control+s")
    page.get_by_role("textbox", name="What has changed").press("Enter")
    expect(page.get_by_role("dialog").get_by_text("The server cannot be reached")).to_be_visible()
    page.unroute("**/draft/")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    delete(page, "B")
    rest = {name: state for name, state in CHAIN["States"].items() if name in "CD"}
    becomes(server, machine, {"StartAt": "C", "States": rest})
    page.keyboard.press("Control+s")
    page.get_by_role("textbox", name="What has changed").press("Enter")
    expect(page.get_by_text("Saved as revision 3")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert revisions(server, machine) == 3


def test_a_draft_that_is_refused_is_told_of_and_not_sent_again_before_something_changes(
    page: Page, server: Server
) -> None:
    machine = open_machine(page, server, "SignedOut", CHAIN)
    cookies = page.context.cookies()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/draft/") else None)
    page.clock.install()
    page.context.clear_cookies()
    delete(page, "A")
    with page.expect_response("**/draft/") as answered:
        page.clock.run_for(2000)
    assert answered.value.status in {401, 403}
    expect(page.get_by_text("You are signed out")).to_be_visible()
    expect(page.get_by_text("Kept in this browser only")).to_be_visible()
    page.clock.run_for(60_000)
    assert len(sent) == 1
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what was read is what is given
    page.evaluate(BACK)
    page.clock.run_for(2000)
    until(lambda: draft(server, machine)["StartAt"] == "B", 30, "the draft")
    expect(page.get_by_text("Draft kept")).to_be_visible()

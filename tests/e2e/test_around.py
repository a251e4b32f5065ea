"""What lies around the main job: sharing, importing, beginning, two tabs, a page older than the server."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.canvas import box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.test_designer_stories import CHAIN, open_machine
from tests.harness import Server, pass_chain

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def rename(page: Page, state: str, to: str) -> None:
    box(page, state).click()
    page.keyboard.press("F2")
    page.keyboard.type(to)
    page.keyboard.press("Enter")
    expect(box(page, to)).to_be_visible()


def test_a_shared_link_opens_signed_out_and_dies_when_it_is_revoked(
    page: Page, browser: Browser, server: Server
) -> None:
    machine = server.machine("Shared", pass_chain(2))
    page.goto(f"{server.address}/machines/{machine}?tab=sharing")
    page.get_by_role("button", name="Create a link").click()
    link = page.get_by_text(f"{server.address}/shared/").inner_text()
    stranger = browser.new_context()
    guest = stranger.new_page()
    guest.goto(link)
    expect(box(guest, "S1")).to_be_visible()
    expect(guest.get_by_role("button", name="Copy to my machines")).to_have_count(0)
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("Revoked")).to_be_visible()
    expect(page.get_by_text(link)).to_have_count(0)
    guest.reload()
    expect(guest.get_by_text("This link leads nowhere any more")).to_be_visible()
    guest.screenshot(path=ARTEFACTS / "revoked.png")
    stranger.close()


def test_a_definition_is_pasted_refused_with_its_place_and_imported(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="Import", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Paste").click()
    dialog.get_by_label("Name").fill("Pasted")
    editor = dialog.locator(".cm-content")
    editor.click()
    page.keyboard.insert_text('{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}')
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_text("The definition has a mistake")).to_be_visible()
    expect(dialog.get_by_text("line 1, A")).to_be_visible()
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(json.dumps(pass_chain(3)))
    dialog.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**/edit")
    expect(page.get_by_role("heading", name="Pasted")).to_be_visible()
    expect(box(page, "S2")).to_be_visible()


@pytest.mark.parametrize("starter", ["One step", "A loop with a way out", "Two things at once", "For each item"])
def test_what_a_machine_begins_as_runs_as_it_is(page: Page, server: Server, starter: str) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="New machine").first.click()
    page.get_by_role("dialog").get_by_label("Name").fill(f"Begun-{starter.replace(' ', '-')}")
    page.get_by_role("radio", name=starter).check()
    page.get_by_role("button", name="Create and edit").click()
    page.wait_for_url("**/edit")
    machine = page.url.split("/")[-2]
    assert server.begin(machine, wait=20)["status"] == "SUCCEEDED"


def test_a_state_added_by_keys_has_the_focus(page: Page, server: Server) -> None:
    machine = server.machine("FocusStays", pass_chain(1))
    page.goto(f"{server.address}/machines/{machine}/edit")
    box(page, "S0").focus()
    page.keyboard.press("a")
    page.keyboard.type("task")
    page.keyboard.press("Enter")
    expect(box(page, "Task")).to_be_focused()


def test_two_tabs_on_one_draft_meet_in_a_dialog(page: Page, server: Server) -> None:
    machine = server.machine("TwoTabs", pass_chain(2))
    address = f"{server.address}/machines/{machine}/edit"
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    box(other, "S0").wait_for()
    box(page, "S0").wait_for()
    rename(page, "S0", "Mine")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    rename(other, "S1", "Other")
    dialog = other.get_by_role("dialog", name="Two versions of this machine")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Saved elsewhere")).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_have_count(0)
    dialog.get_by_role("button", name="Take theirs").click()
    expect(box(other, "Mine")).to_be_visible()
    other.keyboard.press("Control+z")
    expect(box(other, "Other")).to_be_visible()
    other.close()


def test_a_page_older_than_the_server_says_that_treadle_was_updated(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="New machine").first.wait_for()
    page.route("**/SettingsPage-*.js", lambda route: route.fulfill(status=404))
    page.get_by_role("button", name="Settings").or_(page.get_by_role("link", name="Settings")).first.click()
    expect(page.get_by_text("Treadle was updated: reload")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Reload").click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()


NOTES_THE_FIRST_PICTURE = """new MutationObserver((_, self) => {
  if (!document.querySelector(".react-flow__node [data-state]")) return;
  self.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now(); }));
}).observe(document, {subtree: true, childList: true});"""
ASKED_BEFORE = """() => performance.getEntriesByType("resource")
  .filter(({ startTime }) => startTime < window.painted)
  .map(({ name }) => new URL(name).pathname)"""
LATER = ("/panels-", "/CodeEditor-", "/api/functions", "/api/integrations", "/api/celery", "/api/executions")


def test_what_stands_around_a_graph_is_asked_for_when_that_is_there(page: Page, server: Server) -> None:
    page.add_init_script(NOTES_THE_FIRST_PICTURE)
    open_machine(page, server, "GraphFirst", CHAIN)
    expect(page.get_by_role("searchbox", name="Find a block")).to_be_visible()
    expect(page.locator(".code-panel .cm-content")).to_be_visible()
    page.wait_for_function("() => window.painted")
    before = page.evaluate(ASKED_BEFORE)
    assert any("/DesignerPage-" in one for one in before), before
    assert [one for one in before if any(later in one for later in LATER)] == []


def held_part(page: Page, server: Server, name: str, part: str = "panels") -> list[Route]:
    """The designer of a machine with the state A, a part of whose code does not come before it is let go on."""
    machine = server.machine(name, {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/{part}-*.js", hold)
    with page.expect_request(f"**/{part}-*.js"):
        page.goto(f"{server.address}/machines/{machine}/edit")
    page.locator('[data-state="A"]').click()
    return held


def test_a_name_may_be_asked_for_before_the_panels_are_there(page: Page, server: Server) -> None:
    held = held_part(page, server, "early-name")
    page.keyboard.press("F2")
    page.keyboard.type("a")  # on the graph this key would ask for another state
    expect(page.locator("[data-pick]")).to_have_count(0)
    for route in held:
        route.continue_()
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    page.keyboard.type("Renamed")
    page.keyboard.press("Enter")
    expect(box(page, "Renamed")).to_be_visible()


def test_a_dialog_that_is_on_its_way_is_called_back_by_escape(page: Page, server: Server) -> None:
    held = held_part(page, server, "early-dialog", "dialogs")
    box(page, "A").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    page.keyboard.press("Escape")
    with page.expect_response("**/dialogs-*.js"):
        for route in held:
            route.continue_()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(1)


def test_a_panel_may_be_asked_for_before_it_is_there(page: Page, server: Server) -> None:
    held = held_part(page, server, "early-test")
    page.keyboard.press("t")
    for route in held:
        route.continue_()
    expect(page.get_by_role("button", name="Test", exact=True)).to_be_focused()


def test_the_overview_of_a_long_machine_leads_to_the_place_that_is_pressed(page: Page, server: Server) -> None:
    machine = server.machine("LongWay", pass_chain(60))
    page.goto(f"{server.address}/machines/{machine}/edit")
    box(page, "S0").wait_for()
    overview = page.get_by_role("img", name="Overview")
    size = overview.bounding_box()
    assert size is not None
    assert size["height"] > 300  # a strip with a mark for each state, not a hair
    expect(box(page, "S59")).not_to_be_in_viewport()
    overview.click(position={"x": size["width"] / 2, "y": size["height"] - 10})
    expect(box(page, "S59")).to_be_in_viewport()
    page.get_by_role("button", name="Fit all").click()
    expect(box(page, "S0")).to_be_in_viewport()
    expect(box(page, "S59")).to_be_in_viewport()


def test_an_import_says_which_revisions_its_bundle_goes_without(page: Page, server: Server) -> None:
    machine = server.machine("Omitting", pass_chain(1))
    _, bundle = server.call("GET", f"/api/machines/{machine}/bundle/")
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("tab", name="Paste").click()
    page.get_by_role("textbox", name="Text to import").click()
    page.keyboard.insert_text(json.dumps({**bundle, "omitted_revisions": 7}))
    missing = page.get_by_text("The bundle goes without 7 older revisions").first
    expect(missing).to_be_visible()
    page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("Omitted")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    expect(missing).to_be_visible()
    expect(page.get_by_role("heading", name="Omitted")).to_be_focused()

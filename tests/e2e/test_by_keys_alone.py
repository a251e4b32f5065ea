"""The keyboard alone in lists, panels and forms: focus is where one types on, and a key that can do nothing says it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.canvas import box
from tests.e2e.test_designer_stories import CHAIN, open_machine
from tests.harness import FUNCTION, Server

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

DROP = """(text) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], "dropped.asl.json"));
  document.querySelector("main").dispatchEvent(
    new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
}"""
PASS = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
WORKS = {
    "StartAt": "A",
    "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:a", "End": True}},
}


def test_enter_in_an_import_without_a_text_says_what_is_missing(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="Import", exact=True).first.press("Enter")
    page.get_by_role("tab", name="Samples").press("ArrowRight")
    page.get_by_role("dialog").get_by_role("textbox", name="Name").press("Enter")
    told = page.get_by_role("alert").filter(has_text="Choose a file or paste a definition first")
    expect(told).to_be_visible()
    page.get_by_role("textbox", name="Text to import").fill(PASS)
    expect(told).to_have_count(0)


def test_a_file_that_is_dropped_leads_to_its_name_and_one_that_is_removed_takes_its_text_along(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="New machine").first.wait_for()
    page.evaluate(DROP, PASS)
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_role("textbox", name="Name")
    expect(name).to_be_focused()
    expect(name).to_have_value("dropped")
    dialog.get_by_role("button", name="Remove the file").press("Enter")
    expect(name).to_have_value("")
    expect(dialog.get_by_role("button", name="Import", exact=True)).to_be_disabled()


def test_a_list_gives_the_focus_back_to_where_it_was_asked_for(page: Page, server: Server) -> None:
    open_machine(page, server, "GivenBack", CHAIN)
    code = page.get_by_role("textbox", name="Definition")
    code.focus()
    page.keyboard.press("Control+k")
    expect(page.locator(".picker input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(code).to_be_focused()
    box(page, "A").focus()
    page.keyboard.press("Escape")  # nothing is chosen
    page.keyboard.press("Control+k")
    page.keyboard.type("YAML")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text("The text is YAML now")
    expect(box(page, "A")).to_be_focused()


def test_functions_that_come_after_the_list_was_opened_are_in_it(page: Page, server: Server) -> None:
    server.write_function("latecomer", "def handler(event, context):\n    return 1\n")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/functions/", hold)
    with page.expect_request("**/api/functions/"):
        open_machine(page, server, "LateFunctions", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("a")
    page.keyboard.type("latecomer")
    expect(page.get_by_text("Nothing has such a name")).to_be_visible()
    for route in held:
        route.continue_()
    expect(page.locator(".picker").get_by_role("option").filter(has_text="latecomer")).to_be_visible()
    page.keyboard.press("Enter")
    expect(box(page, "latecomer")).to_be_focused()


def test_an_answer_that_is_added_is_typed_at_once_and_enter_simulates_with_it(page: Page, server: Server) -> None:
    open_machine(page, server, "AnsweredByKeys", WORKS)
    box(page, "A").focus()
    page.keyboard.press("Control+Shift+Enter")
    page.get_by_role("button", name="Make up an answer; it is {} otherwise: A").press("Enter")
    expect(page.get_by_label("Answer 1 of A", exact=True)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type('{"paid": true}')
    page.keyboard.press("Enter")
    came = page.locator("[data-simulation=SUCCEEDED]")
    expect(came).to_contain_text('"paid": true')
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/simulate/", hold, times=1)
    with page.expect_request("**/api/simulate/"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Simulate", exact=True)).to_have_attribute("aria-disabled", "true")
    expect(came).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("button", name="Simulate", exact=True)).not_to_have_attribute("aria-disabled", "true")


def test_enter_in_a_made_up_answer_tests_the_state_with_it(page: Page, server: Server) -> None:
    open_machine(page, server, "TestedByKeys", WORKS)
    box(page, "A").focus()
    page.keyboard.press("t")
    expect(page.get_by_role("button", name="Test", exact=True)).to_be_focused()
    page.get_by_label("Answer 1 of What its work comes to", exact=True).fill("7")
    page.keyboard.press("Enter")
    expect(page.locator("[data-tested=SUCCEEDED]")).to_contain_text("7")


def test_who_looks_at_the_attempts_of_a_step_goes_on_looking_at_them_when_it_is_redriven(
    page: Page, server: Server
) -> None:
    server.write_function("refuses", "def handler(event, context):\n    raise ValueError('no')\n")
    states = {"A": {"Type": "Task", "Resource": f"{FUNCTION}refuses", "End": True}}
    execution = server.begin(server.machine("LooksOn", {"StartAt": "A", "States": states}))["id"]
    server.ended(execution)
    page.goto(f"{server.address}/executions/{execution}")
    box(page, "A").focus()
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Data").press("ArrowRight")
    expect(page.get_by_text("Attempt 1")).to_be_visible()
    page.get_by_role("button", name="Redrive").press("Enter")
    expect(page.get_by_text("Redrive 1 ended as the run before it")).to_be_visible()
    expect(page.get_by_role("tab", name="Attempts")).to_have_attribute("aria-selected", "true")

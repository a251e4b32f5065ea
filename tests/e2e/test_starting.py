"""Starting an execution: from inputs of earlier ones, and with a draft that is not saved."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.canvas import box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.test_designer_stories import CHAIN, by_mouse_and_by_keys, open_machine
from tests.harness import Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def run(server: Server, machine: str, value: Any) -> None:
    status, _ = server.call("POST", f"/api/machines/{machine}/executions/", {"input": value})
    assert status == 201


def started(page: Page, server: Server) -> Any:
    page.wait_for_url("**/executions/*")
    return server.call("GET", f"/api/executions/{page.url.rsplit('/', 1)[1]}/")[1]


def editor(page: Page) -> Locator:
    return page.get_by_role("dialog").get_by_role("textbox", name="Input")


def write(page: Page, value: Any) -> None:
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(json.dumps(value))


@by_mouse_and_by_keys
def test_an_earlier_input_is_chosen_in_the_designer_and_runs_again(page: Page, server: Server, hand: str) -> None:
    machine = open_machine(page, server, f"Earlier-{hand}", CHAIN)
    for value in ({"order": 1, "vip": True}, {"order": 2, "vip": False}):
        run(server, machine, value)
    choice = page.get_by_role("dialog").get_by_role("button", name="Earlier inputs")
    if hand == "mouse":
        page.get_by_role("button", name="Run", exact=True).click()
        choice.click()
        page.get_by_role("option", name='{"order":1,"vip":true}').click()
    else:
        box(page, "A").focus()
        page.keyboard.press("Control+Enter")
        expect(editor(page)).to_contain_text('"order": 2')
        choice.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("option", name='{"order":1,"vip":true}')).to_be_visible()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
    expect(editor(page)).to_contain_text('"order": 1')
    page.screenshot(path=ARTEFACTS / f"earlier-{hand}.png")
    if hand == "mouse":
        page.get_by_role("button", name="Start", exact=True).click()
    else:
        editor(page).focus()
        page.keyboard.press("Control+Enter")
    assert started(page, server)["input"] == {"order": 1, "vip": True}


def test_an_input_unlike_earlier_ones_is_told_but_may_run(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "Unlike", CHAIN)
    run(server, machine, {"order": 1, "lines": [{"sku": "a"}]})
    page.get_by_role("button", name="Run", exact=True).click()
    expect(editor(page)).to_contain_text('"sku": "a"')
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Their fields, without values").click()
    expect(editor(page)).to_contain_text('"sku": ""')
    write(page, {"order": "one"})
    expect(dialog.locator('[data-hints="2"]')).to_contain_text("order was of type number in earlier runs")
    expect(dialog.locator('[data-hints="2"]')).to_contain_text("lines was there in all earlier runs")
    dialog.get_by_role("button", name="Start", exact=True).click()
    assert started(page, server)["input"] == {"order": "one"}


@pytest.mark.parametrize("first", [True, False])
def test_an_unsaved_draft_is_saved_first_or_the_saved_revision_runs(page: Page, server: Server, first: bool) -> None:
    machine = open_machine(page, server, f"Unsaved-{first}", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("Delete")
    expect(box(page, "A")).to_have_count(0)
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    save = dialog.get_by_role("checkbox", name="Save the draft as a revision first")
    expect(save).to_be_checked()
    if not first:
        save.uncheck()
        expect(dialog.get_by_text("Revision 1 runs, as it was saved")).to_be_visible()
    dialog.get_by_role("button", name="Start", exact=True).click()
    assert started(page, server)["revision"] == (2 if first else 1)

    def is_kept() -> bool:
        return server.call("GET", f"/api/machines/{machine}/")[1]["draft"] is not None

    until(lambda: is_kept() is not first, 30, "the draft is kept" if not first else "the draft is gone")


def test_the_machine_page_offers_to_save_the_draft_that_would_not_run(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "PageUnsaved", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("Delete")
    until(lambda: server.call("GET", f"/api/machines/{machine}/")[1]["draft"], 30, "the draft is kept")
    page.goto(f"{server.address}/machines/{machine}")
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    save = dialog.get_by_role("checkbox", name="Save the draft as a revision first")
    expect(save).not_to_be_checked()
    save.check()
    dialog.get_by_role("button", name="Start", exact=True).click()
    assert started(page, server)["revision"] == 2


def test_what_was_typed_into_a_dialog_outlives_escape_and_goes_when_it_has_been_sent(
    page: Page, server: Server
) -> None:
    open_machine(page, server, "Unsent", CHAIN)
    dialog = page.get_by_role("dialog")
    box(page, "A").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    comment = dialog.get_by_role("textbox", name="What has changed")
    expect(comment).to_be_focused()
    page.keyboard.type("A was not needed")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("Control+s")
    expect(comment).to_have_value("A was not needed")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved as revision 2")).to_be_visible()
    box(page, "B").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    expect(comment).to_have_value("")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("Control+Enter")
    write(page, {"typed": "long"})
    expect(editor(page)).to_contain_text("long")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(editor(page)).to_contain_text("long")


def test_what_was_pasted_is_there_when_the_import_is_opened_again(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    dialog = page.get_by_role("dialog", name="Import a machine")
    page.get_by_role("button", name="Import", exact=True).click()
    dialog.get_by_role("tab", name="Paste").click()
    dialog.get_by_label("Name").fill("PastedTwice")
    text = dialog.get_by_role("textbox", name="Text to import")
    text.click()
    page.keyboard.insert_text(json.dumps(CHAIN))
    expect(text).to_contain_text("StartAt")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(text).to_contain_text("StartAt")
    expect(dialog.get_by_label("Name")).to_have_value("PastedTwice")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="PastedTwice")).to_be_visible()
    page.get_by_role("link", name="Machines", exact=True).click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("tab", name="Samples")).to_have_attribute("aria-selected", "true")


def test_a_dialog_into_which_nothing_was_typed_keeps_nothing_from_the_run_after_it(page: Page, server: Server) -> None:
    machine = server.machine("Untouched", CHAIN)
    page.goto(f"{server.address}/machines/{machine}")
    dialog = page.get_by_role("dialog")

    def run_with(value: Any) -> None:
        write(page, value)
        dialog.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_url("**/executions/*")

    page.get_by_role("button", name="Run", exact=True).click()
    run_with({"order": "first"})
    to_machine = page.get_by_role("link", name="Untouched, revision 1")
    to_machine.click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(editor(page)).to_contain_text("first")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.go_back()
    page.get_by_role("button", name="Run again", exact=True).click()
    run_with({"order": "second"})
    expect(dialog).to_have_count(0)
    to_machine.click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(editor(page)).to_contain_text("second")


def test_a_name_that_a_file_gave_goes_with_the_next_file_also_after_escape(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    dialog = page.get_by_role("dialog", name="Import a machine")

    def choose(name: str) -> None:
        page.get_by_role("button", name="Import", exact=True).click()
        dialog.get_by_role("tab", name="File").click()
        text = json.dumps(CHAIN).encode()
        dialog.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/json", "buffer": text}
        )

    choose("first-file.json")
    expect(dialog.get_by_label("Name")).to_have_value("first-file")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    choose("second-file.json")
    expect(dialog.get_by_label("Name")).to_have_value("second-file")

"""A file dropped on a page, and revisions compared as graphs and as text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import JSHandle, Page, expect

from tests.e2e.canvas import box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.test_designer_stories import CHAIN, becomes, open_machine
from tests.harness import Server

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def carried(page: Page, name: str, content: str) -> JSHandle:
    """What a browser hands over when a file is dropped."""
    return page.evaluate_handle(
        """([name, content]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([content], name));
            return carried;
        }""",
        [name, content],
    )


def drop(page: Page, where: str, name: str, content: str) -> None:
    handle = carried(page, name, content)
    for event in ("dragenter", "dragover", "drop"):
        page.locator(where).first.dispatch_event(event, {"dataTransfer": handle})


def test_a_file_dropped_on_the_machines_is_imported(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("heading", name="Machines").first.wait_for()
    text = "# weighed\nStartAt: Weigh\nStates:\n  Weigh: {Type: Succeed}\n"
    drop(page, "main", "weigh-it.asl.yaml", text)
    dialog = page.get_by_role("dialog", name="Import a machine")
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value("weigh-it")
    page.screenshot(path=ARTEFACTS / "dropped.png")
    dialog.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**/edit")
    expect(box(page, "Weigh")).to_be_visible()
    _, found = server.call("GET", f"/api/machines/{page.url.split('/')[-2]}/")
    assert (found["name"], found["definition"], found["format"]) == ("weigh-it", text, "yaml")


def test_a_file_that_is_no_definition_is_refused_with_its_place_and_imports_nothing(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("heading", name="Machines").first.wait_for()
    drop(page, "main", "of-no-use.json", '{"StartAt": "A",\n "States": {"A": {"Type": "Pas"}}}')
    dialog = page.get_by_role("dialog", name="Import a machine")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_text("line 2")).to_be_visible()
    _, found = server.call("GET", "/api/machines/?search=of-no-use")
    assert found["results"] == []


def test_a_file_dropped_on_the_designer_is_the_draft_and_one_undo_takes_it_back(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "DroppedOn", CHAIN)
    dropped: dict[str, Any] = {"StartAt": "New", "States": {"New": {"Type": "Succeed"}}}
    drop(page, "main.designer", "new.asl.json", json.dumps(dropped))
    expect(box(page, "New")).to_be_visible()
    becomes(server, machine, dropped)
    page.get_by_role("button", name="Undo").click()
    becomes(server, machine, CHAIN)
    drop(page, "main.designer", "notes.txt", "no definition")
    expect(page.get_by_text("notes.txt holds no definition: nothing is changed").first).to_be_attached()
    expect(box(page, "A")).to_be_visible()


def test_revisions_are_compared_as_graphs_in_words_and_as_text_and_restored(page: Page, server: Server) -> None:
    _, made = server.call("POST", "/api/machines/", {"name": "Compared", "definition": json.dumps(CHAIN, indent=2)})
    machine = made["id"]
    states: dict[str, Any] = {
        "A": {"Type": "Pass", "Next": "C"},
        "C": {"Type": "Wait", "Seconds": 9, "Next": "E"},
        "E": {"Type": "Wait", "Seconds": 3, "Next": "D"},
        "D": {"Type": "Succeed"},
    }
    after = json.dumps({"StartAt": "A", "States": states}, indent=2)
    body = {"definition": after, "comment": "without B"}
    status, _ = server.call("POST", f"/api/machines/{machine}/revisions/", body, **{"If-Match": '"r1"'})
    assert status == 201
    page.goto(f"{server.address}/machines/{machine}?tab=revisions")
    expect(page.get_by_role("row", name="without B")).to_be_visible()
    page.get_by_role("button", name="Look at it: Revision 1").click()
    dialog = page.get_by_role("dialog", name="Revision 1")
    old, new = dialog.locator(".graph-diff > div").nth(0), dialog.locator(".graph-diff > div").nth(1)
    expect(old.locator('[data-state="B"]')).to_be_visible()
    expect(new.locator('[data-state="E"]')).to_be_visible()
    expect(new.locator('[data-state="B"]')).to_have_count(0)
    expect(dialog.locator('[data-change="added"]')).to_have_text("E is new")
    expect(dialog.locator('[data-change="removed"]')).to_have_text("B is gone")
    expect(dialog.locator('[data-change="changed"]')).to_have_text("C: Seconds changed")
    expect(dialog.locator('[data-change="moved"]')).to_have_text("A stands elsewhere or leads elsewhere")
    expect(dialog.locator(".cm-changedText").first).to_be_attached()
    page.screenshot(path=ARTEFACTS / "revision-diff.png")
    dialog.get_by_role("button", name="Restore as draft").click()
    page.wait_for_url("**/edit")
    expect(box(page, "B")).to_be_visible()
    becomes(server, machine, CHAIN)

"""Where the ground gives way: a network that is lost, an answer that never comes, another editor in between, a file
that is gone. Nothing is written later than it was asked for, nothing twice, and nobody is led away from what they read.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.canvas import box
from tests.e2e.test_designer_stories import CHAIN, becomes, draft, open_machine
from tests.harness import Server

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

BELIEVES_OFFLINE = "() => window.dispatchEvent(new Event('offline'))"


def token_names(server: Server) -> list[str]:
    return [token["name"] for token in server.call("GET", "/api/tokens/")[1]["results"]]


def test_what_is_asked_for_without_a_network_is_refused_and_not_done_behind_your_back(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.address}/settings")
    name = page.get_by_label("Name of the token")
    name.fill("asked offline")
    page.context.set_offline(True)
    name.press("Enter")
    expect(page.get_by_text("Is Treadle still running?").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("The server cannot be reached. What you edit")).to_have_count(0)
    assert "asked offline" not in token_names(server)
    name.press("Enter")
    expect(page.get_by_text("The token, shown this once")).to_be_visible()
    assert token_names(server).count("asked offline") == 1


def test_a_machine_without_a_network_works_with_the_treadle_that_runs_on_it(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines")
    page.evaluate(BELIEVES_OFFLINE)
    page.get_by_role("button", name="New machine").first.click()
    name = page.get_by_role("dialog").get_by_role("textbox", name="Name")
    name.fill("MadeOnALaptop")
    name.press("Enter")
    page.wait_for_url("**/edit")
    expect(page.locator(".canvas [data-state]").first).to_be_visible()


def lose_the_answer(route: Route) -> None:
    route.fetch()
    route.abort()


def test_an_answer_that_is_lost_makes_no_conflict_with_oneself(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "LostAnswer", CHAIN)
    page.route("**/draft/", lose_the_answer, times=1)
    box(page, "A").focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("The server cannot be reached").first).to_be_visible()
    assert "A" not in draft(server, machine)["States"]
    # What is edited until it is tried again goes with it.
    box(page, "B").focus()
    page.keyboard.press("Delete")
    rest = {name: state for name, state in CHAIN["States"].items() if name in "CD"}
    becomes(server, machine, {"StartAt": "C", "States": rest})
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_revision_whose_answer_is_lost_is_saved_once(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "LostRevision", CHAIN)
    page.route("**/revisions/", lose_the_answer, times=1)
    box(page, "A").focus()
    page.keyboard.press("Delete")
    page.keyboard.press("Control+s")
    message = page.get_by_role("textbox", name="What has changed")
    message.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("The server cannot be reached")).to_be_visible()
    message.press("Enter")
    expect(page.get_by_text("Saved as revision 2")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(server.call("GET", f"/api/machines/{machine}/revisions/")[1]["results"]) == 2


def test_a_revision_waits_for_a_conflict_of_the_draft_to_be_settled(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "ConflictFirst", CHAIN)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/draft/", hold, times=1)
    with page.expect_request("**/draft/"):
        box(page, "A").focus()
        page.keyboard.press("Delete")
    theirs = {"text": "theirs", "format": "yaml", "base_revision": 1}
    status, kept = server.call("PUT", f"/api/machines/{machine}/draft/", theirs, If_None_Match="*")
    assert status == 200, kept
    page.keyboard.press("Control+s")
    page.get_by_role("textbox", name="What has changed").press("Enter")
    held[0].continue_()
    expect(page.get_by_text("Saved elsewhere").first).to_be_visible()
    assert len(server.call("GET", f"/api/machines/{machine}/revisions/")[1]["results"]) == 1
    assert server.call("GET", f"/api/machines/{machine}/")[1]["draft"]["text"] == "theirs"


def test_a_part_that_could_not_be_fetched_comes_by_itself_when_the_server_is_back(page: Page, server: Server) -> None:
    page.route("**/panels-*.js", lambda route: route.abort())
    page.route("**/api/session/", lambda route: route.abort())
    open_machine(page, server, "PanelsLater", CHAIN)
    expect(page.get_by_text("A part of this page could not be fetched")).to_be_visible()
    expect(page.get_by_text("The server cannot be reached. What you edit")).to_be_visible()
    page.unroute_all()
    expect(page.get_by_role("textbox", name="Definition")).to_contain_text('"StartAt"')
    expect(page.get_by_text("A part of this page could not be fetched")).to_have_count(0)


def test_who_reads_on_is_not_led_back_to_a_button_that_is_gone(page: Page, server: Server) -> None:
    states = {"W": {"Type": "Wait", "Seconds": 3000, "End": True}}
    execution = server.begin(server.machine("ReadsOn", {"StartAt": "W", "States": states}))["id"]
    page.goto(f"{server.address}/executions/{execution}")
    stop = page.get_by_role("button", name="Stop", exact=True)
    stop.focus()
    page.locator("h1").click()
    assert page.evaluate("document.activeElement === document.body")
    assert server.call("POST", f"/api/executions/{execution}/stop/", {})[0] == 200
    expect(page.get_by_text("Aborted").first).to_be_visible()
    expect(stop).to_be_disabled()
    assert page.evaluate("document.activeElement === document.body")


def test_a_file_that_cannot_be_read_any_more_changes_nothing_and_is_told_of(
    page: Page, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "gone.asl.json"

    def drop() -> None:
        file.write_text("{}")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input type=file id=f>')")
        page.locator("#f").set_input_files(file)
        file.unlink()
        page.evaluate(
            """() => {
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(document.querySelector("#f").files[0]);
              document.querySelector("main").dispatchEvent(
                new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
            }"""
        )

    open_machine(page, server, "FileGone", CHAIN)
    drop()
    expect(page.get_by_text("gone.asl.json could not be read").first).to_be_visible()
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="New machine").first.wait_for()
    drop()
    expect(page.get_by_role("dialog").get_by_text("gone.asl.json could not be read")).to_be_visible()

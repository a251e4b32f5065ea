"""Who closes a dialog before it is answered: it is done, and told, and nobody is led away from where they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.test_designer_stories import CHAIN
from tests.harness import Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@contextmanager
def held(page: Page, pattern: str) -> Iterator[None]:
    """What is written to this address is answered only afterwards."""
    routes: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            routes.append(route)
        else:
            route.fallback()

    def came() -> bool:
        page.wait_for_timeout(20)  # routes come meanwhile
        return bool(routes)

    page.route(pattern, hold)
    yield
    until(came, 30, f"something is written to {pattern}")
    assert len(routes) == 1
    routes[0].continue_()


def make(page: Page, name: str) -> None:
    page.get_by_role("button", name="New machine").first.click()
    field = page.get_by_role("dialog").get_by_role("textbox", name="Name")
    field.fill(name)
    with page.expect_request(lambda request: request.method == "POST"):
        field.press("Enter")


def test_a_machine_that_is_made_after_its_dialog_was_closed_is_told_of_with_the_way_to_it(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="New machine").first.wait_for()
    with held(page, "**/api/machines/"):
        make(page, "TurnedAway")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("TurnedAway is made")).to_be_visible()
    assert page.url.endswith("/machines")
    page.get_by_role("link", name="Look at it").press("Enter")
    page.wait_for_url("**/edit")
    expect(page.get_by_role("heading", name="TurnedAway")).to_be_visible()
    expect(page.get_by_text("TurnedAway is made")).to_have_count(0)


def test_what_is_refused_after_its_dialog_was_closed_is_told_of(page: Page, server: Server) -> None:
    server.machine("TakenName", CHAIN)
    page.goto(f"{server.address}/machines")
    page.get_by_role("button", name="New machine").first.wait_for()
    with held(page, "**/api/machines/"):
        make(page, "TakenName")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("exists already")).to_be_visible()


def test_a_run_that_starts_after_its_dialog_was_closed_leads_nobody_away(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/machines/{server.machine('StartedLate', CHAIN)}")
    page.get_by_role("button", name="Run", exact=True).click()
    with held(page, "**/api/machines/*/executions/"):
        page.get_by_role("dialog").get_by_role("button", name="Start").click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("An execution of StartedLate has started")).to_be_visible()
    expect(page.get_by_role("heading", name="StartedLate")).to_be_visible()
    page.get_by_role("link", name="Look at it").click()
    page.wait_for_url("**/executions/*")


def test_an_answer_closes_the_dialog_that_asked_for_it_and_no_other(page: Page, server: Server) -> None:
    states = {"W": {"Type": "Wait", "Seconds": 3000, "End": True}}
    execution = server.begin(server.machine("OtherDialog", {"StartAt": "W", "States": states}))["id"]
    page.goto(f"{server.address}/executions/{execution}")
    page.get_by_role("button", name="Stop", exact=True).click()
    with held(page, "**/stop/"):
        page.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Aborted").first).to_be_visible()
    expect(page.get_by_role("dialog", name="Run OtherDialog")).to_be_visible()

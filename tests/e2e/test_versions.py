"""Versions and aliases on the machine's page."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ARTEFACTS
from tests.harness import Server

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def _answers(text: str) -> dict[str, object]:
    return {"StartAt": "Answer", "States": {"Answer": {"Type": "Pass", "Result": text, "End": True}}}


def test_a_version_is_published_named_by_an_alias_and_run_after_the_machine_has_changed(
    page: Page, server: Server
) -> None:
    machine = server.machine("Versioned", _answers("old"))
    page.goto(f"{server.address}/machines/{machine}?tab=versions")
    page.get_by_role("textbox", name="Description of the version").fill("the first")
    page.get_by_role("button", name="Publish revision 1").click()
    expect(page.get_by_role("button", name="Delete version 1")).to_be_visible()
    page.get_by_role("button", name="Create an alias").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("live")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move alias live")).to_be_visible()
    page.screenshot(path=ARTEFACTS / "versions.png")
    saved, _ = server.call(
        "POST",
        f"/api/machines/{machine}/revisions/",
        {"definition": json.dumps(_answers("new"))},
        **{"If-Match": '"r1"'},
    )
    assert saved == 201
    page.get_by_role("button", name="Delete version 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Version 1 is used by live.")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="What runs").click()
    page.get_by_role("option", name="Alias live").click()
    page.screenshot(path=ARTEFACTS / "start-alias.png")
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/executions/*")
    _, execution = server.call("GET", f"/api/executions/{page.url.rsplit('/', 1)[1]}/")
    assert execution["revision"] == 1

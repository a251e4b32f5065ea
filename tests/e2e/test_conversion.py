"""States converted to JSONata in the designer, with what earlier runs gave them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import AXE, violations
from tests.e2e.canvas import box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.test_designer_stories import becomes, by_mouse_and_by_keys, draft
from tests.harness import Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PRICES: dict[str, Any] = {
    "StartAt": "Prices",
    "States": {
        "Prices": {
            "Type": "Pass",
            "Parameters": {"all.$": "$.items[*].price"},
            "ResultPath": "$.prices",
            "Next": "Many?",
        },
        "Many?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.prices.all[1]", "IsPresent": True, "Next": "Last"}],
            "Default": "Last",
        },
        "Last": {"Type": "Pass", "InputPath": "$..price", "End": True},
    },
}
CONVERTED: dict[str, Any] = {
    "Type": "Pass",
    "QueryLanguage": "JSONata",
    "Output": '{% $merge([$states.input, {"prices": {"all": [$states.input.items.price]}}]) %}',
    "Next": "Many?",
}


def run(server: Server, machine: str, *inputs: Any) -> None:
    for value in inputs:
        _, started = server.call("POST", f"/api/machines/{machine}/executions/", {"input": value})

        def ended(execution: str = started["id"]) -> bool:
            return bool(server.call("GET", f"/api/executions/{execution}/")[1]["status"] != "RUNNING")

        until(ended, 30, "the run has ended")


def prices(*values: Any) -> Any:
    return {"items": [{"price": value} for value in values]}


def open_draft(page: Page, server: Server, name: str, text: str, format: str = "json") -> str:
    _, made = server.call("POST", "/api/machines/", {"name": name, "definition": text, "format": format})
    page.goto(f"{server.address}/machines/{made['id']}/edit")
    box(page, "Prices").wait_for()
    return str(made["id"])


@by_mouse_and_by_keys
def test_a_state_is_converted_when_both_forms_did_the_same_and_undone_in_one_step(
    page: Page, server: Server, hand: str
) -> None:
    machine = open_draft(page, server, f"Convert-{hand}", json.dumps(PRICES, indent=2))
    run(server, machine, prices(1, 2), prices(3))
    if hand == "mouse":
        box(page, "Prices").click(position={"x": 12, "y": 12})
        page.get_by_role("button", name="Convert to JSONata…").click()
    else:
        box(page, "Prices").focus()
        page.keyboard.press("Control+k")
        page.keyboard.type("Convert to")
        page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Prices in JSONata")
    expect(dialog.locator('[data-compared="2"][data-different="0"]')).to_contain_text("2 visits are the same")
    expect(dialog.get_by_text("JSONata takes its elements for it")).to_be_visible()
    page.wait_for_timeout(300)
    page.screenshot(path=ARTEFACTS / f"convert-{hand}.png")
    apply = dialog.get_by_role("button", name="Apply")
    if hand == "mouse":
        apply.click()
    else:
        apply.focus()
        page.keyboard.press("Enter")
    wanted = {**PRICES, "States": {**PRICES["States"], "Prices": CONVERTED}}
    becomes(server, machine, wanted)
    if hand == "mouse":
        page.get_by_role("button", name="Undo").click()
    else:
        page.keyboard.press("Control+z")
    becomes(server, machine, PRICES)


def test_what_differs_is_shown_with_both_outcomes_and_other_data_can_be_tried(page: Page, server: Server) -> None:
    machine = open_draft(page, server, "Differs", json.dumps(PRICES))
    run(server, machine, prices([1, 2], [3]))
    box(page, "Prices").click(position={"x": 12, "y": 12})
    page.get_by_role("button", name="Convert to JSONata…").click()
    dialog = page.get_by_role("dialog", name="Prices in JSONata")
    expect(dialog.locator('[data-different="1"]')).to_contain_text("1 differs")
    expect(dialog.get_by_role("link", name="Open the run")).to_be_visible()
    dialog.get_by_text("Compare on other data").click()
    field = dialog.get_by_role("textbox", name="Input to compare on")
    field.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(json.dumps(prices(7)))
    dialog.get_by_role("button", name="Compare", exact=True).click()
    expect(dialog.locator('[data-compared="2"][data-different="1"]')).to_contain_text("1 visit is the same, 1 differs")
    page.screenshot(path=ARTEFACTS / "convert-differs.png")
    dialog.get_by_role("button", name="Cancel").click()
    assert draft(server, machine) == PRICES


def test_all_states_are_converted_at_once_and_comments_of_yaml_stay(page: Page, server: Server) -> None:
    text = (
        "# the shop's prices\nStartAt: Prices\nStates:\n  Prices:\n    Type: Pass # by name\n"
        "    InputPath: $.items\n    Next: Last\n  # refused\n  Last:\n    Type: Pass\n    InputPath: $..price\n"
        "    End: true\n"
    )
    machine = open_draft(page, server, "ConvertAll", text, "yaml")
    page.get_by_role("button", name="More").last.click()
    page.get_by_role("menuitem", name="Convert all states to JSONata…").click()
    dialog = page.get_by_role("dialog", name="All states in JSONata")
    expect(dialog.get_by_role("checkbox", name="Prices")).to_be_checked()
    expect(dialog.get_by_role("checkbox", name="Last")).to_be_disabled()
    expect(dialog.get_by_text("visits the nodes below in another order")).to_be_visible()
    dialog.get_by_role("button", name="Apply").click()

    def kept() -> str:
        return str((server.call("GET", f"/api/machines/{machine}/")[1]["draft"] or {"text": ""})["text"])

    until(lambda: "QueryLanguage: JSONata" in kept(), 30, "the converted draft")
    assert kept().startswith("# the shop's prices\nStartAt: Prices\nStates:\n  Prices:\n    Type: Pass # by name\n")
    assert kept().endswith("  # refused\n  Last:\n    Type: Pass\n    InputPath: $..price\n    End: true\n")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation_in_the_dialogs_of_conversion_and_start(page: Page, server: Server, theme: str) -> None:
    if not AXE.exists():
        pytest.skip("AXE DID NOT RUN: axe-core is not in frontend/node_modules")
    page.add_init_script(f"localStorage.setItem('treadle:theme', '{theme}')")
    machine = open_draft(page, server, f"AxeConvert-{theme}", json.dumps(PRICES))
    run(server, machine, prices([1, 2], [3]))
    found = {}
    box(page, "Prices").click(position={"x": 12, "y": 12})
    page.get_by_role("button", name="Convert to JSONata…").click()
    expect(page.locator('[data-different="1"]')).to_be_visible()
    page.get_by_text("Compare on other data").click()
    found["one"] = violations(page)
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="More").last.click()
    page.get_by_role("menuitem", name="Convert all states to JSONata…").click()
    expect(page.get_by_role("checkbox", name="Prices")).not_to_be_checked()
    found["all"] = violations(page)
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("button", name="Their fields, without values")).to_be_visible()
    found["start"] = violations(page)
    assert {where: one for where, one in found.items() if one} == {}

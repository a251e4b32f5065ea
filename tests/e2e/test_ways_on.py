"""Where a user could be stuck: keys that trap, buttons that say nothing, pages that lead nowhere."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import box
from tests.e2e.test_designer_stories import CHAIN, open_machine
from tests.harness import Server

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

LOOP: dict[str, Any] = {
    "StartAt": "Wait",
    "States": {
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Ask"},
        "Ask": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:ask", "Next": "Ready?"},
        "Ready?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.ready", "BooleanEquals": True, "Next": "Done"}],
            "Default": "Wait",
        },
        "Done": {"Type": "Succeed"},
        "Gave up": {"Type": "Fail"},
    },
}


def test_tab_leaves_the_code_editor_and_changes_nothing(page: Page, server: Server) -> None:
    open_machine(page, server, "NoTrap", CHAIN)
    code = page.get_by_role("textbox", name="Definition")
    code.click()
    before = code.inner_text()
    page.keyboard.press("Tab")
    expect(code).not_to_be_focused()
    assert code.inner_text() == before


def test_the_keys_are_shown_from_anywhere_but_a_text_field(page: Page, server: Server) -> None:
    open_machine(page, server, "AskKeys", CHAIN)
    page.get_by_label("Find a block").first.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)
    page.get_by_role("tab", name="Outline").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_running_with_a_problem_shows_the_problem(page: Page, server: Server) -> None:
    open_machine(page, server, "Problem", CHAIN)
    code = page.get_by_role("textbox", name="Definition")
    code.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}')
    problems = page.get_by_role("tab", name="Problems (")
    expect(problems).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(problems).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Code").last.click()
    page.keyboard.press("Control+Enter")
    expect(problems).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_new_catch_leads_to_the_failure_and_takes_a_name_of_ones_own(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "Catching", LOOP)
    box(page, "Ask").click()
    page.get_by_role("tab", name="Errors").click()
    page.get_by_role("button", name="Add a catch").click()
    page.get_by_label("Another error's name").fill("Http.Gone")
    page.keyboard.press("Enter")
    code = page.get_by_role("textbox", name="Definition")
    expect(code).to_contain_text("Http.Gone")
    expect(code).not_to_contain_text("States.ALL")
    page.get_by_text("Draft kept").wait_for()
    _, held = server.call("GET", f"/api/machines/{machine}/")
    kept = json.loads(held["draft"]["text"])["States"]["Ask"]["Catch"]
    assert kept == [{"ErrorEquals": ["Http.Gone"], "Next": "Gave up"}]


def test_an_execution_that_is_not_there_leads_to_those_that_are(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/executions/00000000-0000-4000-8000-000000000000")
    page.get_by_role("link", name="To the executions").click()
    page.wait_for_url("**/executions")


def test_the_focus_is_on_the_heading_when_an_execution_has_been_started(page: Page, server: Server) -> None:
    machine = server.machine("Heading", CHAIN)
    page.goto(f"{server.address}/machines/{machine}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/executions/*")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_who_deletes_by_keys_goes_on_at_the_neighbour(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/settings")
    for name in ("one", "two", "three"):
        page.get_by_label("Name of the token").fill(name)
        page.get_by_role("button", name="Create a token").click()
        expect(page.get_by_role("button", name=f"Delete token {name}")).to_be_visible()
    page.get_by_role("button", name="Delete token two").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Delete token two")).to_have_count(0)
    expect(page.locator("button:focus")).to_have_accessible_name(re.compile("^Delete token (one|three)$"))


def test_the_focus_goes_from_redrive_to_stop_and_back_as_the_run_begins_and_ends(
    page: Page, server: Server, step_functions: Any
) -> None:
    activity = step_functions.create_activity(name="RedrivenByKeys")["activityArn"]

    def fail() -> None:
        token = step_functions.get_activity_task(activityArn=activity)["taskToken"]
        step_functions.send_task_failure(taskToken=token, error="No")

    states = {"Ask": {"Type": "Task", "Resource": activity, "End": True}}
    execution = server.begin(server.machine("RedrivenByKeys", {"StartAt": "Ask", "States": states}))["id"]
    fail()
    page.goto(f"{server.address}/executions/{execution}")
    redrive, stop = (page.get_by_role("button", name=name, exact=True) for name in ("Redrive", "Stop"))
    redrive.press("Enter")
    expect(stop).to_be_focused()
    fail()
    expect(redrive).to_be_focused()


def test_a_state_that_fails_by_itself_says_why_where_it_is_looked_at(page: Page, server: Server) -> None:
    choice = {**LOOP["States"]["Ready?"], "Default": "Done"}
    states = {"Ready?": choice, "Done": {"Type": "Succeed"}}
    execution = server.begin(server.machine("Unready", {"StartAt": "Ready?", "States": states}), wait=10)["id"]
    page.goto(f"{server.address}/executions/{execution}")
    step = page.get_by_role("complementary", name="Step")
    box(page, "Ready?").click()
    expect(step.get_by_role("heading", name="Ready?")).to_be_visible()
    expect(step.get_by_text("States.Runtime")).to_be_visible()
    expect(step.get_by_text("Invalid path '$.ready'")).to_be_visible()


def test_the_graph_of_an_execution_follows_the_keys_out_of_its_window(page: Page, server: Server) -> None:
    names = [f"S{number}" for number in range(1, 16)]
    states: dict[str, Any] = {name: {"Type": "Pass", "Next": after} for name, after in pairwise(names)}
    definition = {"StartAt": "S1", "States": {**states, "S15": {"Type": "Succeed"}}}
    execution = server.begin(server.machine("Tall", definition), wait=10)["id"]
    page.goto(f"{server.address}/executions/{execution}")
    box(page, "S1").focus()
    for name in names[1:]:
        page.keyboard.press("ArrowDown")
        expect(box(page, name)).to_be_focused()
    expect(box(page, "S15")).to_be_in_viewport(ratio=0.99)
    graph = page.locator(".canvas").bounding_box()
    state = box(page, "S15").bounding_box()
    assert graph is not None
    assert state is not None
    assert state["y"] + state["height"] <= graph["y"] + graph["height"]


def test_the_legend_covers_no_state(page: Page, server: Server) -> None:
    machine = server.machine("Legend", CHAIN)
    status, execution = server.call("POST", f"/api/machines/{machine}/executions/", {"input": {}})
    assert status == 201
    page.goto(f"{server.address}/executions/{execution['id']}")
    expect(box(page, "A")).to_be_visible()
    canvas, legend = page.locator(".canvas").bounding_box(), page.locator(".legend").bounding_box()
    assert canvas
    assert legend
    assert legend["y"] >= canvas["y"] + canvas["height"]


def test_in_a_narrow_window_a_chosen_state_brings_its_details(page: Page, server: Server) -> None:
    machine = server.machine("Narrow", CHAIN)
    _, execution = server.call("POST", f"/api/machines/{machine}/executions/", {"input": {}})
    page.set_viewport_size({"width": 800, "height": 700})
    page.goto(f"{server.address}/executions/{execution['id']}")
    box(page, "A").click()
    expect(
        page.get_by_role("complementary", name="Step").get_by_role("heading", name="A", exact=True)
    ).to_be_in_viewport()


def test_a_refused_start_says_the_state_and_the_line_once(page: Page, server: Server) -> None:
    machine = server.machine("Refused", CHAIN)
    broken = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}'
    status, _ = server.call(
        "PUT",
        f"/api/machines/{machine}/draft/",
        {"text": broken, "format": "json", "base_revision": 1},
        **{"If-None-Match": "*"},
    )
    assert status == 200
    page.goto(f"{server.address}/machines/{machine}")
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="Save the draft as a revision first").check()
    dialog.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("line 1, A")).to_have_count(1)


def test_a_simulation_that_goes_round_names_the_task_without_an_answer(page: Page, server: Server) -> None:
    open_machine(page, server, "Round", {**LOOP, "TimeoutSeconds": 30})
    page.get_by_role("tab", name="Simulate").click()
    page.get_by_role("button", name="Simulate", exact=True).click()
    expect(page.get_by_text("Each time, Ask answered {}.")).to_be_visible()

"""What a Task can call, found in the designer: any action of AWS's services, and activities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.canvas import box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.test_designer_stories import CHAIN, by_mouse_and_by_keys, draft, open_machine
from tests.harness import Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PUT_ITEM = "arn:aws:states:::aws-sdk:dynamodb:batchGetItem"


@by_mouse_and_by_keys
def test_any_action_of_an_aws_service_is_found_and_comes_with_its_parameters(
    page: Page, server: Server, hand: str
) -> None:
    machine = open_machine(page, server, f"Sdk-{hand}", CHAIN)
    if hand == "mouse":
        box(page, "A").click()
        page.get_by_role("searchbox", name="Find a block").fill("dynamodb batch get")
        page.locator('[data-block="sdk:dynamodb:batchGetItem"]').click()
    else:
        box(page, "A").focus()
        page.keyboard.press("a")
        page.keyboard.type("dynamodb batch get")
        expect(page.get_by_role("option", name="dynamodb:batchGetItem")).to_be_visible()
        page.screenshot(path=ARTEFACTS / "picker-sdk.png")
        page.keyboard.press("Enter")
    made = until(lambda: draft(server, machine)["States"].get("batchGetItem"), 30, "the action in the draft")
    assert made["Resource"] == PUT_ITEM
    assert set(made["Parameters"]) == {"RequestItems"}
    assert draft(server, machine)["States"]["A"]["Next"] == "batchGetItem"


def test_enter_means_what_was_typed_not_what_had_been_found_for_less_of_it(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "SdkQuick", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("a")
    page.keyboard.type("dynamodb")
    found = page.get_by_role("option", name=re.compile("^dynamodb:"))
    expect(found.first).not_to_have_text(re.compile("transactWriteItems"))
    page.keyboard.type(" transact write")
    page.keyboard.press("Enter")
    made = until(lambda: draft(server, machine)["States"].get("transactWriteItems"), 30, "the action in the draft")
    assert made["Resource"] == "arn:aws:states:::aws-sdk:dynamodb:transactWriteItems"
    assert len(draft(server, machine)["States"]) == len(CHAIN["States"]) + 1


@contextmanager
def answered_after(page: Page, pattern: str) -> Iterator[None]:
    """What is asked at this address is answered only afterwards."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(pattern, hold)
    with page.expect_request(pattern):
        yield
    for route in held:
        route.continue_()
    page.unroute(pattern)


def test_an_arrow_pressed_before_anything_is_found_leaves_enter_its_meaning(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "SdkImpatient", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("a")
    with answered_after(page, "**/aws-sdk-actions/**"):
        page.keyboard.type("dynamodb batch get")
        expect(page.get_by_text("Looking for it")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    made = until(lambda: draft(server, machine)["States"].get("batchGetItem"), 30, "the action in the draft")
    assert made["Resource"] == PUT_ITEM


def test_arrows_in_what_was_found_for_less_choose_nothing_that_was_not_seen(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "SdkArrows", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("a")
    page.keyboard.type("dynamodb")
    expect(page.get_by_role("option", name=re.compile("^dynamodb:")).nth(8)).to_be_visible()
    with answered_after(page, "**/aws-sdk-actions/**"):
        page.keyboard.type(" batch")
        for _ in range(8):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    first = "batchExecuteStatement"
    made = until(lambda: draft(server, machine)["States"].get(first), 30, "the first that is found in the draft")
    assert made["Resource"] == f"arn:aws:states:::aws-sdk:dynamodb:{first}"


def test_enter_for_a_few_letters_means_no_action_of_the_words_before(page: Page, server: Server) -> None:
    open_machine(page, server, "SdkShorter", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("a")
    page.keyboard.type("dynamodb batch get")
    expect(page.get_by_role("option", name="dynamodb:batchGetItem")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("zq")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing has such a name")).to_be_visible()


def test_the_resource_field_knows_actions_of_aws_and_activities(
    page: Page, server: Server, step_functions: Any
) -> None:
    arn = step_functions.create_activity(name="WeldFrame")["activityArn"]
    task = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:CheckJob", "End": True}
    machine = open_machine(page, server, "ResourceField", {"StartAt": "Do", "States": {"Do": task}})
    box(page, "Do").click()
    resource = page.get_by_role("combobox", name="Resource")
    resource.fill("secretsmanager getSecret")
    page.get_by_role("option", name="aws-sdk:secretsmanager:getSecretValue").click()
    wanted = "arn:aws:states:::aws-sdk:secretsmanager:getSecretValue"
    until(lambda: draft(server, machine)["States"]["Do"]["Resource"] == wanted, 30, "the action")
    until(lambda: "SecretId" in draft(server, machine)["States"]["Do"].get("Parameters", {}), 30, "its parameters")
    resource.fill("WeldFrame")
    page.get_by_label("Name", exact=True).focus()
    until(lambda: draft(server, machine)["States"]["Do"]["Resource"] == arn, 30, "the activity")


def test_fields_of_json_complete_paths_of_the_last_run_in_both_languages(page: Page, server: Server) -> None:
    definition = {
        "StartAt": "Shape",
        "States": {
            "Shape": {"Type": "Pass", "Result": {"order": {"total": 7}}, "Next": "Old"},
            "Old": {"Type": "Pass", "Next": "New"},
            "New": {"Type": "Pass", "QueryLanguage": "JSONata", "End": True},
        },
    }
    machine = server.machine("Completes", definition)
    _, started = server.call("POST", f"/api/machines/{machine}/executions/", {"input": {}})
    until(lambda: server.call("GET", f"/api/executions/{started['id']}/")[1]["status"] == "SUCCEEDED", 30, "a run")
    page.goto(f"{server.address}/machines/{machine}/edit")
    inspector = page.locator(".inspector")

    def type_into(state: str, field: str, text: str) -> None:
        box(page, state).click()
        inspector.get_by_role("tab", name="Data").click()
        inspector.get_by_role("textbox", name=field).click()
        page.keyboard.type(text)

    type_into("Old", "Send (Parameters)", '{"sum.$": "$.order.t')
    expect(page.get_by_role("option", name="$.order.total")).to_be_visible()
    page.screenshot(path=ARTEFACTS / "field-completion.png")
    page.wait_for_timeout(150)  # the editor takes no Enter for a list that has only just opened
    page.keyboard.press("Enter")
    until(
        lambda: draft(server, machine)["States"]["Old"].get("Parameters") == {"sum.$": "$.order.total"}, 30, "the path"
    )
    type_into("New", "Hand on (Output)", '"{% $states.input.order.t')
    page.get_by_role("option", name="$states.input.order.total").click()
    page.keyboard.type(" %}")
    wanted = "{% $states.input.order.total %}"
    until(lambda: draft(server, machine)["States"]["New"].get("Output") == wanted, 30, "the expression")
    page.keyboard.press("Tab")
    expect(inspector.get_by_role("textbox", name="Hand on (Output)")).not_to_be_focused()

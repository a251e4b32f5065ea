"""What a designer does to a graph, each story by mouse and by keyboard alone, judged by the ASL that comes of it."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import AXE, violations
from tests.e2e.canvas import AT_REST, box, no_box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.pointer import drag, middle
from tests.harness import Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

Hand = Literal["mouse", "keys"]
by_mouse_and_by_keys = pytest.mark.parametrize("hand", ["mouse", "keys"])

CHAIN: dict[str, Any] = {
    "StartAt": "A",
    "States": {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Pass", "Next": "C"},
        "C": {"Type": "Wait", "Seconds": 1, "Next": "D"},
        "D": {"Type": "Succeed"},
    },
}


def open_machine(page: Page, server: Server, name: str, definition: Any) -> str:
    machine = server.machine(name, definition)
    page.goto(f"{server.address}/machines/{machine}/edit")
    first = next(iter(definition["States"]), None)
    if first is not None:
        box(page, first).wait_for()
    return machine


def draft(server: Server, machine: str) -> Any:
    """The draft as the server keeps it by now, as a value."""
    _, found = server.call("GET", f"/api/machines/{machine}/")
    return json.loads((found["draft"] or {"text": found["definition"]})["text"])


def becomes(server: Server, machine: str, wanted: Any) -> None:
    until(lambda: draft(server, machine) == wanted, 30, f"{draft(server, machine)} is {wanted}")


def choose(page: Page, hand: Hand, *states: str) -> None:
    """Choose states that follow each other."""
    if hand == "mouse":
        box(page, states[0]).click(position={"x": 12, "y": 12})
        for state in states[1:]:
            box(page, state).click(modifiers=["Shift"], position={"x": 12, "y": 12})
    else:
        box(page, states[0]).focus()
        for _ in states[1:]:
            page.keyboard.press("Shift+ArrowDown")


def pick_line_below(page: Page, state: str) -> None:
    place = box(page, state).bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] + 40)


def menu(page: Page, state: str, command: str) -> None:
    box(page, state).click(button="right", position={"x": 14, "y": 14})
    page.locator(f'[data-pick="{command}"]').click()


@by_mouse_and_by_keys
def test_two_states_are_wrapped_in_a_parallel(page: Page, server: Server, hand: Hand) -> None:
    machine = open_machine(page, server, f"Wrap-{hand}", CHAIN)
    choose(page, hand, "A", "B")
    if hand == "mouse":
        page.get_by_role("button", name="Wrap in a Parallel", exact=True).click()
    else:
        page.keyboard.press("p")
    expect(box(page, "Parallel")).to_be_visible()
    inner = {"StartAt": "A", "States": {"A": CHAIN["States"]["A"], "B": {"Type": "Pass", "End": True}}}
    parallel = {"Type": "Parallel", "Branches": [inner], "Next": "C"}
    rest = {name: state for name, state in CHAIN["States"].items() if name in "CD"}
    becomes(server, machine, {"StartAt": "Parallel", "States": {"Parallel": parallel, **rest}})


@by_mouse_and_by_keys
def test_a_loop_is_drawn(page: Page, server: Server, hand: Hand) -> None:
    machine = open_machine(page, server, f"Loop-{hand}", CHAIN)
    if hand == "mouse":
        box(page, "C").hover()
        handle = page.locator(f'{AT_REST} .react-flow__node[data-id="/States/C"] .react-flow__handle.source')
        drag(page, middle(handle), middle(box(page, "A")))
    else:
        box(page, "C").focus()
        page.keyboard.press("c")
        page.keyboard.type("A")
        page.keyboard.press("Enter")
    if hand == "mouse":
        page.locator('[data-pick="choice"]').click()
    else:
        page.keyboard.type("Choice")
        page.keyboard.press("Enter")
    expect(box(page, "Choice")).to_be_visible()
    rule = {"Variable": "$.value", "IsPresent": True, "Next": "A"}
    states: dict[str, Any] = {**CHAIN["States"]}
    states["C"] = {**states["C"], "Next": "Choice"}
    states["Choice"] = {"Type": "Choice", "Choices": [rule], "Default": "D"}
    becomes(server, machine, {"StartAt": "A", "States": states})


@by_mouse_and_by_keys
def test_a_transition_is_led_elsewhere_but_never_out_of_its_part(page: Page, server: Server, hand: Hand) -> None:
    inner = {"StartAt": "In", "States": {"In": {"Type": "Pass", "End": True}}}
    definition: dict[str, Any] = {
        "StartAt": "A",
        "States": {**CHAIN["States"], "E": {"Type": "Parallel", "Branches": [inner], "End": True}},
    }
    machine = open_machine(page, server, f"Reconnect-{hand}", definition)
    if hand == "mouse":
        pick_line_below(page, "A")
        drag(page, middle(page.locator(".grip")), middle(box(page, "In")))
        expect(page.get_by_text("In is in another part").first).to_be_attached()
        pick_line_below(page, "A")
        drag(page, middle(page.locator(".grip")), middle(box(page, "D")))
    else:
        box(page, "A").focus()
        page.keyboard.press("Shift+c")
        expect(page.get_by_role("option", name="In")).to_have_count(0)
        page.keyboard.type("D")
        page.keyboard.press("Enter")
    states = {**definition["States"], "A": {"Type": "Pass", "Next": "D"}}
    becomes(server, machine, {"StartAt": "A", "States": states})


@by_mouse_and_by_keys
def test_deleting_heals_and_starts_elsewhere(page: Page, server: Server, hand: Hand) -> None:
    machine = open_machine(page, server, f"Delete-{hand}", CHAIN)
    for state in ("A", "C"):
        if hand == "mouse":
            menu(page, state, "delete")
        else:
            box(page, state).focus()
            page.keyboard.press("Delete")
        no_box(page, state)
    states = {"B": {"Type": "Pass", "Next": "D"}, "D": {"Type": "Succeed"}}
    becomes(server, machine, {"StartAt": "B", "States": states})


@by_mouse_and_by_keys
def test_a_rename_goes_through_every_reference_in_one_step(page: Page, server: Server, hand: Hand) -> None:
    choice: dict[str, Any] = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "B"}],
        "Default": "B",
    }
    definition: dict[str, Any] = {"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "Q"}, "Q": choice}}
    machine = open_machine(page, server, f"Rename-{hand}", definition)
    if hand == "mouse":
        box(page, "B").dblclick()
    else:
        box(page, "B").focus()
        page.keyboard.press("F2")
    page.keyboard.type("Begin")
    page.keyboard.press("Enter")
    expect(box(page, "Begin")).to_be_visible()
    text = json.dumps(definition).replace('"B"', '"Begin"')
    becomes(server, machine, json.loads(text))
    if hand == "mouse":
        page.get_by_role("button", name="Undo").click()
    else:
        page.keyboard.press("Escape")
        page.keyboard.press("Control+z")
    becomes(server, machine, definition)


@by_mouse_and_by_keys
def test_states_are_copied_from_one_machine_into_another(page: Page, server: Server, hand: Hand) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_machine(page, server, f"From-{hand}", CHAIN)
    choose(page, hand, "B", "C")
    if hand == "mouse":
        menu(page, "C", "copy")
    else:
        page.keyboard.press("Control+c")
    expect(page.get_by_text("2 states copied").first).to_be_attached()
    machine = open_machine(page, server, f"Into-{hand}", CHAIN)
    if hand == "mouse":
        box(page, "A").click()
        page.locator(".react-flow__pane").click(button="right", position={"x": 20, "y": 20})
        page.locator('[data-pick="paste"]').click()
    else:
        box(page, "A").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Control+v")
    expect(box(page, "C (2)")).to_be_visible()
    states = {
        "A": {"Type": "Pass", "Next": "B (2)"},
        "B (2)": {"Type": "Pass", "Next": "C (2)"},
        "C (2)": {"Type": "Wait", "Seconds": 1, "Next": "B"},
        **{name: state for name, state in CHAIN["States"].items() if name != "A"},
    }
    becomes(server, machine, {"StartAt": "A", "States": states})


@by_mouse_and_by_keys
def test_thirty_steps_are_undone_and_done_again(page: Page, server: Server, hand: Hand) -> None:
    machine = open_machine(page, server, f"Thirty-{hand}", CHAIN)
    box(page, "A").focus()
    for _ in range(30):
        page.keyboard.press("Control+d")
    expect(box(page, "A (31)")).to_be_attached()
    becomes_all = draft_names(30)
    until(lambda: set(draft(server, machine)["States"]) == becomes_all, 30, "thirty copies")
    for name, key in (("Undo", "Control+z"), ("Redo", "Control+Shift+z")):
        for _ in range(30):
            if hand == "mouse":
                page.get_by_role("button", name=name).click()
            else:
                page.keyboard.press(key)
        if name == "Undo":
            becomes(server, machine, CHAIN)
            expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    until(lambda: set(draft(server, machine)["States"]) == becomes_all, 30, "thirty copies again")


def draft_names(copies: int) -> set[str]:
    return {*CHAIN["States"], *(f"A ({n})" for n in range(2, copies + 2))}


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_canvas_is_busy_until_its_boxes_stand_still_and_start_never_moves(
    page: Page, server: Server, motion: Literal["no-preference", "reduce"]
) -> None:
    page.emulate_media(reduced_motion=motion)
    open_machine(page, server, f"AtRest-{motion}", CHAIN)
    start = page.locator(f"{AT_REST} .react-flow__node-start")
    before = start.bounding_box()
    page.evaluate(
        """() => {
          const canvas = document.querySelector(".canvas");
          window.busy = [];
          new MutationObserver(() => {
            const busy = canvas.getAttribute("aria-busy");
            if (busy !== window.busy.at(-1)) window.busy.push(busy);
          }).observe(canvas, {attributeFilter: ["aria-busy"]});
        }"""
    )
    choose(page, "keys", "A", "B")
    page.keyboard.press("p")
    expect(box(page, "Parallel")).to_be_visible()
    places = [box(page, state).bounding_box() for state in ("Parallel", "A", "C", "D")]
    assert page.evaluate("() => window.busy") == ["true", "false"]
    assert start.bounding_box() == before
    page.wait_for_timeout(300)
    assert [box(page, state).bounding_box() for state in ("Parallel", "A", "C", "D")] == places


def test_a_rename_at_once_after_an_edit_is_of_the_box_that_has_the_focus(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "AtOnce", CHAIN)
    box(page, "A").focus()
    page.keyboard.press("Control+d")
    page.keyboard.press("F2")
    page.keyboard.type("Copy")
    page.keyboard.press("Enter")
    rest = {name: state for name, state in CHAIN["States"].items() if name != "A"}
    states = {"Copy": CHAIN["States"]["A"], "A (2)": CHAIN["States"]["A"], **rest}
    becomes(server, machine, {"StartAt": "Copy", "States": states})


def test_the_focus_stays_on_the_graph_whatever_an_edit_takes_away(page: Page, server: Server) -> None:
    open_machine(page, server, "KeptFocus", CHAIN)
    choose(page, "keys", "A", "B")
    page.keyboard.press("p")
    expect(box(page, "Parallel")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="folded")).to_be_focused()
    page.keyboard.press("Control+z")
    no_box(page, "Parallel")
    expect(box(page, "A")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("F2")
    page.keyboard.type("Second")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(box(page, "Second")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(box(page, "B")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(box(page, "C")).to_be_focused()


def test_a_marquee_takes_what_it_encloses(page: Page, server: Server) -> None:
    open_machine(page, server, "Marquee", CHAIN)
    top, bottom = box(page, "A").bounding_box(), box(page, "B").bounding_box()
    assert top is not None
    assert bottom is not None
    page.keyboard.down("Shift")
    drag(
        page,
        (top["x"] - 30, top["y"] - 8),
        (bottom["x"] + bottom["width"] + 30, bottom["y"] + bottom["height"] + 8),
    )
    page.keyboard.up("Shift")
    expect(page.locator(".inspector").get_by_text("A, B")).to_be_visible()


def test_containers_fold_to_a_box_with_their_count_and_open_for_what_is_found(page: Page, server: Server) -> None:
    inner = {"StartAt": "In", "States": {"In": {"Type": "Pass", "Next": "Out"}, "Out": {"Type": "Pass", "End": True}}}
    definition: dict[str, Any] = {
        "StartAt": "P",
        "States": {"P": {"Type": "Parallel", "Branches": [inner], "End": True}},
    }
    open_machine(page, server, "Folds", definition)
    box(page, "P").focus()
    page.keyboard.press("Space")
    no_box(page, "In")
    expect(box(page, "P")).to_contain_text("2 states")
    page.keyboard.press("Control+f")
    page.keyboard.type("Out")
    page.keyboard.press("Enter")
    expect(box(page, "Out")).to_be_focused()


def test_the_outline_is_an_equal_way(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "Outlined", CHAIN)
    page.get_by_role("tab", name="Outline").click()
    tree = page.get_by_role("tree")
    tree.get_by_role("treeitem", name="A Pass").focus()
    page.keyboard.press("ArrowDown")
    expect(tree.get_by_role("treeitem", name="B Pass")).to_be_focused()
    page.keyboard.press("Delete")
    expect(tree.get_by_role("treeitem", name="B Pass")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(tree.get_by_role("treeitem", name="B Pass")).to_be_visible()
    tree.get_by_role("treeitem", name="C Wait").focus()
    page.keyboard.press("F2")
    page.keyboard.type("Rest")
    page.keyboard.press("Enter")
    until(lambda: "Rest" in draft(server, machine)["States"], 30, "renamed in the outline")


def test_every_command_is_in_the_list_of_control_k(page: Page, server: Server) -> None:
    open_machine(page, server, "Commands", CHAIN)
    box(page, "B").focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("wrap in a map")
    page.keyboard.press("Enter")
    expect(box(page, "Map")).to_be_visible()
    expect(box(page, "B")).to_be_visible()


def test_a_draft_is_simulated_without_being_saved(page: Page, server: Server) -> None:
    function = "arn:aws:lambda:us-east-1:000000000000:function:Nobody"
    choice: dict[str, Any] = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.done", "BooleanEquals": True, "Next": "Good"}],
        "Default": "Rest",
    }
    definition: dict[str, Any] = {
        "StartAt": "Look",
        "States": {
            "Look": {"Type": "Task", "Resource": function, "Next": "Done?"},
            "Done?": choice,
            "Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Look"},
            "Good": {"Type": "Succeed"},
        },
    }
    machine = open_machine(page, server, "Simulated", definition)
    box(page, "Look").focus()
    page.keyboard.press("Control+Shift+Enter")
    page.get_by_role("button", name=re.compile("Make up an answer.*: Look")).click()
    page.get_by_label("Answer 1 of Look", exact=True).fill('{"done": false}')
    page.get_by_role("button", name=re.compile("Another answer.*: Look")).click()
    page.get_by_label("Answer 2 of Look", exact=True).fill('{"done": true}')
    page.get_by_role("button", name="Simulate", exact=True).click()
    expect(page.locator('[data-simulation="SUCCEEDED"]')).to_be_visible()
    expect(page.get_by_text("after 1 h 0 min of virtual time")).to_be_visible()
    expect(box(page, "Good")).to_have_attribute("data-status", "succeeded", timeout=20_000)
    expect(box(page, "Rest")).to_have_attribute("data-status", "succeeded")
    page.get_by_label("Event", exact=True).fill("2")
    expect(box(page, "Look")).to_have_attribute("data-status", "running")
    expect(box(page, "Good")).to_have_attribute("data-status", "none")
    _, found = server.call("GET", f"/api/executions/?machine={machine}")
    assert found["results"] == []


def test_one_state_is_tested_with_a_made_up_answer(page: Page, server: Server) -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:000000000000:function:Nobody",
        "Catch": [{"ErrorEquals": ["Declined"], "Next": "No"}],
        "End": True,
    }
    open_machine(page, server, "Tested", {"StartAt": "Pay", "States": {"Pay": task, "No": {"Type": "Fail"}}})
    box(page, "Pay").focus()
    page.keyboard.press("t")
    page.get_by_label("Answer 1 of What its work comes to", exact=True).fill('{"paid": 3}')
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator('[data-tested="SUCCEEDED"]')).to_contain_text('"paid": 3')


def test_a_bare_name_of_a_function_becomes_its_arn_and_any_other_word_is_refused(page: Page, server: Server) -> None:
    other = "arn:aws:lambda:us-east-1:000000000000:function:Other"
    task = {"Type": "Task", "Resource": other, "End": True}
    machine = open_machine(page, server, "BareName", {"StartAt": "Do", "States": {"Do": task}})
    box(page, "Do").click()
    resource = page.get_by_role("combobox", name="Resource")
    resource.fill("Nothing")
    resource.press("Tab")
    expect(page.locator(".inspector").get_by_text("There is no function Nothing")).to_be_visible()
    resource.fill("CheckJob")
    page.get_by_label("Name", exact=True).focus()
    arn = "arn:aws:lambda:us-east-1:000000000000:function:CheckJob"
    until(lambda: draft(server, machine)["States"]["Do"]["Resource"] == arn, 30, "the ARN")


def test_a_service_is_found_by_what_it_does_and_comes_with_its_parameters(page: Page, server: Server) -> None:
    machine = open_machine(page, server, "Catalogue", CHAIN)
    page.get_by_role("searchbox", name="Find a block").fill("delivers a message to the specified")
    page.locator('[data-block="service:sqs:sendMessage"]').click()
    made = until(lambda: draft(server, machine)["States"].get("sendMessage"), 30, "the service in the draft")
    assert set(made["Parameters"]) == {"MessageBody", "QueueUrl"}
    resource = page.get_by_role("combobox", name="Resource")
    resource.fill("sqs:sendMessage.wait")
    page.screenshot(path=ARTEFACTS / "catalogue.png")
    page.get_by_role("option", name="sqs:sendMessage.waitForTaskToken").click()
    wanted = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    until(lambda: draft(server, machine)["States"]["sendMessage"]["Resource"] == wanted, 30, "the pattern in the draft")
    assert set(draft(server, machine)["States"]["sendMessage"]["Parameters"]) == {"MessageBody", "QueueUrl"}


@pytest.mark.parametrize("pattern", ["retry", "poll", "fan", "saga", "approval", "rows"])
def test_a_pattern_is_a_valid_block_that_takes_its_place(page: Page, server: Server, pattern: str) -> None:
    machine = open_machine(page, server, f"Pattern-{pattern}", CHAIN)
    box(page, "A").click()
    page.get_by_role("tab", name="Patterns").click()
    page.locator(f'[data-block="pattern:{pattern}"]').click()
    until(lambda: len(draft(server, machine)["States"]) > len(CHAIN["States"]), 30, "the pattern in the draft")
    found = draft(server, machine)
    _, answer = server.call("POST", "/api/validate/", {"definition": json.dumps(found)})
    assert answer["diagnostics"] == []
    assert found["States"]["A"]["Next"] not in CHAIN["States"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation_in_any_panel_of_the_designer(page: Page, server: Server, theme: str) -> None:
    if not AXE.exists():
        pytest.skip("AXE DID NOT RUN: axe-core is not in frontend/node_modules")
    page.add_init_script(f"localStorage.setItem('treadle:theme', '{theme}')")
    inner = {"StartAt": "In", "States": {"In": {"Type": "Pass", "End": True}}}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:000000000000:function:CheckJob",
        "Retry": [{"ErrorEquals": ["States.ALL"]}],
        "Next": "M",
    }
    each = {"Type": "Map", "ItemProcessor": inner, "Next": "Q"}
    both = {"And": [{"Variable": "$.a", "IsPresent": True}, {"Not": {"Variable": "$.b", "IsNull": True}}], "Next": "T"}
    choice = {"Type": "Choice", "Choices": [both], "Default": "T"}
    states = {"T": task, "M": each, "Q": choice}
    open_machine(page, server, f"AxePanels-{theme}", {"StartAt": "T", "States": states})
    found: dict[str, list[Any]] = {}
    for tab in ("Outline", "Blocks", "Patterns", "Test", "Simulate", "Problems"):
        page.get_by_role("tab", name=re.compile(f"^{tab}")).first.click()
        found[tab] = violations(page)
    for state, tabs in (("T", ("General", "Data", "Variables", "Errors")), ("M", ("Items", "Running")), ("Q", ())):
        box(page, state).click(position={"x": 14, "y": 12})
        for tab in tabs or ("General",):
            page.locator(".inspector").get_by_role("tab", name=tab, exact=True).click()
            found[f"{state} {tab}"] = violations(page)
    told = {where: one for where, one in found.items() if one}
    assert told == {}, json.dumps(told, indent=1)


@pytest.mark.parametrize("tab", ["executions", "definition", "revisions", "sharing"])
def test_axe_finds_no_violation_on_the_pages_of_a_machine(page: Page, server: Server, tab: str) -> None:
    if not AXE.exists():
        pytest.skip("AXE DID NOT RUN: axe-core is not in frontend/node_modules")
    machine = server.machine(f"AxeMachine-{tab}", CHAIN)
    page.goto(f"{server.address}/machines/{machine}?tab={tab}")
    page.wait_for_load_state("networkidle")
    assert violations(page) == []


def test_the_tab_key_stops_once_at_the_graph_and_every_box_has_a_name(page: Page, server: Server) -> None:
    open_machine(page, server, "TabOrder", CHAIN)
    page.get_by_role("textbox", name="Find a block").or_(page.get_by_label("Find a block")).first.focus()
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        state = page.evaluate("() => document.activeElement.dataset.state ?? null")
        seen.append(state)
    assert [state for state in seen if state] == ["A"]
    names = page.locator(".canvas [data-state]").evaluate_all("(boxes) => boxes.map((b) => b.innerText)")
    assert all(name.strip() for name in names)
    expect(page.get_by_role("button", name="Wait C, 1 transition", exact=True)).to_be_visible()


def test_the_pages_speak_korean(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/settings")
    page.get_by_role("button", name="Language").click()
    page.get_by_role("option", name="한국어").click()
    expect(page.get_by_role("heading", name="설정", exact=True)).to_be_visible()
    machine = server.machine("Hangul", CHAIN)
    page.goto(f"{server.address}/machines/{machine}/edit")
    expect(page.get_by_role("button", name="Pass A, 전이 1개", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.locator(".cm-content").first.focus()
    page.keyboard.press("Control+f")
    expect(page.get_by_role("textbox", name="찾기", exact=True)).to_be_focused()
    expect(page.get_by_role("button", name="모두 바꾸기")).to_be_visible()
    page.evaluate("localStorage.setItem('treadle:language', 'en')")

"""The Job Poller that everybody knows, drawn on an empty canvas: byte for byte the text of the shipped sample."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.canvas import AT_REST, box
from tests.e2e.conftest import ARTEFACTS
from tests.e2e.pointer import drag, middle
from tests.e2e.test_designer_stories import Hand, by_mouse_and_by_keys, menu
from tests.harness import ROOT, Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SAMPLE: dict[str, Any] = json.loads((ROOT / "designer" / "samples" / "01-job-poller.json").read_text())["definition"]
FUNCTION = "fn:arn:aws:lambda:us-east-1:000000000000:function:"
ERRORS: list[str] = SAMPLE["States"]["Submit Job"]["Retry"][0]["ErrorEquals"]


@by_mouse_and_by_keys
def test_the_job_poller_is_drawn_on_an_empty_canvas(page: Page, server: Server, hand: Hand) -> None:
    begun = {"StartAt": "X", "States": {"X": {"Type": "Pass", "End": True}}}
    text = json.dumps(begun, indent=2) + "\n"
    _, made = server.call("POST", "/api/machines/", {"name": f"Poller-{hand}", "definition": text})
    page.goto(f"{server.address}/machines/{made['id']}/edit")
    drawing = (Mouse if hand == "mouse" else Keys)(page)
    drawing.empty("X")
    drawing.graph()
    drawing.fields()
    page.screenshot(path=ARTEFACTS / f"job-poller-{hand}.png")
    wanted = json.dumps(SAMPLE, indent=2) + "\n"
    until(lambda: kept(server, made["id"]) == wanted, 30, f"{kept(server, made['id'])} is the Job Poller")


def kept(server: Server, machine: str) -> str:
    _, found = server.call("GET", f"/api/machines/{machine}/")
    return str((found["draft"] or {"text": ""})["text"])


class Mouse:
    """Everything by clicks and drags, words by typing."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.inspector = page.locator(".inspector")

    # -- what a hand does -------------------------------------------------------------------------------------------

    def empty(self, state: str) -> None:
        menu(self.page, state, "delete")

    def first(self, block: str) -> None:
        self.page.locator(AT_REST).get_by_role("button", name="+ add the first state").click()
        self.page.locator(f'[data-pick="{block}"]').click()

    def after(self, state: str, block: str) -> None:
        self.page.locator(AT_REST).get_by_role("button", name=f"Add a state between {state} and End").click()
        self.page.locator(f'[data-pick="{block}"]').click()

    def otherwise(self, state: str, block: str) -> None:
        """A new state that the Choice leads to when no rule holds."""
        x, y = middle(self.handle(state))
        drag(self.page, (x, y), (x - 260, y + 30))
        self.page.locator(f'[data-pick="{block}"]').click()

    def handle(self, state: str) -> Locator:
        """With all in view: near an edge a drag pans, the farther the slower the machine is."""
        self.fit()
        box(self.page, state).hover()
        return self.page.locator(f'{AT_REST} .react-flow__node[data-id="/States/{state}"] .react-flow__handle.source')

    def connect(self, state: str, target: str) -> None:
        drag(self.page, middle(self.handle(state)), middle(box(self.page, target)))

    def call(self, state: str, name: str) -> None:
        expect(box(self.page, state)).to_be_visible()
        expect(self.page.get_by_label("Name", exact=True)).to_have_value(state)
        box(self.page, state).dblclick()
        expect(self.page.get_by_label("Name", exact=True)).to_be_focused()
        self.page.keyboard.type(name)
        self.page.keyboard.press("Enter")
        expect(box(self.page, name)).to_be_visible()

    def fit(self) -> None:
        self.page.get_by_role("button", name="Fit all").click()

    def open(self, state: str, tab: str) -> None:
        self.fit()
        box(self.page, state).click(position={"x": 12, "y": 12})
        expect(self.page.get_by_label("Name", exact=True)).to_have_value(state)
        self.press(self.inspector.get_by_role("tab", name=tab, exact=True))

    def nothing(self) -> None:
        self.page.locator(".react-flow__pane").click(position={"x": 20, "y": 20})

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Escape")

    def choose(self, field: Locator, option: str | re.Pattern[str]) -> None:
        self.press(field)
        self.page.get_by_role("option", name=option, exact=isinstance(option, str)).first.click()

    def choose_errors(self) -> None:
        self.press(self.inspector.get_by_role("button", name="Remove States.ALL"))
        self.press(self.inspector.get_by_role("button", name="On errors"))
        for error in ERRORS:
            self.page.get_by_role("option", name=error, exact=True).click()
        self.page.keyboard.press("Escape")

    # -- the machine ------------------------------------------------------------------------------------------------

    def graph(self) -> None:
        self.first(f"{FUNCTION}SubmitJob")
        self.call("SubmitJob", "Submit Job")
        self.after("Submit Job", "Wait")
        self.call("Wait", "Wait X Seconds")
        self.after("Wait X Seconds", f"{FUNCTION}CheckJob")
        self.call("CheckJob", "Get Job Status")
        self.after("Get Job Status", "Choice")
        self.call("Choice", "Job Complete?")
        self.otherwise("Job Complete?", f"{FUNCTION}FinalJobStatus")
        self.call("FinalJobStatus", "Get Final Job Status")
        self.otherwise("Job Complete?", "Fail")
        self.call("Fail", "Job Failed")
        self.connect("Job Complete?", "Job Failed")
        self.connect("Job Complete?", "Get Final Job Status")
        self.lead_otherwise("Job Complete?", "Wait X Seconds")

    def lead_otherwise(self, state: str, target: str) -> None:
        self.open(state, "General")
        self.choose(self.inspector.get_by_role("button", name="Otherwise"), target)

    def fields(self) -> None:
        self.rules()
        self.failure()
        self.seconds()
        for state, taken, put in (
            ("Submit Job", None, "$.guid"),
            ("Get Job Status", "$.guid", "$.status"),
            ("Get Final Job Status", "$.guid", None),
        ):
            self.open(state, "Data")
            for field, path in (("Take from the input (InputPath)", taken), ("Put the result at (ResultPath)", put)):
                if path:
                    self.write(self.inspector.get_by_role("combobox", name=field), path)
            self.open(state, "Errors")
            self.press(self.inspector.get_by_role("button", name="Add a retry"))
            self.choose_errors()
        self.nothing()
        expect(self.inspector.get_by_text("The machine")).to_be_visible()
        self.write(self.inspector.get_by_role("textbox", name="Comment"), SAMPLE["Comment"])

    def rules(self) -> None:
        self.open("Job Complete?", "General")
        for index, status in enumerate(("FAILED", "SUCCEEDED")):
            self.write(self.inspector.get_by_role("textbox", name="Value at").nth(index), "$.status")
            # The first of a group that is come upon is called by the group's name, too.
            option = re.compile(r"\bStringEquals\b")
            self.choose(self.inspector.get_by_role("button", name="Comparison").nth(index), option)
            self.write(self.inspector.get_by_role("textbox", name="Text").nth(index), status)

    def failure(self) -> None:
        self.open("Job Failed", "General")
        for name in ("Error", "Cause"):
            self.write(self.inspector.get_by_role("textbox", name=name), SAMPLE["States"]["Job Failed"][name])

    def seconds(self) -> None:
        self.open("Wait X Seconds", "General")
        self.press(self.inspector.get_by_role("button", name="Take Seconds from a path"))
        self.write(self.inspector.get_by_role("textbox", name="Seconds"), "$.wait_time")


class Keys(Mouse):
    """The same without a mouse: boxes by the keys of the graph, fields by the focus."""

    def empty(self, state: str) -> None:
        box(self.page, state).focus()
        self.page.keyboard.press("Delete")

    def first(self, block: str) -> None:
        self.page.locator(AT_REST).get_by_role("button", name="+ add the first state").focus()
        self.page.keyboard.press("Enter")
        self._pick(block)

    def after(self, state: str, block: str) -> None:
        box(self.page, state).focus()
        self.page.keyboard.press("a")
        self._pick(block)

    def otherwise(self, state: str, block: str) -> None:
        self.after(state, block)

    def connect(self, state: str, target: str) -> None:
        box(self.page, state).focus()
        self.page.keyboard.press("c")
        self._type(target)

    def lead_otherwise(self, state: str, target: str) -> None:
        box(self.page, state).focus()
        self.page.keyboard.press("Shift+c")
        self._type("Default")
        self._type(target)

    def call(self, state: str, name: str) -> None:
        expect(box(self.page, state)).to_be_focused()
        self.page.keyboard.press("F2")
        self._type(name)
        self.page.keyboard.press("Escape")
        expect(box(self.page, name)).to_be_focused()

    def open(self, state: str, tab: str) -> None:
        box(self.page, state).focus()
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_label("Name", exact=True)).to_have_value(state)
        self.press(self.inspector.get_by_role("tab", name=tab, exact=True))

    def nothing(self) -> None:
        self.page.locator(".canvas [data-state]").first.focus()
        self.page.keyboard.press("Escape")

    def press(self, target: Locator) -> None:
        target.focus()
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        field.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")

    def choose(self, field: Locator, option: str | re.Pattern[str]) -> None:
        self.press(field)
        wanted = self.page.get_by_role("option", name=option, exact=isinstance(option, str)).first
        expect(wanted).to_be_visible()
        self._walk_to(wanted)

    def choose_errors(self) -> None:
        self.press(self.inspector.get_by_role("button", name="Remove States.ALL"))
        self.press(self.inspector.get_by_role("button", name="On errors"))
        for error in ERRORS:
            self._walk_to(self.page.get_by_role("option", name=error, exact=True))
        self.page.keyboard.press("Escape")

    def _walk_to(self, option: Locator) -> None:
        for _ in range(60):
            if option.count() > 0 and "highlighted" in (option.get_attribute("class") or ""):
                break
            self._step_down()
        self.page.keyboard.press("Enter")

    def _step_down(self) -> None:
        """To the next option, until that is seen: who presses before walks past, and a long list draws only a part."""
        lit = self.page.locator('[role="option"][class*="highlighted"]')
        before = lit.first.text_content() if lit.count() > 0 else None
        self.page.keyboard.press("ArrowDown")
        until(lambda: lit.count() > 0 and lit.first.text_content() != before, 30, "the next option is lit")

    def _pick(self, block: str) -> None:
        words = {"Wait": "Pause, or", "Choice": "Go one of", "Fail": "End here with an error"}
        self._type(words.get(block, block.rpartition(":")[2]))

    def _type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

"""Whatever is opened is drawn without an overlap, and an edit that is taken back leaves the text as it was.

``make test`` does this with the samples and some of the vectors. With folders, it does all of them:
TREADLE_WORKFLOWS=folder (one definition a ``.json`` file), TREADLE_CONFORMANCE=folder (cases a line in ``*.jsonl``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.harness import ROOT, Server, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SAMPLES = ROOT / "designer" / "samples"
VECTORS = ROOT / "tests" / "vectors" / "core"
SECONDS = 20

# As a paste from another program: the whole of the text in one go.
PASTE = """(text) => {
  const editor = document.querySelector(".code-panel .cm-content");
  editor.focus();
  document.execCommand("selectAll");
  const data = new DataTransfer();
  data.setData("text/plain", text);
  editor.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
DRAWN = """() => ({
  busy: document.querySelector(".canvas")?.getAttribute("aria-busy"),
  behind: document.querySelector(".inspector-frame")?.getAttribute("aria-busy") === "true",
  states: [...document.querySelectorAll(".canvas [data-state]")].map((box) => box.dataset.state).sort(),
})"""
KEPT = "(id) => JSON.parse(localStorage.getItem(`treadle:draft:${id}`))?.text ?? null"
FOCUS = """(name) => {
  [...document.querySelectorAll(".canvas [data-state]")].find((box) => box.dataset.state === name).focus();
}"""
# Pairs of boxes that lie on each other, or of which one leaves the container that it is in.
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll(".canvas .react-flow__node")].map((node) => {
    const {left, right, top, bottom} = node.getBoundingClientRect();
    return {id: node.dataset.id, left, right, top, bottom};
  });
  const least = 0.5;
  const told = (box) => `${box.id} (${[box.left, box.top, box.right, box.bottom].map(Math.round)})`;
  const found = [];
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      const [outer, inner] = b.id.startsWith(`${a.id}/`) ? [a, b] : a.id.startsWith(`${b.id}/`) ? [b, a] : [];
      const right = outer
        ? outer.left < inner.left && inner.right < outer.right && outer.top < inner.top && inner.bottom < outer.bottom
        : a.right <= b.left + least || b.right <= a.left + least || a.bottom <= b.top + least
          || b.bottom <= a.top + least;
      if (!right) found.push(`${told(a)} over ${told(b)}`);
    }
  });
  return found;
}"""


def samples() -> Iterator[tuple[str, str]]:
    for path in sorted(SAMPLES.glob("*.json")):
        yield path.stem, json.dumps(json.loads(path.read_text(encoding="utf-8"))["definition"], indent=2)


def vectors() -> Iterator[tuple[str, str]]:
    """The first of some files: several kinds of states."""
    for path in sorted(VECTORS.glob("*.json"))[::3]:
        first = json.loads(path.read_text(encoding="utf-8"))[0]
        yield f"{path.stem}: {first['name']}", json.dumps(first["definition"], indent=4)


def workflows(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.json")):
        yield path.name, path.read_text(encoding="utf-8")


def recorded(folder: Path) -> Iterator[tuple[str, str]]:
    """Those that AWS took as valid; many cases share one definition."""
    seen = set()
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            definition = case.get("definition")
            if case["kind"] not in {"execution", "sync_execution"} or definition is None:
                continue
            text = definition if isinstance(definition, str) else json.dumps(definition, indent=2)
            if text not in seen:
                seen.add(text)
                yield case["id"], text


def names(scope: Any) -> list[str]:
    """The names of all states that have to be drawn."""
    states = scope.get("States") if isinstance(scope, dict) else None
    if not isinstance(states, dict):
        return []
    return [*states, *(name for state in states.values() for part in inner(state) for name in names(part))]


def inner(state: Any) -> list[Any]:
    if not isinstance(state, dict):
        return []
    if state.get("Type") == "Parallel" and isinstance(state.get("Branches"), list):
        return list(state["Branches"])
    if state.get("Type") == "Map":
        return [state["ItemProcessor"] if isinstance(state.get("ItemProcessor"), dict) else state.get("Iterator")]
    return []


class Designer:
    """One page for all of them: a text that is pasted is opened by the same code as one that is loaded."""

    def __init__(self, page: Page, server: Server, what: str) -> None:
        self.page = page
        self.server = server
        begun = {"StartAt": "X", "States": {"X": {"Type": "Pass", "End": True}}}
        self.machine = server.machine(f"Every-{what}", begun)
        page.goto(f"{server.address}/machines/{self.machine}/edit")
        page.locator(".code-panel .cm-content").wait_for()
        self.comment = page.locator(".inspector").get_by_label("Comment", exact=True)

    def shows(self, states: list[str]) -> None:
        """Until the graph is at rest and has these boxes."""
        until(
            lambda: self.page.evaluate(DRAWN) == {"busy": "false", "behind": False, "states": sorted(states)},
            SECONDS,
            f"{states} are drawn",
        )

    def has(self, text: str, what: str) -> None:
        until(lambda: self.text() == text, SECONDS, what)

    def text(self) -> str:
        """As the browser keeps it, or, once it has arrived there, the server."""
        kept = self.page.evaluate(KEPT, self.machine)
        if kept is not None:
            return str(kept)
        _, found = self.server.call("GET", f"/api/machines/{self.machine}/")
        return str((found["draft"] or {"text": found["definition"]})["text"])

    def open(self, text: str) -> None:
        self.page.evaluate(PASTE, text)
        self.shows(names(json.loads(text)))

    def edit_and_undo(self, text: str) -> None:
        """The first state once more, and back."""
        states = names(json.loads(text))
        if not states:
            return
        self.page.evaluate(FOCUS, states[0])
        self.page.keyboard.press("Control+d")
        until(lambda: len(self.page.evaluate(DRAWN)["states"]) > len(states), SECONDS, "a copy of a state")
        self.page.keyboard.press("Control+z")
        self.has(text, "the text is as it was")
        self.shows(states)

    def comment_and_back(self, text: str) -> None:
        """Another comment on the machine is one line; with the old one again, the meaning is the old one."""
        root = json.loads(text)
        old = root.get("Comment")
        self.comment.fill("Said by a test")
        until(lambda: json.loads(self.text()).get("Comment") == "Said by a test", SECONDS, "the comment in the text")
        changed = self.text()
        assert json.loads(changed) == {**root, "Comment": "Said by a test"}
        if "\n" in text:
            before = set(text.splitlines())
            fresh = [line for line in changed.splitlines() if line not in before]
            # The line before may take a comma.
            assert len(fresh) <= 2, fresh
        self.comment.fill(old if isinstance(old, str) else "")
        until(lambda: json.loads(self.text()) == root, SECONDS, "the old comment in the text")


def tried(page: Page, server: Server, what: str, definitions: Iterator[tuple[str, str]]) -> int:
    """How many went well; fails with all that did not."""
    designer = Designer(page, server, what)
    wrong: dict[str, str] = {}
    count = 0
    for name, text in definitions:
        try:
            designer.open(text)
            assert page.evaluate(OVERLAPS) == []
            designer.edit_and_undo(text)
            designer.comment_and_back(text)
            count += 1
        except AssertionError as error:
            wrong[name] = str(error)[:400]
    assert wrong == {}, json.dumps(wrong, indent=1)
    print(f"{count} definitions", flush=True)
    return count


def test_every_sample_and_some_vectors_are_drawn_and_written_back(page: Page, server: Server) -> None:
    assert tried(page, server, "sample", iter([*samples(), *vectors()])) >= 20


def test_every_workflow_of_a_folder_is_drawn_and_written_back(page: Page, server: Server) -> None:
    folder = os.environ.get("TREADLE_WORKFLOWS")
    if folder is None:
        pytest.skip("NO FOLDER OF WORKFLOWS WAS TRIED: set TREADLE_WORKFLOWS to one")
    assert tried(page, server, "workflow", workflows(Path(folder))) > 0


def test_every_recorded_definition_is_drawn_and_written_back(page: Page, server: Server) -> None:
    folder = os.environ.get("TREADLE_CONFORMANCE")
    if folder is None:
        pytest.skip("NO RECORDED DEFINITIONS WERE TRIED: set TREADLE_CONFORMANCE to their folder")
    assert tried(page, server, "recorded", recorded(Path(folder))) > 0

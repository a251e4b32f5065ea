"""Pictures: of everything that parses, with any text in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.graph.layout import Layout, lay_out
from designer.graph.outline import outline
from designer.graph.png import to_png
from designer.graph.statuses import Event, statuses_of
from designer.graph.svg import render
from designer.graph.text import fit, width

VECTORS = sorted((Path(__file__).parent.parent / "vectors" / "statuses").glob("*.json"))
SAMPLES = sorted((Path(__file__).parents[2] / "designer" / "samples").glob("*.json"))
NASTY = [
    "</text><script>alert(1)</script>",
    "\u202eevil",
    "a\u0000b\u001b",
    "🧑‍🚀" * 40,
    "é" * 80,
    "שלום עולם",
    'quote" & <b>',
    "\ud800",
    '\\N\\l"label"',
    "x" * 80,
]


def _draw(document: Any) -> tuple[Layout, str]:
    layout = lay_out(outline(document))
    return layout, render(layout, title="t")


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_statuses_follow_the_vectors(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    events = [Event(one["id"], one["type"], one["scope"], one["state"], one["note"]) for one in vector["events"]]
    assert {name: shown.status for name, shown in statuses_of(events).items()} == vector["expected"]


@pytest.mark.parametrize("name", NASTY)
def test_any_name_is_text_and_never_markup(name: str) -> None:
    document = {"StartAt": name, "States": {name: {"Type": "Choice", "Choices": [{"Next": name, "Variable": name}]}}}
    _, svg = _draw(document)
    root = ElementTree.fromstring(svg)
    assert not [one for one in root.iter() if one.tag.endswith("script")]
    assert "\u202e" not in svg
    assert to_png(svg).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"States": 1},
        {"StartAt": "Gone", "States": {}},
        {"StartAt": 7, "States": {"A": None, "B": {"Type": 3}}},
        {"StartAt": "A", "States": {"A": {"Type": "Map"}, "B": {"Type": "Parallel", "Branches": [{}, 1]}}},
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}},
        {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Next": "A"}, 1], "Default": "A"}}},
        {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${Function}", "Next": "B"}}},
    ],
)
def test_drafts_that_are_wrong_have_a_picture_too(document: Any) -> None:
    _, svg = _draw(document)
    ElementTree.fromstring(svg)


def test_a_transition_to_nowhere_is_drawn_as_an_error() -> None:
    layout, _ = _draw({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}})
    assert [box.node.name for box in layout.boxes if box.node.missing] == ["Nowhere"]
    assert any(line.broken for line in layout.lines)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_boxes_lie_inside_their_container_and_beside_each_other(path: Path) -> None:
    layout, _ = _draw(json.loads(path.read_text(encoding="utf-8"))["definition"])
    leaves = [box for box in layout.boxes if not box.container]
    for one in leaves:
        for other in leaves:
            apart = (
                one is other
                or one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.height <= other.y
                or other.y + other.height <= one.y
            )
            assert apart, (one.node.name, other.node.name)
    for container in (box for box in layout.boxes if box.container):
        inner = {node.name for scope in container.node.children for node in scope.nodes}
        for box in layout.boxes:
            if box.node.name in inner:
                assert container.x < box.x
                assert box.x + box.width < container.x + container.width
                assert container.y < box.y
                assert box.y + box.height < container.y + container.height


def test_a_thousand_states_are_drawn() -> None:
    states: dict[str, Any] = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(1000)}
    states["S1000"] = {"Type": "Succeed"}
    layout, svg = _draw({"StartAt": "S0", "States": states})
    assert len(layout.boxes) == 1001
    assert to_png(svg).startswith(b"\x89PNG")


def test_more_lines_than_anybody_can_follow_are_drawn_at_once() -> None:
    states: dict[str, Any] = {f"S{n}": {"Type": "Pass", "Next": f"S{n * 7 % 5000}"} for n in range(5000)}
    layout, svg = _draw({"StartAt": "S0", "States": states})
    assert len(layout.boxes) == 5000
    ElementTree.fromstring(svg)


def test_the_picture_does_not_depend_on_the_order_of_keys() -> None:
    states: dict[str, Any] = {
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "B"}], "Default": "C"},
        "B": {"Type": "Pass", "Next": "D"},
        "C": {"Type": "Pass", "Next": "D"},
        "D": {"Type": "Succeed"},
    }
    turned = dict(reversed(states.items()))
    assert _draw({"StartAt": "A", "States": states})[1] == _draw({"StartAt": "A", "States": turned})[1]


@given(st.text(max_size=100), st.floats(min_value=20, max_value=300))
@settings(max_examples=200, deadline=None)
def test_fitted_text_is_never_wider_than_its_room(text: str, room: float) -> None:
    assert width(fit(text, 13, room), 13) <= room


def test_others_are_served_while_a_large_picture_is_made() -> None:
    document: dict[str, Any] = {"StartAt": "S", "States": {"S": {"Type": "Pass", "End": True}}}
    for level in range(25):
        name = f"M{level}"
        document = {"StartAt": name, "States": {name: {"Type": "Parallel", "End": True, "Branches": [document]}}}
    _, svg = _draw(document)
    before = os.times()
    assert to_png(svg).startswith(b"\x89PNG")
    after = os.times()
    # What computes here holds Python's lock; what another process computes holds nothing.
    here = after.user + after.system - before.user - before.system
    elsewhere = after.children_user + after.children_system - before.children_user - before.children_system
    assert here < elsewhere / 2

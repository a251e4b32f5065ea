"""A definition as boxes and lines, scope by scope: what there is to draw, without where.

Takes any JSON value: a draft may be wrong in every way and still has a picture. What is wrong is drawn as wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from designer.graph.labels import catch_label, rule_label, subtitle
from engine.jsontypes import Json

EdgeKind = Literal["start", "next", "choice", "default", "catch", "end"]

START, END = "start", "end"
"""Ids of the pills of the top scope. States have the ids ``s0``, ``s1`` ...: names are user text and never ids."""


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    name: str
    kind: str
    subtitle: str
    children: tuple[Scope, ...] = ()
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    kind: EdgeKind
    label: str = ""
    back: bool = False
    """Runs against the flow: closes a loop."""
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """States that transitions connect; nothing crosses its border. The top scope has the pills."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def outline(document: Json) -> Scope:
    """The top scope of a definition."""
    return _scope(document, top=True)


@dataclass(frozen=True, slots=True)
class _Transition:
    target: str
    kind: EdgeKind
    label: str = ""


def _scope(block: Json, *, top: bool) -> Scope:
    raw = block.get("States") if isinstance(block, dict) else None
    states: dict[str, Json] = raw if isinstance(raw, dict) else {}
    start = block.get("StartAt") if isinstance(block, dict) else None
    transitions = {name: tuple(_transitions(state)) for name, state in states.items()}
    order, loops = _walk(start if isinstance(start, str) else None, transitions)
    missing = list(dict.fromkeys(one.target for name in order for one in transitions[name] if one.target not in states))
    if isinstance(start, str) and start not in states and start not in missing:
        missing.append(start)
    ids = {name: f"s{number}" for number, name in enumerate([*order, *missing])}
    nodes = [_node(ids[name], name, states[name]) for name in order]
    nodes += [Node(ids[name], name, "Missing", "no such state", missing=True) for name in missing]
    edges = [
        Edge(ids[name], ids[one.target], one.kind, one.label, (name, one.target) in loops, one.target not in states)
        for name in order
        for one in transitions[name]
    ]
    if top:
        if isinstance(start, str):
            edges.insert(0, Edge(START, ids[start], "start", broken=start not in states))
        edges += [Edge(ids[name], END, "end") for name in order if _ends(states[name])]
    return Scope(tuple(nodes), tuple(edges))


def _node(id: str, name: str, state: Json) -> Node:
    if not isinstance(state, dict):
        return Node(id, name, "Invalid", "not an object", missing=True)
    kind = state.get("Type")
    return Node(
        id,
        name,
        kind if isinstance(kind, str) else "Invalid",
        subtitle(state),
        tuple(_scope(block, top=False) for block in _blocks(state)),
    )


def _blocks(state: dict[str, Json]) -> Iterator[Json]:
    """The branches of a Parallel, the processor of a Map (ASL: "Iterator" is its deprecated name)."""
    match state.get("Type"):
        case "Parallel":
            branches = state.get("Branches")
            yield from branches if isinstance(branches, list) else ()
        case "Map":
            yield state.get("ItemProcessor") or state.get("Iterator")


def _transitions(state: Json) -> Iterator[_Transition]:
    if not isinstance(state, dict):
        return
    if state.get("Type") == "Choice":
        for rule in _dicts(state.get("Choices")):
            if isinstance(target := rule.get("Next"), str):
                yield _Transition(target, "choice", rule_label(rule))
        if isinstance(target := state.get("Default"), str):
            yield _Transition(target, "default", "Default")
    elif isinstance(target := state.get("Next"), str):
        yield _Transition(target, "next")
    for catcher in _dicts(state.get("Catch")):
        if isinstance(target := catcher.get("Next"), str):
            yield _Transition(target, "catch", catch_label(catcher))


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _ends(state: Json) -> bool:
    return isinstance(state, dict) and (state.get("End") is True or state.get("Type") in {"Succeed", "Fail"})


def _walk(start: str | None, transitions: dict[str, tuple[_Transition, ...]]) -> tuple[list[str], set[tuple[str, str]]]:
    """Names depth-first from StartAt (then whatever it cannot reach), and the edges that close a loop.

    Iterative: a chain of 1,000 states is deeper than Python's stack. Transitions are taken in their written order,
    errors last, so that the picture does not depend on the order of keys.
    """
    order: list[str] = []
    state: dict[str, Literal["open", "done"]] = {}
    loops: set[tuple[str, str]] = set()
    for root in ([start] if start in transitions else []) + list(transitions):
        if root is None or root in state:
            continue
        state[root] = "open"
        order.append(root)
        stack = [(root, iter(transitions[root]))]
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[name] = "done"
                stack.pop()
            elif state.get(following.target) == "open":
                loops.add((name, following.target))
            elif following.target in transitions and following.target not in state:
                state[following.target] = "open"
                order.append(following.target)
                stack.append((following.target, iter(transitions[following.target])))
    return order, loops

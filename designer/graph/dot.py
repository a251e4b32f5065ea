"""The adapter of Graphviz: a graph of fixed-size boxes in, positions and routes out.

``graphviz-pure`` comes first: its wheel is pinned, so pictures are the same bytes everywhere, and it answers within
milliseconds. A ``dot`` on the PATH serves the platforms that have no wheel.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import graphviz

from engine.sentences import Sentence, say

TIMEOUT = 20.0
_POINTS = 72.0
_STACK_GAP = 30.0
_EXACT_EDGES = 250
"""Beyond it right-angled routes and the best order of boxes cost many seconds; curves in a good order stay cheap."""

_MOST_EDGES = 3000
"""Beyond it nobody can follow a line anyway."""

_HURRIED = {"nslimit": "2", "nslimit1": "2", "mclimit": "0.1"}

Point = tuple[float, float]
Splines = Literal["ortho", "spline"]


class LayoutFailed(Exception):
    """No Graphviz, or none that can lay this out in time."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class DotNode:
    id: str
    width: float
    height: float
    last: bool = False


@dataclass(frozen=True, slots=True)
class DotEdge:
    id: str
    tail: str
    head: str
    weight: int = 1
    loop: bool = False
    """Leave and enter at the right side."""


@dataclass(frozen=True, slots=True)
class Route:
    """From the tail's border to the head's. ``curved`` points are cubic Bezier ones, others corners."""

    points: tuple[Point, ...]
    curved: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """``centers`` by node, ``routes`` by edge; the origin is at the top left, y grows downwards."""

    width: float
    height: float
    centers: dict[str, Point]
    routes: dict[str, Route]


def draw(nodes: tuple[DotNode, ...], edges: tuple[DotEdge, ...]) -> Drawing:
    """Always draws; raises LayoutFailed only where no Graphviz is installed."""
    if len(edges) <= _MOST_EDGES:
        tries: tuple[Splines, ...] = ("ortho", "spline") if len(edges) <= _EXACT_EDGES else ("spline",)
        for splines in tries:
            found = _run(_source(nodes, edges, splines))
            if found is not None and _complete(found, edges):
                return _read(found, nodes, splines)
    return _stack(nodes, edges)


def _stack(nodes: tuple[DotNode, ...], edges: tuple[DotEdge, ...]) -> Drawing:
    """What Graphviz cannot do in time: one column in the given order, with straight lines."""
    width = max((node.width for node in nodes), default=0.0)
    sizes = {node.id: node for node in nodes}
    centers: dict[str, Point] = {}
    y = 0.0
    for node in nodes:
        centers[node.id] = (width / 2, y + node.height / 2)
        y += node.height + _STACK_GAP
    routes = {edge.id: _side_line(centers, sizes[edge.tail], sizes[edge.head]) for edge in edges}
    return Drawing(width, y, centers, routes)


def _side_line(centers: dict[str, Point], tail: DotNode, head: DotNode) -> Route:
    (x1, y1), (x2, y2) = centers[tail.id], centers[head.id]
    down = 1 if y2 >= y1 else -1
    return Route(((x1, y1 + down * tail.height / 2), (x2, y2 - down * head.height / 2)), curved=False)


def _source(nodes: tuple[DotNode, ...], edges: tuple[DotEdge, ...], splines: Splines) -> str:
    graph = graphviz.Digraph(
        graph_attr={"splines": splines, "nodesep": "0.42", "ranksep": "0.42", "pad": "0", "margin": "0"}
        | (_HURRIED if len(edges) > _EXACT_EDGES else {}),
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"dir": "none"},
    )
    for node in nodes:
        graph.node(node.id, width=f"{node.width / _POINTS:.4f}", height=f"{node.height / _POINTS:.4f}")
    for last in (node.id for node in nodes if node.last):
        graph.body.append(f"\t{{ rank=sink; {last} }}\n")
    for edge in edges:
        ports = {"tailport": "e", "headport": "e"} if edge.loop and splines != "ortho" else {}
        graph.edge(edge.tail, edge.head, id=edge.id, weight=str(edge.weight), **ports)
    return str(graph.source)


@cache
def _program() -> str:
    beside = Path(sys.executable).parent / "graphviz-pure"
    found = str(beside) if beside.exists() else shutil.which("graphviz-pure") or shutil.which("dot")
    if not found:
        raise LayoutFailed(say("Neither graphviz-pure nor dot is installed"))
    return found


def _run(source: str) -> dict[str, Any] | None:
    try:
        # The input is ours from its first to its last byte: no user text is in it, and no shell reads it.
        done = subprocess.run(  # noqa: S603 - see above
            [_program(), "-Tjson"], input=source.encode(), capture_output=True, timeout=TIMEOUT, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    if done.returncode != 0:
        return None
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return None
    return found


def _complete(found: dict[str, Any], edges: tuple[DotEdge, ...]) -> bool:
    """Right-angled routing gives up on some edges without a word."""
    routed = {one["id"] for one in found.get("edges", ()) if one.get("pos")}
    return all(edge.id in routed for edge in edges)


def _read(found: dict[str, Any], nodes: tuple[DotNode, ...], splines: Splines) -> Drawing:
    left, bottom, right, top = (float(one) for one in found["bb"].split(","))
    wanted = {node.id for node in nodes}

    def flip(text: str) -> Point:
        x, y = text.split(",")[:2]
        return float(x) - left, top - float(y)

    return Drawing(
        width=right - left,
        height=top - bottom,
        centers={one["name"]: flip(one["pos"]) for one in found.get("objects", ()) if one["name"] in wanted},
        routes={
            one["id"]: _route(tuple(flip(point) for point in one["pos"].split(";")[0].split()), splines)
            for one in found.get("edges", ())
        },
    )


def _route(points: tuple[Point, ...], splines: Splines) -> Route:
    return Route(points, curved=True) if splines == "spline" else Route(_corners(points[::3]), curved=False)


def _corners(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Without repeated points and points in the middle of a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.5 and abs(kept[-1][1] - point[1]) < 0.5:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _straight(a: Point, b: Point, c: Point) -> bool:
    return abs((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])) < 0.5

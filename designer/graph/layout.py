"""Where everything goes: each scope is laid out alone, bottom-up, and nested into its container's box.

Transitions never cross a container's border (ASL, "Transitions"), so a container is a box of fixed size in its own
scope. In one graph with clusters, states would slide beside their container.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from designer.graph.dot import DotEdge, DotNode, Drawing, Point, Route, draw
from designer.graph.outline import END, START, Edge, EdgeKind, Node, Scope
from designer.graph.text import fit, width

BOX = (208.0, 54.0)
PILL = (72.0, 32.0)
HEADER = 30.0
PADDING = 18.0
GAP = 24.0
LABEL_FONT = 11.0
LABEL_HEIGHT = 20.0
LABEL_ROOM = 190.0
_WEIGHTS: dict[EdgeKind, int] = {"start": 20, "next": 20, "default": 5, "choice": 5, "catch": 1, "end": 1}


@dataclass(frozen=True, slots=True)
class Box:
    node: Node
    x: float
    y: float
    width: float
    height: float

    @property
    def container(self) -> bool:
        return bool(self.node.children)


@dataclass(frozen=True, slots=True)
class Line:
    """``arrow`` marks its end; the first half of a labelled line has none."""

    kind: EdgeKind
    route: Route
    arrow: bool
    broken: bool


@dataclass(frozen=True, slots=True)
class Label:
    kind: EdgeKind
    text: str
    full: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Pill:
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Outer boxes come before the boxes inside them. x and y are top left corners, for labels and pills centers."""

    width: float
    height: float
    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()
    pills: tuple[Pill, ...] = ()


@lru_cache(maxsize=512)
def lay_out(scope: Scope) -> Layout:
    """Cached by content: an edit inside one branch leaves the others as they are. Raises dot.LayoutFailed."""
    insides = {node.id: _inside(node) for node in scope.nodes}
    if not scope.nodes:
        return Layout(BOX[0], HEADER)
    drawing = draw(tuple(_dot_nodes(scope, insides)), tuple(_dot_edges(scope)))
    layout = Layout(drawing.width, drawing.height, pills=tuple(_pills(drawing)))
    layout = replace(layout, lines=tuple(_lines(scope, drawing)), labels=tuple(_labels(scope, drawing)))
    for node in scope.nodes:
        x, y = drawing.centers[node.id]
        layout = _place(layout, node, insides[node.id], x, y)
    return layout


def _inside(node: Node) -> Layout:
    """The branches side by side under a header; of a plain state nothing, as large as its box."""
    if not node.children:
        return Layout(*BOX)
    parts = [lay_out(child) for child in node.children]
    inner_width = sum(part.width for part in parts) + GAP * (len(parts) - 1)
    header = width(node.name, 13.0) + 60.0
    total = max(inner_width, min(header, 420.0), BOX[0]) + 2 * PADDING
    merged = Layout(total, HEADER + 2 * PADDING + max(part.height for part in parts))
    x = (total - inner_width) / 2
    for part in parts:
        merged = _merge(merged, part, x, HEADER + PADDING)
        x += part.width + GAP
    return merged


def _place(layout: Layout, node: Node, inside: Layout, x: float, y: float) -> Layout:
    left, top = x - inside.width / 2, y - inside.height / 2
    box = Box(node, left, top, inside.width, inside.height)
    return _merge(replace(layout, boxes=(*layout.boxes, box)), inside, left, top)


def _merge(outer: Layout, inner: Layout, x: float, y: float) -> Layout:
    if not inner.boxes:
        return outer
    return replace(
        outer,
        boxes=outer.boxes + tuple(replace(one, x=one.x + x, y=one.y + y) for one in inner.boxes),
        lines=outer.lines + tuple(replace(one, route=_moved(one.route, x, y)) for one in inner.lines),
        labels=outer.labels + tuple(replace(one, x=one.x + x, y=one.y + y) for one in inner.labels),
    )


def _moved(route: Route, x: float, y: float) -> Route:
    return Route(tuple((px + x, py + y) for px, py in route.points), route.curved)


def _dot_nodes(scope: Scope, insides: dict[str, Layout]) -> list[DotNode]:
    used = {edge.source for edge in scope.edges} | {edge.target for edge in scope.edges}
    nodes = [DotNode(START, *PILL)] if START in used else []
    nodes += [DotNode(node.id, insides[node.id].width, insides[node.id].height) for node in scope.nodes]
    nodes += [
        DotNode(f"l{number}", _label_width(edge), LABEL_HEIGHT) for number, edge in enumerate(scope.edges) if edge.label
    ]
    return nodes + ([DotNode(END, *PILL, last=True)] if END in used else [])


def _label_width(edge: Edge) -> float:
    return min(width(_label_text(edge), LABEL_FONT) + 18.0, LABEL_ROOM + 18.0)


def _label_text(edge: Edge) -> str:
    return fit(edge.label, LABEL_FONT, LABEL_ROOM)


def _dot_edges(scope: Scope) -> list[DotEdge]:
    """A label is a small box of its own in the middle of its line, so that lines keep clear of it.

    Lines against the flow are given the other way round: Graphviz then ranks their label between the two states
    instead of below the lower one.
    """
    found: list[DotEdge] = []
    for number, edge in enumerate(scope.edges):
        weight = 0 if edge.back else _WEIGHTS[edge.kind]
        tail, head = (edge.target, edge.source) if edge.back else (edge.source, edge.target)
        if edge.label:
            found.append(DotEdge(f"e{number}a", tail, f"l{number}", weight))
            found.append(DotEdge(f"e{number}b", f"l{number}", head, weight))
        else:
            found.append(DotEdge(f"e{number}", tail, head, weight, loop=edge.back))
    return found


def _lines(scope: Scope, drawing: Drawing) -> list[Line]:
    found: list[Line] = []
    for number, edge in enumerate(scope.edges):
        parts = (f"e{number}b", f"e{number}a") if edge.back else (f"e{number}a", f"e{number}b")
        for part in parts if edge.label else (f"e{number}",):
            route = drawing.routes[part]
            if edge.back:
                route = Route(route.points[::-1], route.curved)
            found.append(Line(edge.kind, route, arrow=part == parts[-1] or not edge.label, broken=edge.broken))
    return found


def _labels(scope: Scope, drawing: Drawing) -> list[Label]:
    return [
        Label(edge.kind, _label_text(edge), edge.label, *drawing.centers[f"l{number}"], _label_width(edge))
        for number, edge in enumerate(scope.edges)
        if edge.label
    ]


def _pills(drawing: Drawing) -> list[Pill]:
    words = {START: "Start", END: "End"}
    return [Pill(word, *drawing.centers[id]) for id, word in words.items() if id in drawing.centers]


def bounds(layout: Layout) -> tuple[Point, Point]:
    """Top left and bottom right of everything: routes may leave the box Graphviz reports by some points."""
    points = [point for line in layout.lines for point in line.route.points]
    xs = [0.0, layout.width, *(x for x, _ in points)]
    ys = [0.0, layout.height, *(y for _, y in points)]
    return (min(xs), min(ys)), (max(xs), max(ys))

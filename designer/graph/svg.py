"""The picture itself: our own SVG. Presentation attributes only: no style sheet, no script, no reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from designer.graph.dot import Point, Route
from designer.graph.layout import PILL, Box, Label, Layout, Line, Pill, bounds
from designer.graph.statuses import Shown
from designer.graph.text import attribute, fit, markup
from designer.graph.theme import ICONS, THEMES, Theme, ThemeName

MARGIN = 24.0
_FONT = "'Open Sans','Helvetica Neue',Roboto,Arial,'DejaVu Sans','Noto Sans',sans-serif"
# What titles are measured with: 13, but bold, in the widest of the fonts above.
_TITLE = 15.0
_RADIUS = 8.0
_ARROW = 8.0


def render(
    layout: Layout, *, title: str, theme: ThemeName = "light", statuses: Mapping[str, Shown] | None = None
) -> str:
    """``statuses`` by the name of the state; states that are not in it were not visited."""
    colours = THEMES[theme]
    (left, top), (right, bottom) = bounds(layout)
    width, height = right - left + 2 * MARGIN, bottom - top + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label={attribute(title)} '
        f'width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="{_n(left - MARGIN)} {_n(top - MARGIN)} {_n(width)} {_n(height)}" '
        f'font-family="{_FONT}" font-size="13">',
        f"<title>{markup(title)}</title>",
        f'<rect x="{_n(left - MARGIN)}" y="{_n(top - MARGIN)}" width="{_n(width)}" height="{_n(height)}" '
        f'fill="{colours.background}"/>',
    ]
    found = statuses or {}
    parts += [_container(box, found.get(box.node.name), colours) for box in layout.boxes if box.container]
    parts += [_line(line, colours) for line in layout.lines]
    parts += [_state(box, found.get(box.node.name), colours) for box in layout.boxes if not box.container]
    parts += [_label(label, colours) for label in layout.labels]
    parts += [_pill(pill, colours) for pill in layout.pills]
    return "".join([*parts, "</svg>\n"])


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _rect(box: Box, fill: str, stroke: str, more: str) -> str:
    return (
        f'<rect x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" height="{_n(box.height)}" rx="6" '
        f'fill="{fill}" stroke="{stroke}" {more}/>'
    )


def _group(box: Box, shown: Shown | None, inside: Iterator[str]) -> str:
    """``data-`` attributes let embedders find a state; the title is what a screen reader says and a pointer shows."""
    status = f" data-status={attribute(shown.status)}" if shown else ""
    words = f"{box.node.kind} {box.node.name}{f', {shown.status}' if shown else ''}"
    return f"<g data-state={attribute(box.node.name)}{status}><title>{markup(words)}</title>{''.join(inside)}</g>"


def _container(box: Box, shown: Shown | None, colours: Theme) -> str:
    def inside() -> Iterator[str]:
        border, _ = colours.statuses[shown.status] if shown else (colours.container_border, "")
        dash = 'stroke-width="2"' if shown else 'stroke-width="1.2" stroke-dasharray="4 3"'
        yield _rect(box, colours.container, border, f'fill-opacity="0.55" {dash}')
        room = box.width - 84
        yield _words(box.x + 14, box.y + 21, fit(box.node.name, _TITLE, room), colours.title, 'font-weight="700"')
        if shown:
            yield from _badge(box.x + box.width - 18, box.y + 17, shown, colours)

    return _group(box, shown, inside())


def _state(box: Box, shown: Shown | None, colours: Theme) -> str:
    node = box.node

    def inside() -> Iterator[str]:
        border, fill = colours.statuses[shown.status] if shown else (colours.border, colours.box)
        wide = 'stroke-width="2"' if shown else 'stroke-width="1.2"'
        if node.missing:
            border, wide = colours.error, 'stroke-width="1.5" stroke-dasharray="5 3"'
        yield _rect(box, fill, border, wide)
        yield _stripe(box, colours.error if node.missing else colours.kinds.get(node.kind, colours.error))
        room = box.width - (54 if shown else 30)
        yield _words(box.x + 17, box.y + 24, fit(node.name, _TITLE, room), colours.title, 'font-weight="700"')
        yield _words(box.x + 17, box.y + 41, fit(node.subtitle, 11, room), colours.subtitle, 'font-size="11"')
        if shown:
            yield from _badge(box.x + box.width - 18, box.y + box.height / 2, shown, colours)

    return _group(box, shown, inside())


def _stripe(box: Box, colour: str) -> str:
    x, y, bottom = box.x, box.y, box.y + box.height
    return (
        f'<path d="M{_n(x + 6)} {_n(y)} H{_n(x + 7)} V{_n(bottom)} H{_n(x + 6)} '
        f'A6 6 0 0 1 {_n(x)} {_n(bottom - 6)} V{_n(y + 6)} A6 6 0 0 1 {_n(x + 6)} {_n(y)} Z" fill="{colour}"/>'
    )


def _badge(x: float, y: float, shown: Shown, colours: Theme) -> Iterator[str]:
    colour, paper = colours.statuses[shown.status]
    yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="9" fill="{colour}"/>'
    yield (
        f'<path transform="translate({_n(x)} {_n(y)})" d="{ICONS[shown.status]}" fill="none" stroke="{paper}" '
        'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>'
    )
    if shown.visits > 1:
        yield _words(x, y + 20, f"\u00d7{shown.visits}", colour, 'font-size="10" text-anchor="middle"')


def _words(x: float, y: float, text: str, colour: str, more: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" fill="{colour}" {more}>{markup(text)}</text>'


def _pill(pill: Pill, colours: Theme) -> str:
    width, height = PILL
    return (
        f'<rect x="{_n(pill.x - width / 2)}" y="{_n(pill.y - height / 2)}" width="{_n(width)}" height="{_n(height)}" '
        f'rx="{_n(height / 2)}" fill="{colours.box}" stroke="{colours.border}" stroke-width="1.2"/>'
        + _words(pill.x, pill.y + 4.5, pill.text, colours.title, 'font-weight="700" text-anchor="middle"')
    )


def _line_colour(kind: str, broken: bool, colours: Theme) -> str:
    if broken or kind == "catch":
        return colours.error
    return {"choice": colours.decision, "default": colours.decision, "end": colours.faint}.get(kind, colours.line)


def _label(label: Label, colours: Theme) -> str:
    colour = _line_colour(label.kind, False, colours)
    return (
        f"<g><title>{markup(label.full)}</title>"
        f'<rect x="{_n(label.x - label.width / 2)}" y="{_n(label.y - 10)}" width="{_n(label.width)}" height="20" '
        f'rx="5" fill="{colours.box}" stroke="{colour}" stroke-opacity="0.5"/>'
        + _words(label.x, label.y + 4, label.text, colour, 'font-size="11" text-anchor="middle"')
        + "</g>"
    )


def _line(line: Line, colours: Theme) -> str:
    colour = _line_colour(line.kind, line.broken, colours)
    dash = ' stroke-dasharray="5 3"' if line.kind == "catch" or line.broken else ""
    points = line.route.points
    if len(points) < 2:
        return ""
    shaft = (*points[:-1], _before(points[-2], points[-1], _ARROW * 0.8)) if line.arrow else points
    drawn = _curve(shaft) if line.route.curved else _corners(Route(shaft, curved=False))
    path = f'<path d="{drawn}" fill="none" stroke="{colour}" stroke-width="1.3"{dash}/>'
    return path + (_arrow(points, colour) if line.arrow else "")


def _before(start: Point, end: Point, distance: float) -> Point:
    length = _distance(start, end)
    share = min(distance / length, 1.0) if length else 0.0
    return end[0] + (start[0] - end[0]) * share, end[1] + (start[1] - end[1]) * share


def _distance(a: Point, b: Point) -> float:
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


def _arrow(points: tuple[Point, ...], colour: str) -> str:
    tip = points[-1]
    behind = next((one for one in reversed(points) if _distance(one, tip) > 0.5), None)
    if behind is None:
        return ""
    base = _before(behind, tip, min(_ARROW, _distance(behind, tip) + _ARROW))
    length = _distance(behind, tip)
    across = (-(tip[1] - behind[1]) / length * _ARROW / 2.2, (tip[0] - behind[0]) / length * _ARROW / 2.2)
    left, right = (base[0] + across[0], base[1] + across[1]), (base[0] - across[0], base[1] - across[1])
    return f'<path d="M{_p(tip)} L{_p(left)} L{_p(right)} Z" fill="{colour}"/>'


def _p(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _curve(points: tuple[Point, ...]) -> str:
    rest = points[1:]
    parts = [f"C{' '.join(_p(one) for one in rest[at : at + 3])}" for at in range(0, len(rest) - len(rest) % 3, 3)]
    return f"M{_p(points[0])} {' '.join(parts)}"


def _corners(route: Route) -> str:
    """Straight pieces with rounded corners."""
    points = route.points
    parts = [f"M{_p(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(_RADIUS, _distance(before, corner) / 2, _distance(corner, after) / 2)
        parts.append(f"L{_p(_before(before, corner, reach))} Q{_p(corner)} {_p(_before(after, corner, reach))}")
    return " ".join([*parts, f"L{_p(points[-1])}"])

"""Colours, light and dark. Statuses also have an icon: never colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from designer.graph.statuses import Status

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    background: str
    box: str
    border: str
    title: str
    subtitle: str
    container: str
    container_border: str
    line: str
    faint: str
    decision: str
    error: str
    kinds: dict[str, str]
    statuses: dict[Status, tuple[str, str]]
    """The border's and the box's colour."""


LIGHT = Theme(
    background="#ffffff",
    box="#ffffff",
    border="#b6bec9",
    title="#000716",
    subtitle="#5f6b7a",
    container="#eaf2f8",
    container_border="#2e97a5",
    line="#5f6b7a",
    faint="#b6bec9",
    decision="#8d6605",
    error="#d91515",
    kinds={
        "Task": "#0972d3",
        "Wait": "#6b40b8",
        "Choice": "#8d6605",
        "Pass": "#5f6b7a",
        "Fail": "#d91515",
        "Succeed": "#037f0c",
        "Parallel": "#2e97a5",
        "Map": "#2e97a5",
    },
    statuses={
        "running": ("#0972d3", "#e3f0fc"),
        "retrying": ("#b5620a", "#fdf0e0"),
        "waiting": ("#6b40b8", "#f1ebfb"),
        "succeeded": ("#037f0c", "#e7f5e8"),
        "caught": ("#c2610a", "#fff3e0"),
        "failed": ("#d91515", "#fdeaea"),
        "timed_out": ("#b8126b", "#fce8f3"),
        "aborted": ("#5f6b7a", "#eceff2"),
    },
)
DARK = Theme(
    background="#0f1b2a",
    box="#16263a",
    border="#5f6b7a",
    title="#f2f4f7",
    subtitle="#a4b0be",
    container="#13304a",
    container_border="#45b8c7",
    line="#a4b0be",
    faint="#5f6b7a",
    decision="#e0b33c",
    error="#ff6b6b",
    kinds={
        "Task": "#539fe5",
        "Wait": "#a783f0",
        "Choice": "#e0b33c",
        "Pass": "#8d99a8",
        "Fail": "#ff6b6b",
        "Succeed": "#3fb950",
        "Parallel": "#45b8c7",
        "Map": "#45b8c7",
    },
    statuses={
        "running": ("#539fe5", "#153a5f"),
        "retrying": ("#f0a040", "#43301a"),
        "waiting": ("#a783f0", "#30254d"),
        "succeeded": ("#3fb950", "#14391f"),
        "caught": ("#f0a040", "#43301a"),
        "failed": ("#ff6b6b", "#4a1d24"),
        "timed_out": ("#f06bb2", "#472039"),
        "aborted": ("#8d99a8", "#2a3644"),
    },
)
THEMES: dict[ThemeName, Theme] = {"light": LIGHT, "dark": DARK}

# Glyphs on a disc of radius 8 around 0,0: strokes, so that they scale and need no font.
ICONS: dict[Status, str] = {
    "running": "M-2.5 -4 L4 0 L-2.5 4 Z",
    "retrying": "M3.6 -2.2 A4.2 4.2 0 1 0 4.2 0.8 M4.2 -4.4 L4 -1.8 L1.4 -2",
    "waiting": "M0 -4.4 L0 0.4 L3 2.4",
    "succeeded": "M-3.8 0.2 L-1.2 2.8 L3.8 -2.8",
    "caught": "M0 -4.2 L0 1 M0 3.4 L0 3.9",
    "failed": "M-3 -3 L3 3 M3 -3 L-3 3",
    "timed_out": "M-3 -4 L3 -4 L-3 4 L3 4 Z",
    "aborted": "M-2.8 -2.8 L2.8 -2.8 L2.8 2.8 L-2.8 2.8 Z",
}

"""The mouse: where a thing is, and a drag as a hand does it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def middle(found: Locator) -> tuple[float, float]:
    place = found.bounding_box()
    assert place is not None
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=5)
    page.mouse.move(*end, steps=5)
    page.mouse.up()

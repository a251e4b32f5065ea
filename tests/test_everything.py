"""What fails once by a bad moment of the machine is asked again, and named; what fails is failed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.everything import PytestPart, run_together

ONCE = """
import pathlib
def test_that_fails_the_first_time():
    been = pathlib.Path(__file__).with_suffix(".been")
    was_here = been.exists()
    been.touch()
    assert was_here
"""
SKIPPED_THE_SECOND_TIME = """
import pathlib, pytest
def test_that_is_skipped_the_second_time():
    been = pathlib.Path(__file__).with_suffix(".been")
    if been.exists():
        pytest.skip("been here")
    been.touch()
    assert False
"""
OTHER_NAME_EACH_TIME = """
import pytest, time
@pytest.mark.parametrize("now", [time.time()])
def test_that_fails(now): assert False
"""
ENDS_IT_ALL = """
import os
def test_that_ends_pytest(): os._exit(1)
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


def test_what_is_skipped_the_second_time_has_not_passed(tmp_path: Path) -> None:
    failed = part(tmp_path, skipped=SKIPPED_THE_SECOND_TIME)
    failed.run(aside=False)
    assert (failed.code, failed.unsteady) == (1, ())


def test_what_is_not_found_again_has_not_passed(tmp_path: Path) -> None:
    failed = part(tmp_path, once=ONCE, other=OTHER_NAME_EACH_TIME)
    failed.run(aside=False)
    assert (failed.code, failed.unsteady) == (1, ())


@pytest.mark.parametrize("aside", [False, True], ids=["shown", "aside"])
def test_a_part_that_was_ended_before_its_end_has_failed(tmp_path: Path, *, aside: bool) -> None:
    ended = part(tmp_path, ends=ENDS_IT_ALL)
    run_together([] if aside else [ended], [ended] if aside else [])
    assert ended.code == 1


def test_many_that_fail_are_not_asked_again(tmp_path: Path) -> None:
    failed = part(tmp_path, a=ONCE, b=ONCE, c=ONCE)
    failed.run(aside=False)
    assert failed.code == 1


def test_elsewhere_a_test_that_fails_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    failed = part(tmp_path, once=ONCE)
    failed.run(aside=False)
    assert failed.code == 1

"""Marks of activations: what they say of the dead, and nothing of the living."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.runtime.upkeep import CrashMarks


def test_an_activation_that_failed_in_a_living_worker_is_not_counted_again_when_the_worker_leaves(
    tmp_path: Path,
) -> None:
    marks = CrashMarks(tmp_path)
    with pytest.raises(ValueError, match="broken"), marks.advancing("execution"):
        raise ValueError("broken")
    (mark,) = tmp_path.iterdir()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    mark.rename(tmp_path / f"advancing-{gone.pid}-1")
    counted: list[str] = []
    marks.count_dead(lambda execution_id, reason: counted.append(execution_id))
    assert counted == []


def test_the_mark_of_a_dead_worker_whose_process_id_is_ours_now_is_counted(tmp_path: Path) -> None:
    """The first process of a container has the same id after each restart."""
    (tmp_path / f"advancing-{os.getpid()}-1").write_text("poisoned", encoding="ascii")
    marks = CrashMarks(tmp_path)
    counted: list[str] = []
    with marks.advancing("alive"):
        for _ in range(2):
            marks.count_dead(lambda execution_id, reason: counted.append(execution_id))
    assert counted == ["poisoned"]

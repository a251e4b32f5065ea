"""``make test``: the front end's tests, the Python tests on SQLite, the contract suites on PostgreSQL, the browser.

Each part runs even when one before it failed. A part that cannot run here says so loudly, and fails under CI=1. Beside
what mostly computes, shown as it goes, runs what mostly waits (for whole servers that are killed, and for PostgreSQL),
shown when it has ended. The browser comes last, with nobody beside it.

Under CI=1 one or two tests of a part that failed are asked a second time, alone: a machine that is shared with others
stands still now and then. Those that pass are named at the end: an unsteady test is a defect of it or of Treadle. What
is not found again, or skipped, has not passed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from tests.browser import ensure_chromium

# Of the order of tests: the same each time, so that CI runs what was run before it. Another number has another order.
SEED = os.environ.get("SEED", "191445086")
ORDER = f"--randomly-seed={SEED}"
PYTEST = (sys.executable, "-m", "pytest", "-q", ORDER)
# What asks the database for nothing, or nothing that depends on which it is.
NO_DATABASE = ("bodies", "catalogue", "fuzz", "pictures", "trying")
# Some at a time, a group each (tests/conftest.py). The longest begin first, so that none is left alone at the end.
TOGETHER = ("-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder")
LONGEST_FIRST = ("tests/runtime", "tests/aws", "tests/designer", "tests")
# Stories share nothing but the server. Two browsers use all of two processors; a third made each wait for the others.
BROWSERS = ("-n", "2", "--dist", "worksteal")

# What pytest ends with when tests failed, and nothing else did.
TESTS_FAILED = 1
# More that fail in one part are no bad moment of the machine.
MOST_UNSTEADY = 2


def _say(line: str) -> None:
    """In one piece: the other lane may say something, too."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Part:
    """A command, and how it ended."""

    name: str
    command: Sequence[str]
    output: IO[bytes] | None = None
    # Not ended well before it has ended, by whatever.
    code: int = 1

    def run(self, *, aside: bool) -> None:
        """To the console, or ``aside`` to be shown later."""
        began = time.monotonic()
        _say(f"== {self.name}: begins")
        if aside:
            self.output = tempfile.TemporaryFile()  # noqa: SIM115 - shown, and closed, when all have ended
        self.code = self.ask(self.command)
        how = "ok" if self.code == 0 else f"FAILED ({self.code})"
        _say(f"== {self.name}: {how} in {time.monotonic() - began:.0f} s")

    def ask(self, command: Sequence[str]) -> int:
        errors = subprocess.STDOUT if self.output else None
        return subprocess.run(command, check=False, stdout=self.output, stderr=errors).returncode

    @property
    def unsteady(self) -> Sequence[str]:
        """Tests that have failed and passed."""
        return ()

    def show(self) -> None:
        print(f"-- {self.name}", flush=True)
        if self.output:
            with self.output:
                self.output.seek(0)
                sys.stdout.buffer.write(self.output.read())
            sys.stdout.flush()


@dataclass
class PytestPart(Part):
    """Tests of pytest, whose failed ones may be asked again."""

    failed: Sequence[str] = ()

    def ask(self, command: Sequence[str]) -> int:
        with tempfile.TemporaryDirectory() as memory:
            command = [*command, "-o", f"cache_dir={memory}"]
            code = super().ask(command)
            if code != TESTS_FAILED or not os.environ.get("CI"):
                return code
            self.failed = _failed(memory)
            # None where pytest did not come to its end.
            if not 1 <= len(self.failed) <= MOST_UNSTEADY:
                return code
            _say(f"== {self.name}: a second time, alone: {', '.join(self.failed)}")
            told = Path(memory) / "second.xml"
            again = super().ask([*command, "--last-failed", "--last-failed-no-failures=none", f"--junitxml={told}"])
            return again or (0 if not _failed(memory) and _none_skipped(told) else TESTS_FAILED)

    @property
    def unsteady(self) -> Sequence[str]:
        return () if self.code else self.failed


def _failed(memory: str) -> list[str]:
    """Tests that have failed and not been seen to pass since; none where pytest was ended before it wrote them down."""
    kept = Path(memory) / "v/cache/lastfailed"
    return list(json.loads(kept.read_text())) if kept.exists() else []


def _none_skipped(told: Path) -> bool:
    return all(suite.get("skipped") == "0" for suite in ElementTree.parse(told).iter("testsuite"))


def computing() -> list[Part]:
    """Takes both processors, one part after the other."""
    return [
        Part("front end", ["npm", "--prefix", "frontend", "run", "--silent", "test"]),
        PytestPart("python, on SQLite", [*PYTEST, *TOGETHER, "-m", "not alone", "--ignore=tests/e2e", *LONGEST_FIRST]),
    ]


def waiting() -> list[Part]:
    """Leaves the processors idle for most of its time."""
    without = [f"--ignore=tests/designer/test_{name}.py" for name in NO_DATABASE]
    postgres = [
        sys.executable,
        "-m",
        "tests.on_postgres",
        "-q",
        ORDER,
        "-m",
        "not slow",
        "tests/contract",
        "tests/designer",
    ]
    return [
        PytestPart("whole servers", [*PYTEST, "-m", "alone", "tests/runtime"]),
        PytestPart("contracts, on PostgreSQL", [*postgres, *without]),
    ]


def browsing() -> Part:
    return PytestPart("browser", [*PYTEST, *BROWSERS, "tests/e2e"])


def run_together(shown: Sequence[Part], aside: Sequence[Part]) -> list[Part]:
    beside = [threading.Thread(target=part.run, kwargs={"aside": True}) for part in aside]
    for one in beside:
        one.start()
    for part in shown:
        part.run(aside=False)
    for one in beside:
        one.join()
    for part in aside:
        part.show()
    return [*shown, *aside]


def main() -> int:
    failed = []
    browser = bool(ensure_chromium())
    if not browser and os.environ.get("CI"):
        failed.append("browser (no Chromium)")
    elif not browser:
        print("!! The browser tests are SKIPPED: there is no Chromium. Install one: apt install chromium", flush=True)
    _say(f"== the order of tests is that of SEED={SEED}")
    done = run_together(computing(), waiting())
    if browser:
        done += run_together([browsing()], [])
    failed += [part.name for part in done if part.code]
    print(f"{sum(part.code == 0 for part in done)} passed, {len(failed)} failed", flush=True)
    for part in done:
        for test in part.unsteady:
            print(f"!! UNSTEADY: {test} failed, and passed when it was asked alone", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.exit("npm is not on PATH: run make test")
    sys.exit(main())

"""``make test``: the front end's tests, the Python tests on SQLite, the contract suites on PostgreSQL, the browser.

Each part runs even when one before it failed. A part that cannot run here says so loudly, and fails under CI=1. Beside
what mostly computes, shown as it goes, runs what mostly waits (for whole servers that are killed, and for PostgreSQL),
shown when it has ended.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

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


def _say(line: str) -> None:
    """In one piece: the other lane may say something, too."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Part:
    """A command, and how it ended."""

    name: str
    command: Sequence[str]
    output: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    code: int = 0

    def run(self, *, aside: bool) -> None:
        """To the console, or ``aside`` to be shown later."""
        began = time.monotonic()
        told = {"stdout": self.output, "stderr": subprocess.STDOUT} if aside else {}
        _say(f"== {self.name}: begins")
        self.code = subprocess.run(self.command, check=False, **told).returncode  # type: ignore[call-overload]
        how = "ok" if self.code == 0 else f"FAILED ({self.code})"
        _say(f"== {self.name}: {how} in {time.monotonic() - began:.0f} s")

    def show(self) -> None:
        print(f"-- {self.name}", flush=True)
        self.output.seek(0)
        sys.stdout.buffer.write(self.output.read())
        sys.stdout.flush()


def computing(browser: bool) -> list[Part]:
    """Takes both processors, one part after the other."""
    parts = [
        Part("front end", ["npm", "--prefix", "frontend", "run", "--silent", "test"]),
        Part("python, on SQLite", [*PYTEST, *TOGETHER, "-m", "not alone", "--ignore=tests/e2e", *LONGEST_FIRST]),
    ]
    if browser:
        parts.append(Part("browser", [*PYTEST, *BROWSERS, "tests/e2e"]))
    return parts


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
        Part("whole servers", [*PYTEST, "-m", "alone", "tests/runtime"]),
        Part("contracts, on PostgreSQL", [*postgres, *without]),
    ]


def run_all(shown: Sequence[Part], aside: Sequence[Part]) -> None:
    beside = [threading.Thread(target=part.run, kwargs={"aside": True}) for part in aside]
    for one in beside:
        one.start()
    for part in shown:
        part.run(aside=False)
    for one in beside:
        one.join()
    for part in aside:
        part.show()


def main() -> int:
    failed = []
    browser = bool(ensure_chromium())
    if not browser and os.environ.get("CI"):
        failed.append("browser (no Chromium)")
    elif not browser:
        print("!! The browser tests are SKIPPED: there is no Chromium. Install one: apt install chromium", flush=True)
    shown, aside = computing(browser), waiting()
    _say(f"== the order of tests is that of SEED={SEED}")
    run_all(shown, aside)
    done = [*shown, *aside]
    failed += [part.name for part in done if part.code]
    print(f"{sum(part.code == 0 for part in done)} passed, {len(failed)} failed", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.exit("npm is not on PATH: run make test")
    sys.exit(main())

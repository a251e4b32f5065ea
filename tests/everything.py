"""``make test``: the front end's tests, the Python tests on SQLite, the contract suites on PostgreSQL, the browser.

Each part runs even when one before it failed. A part that cannot run here says so loudly, and fails under CI=1. Parts
of one stage run side by side: what mostly waits (whole servers that are killed) beside what mostly computes.
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

PYTEST = (sys.executable, "-m", "pytest", "-q")
# Two at a time, a file each: what a file shares is made once.
TOGETHER = ("-n", "2", "--dist", "loadfile")


@dataclass
class Part:
    """A command, what it prints when others run beside it, and how it ended."""

    name: str
    command: Sequence[str]
    output: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    code: int = 0
    seconds: float = 0.0

    def run(self, *, aside: bool) -> None:
        """To the console, or ``aside`` to be shown later."""
        began = time.monotonic()
        told = {"stdout": self.output, "stderr": subprocess.STDOUT} if aside else {}
        self.code = subprocess.run(self.command, check=False, **told).returncode  # type: ignore[call-overload]
        self.seconds = time.monotonic() - began

    def show(self) -> None:
        print(f"-- {self.name}", flush=True)
        self.output.seek(0)
        sys.stdout.buffer.write(self.output.read())
        sys.stdout.flush()


Lane = Sequence[Part]
"""One after the other."""


def stages(browser: bool) -> list[list[Lane]]:
    """One after the other; the lanes of a stage run side by side."""
    beside: list[Part] = [
        Part(
            "contracts, on PostgreSQL",
            [sys.executable, "-m", "tests.on_postgres", "-q", "-m", "not slow", "tests/contract", "tests/designer"],
        )
    ]
    if browser:
        beside.append(Part("browser", [*PYTEST, *TOGETHER, "tests/e2e"]))
    return [
        [[Part("front end", ["npm", "--prefix", "frontend", "run", "--silent", "test"])]],
        [[Part("python, on SQLite", [*PYTEST, *TOGETHER, "-m", "not alone", "--ignore=tests/e2e"])]],
        [[Part("whole servers", [*PYTEST, "-m", "alone", "--ignore=tests/e2e"])], beside],
    ]


def run_stage(lanes: Sequence[Lane]) -> list[Part]:
    parts = [part for lane in lanes for part in lane]
    aside = len(lanes) > 1
    print(f"== {', beside '.join(' and '.join(part.name for part in lane) for lane in lanes)}", flush=True)

    def follow(lane: Lane) -> None:
        for part in lane:
            part.run(aside=aside)

    threads = [threading.Thread(target=follow, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for part in parts:
        if aside:
            part.show()
        print(
            f"== {part.name}: {'ok' if part.code == 0 else f'FAILED ({part.code})'} in {part.seconds:.0f} s", flush=True
        )
    return parts


def main() -> int:
    failed = []
    browser = bool(ensure_chromium())
    if not browser and os.environ.get("CI"):
        failed.append("browser (no Chromium)")
    elif not browser:
        print("!! The browser tests are SKIPPED: there is no Chromium. Install one: apt install chromium", flush=True)
    done = [part for lanes in stages(browser) for part in run_stage(lanes)]
    failed += [part.name for part in done if part.code]
    print(f"{sum(part.code == 0 for part in done)} passed, {len(failed)} failed", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.exit("npm is not on PATH: run make test")
    sys.exit(main())

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
    """A command, and what it prints when another runs beside it."""

    name: str
    command: Sequence[str]
    output: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def run(self) -> int:
        """Alone, to the console."""
        return subprocess.run(self.command, check=False).returncode

    def begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self.command, stdout=self.output, stderr=subprocess.STDOUT)

    def show(self) -> None:
        self.output.seek(0)
        sys.stdout.buffer.write(self.output.read())
        sys.stdout.flush()


STAGES: tuple[tuple[Part, ...], ...] = (
    (Part("front end", ["npm", "--prefix", "frontend", "run", "--silent", "test"]),),
    (Part("python, on SQLite", [*PYTEST, *TOGETHER, "-m", "not alone", "--ignore=tests/e2e"]),),
    (
        Part("whole servers", [*PYTEST, "-m", "alone", "--ignore=tests/e2e"]),
        Part(
            "contracts, on PostgreSQL",
            [sys.executable, "-m", "tests.on_postgres", "-q", "tests/contract", "tests/designer"],
        ),
    ),
)
BROWSER = Part("browser", [*PYTEST, *TOGETHER, "tests/e2e"])


def run_stage(parts: Sequence[Part]) -> list[str]:
    """The names of those that failed."""
    began = time.monotonic()
    print(f"== {', beside '.join(part.name for part in parts)}", flush=True)
    if len(parts) == 1:
        codes = [parts[0].run()]
    else:
        processes = [part.begin() for part in parts]
        codes = [process.wait() for process in processes]
        for part in parts:
            print(f"-- {part.name}", flush=True)
            part.show()
    seconds = time.monotonic() - began
    for part, code in zip(parts, codes, strict=True):
        print(f"== {part.name}: {'ok' if code == 0 else f'FAILED ({code})'} in {seconds:.0f} s", flush=True)
    return [part.name for part, code in zip(parts, codes, strict=True) if code]


def main() -> int:
    failed = []
    stages = list(STAGES)
    if ensure_chromium():
        stages.append((BROWSER,))
    elif os.environ.get("CI"):
        failed.append("browser (no Chromium)")
    else:
        print("!! The browser tests are SKIPPED: there is no Chromium. Install one: apt install chromium", flush=True)
    for parts in stages:
        failed += run_stage(parts)
    count = sum(len(parts) for parts in stages)
    print(f"{count - len(failed)} passed, {len(failed)} failed", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.exit("npm is not on PATH: run make test")
    sys.exit(main())

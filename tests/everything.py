"""``make test``: the front end's tests, the Python tests on SQLite, the contract suites on PostgreSQL, the browser.

Each part runs even when one before it failed. A part that cannot run here says so loudly, and fails under CI=1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from tests.browser import ensure_chromium

PYTEST = (sys.executable, "-m", "pytest", "-q")
# Two at a time, a file each: what a file shares is made once. Whole servers have the machine to themselves.
TOGETHER = ("-n", "2", "--dist", "loadfile")
PARTS = (
    ("front end", ["npm", "--prefix", "frontend", "run", "--silent", "test"]),
    ("python, on SQLite", [*PYTEST, *TOGETHER, "-m", "not slow", "--ignore=tests/e2e"]),
    ("whole servers", [*PYTEST, "-m", "slow", "--ignore=tests/e2e"]),
    (
        "contracts, on PostgreSQL",
        [sys.executable, "-m", "tests.on_postgres", "-q", *TOGETHER, "tests/contract", "tests/designer"],
    ),
)
BROWSER = ("browser", [sys.executable, "-m", "pytest", "-q", "tests/e2e"])


def main() -> int:
    failed = []
    parts = list(PARTS)
    if ensure_chromium():
        parts.append(BROWSER)
    elif os.environ.get("CI"):
        failed.append("browser (no Chromium)")
    else:
        print("!! The browser tests are SKIPPED: there is no Chromium. Install one: apt install chromium", flush=True)
    for name, command in parts:
        began = time.monotonic()
        print(f"== {name}", flush=True)
        code = subprocess.run(command, check=False).returncode
        print(f"== {name}: {'ok' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - began:.0f} s", flush=True)
        if code:
            failed.append(name)
    print(f"{len(parts) - len(failed)} passed, {len(failed)} failed", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.exit("npm is not on PATH: run make test")
    sys.exit(main())

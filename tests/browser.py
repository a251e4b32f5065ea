"""Where the browser for the tests is, and how it gets there."""

from __future__ import annotations

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The browser's program: CHROMIUM, or what is installed."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def ensure_chromium() -> str | None:
    """Install Debian's Chromium where that is possible (as root, with apt); None where it is not."""
    found = chromium()
    if found is not None or shutil.which("apt-get") is None or os.geteuid() != 0:
        return found
    print("installing Chromium for the browser tests (apt-get install chromium)", flush=True)
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
            return None
    return chromium()

"""``make lint``: every formatter, linter and type checker, all of them, even when the first one fails."""

from __future__ import annotations

import subprocess
import sys

CHECKS = (
    ("format", ["ruff", "format", "--check", "--quiet", "."]),
    ("ruff", ["ruff", "check", "--quiet", "."]),
    ("mypy", ["mypy"]),
    ("imports", ["lint-imports", "--no-logo"]),
    ("checks", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("front end", ["npm", "--prefix", "frontend", "run", "--silent", "lint"]),
)


def main() -> int:
    failed = []
    for name, command in CHECKS:
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print(f"{name:<10} {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

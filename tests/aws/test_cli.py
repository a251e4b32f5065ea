"""The real AWS CLI, with the environment that Treadle prints and documents."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import ACCOUNT, KEY, REGION, ROLE, SECRET
from tests.harness import Server, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

AWS = Path(sys.executable).parent / "aws"
FLAKY = {
    "StartAt": "Try",
    "States": {"Try": {"Type": "Task", "Resource": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Flaky", "End": True}},
}


def printed_environment(server: Server) -> dict[str, str]:
    """What the line of ``make run`` says, as a shell would set it."""
    [line] = [line for line in server.lines if "AWS_ENDPOINT_URL_SFN" in line]
    return dict(re.findall(r"(AWS_\w+)=(\S+)", line))


def test_the_cli_creates_runs_describes_and_redrives_a_machine(server: Server, name: str, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        **printed_environment(server),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }
    assert environment["AWS_ENDPOINT_URL_SFN"] == server.address
    assert environment["AWS_DISABLE_HOST_PREFIX_INJECTION"] == "true"

    def aws(*words: str) -> Any:
        done = subprocess.run(
            [AWS, "stepfunctions", *words, "--output", "json"], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    def described(execution: str) -> Any:
        found = aws("describe-execution", "--execution-arn", execution)
        return found if found["status"] != "RUNNING" else None

    server.write_function("Flaky", "def handler(event, context):\n    raise Exception('not yet')\n")
    made = aws("create-state-machine", "--name", name, "--definition", json.dumps(FLAKY), "--role-arn", ROLE)
    machine = made["stateMachineArn"]
    assert machine in [one["stateMachineArn"] for one in aws("list-state-machines")["stateMachines"]]
    execution = aws("start-execution", "--state-machine-arn", machine, "--input", '{"n": 1}')["executionArn"]
    assert until(lambda: described(execution), 60, "the first end")["status"] == "FAILED"
    server.write_function("Flaky", "def handler(event, context):\n    return event\n")
    aws("redrive-execution", "--execution-arn", execution)
    found = until(lambda: described(execution), 60, "the second end")
    assert (found["status"], json.loads(found["output"]), found["redriveCount"]) == ("SUCCEEDED", {"n": 1}, 1)
    events = aws("get-execution-history", "--execution-arn", execution, "--reverse-order", "--max-items", "1")
    assert events["events"][0]["type"] == "ExecutionSucceeded"
    tested = aws("test-state", "--definition", json.dumps({"Type": "Pass", "End": True}), "--input", '{"a":1}')
    assert (tested["status"], tested["output"]) == ("SUCCEEDED", '{"a":1}')
    refused = subprocess.run(
        [AWS, "stepfunctions", "describe-state-machine", "--state-machine-arn", f"{machine}x"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert "StateMachineDoesNotExist" in refused.stderr

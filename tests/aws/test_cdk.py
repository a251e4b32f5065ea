"""The real CDK: what the documentation says to type brings a stack's machines here.

Wanted: a folder with CDK and its library, named by CDK_TEST_FOLDER:
``npm install --prefix DIR aws-cdk aws-cdk-lib constructs`` (some 200 MB, which no other test needs).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import KEY, REGION, SECRET
from tests.harness import ROOT, Server, until

_FOLDER = os.environ.get("CDK_TEST_FOLDER", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not (_FOLDER and Path(_FOLDER, "node_modules", ".bin", "cdk").exists() and shutil.which("jq")),
        reason="CDK IS NOT TESTED: set CDK_TEST_FOLDER to a folder made by "
        "`npm install --prefix DIR aws-cdk aws-cdk-lib constructs`, and install jq",
    ),
]

APP = """
const {App, Stack} = require("aws-cdk-lib");
const sfn = require("aws-cdk-lib/aws-stepfunctions");

class HelloStack extends Stack {
  constructor(scope, id) {
    super(scope, id);
    const hello = new sfn.Pass(this, "Hello", {result: sfn.Result.fromString("from CDK")});
    const wait = new sfn.Wait(this, "A moment", {time: sfn.WaitTime.seconds(0)});
    new sfn.StateMachine(this, "Machine", {
      %s
    });
  }
}
new HelloStack(new App(), "HelloStack");
"""
CHAINED = "definitionBody: sfn.DefinitionBody.fromChainable(hello.next(wait))"


def documented() -> str:
    """The commands of the reference, as a shell script."""
    text = (ROOT / "docs" / "reference" / "aws-api.md").read_text(encoding="utf-8")
    block = re.search(r"### CDK.*?```console\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return re.sub(r"^\$ ", "", block[1], flags=re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "node_modules").symlink_to(Path(_FOLDER, "node_modules"))
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "node app.js"}), encoding="utf-8")
    return tmp_path


def run(project: Path, server: Server, script: str) -> Any:
    """What its last command printed, as JSON."""
    binaries = [Path(_FOLDER, "node_modules", ".bin"), Path(sys.executable).parent]
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=project,
        env={
            "PATH": os.pathsep.join([*map(str, binaries), os.environ["PATH"]]),
            "HOME": str(project),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "AWS_ENDPOINT_URL_SFN": server.address,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout[done.stdout.index("{") :])


def test_a_stack_is_synthesised_and_its_machine_made_and_run(server: Server, sfn: Any, project: Path) -> None:
    (project / "app.js").write_text(APP % CHAINED, encoding="utf-8")
    made = run(project, server, documented())
    try:
        assert made["stateMachineArn"].endswith(":stateMachine:hello")
        execution = sfn.start_execution(stateMachineArn=made["stateMachineArn"])["executionArn"]

        def ended() -> Any:
            found = sfn.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None

        found = until(ended, 30, "the end")
        assert (found["status"], found["output"]) == ("SUCCEEDED", '"from CDK"')
    finally:
        sfn.delete_state_machine(stateMachineArn=made["stateMachineArn"])

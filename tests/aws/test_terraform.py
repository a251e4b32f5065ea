"""The calls that Terraform's AWS provider makes for the resources of the documentation, in its order and with its
arguments (its package ``internal/service/sfn``). The provider itself comes from its makers' registry alone: where
``terraform`` is there with the provider installed, the documented resources are applied as they stand, too.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import KEY, ROLE, SECRET
from tests.harness import ROOT, Server, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

HELLO = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
BYE = '{"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 0, "End": true}}}'
_PROVIDER = Path(os.environ.get("TF_PLUGIN_FOLDER", "-"))


def _gone(call: Callable[[], Any], code: str) -> bool:
    try:
        call()
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == code)
    return False


def test_a_machine_and_its_alias_live_through_what_the_provider_does_with_them(sfn: Any, name: str) -> None:
    def plan(definition: str) -> None:
        found = sfn.validate_state_machine_definition(definition=definition, type="STANDARD")
        assert found["result"] == "OK"

    def read() -> tuple[dict[str, Any], str]:
        found = sfn.describe_state_machine(stateMachineArn=arn)
        versions = sfn.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
        return found, versions[0]["stateMachineVersionArn"]

    plan(HELLO)
    made = sfn.create_state_machine(
        name=name, definition=HELLO, roleArn=ROLE, publish=True, type="STANDARD", tags=[{"key": "by", "value": "tf"}]
    )
    arn = made["stateMachineArn"]
    found, version = read()
    assert (found["definition"], found["roleArn"], found["status"], found["type"]) == (
        HELLO,
        ROLE,
        "ACTIVE",
        "STANDARD",
    )
    assert version == f"{arn}:1"
    assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "by", "value": "tf"}]
    routes = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = sfn.create_state_machine_alias(name="live", description="", routingConfiguration=routes)
    alias = alias["stateMachineAliasArn"]
    assert sfn.describe_state_machine_alias(stateMachineAliasArn=alias)["routingConfiguration"] == routes

    plan(BYE)
    sfn.update_state_machine(stateMachineArn=arn, definition=BYE, roleArn=ROLE, publish=True, versionDescription="")
    found, version = read()
    assert (found["definition"], version) == (BYE, f"{arn}:2")
    routes = [{"stateMachineVersionArn": version, "weight": 100}]
    sfn.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=routes)
    assert sfn.describe_state_machine_alias(stateMachineAliasArn=alias)["routingConfiguration"] == routes

    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    assert _gone(lambda: sfn.describe_state_machine_alias(stateMachineAliasArn=alias), "ResourceNotFound")
    sfn.delete_state_machine(stateMachineArn=arn)
    until(
        lambda: _gone(lambda: sfn.describe_state_machine(stateMachineArn=arn), "StateMachineDoesNotExist"), 30, "gone"
    )


def test_an_activity_lives_through_what_the_provider_does_with_it(sfn: Any, name: str) -> None:
    arn = sfn.create_activity(name=name, tags=[])["activityArn"]
    assert sfn.describe_activity(activityArn=arn)["name"] == name
    assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == []
    sfn.tag_resource(resourceArn=arn, tags=[{"key": "by", "value": "tf"}])
    sfn.untag_resource(resourceArn=arn, tagKeys=["by"])
    sfn.delete_activity(activityArn=arn)
    assert _gone(lambda: sfn.describe_activity(activityArn=arn), "ActivityDoesNotExist")


@pytest.mark.skipif(
    not (shutil.which("terraform") and _PROVIDER.is_dir()),
    reason="TERRAFORM ITSELF IS NOT TESTED: install terraform, and name by TF_PLUGIN_FOLDER a folder that "
    "`terraform providers mirror` has filled with hashicorp/aws",
)
def test_the_documented_resources_are_applied_and_nothing_is_left_to_change(
    server: Server, sfn: Any, tmp_path: Path
) -> None:
    text = (ROOT / "docs" / "reference" / "aws-api.md").read_text(encoding="utf-8")
    block = re.search(r"### Terraform\n\n```hcl\n(.*?)```", text, re.DOTALL)
    assert block is not None
    variables = 'variable "treadle_key_id" {}\nvariable "treadle_secret" {}\n'
    documented = variables + block[1].replace("http://127.0.0.1:8000", server.address)
    (tmp_path / "main.tf").write_text(documented, encoding="utf-8")
    (tmp_path / "hello.asl.json").write_text(HELLO, encoding="utf-8")

    def terraform(*words: str) -> int:
        environment = {
            **os.environ,
            "TF_VAR_treadle_key_id": KEY,
            "TF_VAR_treadle_secret": SECRET,
            "CHECKPOINT_DISABLE": "1",
        }
        done = subprocess.run(["terraform", *words], cwd=tmp_path, env=environment, check=False)
        return done.returncode

    assert terraform("init", "-input=false", f"-plugin-dir={_PROVIDER}") == 0
    try:
        assert terraform("apply", "-input=false", "-auto-approve") == 0
        assert terraform("plan", "-input=false", "-detailed-exitcode") == 0  # 2 would be a difference
        assert "hello" in [one["name"] for one in sfn.list_state_machines()["stateMachines"]]
    finally:
        assert terraform("destroy", "-input=false", "-auto-approve") == 0

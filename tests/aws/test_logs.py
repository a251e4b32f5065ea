"""The execution log is what CloudWatch would get."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from designer.services.execution_logs import is_logged
from tests.aws.conftest import ACCOUNT, REGION
from tests.aws.test_operations import FAIL, MAP, PASS, ended
from tests.harness import Server, until

GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/vendedlogs/states/tests:*"


def logging(level: str, *, data: bool = False) -> dict[str, Any]:
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": GROUP}}
    return {"level": level, "includeExecutionData": data, "destinations": [destination]}


def lines_of(server: Server, part: str) -> list[dict[str, Any]]:
    """Whole lines of all days: the worker may be about to write one."""
    files = sorted((server.data / "logs" / "executions").glob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text().split("\n")[:-1]]
    return [one for one in lines if part in one["execution_arn"]]


def test_levels_let_through_what_aws_says() -> None:
    types = ["ExecutionStarted", "TaskFailed", "FailStateEntered", "ExecutionFailed", "ExecutionSucceeded"]
    passed = {level: [one for one in types if is_logged(level, one)] for level in ("OFF", "FATAL", "ERROR", "ALL")}
    assert passed == {
        "OFF": [],
        "FATAL": ["ExecutionFailed"],
        "ERROR": ["TaskFailed", "FailStateEntered", "ExecutionFailed"],
        "ALL": types,
    }


@pytest.mark.slow
def test_every_event_is_logged_once_in_order_with_its_data(sfn: Any, server: Server, make: Callable[..., str]) -> None:
    machine = make(PASS, loggingConfiguration=logging("ALL", data=True))
    assert sfn.describe_state_machine(stateMachineArn=machine)["loggingConfiguration"] == logging("ALL", data=True)
    execution = sfn.start_execution(stateMachineArn=machine, input='{"a":1}')["executionArn"]
    ended(sfn, execution)
    lines = until(lambda: len(found := lines_of(server, execution)) == 4 and found, 20, "four lines")
    history = sfn.get_execution_history(executionArn=execution)["events"]
    assert [(one["id"], one["type"]) for one in lines] == [(str(one["id"]), one["type"]) for one in history]
    assert lines[0]["details"]["input"] == '{"a":1}'
    assert lines[0].keys() == {
        "id", "type", "details", "redrive_count", "previous_event_id", "event_timestamp", "execution_arn",
    }  # fmt: skip


@pytest.mark.slow
def test_without_execution_data_no_payload_is_logged_and_a_redrive_goes_on(
    sfn: Any, server: Server, make: Callable[..., str]
) -> None:
    execution = sfn.start_execution(stateMachineArn=make(FAIL, loggingConfiguration=logging("ERROR")))["executionArn"]
    ended(sfn, execution)
    found = until(lambda: lines_of(server, execution), 20, "lines")
    assert [one["type"] for one in found] == ["FailStateEntered", "ExecutionFailed"]
    assert "input" not in found[0]["details"]
    sfn.redrive_execution(executionArn=execution)
    ended(sfn, execution)
    again = until(lambda: len(more := lines_of(server, execution)) == 3 and more, 20, "one more line")
    assert [one["redrive_count"] for one in again] == ["0", "0", "1"]


@pytest.mark.slow
def test_children_of_a_map_run_and_express_executions_are_logged_too(
    sfn: Any, server: Server, make: Callable[..., str], name: str
) -> None:
    machine = make(MAP, loggingConfiguration=logging("ALL"))
    ended(sfn, sfn.start_execution(stateMachineArn=machine, input='[{"s":0}]')["executionArn"])
    until(lambda: lines_of(server, f":execution:{name}/Each:"), 20, "lines of a child")
    express = make(PASS, name=f"{name}-x", type="EXPRESS", loggingConfiguration=logging("ALL"))
    arn = sfn.start_sync_execution(stateMachineArn=express)["executionArn"]
    until(lambda: len(lines_of(server, arn)) == 4, 20, "lines of an EXPRESS execution")

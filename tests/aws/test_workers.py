"""Workers outside: activities that are polled for, and tasks that are ended by their token."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.aws.conftest import client_of
from tests.aws.signing import signed
from tests.aws.test_operations import ended, machine_of, refused
from tests.harness import Server, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def activity(sfn: Any, name: str) -> str:
    return str(sfn.create_activity(name=name)["activityArn"])


@pytest.fixture
def execution(sfn: Any, make: Callable[..., str], activity: str) -> str:
    machine = make(machine_of(("Work", {"Type": "Task", "Resource": activity})))
    return str(sfn.start_execution(stateMachineArn=machine, input='{"n": 1}')["executionArn"])


def test_a_worker_takes_a_task_and_its_result_goes_on(sfn: Any, activity: str, execution: str) -> None:
    task = sfn.get_activity_task(activityArn=activity, workerName="tester")
    assert json.loads(task["input"]) == {"n": 1}
    sfn.send_task_heartbeat(taskToken=task["taskToken"])
    sfn.send_task_success(taskToken=task["taskToken"], output='{"done": true}')
    assert json.loads(ended(sfn, execution)["output"]) == {"done": True}
    events = sfn.get_execution_history(executionArn=execution)["events"]
    started = next(one for one in events if one["type"] == "ActivityStarted")
    assert started["activityStartedEventDetails"]["workerName"] == "tester"
    for call, given in (
        (sfn.send_task_success, {"output": "{}"}),
        (sfn.send_task_failure, {}),
        (sfn.send_task_heartbeat, {}),
    ):
        assert refused(call, taskToken=task["taskToken"], **given)[0] == "TaskTimedOut"


def test_a_worker_fails_its_task_with_error_and_cause(sfn: Any, activity: str, execution: str) -> None:
    task = sfn.get_activity_task(activityArn=activity)
    assert refused(sfn.send_task_success, taskToken=task["taskToken"], output="{")[0] == "InvalidOutput"
    sfn.send_task_failure(taskToken=task["taskToken"], error="Sour", cause="no lemons")
    found = ended(sfn, execution)
    assert (found["status"], found["error"]) == ("FAILED", "Sour")


def test_a_poll_is_answered_when_a_task_comes(
    sfn: Any, server: Server, make: Callable[..., str], activity: str
) -> None:
    found: list[dict[str, Any]] = []
    poll = threading.Thread(
        target=lambda: found.append(client_of(server.address).get_activity_task(activityArn=activity))
    )
    poll.start()
    machine = make(machine_of(("Work", {"Type": "Task", "Resource": activity})))
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    poll.join()
    sfn.send_task_success(taskToken=found[0]["taskToken"], output="1")
    assert ended(sfn, execution)["output"] == "1"


def test_a_worker_that_left_gets_no_task(sfn: Any, server: Server, make: Callable[..., str], activity: str) -> None:
    body = json.dumps({"activityArn": activity}).encode()
    headers = signed(server.address, "GetActivityTask", body)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(["POST / HTTP/1.1", *lines, f"Content-Length: {len(body)}", "", ""])
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + body)
        connection.settimeout(1)
        with pytest.raises(TimeoutError):
            connection.recv(1)
    machine = make(machine_of(("Work", {"Type": "Task", "Resource": activity})))
    execution = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    task = until(lambda: "taskToken" in (one := sfn.get_activity_task(activityArn=activity)) and one, 120, "the task")
    sfn.send_task_success(taskToken=task["taskToken"], output="1")
    assert ended(sfn, execution)["status"] == "SUCCEEDED"


def test_a_token_of_nobody_is_invalid_and_an_unknown_activity_does_not_exist(sfn: Any, activity: str) -> None:
    assert refused(sfn.send_task_success, taskToken="made-up", output="{}")[0] == "InvalidToken"
    assert refused(sfn.send_task_heartbeat, taskToken="made-up")[0] == "InvalidToken"
    assert refused(sfn.get_activity_task, activityArn=f"{activity}x")[0] == "ActivityDoesNotExist"

"""A whole Treadle and what its tasks reach: nested machines, callbacks, HTTP, and jobs whose worker is killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest

from tests.aws.conftest import KEY, SECRET, client_of
from tests.harness import Server, free_port, until
from tests.integrations.recording import Asked, Reply, recording

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

KEYS = {"TREADLE_ACCESS_KEY_ID": KEY, "TREADLE_SECRET_ACCESS_KEY": SECRET, "TREADLE_SQLITE_SYNC": "normal"}
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:"


def task(resource: str, parameters: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True, **fields}
    return {"StartAt": "T", "States": {"T": state if parameters is None else {**state, "Parameters": parameters}}}


def types(server: Server, execution: str) -> list[str]:
    return [event["type"] for event in server.history(execution)]


# -- with a local AWS -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    environment = {**KEYS, "AWS": "local", "TREADLE_LOCAL_AWS_PORT": str(port), "TREADLE_HTTP_ALLOW": "127.0.0.1"}
    with Server(tmp_path_factory.mktemp("reach"), environment=environment) as server:
        yield server


@pytest.fixture
def aws(local: Server) -> Callable[[str], Any]:
    def client(service: str) -> Any:
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=f"http://127.0.0.1:{local.environment['TREADLE_LOCAL_AWS_PORT']}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return client


def test_the_local_aws_is_told_of_at_the_start(local: Server) -> None:
    assert any(f"127.0.0.1:{local.environment['TREADLE_LOCAL_AWS_PORT']}" in line for line in local.lines)


@pytest.mark.parametrize(("pattern", "parsed"), [(".sync", False), (".sync:2", True)])
def test_a_nested_execution_gives_its_output(local: Server, pattern: str, parsed: bool) -> None:
    child = f"Child{parsed}"
    local.machine(child, {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": {"n": 1}, "End": True}}})
    given = {"StateMachineArn": MACHINE + child, "Input": {"from.$": "$$.Execution.Id"}}
    parent = local.machine(f"Parent{parsed}", task(f"states:startExecution{pattern}", given))
    ended = local.ended(local.begin(parent)["id"], 30)
    assert ended["status"] == "SUCCEEDED"
    assert ended["output"]["Output"] == ({"n": 1} if parsed else '{"n":1}')
    assert ended["output"]["Status"] == "SUCCEEDED"
    children = local.call("GET", f"/api/executions/?started_by={ended['id']}")[1]["results"]
    assert [one["machine"]["name"] for one in children] == [child]
    starter = {name: ended[name] for name in ("id", "name", "machine")}
    assert local.execution(children[0]["id"])["started_by"] == starter
    assert ended["started_by"] is None


def test_a_nested_execution_that_fails_fails_its_parent_and_a_stop_goes_down(local: Server) -> None:
    local.machine("Fails", {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Sour"}}})
    sync = "states:startExecution.sync"
    failing = local.machine("ParentOfFails", task(sync, {"StateMachineArn": MACHINE + "Fails"}))
    ended = local.ended(local.begin(failing)["id"], 30)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(ended["cause"])["Error"] == "Sour"
    waits = local.machine("Waits", {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}})
    parent = local.machine("ParentOfWaits", task(sync, {"StateMachineArn": MACHINE + "Waits"}))
    begun = local.begin(parent)["id"]

    def child() -> Any:
        return local.call("GET", f"/api/executions/?machine={waits}")[1]["results"]

    until(child, 30, "the child")
    until(lambda: "TaskSubmitted" in types(local, begun), 30, "the submission")
    local.call("POST", f"/api/executions/{begun}/stop/", {})
    until(lambda: child()[0]["status"] == "ABORTED", 30, "the stop of the child")


def test_a_machine_of_nobody_is_an_error_in_aws_words(local: Server) -> None:
    machine = local.machine("Lost", task("states:startExecution", {"StateMachineArn": MACHINE + "Nowhere"}))
    ended = local.ended(local.begin(machine)["id"], 30)
    assert ended["error"] == "StepFunctions.StateMachineDoesNotExistException"
    assert ended["cause"].startswith(f"State Machine Does Not Exist: '{MACHINE}Nowhere' (Service: AWSStepFunctions; ")


def test_a_message_carries_the_token_that_its_reader_answers_with(local: Server, aws: Callable[[str], Any]) -> None:
    url = aws("sqs").create_queue(QueueName="approvals")["QueueUrl"]
    given = {"QueueUrl": url, "MessageBody": {"token.$": "$$.Task.Token", "order.$": "$.order"}}
    machine = local.machine("Approval", task("sqs:sendMessage.waitForTaskToken", given))
    begun = local.begin(machine, {"order": 7})["id"]
    message = until(
        lambda: aws("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"), 30, "the message"
    )
    body = json.loads(message[0]["Body"])
    assert body["order"] == 7
    client_of(local.address).send_task_success(taskToken=body["token"], output='"approved"')
    assert local.ended(begun, 30)["output"] == "approved"
    assert types(local, begun)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]


def test_an_item_goes_to_dynamodb_and_comes_back(local: Server, aws: Callable[[str], Any]) -> None:
    aws("dynamodb").create_table(
        TableName="Orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = {"TableName": "Orders", "Key": {"id": {"S": "1"}}}
    put = task("dynamodb:putItem", {"TableName": "Orders", "Item": {"id": {"S": "1"}}})["States"]["T"]
    del put["End"]
    states = {"Put": {**put, "Next": "T"}, **task("dynamodb:getItem", key)["States"]}
    ended = local.ended(local.begin(local.machine("Items", {"StartAt": "Put", "States": states}))["id"], 30)
    assert ended["output"]["Item"] == {"id": {"S": "1"}}


def test_an_http_task_is_authorised_by_its_connection_whose_secret_nobody_is_told(local: Server) -> None:
    with recording(lambda _: Reply(body=b'{"ok": true}')) as server:
        status, made = local.call(
            "POST", "/api/connections/", {"name": "shop", "kind": "API_KEY", "user": "X-Key", "secret": "hidden-key"}
        )
        assert status == 201
        assert "hidden-key" not in json.dumps([made, local.call("GET", "/api/connections/")[1]])
        given = {
            "ApiEndpoint": f"{server.address}/orders",
            "Method": "POST",
            "RequestBody": {"n.$": "$.n"},
            "InvocationConfig": {"ConnectionArn": made["arn"]},
        }
        ended = local.ended(local.begin(local.machine("Http", task("http:invoke", given)), {"n": 3})["id"], 30)
        assert ended["status"] == "SUCCEEDED", ended
        assert ended["output"]["ResponseBody"] == {"ok": True}
        assert server.asked[0].headers["X-Key"] == "hidden-key"
        assert "hidden-key" not in json.dumps(ended)
        database = (local.data / "db.sqlite3") if (local.data / "db.sqlite3").exists() else None
        for path in [database] if database else local.data.glob("*.sqlite3*"):
            assert b"hidden-key" not in path.read_bytes()


# -- with a worker that is killed -----------------------------------------------------------------------------------


class Ecs:
    """As much of ECS as a job needs, over its real protocol. It kills whom it is told to, in the phase it is told."""

    def __init__(self) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.kill: dict[str, Callable[[], None]] = {}
        self.calls: list[str] = []
        self.ends = True

    def _killer(self, phase: str) -> Callable[[], None] | None:
        return self.kill.pop(phase, None)

    def answer(self, asked: Asked) -> Reply:
        action = asked.headers["X-Amz-Target"].rpartition(".")[2]
        self.calls.append(action)
        if (killer := self._killer(f"{action} asked")) is not None:
            killer()
        given = json.loads(asked.body)
        reply = Reply(body=json.dumps(self._answer(action, given)).encode())
        if (killer := self._killer(f"{action} answered")) is not None:
            reply.pause = killer
        return reply

    def _answer(self, action: str, given: dict[str, Any]) -> dict[str, Any]:
        if action == "SendMessage":
            return {"MessageId": "m", "MD5OfMessageBody": "x"}
        if action == "RunTask":
            made = {"taskArn": f"arn:task/{len(self.tasks) + 1}", "lastStatus": "RUNNING"}
            return {"tasks": [self.tasks.setdefault(given["clientToken"], made)], "failures": []}
        if action == "StopTask":
            for one in self.tasks.values():
                one.update(lastStatus="STOPPED", stoppedReason=given["reason"], containers=[])
            return {"task": next(iter(self.tasks.values()))}
        found = [one for one in self.tasks.values() if one["taskArn"] in given["tasks"]]
        if self.ends:
            for one in found:
                one.update(lastStatus="STOPPED", containers=[{"exitCode": 0}])
        return {"tasks": found, "failures": []}


_ONE_ECS = Ecs()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with recording(_ONE_ECS.answer) as endpoint:
        environment = {**KEYS, "TREADLE_AWS_ENDPOINT_URL": endpoint.address}
        with Server(tmp_path_factory.mktemp("killed"), environment=environment) as found:
            yield found


@pytest.fixture
def ecs() -> Ecs:
    """With nothing in it."""
    Ecs.__init__(_ONE_ECS)
    return _ONE_ECS


def kills(server: Server) -> Callable[[], None]:
    def kill() -> None:
        pid = server.part("tasks")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    return kill


JOB = task("ecs:runTask.sync", {"TaskDefinition": "job", "Cluster": "main"})


@pytest.mark.parametrize(
    "phase", ["RunTask asked", "RunTask answered", "DescribeTasks asked", "DescribeTasks answered"]
)
def test_a_job_whose_worker_is_killed_exists_once_and_is_found_again(server: Server, ecs: Ecs, phase: str) -> None:
    machine = server.machine(f"Job{uuid4().hex}", JOB)
    ecs.kill[phase] = kills(server)
    ended = server.ended(server.begin(machine)["id"], 90)
    assert ecs.kill == {}
    assert ended["status"] == "SUCCEEDED", ended
    assert ended["output"]["LastStatus"] == "STOPPED"
    assert len(ecs.tasks) == 1
    assert types(server, ended["id"]).count("TaskStarted") == 1


def test_a_job_is_stopped_though_the_worker_that_was_to_stop_it_is_killed(server: Server, ecs: Ecs) -> None:
    ecs.ends = False
    begun = server.begin(server.machine(f"Job{uuid4().hex}", JOB))["id"]
    until(lambda: "TaskSubmitted" in types(server, begun), 30, "the submission")
    ecs.kill["StopTask asked"] = kills(server)
    server.call("POST", f"/api/executions/{begun}/stop/", {})
    until(lambda: ecs.calls.count("StopTask") >= 2, 90, "the second try to stop")
    assert len(ecs.tasks) == 1
    assert server.execution(begun)["status"] == "ABORTED"


def test_what_has_no_token_fails_with_that_it_may_have_started(server: Server, ecs: Ecs) -> None:
    machine = server.machine("Message", task("sqs:sendMessage", {"QueueUrl": "http://q/1", "MessageBody": "hi"}))
    ecs.kill["SendMessage answered"] = kills(server)
    ended = server.ended(server.begin(machine)["id"], 60)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
    assert "may have started" in ended["cause"]
    assert ecs.calls.count("SendMessage") == 1

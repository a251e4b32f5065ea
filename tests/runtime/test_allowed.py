"""What the operator did not allow: refused to a user who may edit machines, before anything reaches its target."""

from __future__ import annotations

import http.cookiejar
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.conf import settings

from tests.harness import ROOT, Server
from tests.integrations.recording import Asked, Recording, Reply, recording
from tests.runtime.conftest import HOW_TO

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

BROKER = 9
MESSAGE = {"QueueUrl": "http://queue/1", "MessageBody": "hi"}


@dataclass
class Editor:
    """An ordinary user, signed in by a link, over REST."""

    server: Server
    token: str
    aws: Recording

    def run(self, state: dict[str, Any]) -> dict[str, Any]:
        """A machine of one state, run to its end; the execution."""
        definition = json.dumps({"StartAt": "T", "States": {"T": {**state, "End": True}}})
        status, made = self._call("POST", "/api/machines/", {"name": f"M{uuid4().hex}", "definition": definition})
        assert status == 201, made
        path = f"/api/machines/{made['id']}/executions/"
        status, begun = self._call("POST", path, {"input": {}}, Prefer="wait=60")
        assert status == 201, begun
        assert begun["status"] != "RUNNING"
        return dict(begun)

    def task(self, resource: str, parameters: Any) -> dict[str, Any]:
        return self.run({"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters})

    def read(self, bucket: str, key: str) -> dict[str, Any]:
        """A Distributed Map over a JSON file."""
        reader = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": bucket, "Key": key}}
        one = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
        processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **one}
        config = {"ReaderConfig": {"InputType": "JSON"}}
        return self.run({"Type": "Map", "ItemReader": {**reader, **config}, "ItemProcessor": processor})

    def connection(self, **fields: str) -> str:
        status, made = self._call("POST", "/api/connections/", {"name": f"C{uuid4().hex}", **fields})
        assert status == 201, made
        return str(made["arn"])

    def _call(self, method: str, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return self.server.call(method, path, body, Authorization=f"Bearer {self.token}", **headers)


def _signed_in(server: Server) -> str:
    """A bearer token of a user that is not the first one."""
    path = settings.REDIS_URL.removeprefix("unix://")
    environment = {**os.environ, "TREADLE_DATA": str(server.data), "PORT": str(server.port)}
    told = subprocess.run(
        [sys.executable, "manage.py", "signin", "--user", "ella"],
        cwd=ROOT,
        env={**environment, "TREADLE_REDIS_URL": f"unix://{path}"},
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    cookies = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))

    def post(address: str, body: dict[str, str], **headers: str) -> Any:
        sent = json.dumps(body).encode()
        request = urllib.request.Request(
            server.address + address, sent, {"Content-Type": "application/json", **headers}
        )
        with opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())

    session = post("/api/session/", {"token": told.strip().rpartition("#")[2]})
    assert session["user"]["name"] == "ella"
    csrf = next(cookie.value for cookie in cookies if cookie.name == "csrftoken")
    return str(post("/api/tokens/", {"name": "test"}, **{"X-CSRFToken": csrf or ""})["token"])


def _answer(asked: Asked) -> Reply:
    return Reply(body=b'{"MessageId": "m", "MD5OfMessageBody": "x"}')


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory, installation: Path) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("allowed")
    (folder / "files" / "open").mkdir(parents=True)
    (folder / "hidden").mkdir()
    for place in ("hidden", "files/open"):
        (folder / place / "rows.json").write_text('["row"]')
    (folder / "files" / "open" / "link.json").symlink_to(folder / "hidden" / "rows.json")
    (folder / "files" / "linked").symlink_to(folder / "hidden")
    path = settings.REDIS_URL.removeprefix("unix://")
    with recording(_answer) as aws:
        environment = {
            "TREADLE_SQLITE_SYNC": "normal",
            "TREADLE_AWS_ENDPOINT_URL": aws.address,
            "TREADLE_AWS_ALLOW": "sqs:SendMessage dynamodb:Get*",
            "TREADLE_CELERY_APP": "pictures:app",
            "TREADLE_CELERY_ALLOW": "pictures.draw",
            "TREADLE_FILES_ROOT": str(folder / "files"),
            "PICTURES_BROKER": f"redis+socket://{path}?virtual_host={BROKER}",
            "PICTURES_BACKEND": f"redis+socket://{path}?virtual_host={BROKER}",
            "PYTHONPATH": str(HOW_TO / "celery"),
        }
        with Server(folder, environment=environment) as server:
            yield Editor(server, _signed_in(server), aws)


@pytest.mark.parametrize(
    "resource",
    [
        *("sns:publish", "aws-sdk:sqs:deleteQueue", "aws-sdk:dynamodb:deleteTable", "dynamodb:putItem"),
        *("ecs:runTask.sync", "aws-sdk:sts:getCallerIdentity", "sns:publish.waitForTaskToken"),
    ],
)
def test_an_aws_call_that_is_not_allowed_is_refused_and_not_made(editor: Editor, resource: str) -> None:
    before = len(editor.aws.asked)
    given = {"TaskDefinition": "t", "TableName": "t", "Message.$": "$$.Task.Token"}
    if not resource.endswith("waitForTaskToken"):
        del given["Message.$"]
    ended = editor.task(resource, given)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Permissions")
    assert "TREADLE_AWS_ALLOW" in ended["cause"]
    assert len(editor.aws.asked) == before


def test_an_aws_call_that_is_allowed_is_made(editor: Editor) -> None:
    before = len(editor.aws.asked)
    ended = editor.task("aws-sdk:sqs:sendMessage", MESSAGE)
    assert ended["status"] == "SUCCEEDED", ended
    assert len(editor.aws.asked) == before + 1


def test_celery_tasks_that_are_not_allowed_are_not_sent(editor: Editor) -> None:
    broker = redis.Redis(unix_socket_path=settings.REDIS_URL.removeprefix("unix://"), db=BROKER)
    broker.flushdb()
    for name in ("pictures.shrink", "celery.backend_cleanup", "pictures.nowhere", "treadle.advance"):
        ended = editor.task("celery:sendTask.sync", {"Task": name})
        assert (ended["status"], ended["error"]) == ("FAILED", "Celery.NotRegistered")
    assert broker.keys("*") == []
    assert editor.task("celery:sendTask", {"Task": "pictures.draw", "Args": ["/x"]})["status"] == "SUCCEEDED"
    assert broker.llen("celery") == 1
    broker.flushdb()
    broker.close()


@pytest.mark.parametrize(
    ("bucket", "key"),
    [
        ("open", "../../hidden/rows.json"),
        ("open", "link.json"),
        ("linked", "rows.json"),
        ("..", "hidden/rows.json"),
        ("../hidden", "rows.json"),
        (".", "../hidden/rows.json"),
        ("open", "/etc/passwd"),
        ("elsewhere", "rows.json"),
    ],
)
def test_a_file_outside_of_the_root_is_not_read(editor: Editor, bucket: str, key: str) -> None:
    before = len(editor.aws.asked)
    ended = editor.read(bucket, key)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.ItemReaderFailed")
    assert "row" not in (ended["cause"] or "").replace(key, "")
    assert len(editor.aws.asked) == before


def test_a_file_inside_of_the_root_is_read(editor: Editor) -> None:
    assert editor.read("open", "rows.json")["output"] == ["row"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"])
def test_a_private_address_is_not_called_by_a_task(editor: Editor, host: str) -> None:
    with recording(_answer) as target:
        arn = editor.connection(kind="API_KEY", user="X-Key", secret="k")
        for scheme in ("http", "https"):
            given = {"ApiEndpoint": f"{scheme}://{host}:{target.port}/", "Method": "GET"}
            ended = editor.task("http:invoke", {**given, "InvocationConfig": {"ConnectionArn": arn}})
            assert (ended["status"], ended["error"]) == ("FAILED", "States.Permissions"), ended
        assert target.asked == []


def test_a_private_address_is_not_asked_for_a_token(editor: Editor) -> None:
    with recording(_answer) as target:
        authorisation = {"user": "client", "secret": "hidden", "token_url": f"{target.address}/token"}
        arn = editor.connection(kind="OAUTH_CLIENT_CREDENTIALS", **authorisation)
        given = {"ApiEndpoint": "https://192.0.2.1/", "Method": "GET", "InvocationConfig": {"ConnectionArn": arn}}
        ended = editor.task("http:invoke", given)
        assert ended["status"] == "FAILED"
        assert "TREADLE_HTTP_ALLOW" in ended["cause"], ended
        assert target.asked == []


def test_a_connection_of_somebody_else_does_not_exist(editor: Editor) -> None:
    given = {"name": "theirs", "kind": "API_KEY", "user": "X-Key", "secret": "k"}
    status, theirs = editor.server.call("POST", "/api/connections/", given)
    assert status == 201
    with recording(_answer) as target:
        request = {"ApiEndpoint": target.address, "Method": "GET", "InvocationConfig": {"ConnectionArn": theirs["arn"]}}
        ended = editor.task("http:invoke", request)
        assert ended["error"] == "Events.ConnectionResource.ResourceNotFound"
        assert target.asked == []

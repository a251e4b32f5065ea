"""Every sample runs to its end on a whole Treadle, after what its how-to says was done as it says it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest

from tests.aws.conftest import KEY, SECRET
from tests.harness import ROOT, Server
from tests.integrations.recording import Asked, Reply, recording
from tests.runtime.conftest import HOW_TO

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ALONE = {path.name for path in (ROOT / "designer" / "samples").glob("*.json") if path.name < "14"}
"""Samples that need nothing but the functions folder."""


def aws_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.environment['TREADLE_LOCAL_AWS_PORT']}"


def told_by(page: str, mark: str) -> str:
    """The shell block of a how-to that holds ``mark``."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (HOW_TO / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    found = [block for block in blocks if mark in block]
    assert len(found) == 1
    return str(found[0])


def run_shell(script: str, folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-e"], input=script, cwd=folder, env={**os.environ, "PATH": path}, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def worker(server: Server, *command: str) -> Iterator[None]:
    """A worker of the how-tos, with the environment that it names."""
    environment = {
        "AWS_ENDPOINT_URL_SFN": server.address,
        "AWS_ENDPOINT_URL_SQS": aws_of(server),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }
    process = subprocess.Popen(command, cwd=HOW_TO / "workers", env={**os.environ, **environment})
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def begin(server: Server, name: str, change: dict[str, Any] | None = None) -> str:
    """Start a sample of the gallery with its own input, changed; the execution's id."""
    _, listed = server.call("GET", "/api/samples/")
    sample = next(one for one in listed["results"] if one["name"] == name)
    status, known = server.call("GET", f"/api/machines/?search={name}")
    assert status == 200
    machine = next((one["id"] for one in known["results"] if one["name"] == name), None)
    if machine is None:
        machine = server.machine(name, json.loads(sample["definition"]))
    return str(server.begin(machine, {**sample["input"], **(change or {})})["id"])


def output(server: Server, execution: str, seconds: float = 90) -> Any:
    ended = server.ended(execution, seconds)
    assert ended["status"] == "SUCCEEDED", (ended["error"], ended["cause"])
    return ended["output"]


@pytest.fixture(scope="module")
def aws(reaching: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The local AWS with what the how-to makes in it."""
    script = told_by("aws-services.md", "create-cluster").replace("http://127.0.0.1:4570", aws_of(reaching))
    run_shell(script, tmp_path_factory.mktemp("shell"))
    return aws_of(reaching)


def test_the_samples_that_need_nothing_run_to_their_ends(reaching: Server) -> None:
    names = [json.loads((ROOT / "designer" / "samples" / one).read_text())["name"] for one in sorted(ALONE)]
    begun = {name: begin(reaching, name) for name in names}
    assert len(begun) == 13
    assert {name: reaching.ended(one)["status"] for name, one in begun.items()} == dict.fromkeys(begun, "SUCCEEDED")


@pytest.mark.parametrize(
    ("change", "undone", "why"),
    [
        ({"courier": "here"}, [], None),
        ({}, ["Refund Card", "Release Stock"], "NoCourier"),
        ({"card": "declined"}, ["Release Stock"], "CardDeclined"),
        ({"stock": "empty"}, [], "OutOfStock"),
    ],
)
def test_the_order_saga_undoes_what_it_did(
    reaching: Server, change: dict[str, str], undone: list[str], why: str | None
) -> None:
    execution = begin(reaching, "OrderSaga", change)
    found = output(reaching, execution)
    assert found["status"] == ("SHIPPED" if why is None else "REFUSED")
    assert found.get("why") == why
    entered = [one["state"] for one in reaching.history(execution) if one["type"] == "TaskStateEntered"]
    assert [state for state in entered if state in {"Refund Card", "Release Stock"}] == undone


def test_a_task_on_ecs_is_polled_until_it_has_stopped(reaching: Server, aws: str) -> None:
    execution = begin(reaching, "EcsJobPoller")
    assert output(reaching, execution)["task"].startswith("arn:aws:ecs:")
    looks = [one["state"] for one in reaching.history(execution) if one["type"] == "TaskStateEntered"]
    assert looks.count("How Does It Stand?") > 1


def test_messages_fan_out_and_their_answers_come_back(reaching: Server, aws: str) -> None:
    queue = f"{aws}/123456789012/orders"
    with worker(reaching, sys.executable, "queue_worker.py", queue):
        found = output(reaching, begin(reaching, "QueueFanOut", {"queue": queue}))
    assert found == [{"order": number, "status": "PACKED"} for number in (7, 8, 9)]


def test_a_transfer_in_dynamodb_moves_what_is_there_and_refuses_the_rest(reaching: Server, aws: str) -> None:
    assert output(reaching, begin(reaching, "DynamoTransfer"))["balance"] == 95
    refused = output(reaching, begin(reaching, "DynamoTransfer", {"amount": 1000}))
    assert refused["status"] == "REFUSED"
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    table = boto3.client("dynamodb", endpoint_url=aws, region_name="us-east-1", **keys)
    assert table.get_item(TableName="Accounts", Key={"id": {"S": "bob"}})["Item"]["balance"] == {"N": "5"}


def test_pictures_go_through_the_tasks_of_a_celery_project(reaching: Server, tmp_path: Path) -> None:
    found = output(reaching, begin(reaching, "CeleryPictures", {"folder": str(tmp_path)}))
    assert found == {str(tmp_path / f"rings-400-by-{factor}.pgm"): 400 // factor for factor in (2, 4, 8)}


class Shop:
    """An API that wants a token, and forgets the first one."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.looks = 0

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/token":
            assert parse_qs(asked.body.decode())["grant_type"] == ["client_credentials"]
            self.tokens.append(f"token-{len(self.tokens) + 1}")
            return Reply(body=json.dumps({"access_token": self.tokens[-1], "expires_in": 600}).encode())
        if asked.headers.get("Authorization") != "Bearer token-2":
            return Reply(status=401)
        if asked.path == "/orders":
            assert json.loads(asked.body) == {"article": "lamp", "count": 2}
            return Reply(status=201, body=b'{"id": 17}')
        assert asked.path == "/orders/17"
        self.looks += 1
        return Reply(body=b'{"status": "PACKING"}' if self.looks == 1 else b'{"status": "SENT"}')


def test_an_order_over_http_gets_its_token_and_another_when_that_is_refused(reaching: Server) -> None:
    shop = Shop()
    with recording(shop.answer) as api:
        authorisation = {"user": "client", "secret": "hidden", "token_url": f"{api.address}/token"}
        made = {"name": "shop", "kind": "OAUTH_CLIENT_CREDENTIALS", **authorisation}
        status, connection = reaching.call("POST", "/api/connections/", made)
        assert status == 201, connection
        execution = begin(reaching, "HttpOrder", {"api": api.address, "connection": connection["arn"]})
        assert output(reaching, execution) == {"status": "SENT"}
    assert shop.tokens == ["token-1", "token-2"]


def test_ten_thousand_rows_are_added_up(reaching: Server) -> None:
    run_shell(told_by("distributed-map.md", "seq 10000"), reaching.folder)
    found = output(reaching, begin(reaching, "TenThousandRows"), 180)
    assert found == {"rows": 10_000, "sum": sum(number % 7 for number in range(1, 10_001))}


@pytest.mark.parametrize("command", [(sys.executable, "activity_worker.py"), ("node", "activity_worker.mjs")])
def test_the_workers_of_the_how_tos_do_their_activity(reaching: Server, command: tuple[str, str]) -> None:
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
    client = boto3.client("stepfunctions", endpoint_url=reaching.address, region_name="us-east-1", **keys)
    name = command[1].replace(".", "-")
    activity = client.create_activity(name=name)["activityArn"]
    state = {"Type": "Task", "Resource": activity, "TimeoutSeconds": 60, "End": True}
    machine = reaching.machine(f"Pack-{name}", {"StartAt": "Pack", "States": {"Pack": state}})
    good = reaching.begin(machine, {"article": "lamp", "count": 2})["id"]
    bad = reaching.begin(machine, {"article": "lamp", "count": 0})["id"]
    with worker(reaching, *command, activity):
        assert output(reaching, good) == {"packed": ["lamp", "lamp"]}
        ended = reaching.ended(bad)
    assert ended["error"] in {"ValueError", "RangeError"}
    assert ended["cause"] == "nothing was ordered"

"""A whole Treadle with an access key, and boto3 as its users have it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from tests.harness import Server

KEY, SECRET = "TRDLTESTSTESTSTESTS0", "a-secret-access-key/of+the-tests"
REGION, ACCOUNT = "us-east-1", "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/tests"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    environment = {
        "TREADLE_ACCESS_KEY_ID": KEY,
        "TREADLE_SECRET_ACCESS_KEY": SECRET,
        "TREADLE_SQLITE_SYNC": "normal",
        "TREADLE_HTTP_ALLOW": "127.0.0.1",
    }
    if database := os.environ.get("TREADLE_DATABASE_URL"):  # tests.on_postgres
        environment["TREADLE_DATABASE_URL"] = database
    with Server(tmp_path_factory.mktemp("aws"), environment=environment) as server:
        server.copy_sample_functions()
        yield server


def client_of(address: str, key: str = KEY, secret: str = SECRET) -> Any:
    return boto3.client(
        "stepfunctions",
        region_name=REGION,
        endpoint_url=address,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, read_timeout=90),
    )


@pytest.fixture(scope="session")
def sfn(server: Server) -> Any:
    return client_of(server.address)


@pytest.fixture
def name() -> str:
    return f"machine-{uuid4().hex[:12]}"


@pytest.fixture
def make(sfn: Any, name: str) -> Callable[..., str]:
    """Creates a machine; its ARN."""

    def make(definition: str, **more: Any) -> str:
        given = {"name": name, "roleArn": ROLE, **more}
        return str(sfn.create_state_machine(definition=definition, **given)["stateMachineArn"])

    return make

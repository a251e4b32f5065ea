"""A real AWS-compatible endpoint (moto's server), and attempts to carry out on it."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from engine.integrations.aws import Aws, AwsSettings
from engine.jsontypes import Document
from engine.runtime.ports import AttemptRow, Claim, Outcome
from tests.harness import free_port, until

REGION = "us-east-1"


def attempt_of(resource: str, payload: Any = None, *, number: str = "attempt-1", **fields: Any) -> AttemptRow:
    """An attempt as the driver makes it."""
    return AttemptRow(
        id=number,
        execution_id="execution-1",
        scope="",
        key="2.0",
        state="T",
        number=0,
        resource=resource if resource.startswith("arn:") else f"arn:aws:states:::{resource}",
        payload=Document(payload if payload is not None else {}),
        timeout_seconds=None,
        heartbeat_seconds=None,
        **fields,
    )


def done(outcome: Outcome | float | None) -> Any:
    """The value of an attempt that succeeded."""
    assert isinstance(outcome, Outcome)
    assert not outcome.failed, (outcome.error, outcome.cause)
    assert outcome.output is not None
    return outcome.output.value


def poll_claim(attempt: AttemptRow, outcome: Outcome | None) -> Claim:
    """What a worker gets when a look at the job of a submission is due."""
    assert outcome is not None
    assert outcome.submission is not None, (outcome.error, outcome.cause)
    return Claim(action="POLL", attempt=attempt, handle=outcome.submission.handle)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{address}/moto-api/data.json", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    until(answers, 60, "moto's server")
    yield address
    process.kill()
    process.wait()


@pytest.fixture
def moto(endpoint: str) -> str:
    """The endpoint with nothing in it."""
    request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    with urllib.request.urlopen(request, timeout=10):
        return endpoint


@pytest.fixture
def aws(moto: str) -> Aws:
    return Aws(AwsSettings(region=REGION, endpoint_url=moto))


@pytest.fixture
def boto(moto: str) -> Callable[[str], Any]:
    def client(service: str) -> Any:
        return boto3.client(
            service, region_name=REGION, endpoint_url=moto, aws_access_key_id="test", aws_secret_access_key="test"
        )

    return client

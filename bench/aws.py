"""The same questions as AWS's users ask them: boto3, StartExecution, then DescribeExecution until it has ended."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

from bench.rival import run_chain
from tests.harness import Server, pass_chain

KEY, SECRET = "TRDLBENCHBENCHBENCH0", "a-secret-access-key-of-the-bench"
LOOK_SECONDS = 0.005
"""As often as the rival's clients look for their result."""
ROUNDS = 7
EXECUTIONS, THREADS = 200, 8


def client_of(server: Server) -> Any:
    return boto3.client(
        "stepfunctions",
        region_name="us-east-1",
        endpoint_url=server.address,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(inject_host_prefix=False, max_pool_connections=THREADS),
    )


def run(sfn: Any, machine: str, text: str = "{}") -> float:
    """Seconds from StartExecution to the answer that says SUCCEEDED."""
    began = time.perf_counter()
    execution = sfn.start_execution(stateMachineArn=machine, input=text)["executionArn"]
    while (status := sfn.describe_execution(executionArn=execution)["status"]) == "RUNNING":
        time.sleep(LOOK_SECONDS)
    if status != "SUCCEEDED":
        raise AssertionError(f"{execution} is {status}")
    return time.perf_counter() - began


def map_of_passes() -> dict[str, Any]:
    """A Map of 200 items, each of three Pass states."""
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": pass_chain(3), "End": True}
    return {"StartAt": "M", "States": {"M": each}}


def median_ms(once: Callable[[], float]) -> float:
    once()
    return statistics.median(once() for _ in range(ROUNDS)) * 1000


def together_ms(once: Callable[[], float]) -> float:
    """Milliseconds for all executions from some threads at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: once(), range(THREADS)))
        began = time.perf_counter()
        list(pool.map(lambda _: once(), range(EXECUTIONS)))
        return (time.perf_counter() - began) * 1000


Measure = Callable[[], float]


def ours(server: Server) -> dict[str, float]:
    """Milliseconds by row."""
    sfn = client_of(server)
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:"
    for name, definition in (
        ("aws-hello", pass_chain(1)),
        ("aws-100", pass_chain(100)),
        ("aws-10", pass_chain(10)),
        ("aws-map", map_of_passes()),
    ):
        server.machine(name, definition)
    items = '{"items": [' + ",".join(map(str, range(200))) + "]}"
    return {
        "boto3: hello world / chain of 1": median_ms(lambda: run(sfn, arn + "aws-hello")),
        "boto3: 100 Pass states / chain of 100": median_ms(lambda: run(sfn, arn + "aws-100")),
        "boto3: Map of 200 x 3 Pass states / chain of 600": median_ms(lambda: run(sfn, arn + "aws-map", items)),
        "boto3: 200 executions of 10 Pass, 8 threads / chains of 10": together_ms(lambda: run(sfn, arn + "aws-10")),
    }


def rivals() -> list[Measure]:
    """The chains, in the order of ``ours``."""
    return [
        lambda: median_ms(lambda: run_chain(1)),
        lambda: median_ms(lambda: run_chain(100)),
        lambda: median_ms(lambda: run_chain(600)),
        lambda: together_ms(lambda: run_chain(10)),
    ]

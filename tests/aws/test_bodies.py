"""Whatever the body is, the answer is the operation's or a refusal, never a failure of the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.aws.conftest import ACCOUNT, REGION
from tests.aws.signing import send, signed
from tests.harness import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SERVICE = ServiceModel(Loader().load_service_model("stepfunctions", "service-2"), "stepfunctions")
PREFIX = f"arn:aws:states:{REGION}:{ACCOUNT}"
WAITS = {"GetActivityTask", "StartSyncExecution"}
QUICK = [name for name in SERVICE.operation_names if name not in WAITS]
ARNS = [
    f"{PREFIX}:{rest}"
    for rest in (
        "stateMachine:JobPoller",
        "stateMachine:JobPoller:1",
        "stateMachine:JobPoller:live",
        "stateMachine:JobPoller/Label",
        "stateMachine:a\0b",
        "execution:JobPoller:x",
        "express:JobPoller:x:y",
        "mapRun:JobPoller/Label:x",
        "activity:a",
        "activity:",
        "stateMachine:",
    )
]
TEXTS = st.one_of(
    st.sampled_from(
        [*ARNS, "{}", '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}', '{"Type":"Pass","End":true}', ""]
    ),
    st.text(max_size=90),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=9), inner, max_size=3)),
    max_leaves=6,
)


def value_of(shape: Any) -> st.SearchStrategy[Any]:
    """Mostly what the model says, sometimes anything at all."""
    return st.one_of(_fitting(shape), _fitting(shape), _fitting(shape), ANYTHING)


def _fitting(shape: Any) -> st.SearchStrategy[Any]:
    match shape.type_name:
        case "structure":
            members = {name: value_of(member) for name, member in shape.members.items()}
            required = {name: members.pop(name) for name in shape.required_members}
            return st.fixed_dictionaries(required, optional=members)
        case "list":
            return st.lists(value_of(shape.member), max_size=3)
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return st.integers(-1, 1001)
        case "float":
            return st.floats(-1, 101, allow_nan=False)
        case _:
            return st.sampled_from(shape.enum) if getattr(shape, "enum", None) else TEXTS


def requests() -> st.SearchStrategy[tuple[str, Any]]:
    return st.sampled_from(QUICK).flatmap(
        lambda name: st.tuples(st.just(name), value_of(SERVICE.operation_model(name).input_shape))
    )


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests())
def test_no_body_makes_the_server_fail(server: Server, request: tuple[str, Any]) -> None:
    operation, value = request
    body = json.dumps(value).encode()
    status, answer = send(server.address, signed(server.address, operation, body), body)
    assert status in (200, 400, 402), answer
    if status != 200:
        code = answer["__type"].rpartition("#")[2]
        modelled = {shape.name for shape in SERVICE.operation_model(operation).error_shapes}
        assert code in modelled | {"ValidationException", "SerializationException", "MissingRequiredParameter"}, answer


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"null",
        b"[]",
        b"1",
        b"\xff\xfe",
        b'{"a":' * 5000,
        b'{"maxResults":1e400}',
        b'{"nextToken":"\\ud800"}',
    ],
)
def test_a_body_that_is_no_object_of_json_is_refused(server: Server, body: bytes) -> None:
    status, answer = send(server.address, signed(server.address, body=body), body)
    assert status == 400
    assert answer["__type"].endswith("#SerializationException")

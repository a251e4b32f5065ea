"""Whatever the OpenAPI document allows or forbids to send, answers are those it names: never a 5xx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.harness import ROOT, TOKEN, Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}
schema = schemathesis.openapi.from_path(ROOT / "frontend" / "src" / "api" / "schema.json")


class Known:
    """Things that are there: half of the requests name them."""

    def __init__(self, server: Server) -> None:
        self.server = server
        machine = server.machine("Fuzzed", WAIT)
        self.ids = {"machine_id": machine, "execution_id": str(server.begin(machine)["id"]), "number": 1}
        self.ids |= {"service": "sqs", "action": "sendMessage"}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    with Server(tmp_path_factory.mktemp("fuzz"), environment={"TREADLE_SQLITE_SYNC": "normal"}) as server:
        yield Known(server)


@schema.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
def test_every_answer_is_one_that_the_document_names(case: Any, known: Known) -> None:
    if case.method != "DELETE" and len(json.dumps([case.path_parameters, case.query], default=str)) % 2:
        case.path_parameters = {
            name: known.ids.get(name, value) for name, value in (case.path_parameters or {}).items()
        }
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {TOKEN}"}
    response = case.call(base_url=known.server.address, timeout=30)
    case.validate_response(response, checks=CHECKS)

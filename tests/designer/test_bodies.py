"""Bodies that are wrong get a clear answer, never a 500."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.designer.conftest import HELLO, Api, body

PATHS = ("/api/machines/", "/api/machines/{id}/executions/")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"input": "\\ud800"}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"input":' * 500 + b"1" + b"}" * 500,
        b"[]",
        b'"text"',
        b"1" * 5000,
    ],
)
def test_a_body_that_is_no_good_json_object_answers_400(path: str, text: bytes, alice: Api) -> None:
    machine = alice.machine()
    refused = alice.call("POST", path.format(id=machine["id"]), text)
    assert refused.status_code == 400, refused.content
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert body(refused)["code"] in {"InvalidJson", "InvalidRequest"}


def test_the_place_of_a_mistake_in_the_body_is_told(alice: Api) -> None:
    refused = alice.call("POST", "/api/machines/", b'{\n "name": oops}')
    assert (body(refused)["diagnostics"][0]["line"], body(refused)["diagnostics"][0]["column"]) == (2, 10)


@pytest.mark.parametrize("path", PATHS)
def test_ten_megabytes_answer_413(path: str, alice: Api) -> None:
    machine = alice.machine()
    refused = alice.call("POST", path.format(id=machine["id"]), b'{"name": "' + b"x" * 10_000_000 + b'"}')
    assert (refused.status_code, body(refused)["code"]) == (413, "TooLarge")


def test_a_definition_over_a_mebibyte_answers_413(alice: Api) -> None:
    refused = alice.call("POST", "/api/machines/", {"name": "Big", "definition": " " * (1024 * 1024) + HELLO})
    assert (refused.status_code, body(refused)["code"]) == (413, "TooLarge")


def test_an_input_over_256_kibibytes_answers_413(alice: Api) -> None:
    machine = alice.machine()
    refused = alice.call("POST", f"/api/machines/{machine['id']}/executions/", {"input": "x" * (256 * 1024)})
    assert (refused.status_code, body(refused)["code"]) == (413, "TooLarge")


def test_a_nul_in_a_text_answers_400(alice: Api) -> None:
    assert alice.call("POST", "/api/machines/", {"name": "Nul", "definition": "\0"}).status_code == 400
    assert alice.call("GET", "/api/machines/?search=%00").status_code == 400


def test_another_content_type_is_refused(alice: Api) -> None:
    headers = {"Authorization": f"Bearer {alice.token}"}
    machine = alice.machine()
    for path in PATHS:
        answer = alice.client.post(path.format(id=machine["id"]), "a=b", content_type="text/plain", headers=headers)
        assert answer.status_code == 415


def test_an_unknown_address_of_the_interface_is_a_problem_document(alice: Api) -> None:
    missing = alice.call("GET", "/api/nothing/here")
    assert (missing.status_code, body(missing)["code"]) == (404, "NotFound")


@pytest.mark.parametrize(
    "path", ["/api/machines/%00/", "/api/machines/%00/executions/", "/api/executions/x%00/", "/api/shared/%00/", "/%00"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_nul_in_an_address_answers_404(method: str, path: str, alice: Api) -> None:
    assert alice.call(method, path, "{}").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["machines/", "executions/", "tokens/", "machines/{id}/shares/", "machines/{id}/revisions/"],
)
@pytest.mark.parametrize(
    "values",
    [["abc", "x"], [5, "x"], ["2024-02-30T00:00:00", "x"], ["\ud800", "\ud800"], [10**30, 10**30], ["x"], [True, 1]],
)
def test_a_cursor_that_is_not_one_of_ours_is_never_a_500(path: str, values: list[Any], alice: Api) -> None:
    machine = alice.machine()
    cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    answer = alice.call("GET", f"/api/{path.format(id=machine['id'])}?cursor={cursor}")
    assert answer.status_code in {200, 400}, answer.content


@pytest.mark.parametrize("path", ["/api/machines/", "/api/executions/"])
def test_a_search_for_more_than_a_database_can_look_for_is_refused(alice: Api, path: str) -> None:
    refused = alice.call("GET", f"{path}?search={'a' * 60_000}")
    assert (refused.status_code, body(refused)["code"]) == (400, "InvalidRequest")
    assert alice.get(f"{path}?search={'%25' * 1000}")["results"] == []


def test_a_version_beyond_all_numbers_is_refused(alice: Api) -> None:
    path = f"/api/machines/{alice.machine()['id']}/aliases/"
    refused = alice.call("POST", path, {"name": "live", "routes": [{"version": 2**70, "weight": 100}]})
    assert (refused.status_code, body(refused)["errors"][0]["field"]) == (400, "/routes/0/version")

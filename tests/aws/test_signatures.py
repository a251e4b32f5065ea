"""What is not signed as AWS wants it is refused as AWS refuses it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.aws.conftest import KEY, SECRET, client_of
from tests.aws.signing import BODY, send, signed
from tests.harness import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

MISMATCH = "The request signature we calculated does not match the signature you provided."


def refusal(server: Server, headers: dict[str, str], body: bytes = BODY) -> tuple[str, str]:
    status, answer = send(server.address, headers, body)
    assert status == 400, answer
    return answer["__type"].rpartition("#")[2], str(answer.get("message"))


def test_a_signed_request_is_answered_and_may_come_twice(server: Server) -> None:
    headers = signed(server.address)
    for _ in range(2):
        status, answer = send(server.address, headers)
        assert status == 200
        assert "stateMachines" in answer


def test_a_request_without_a_signature_is_refused(server: Server) -> None:
    headers = signed(server.address)
    del headers["Authorization"]
    assert refusal(server, headers) == ("MissingAuthenticationTokenException", "Missing Authentication Token")


def test_a_token_of_the_rest_interface_is_no_signature(server: Server) -> None:
    headers = {**signed(server.address), "Authorization": "Bearer a-token-for-automation"}
    assert refusal(server, headers)[0] == "IncompleteSignatureException"


def test_a_wrong_secret_is_refused(server: Server) -> None:
    code, message = refusal(server, signed(server.address, secret=f"{SECRET}x"))
    assert (code, message.startswith(MISMATCH)) == ("InvalidSignatureException", True)


def test_an_unknown_key_is_refused(server: Server) -> None:
    assert refusal(server, signed(server.address, key="TRDLNOBODY")) == (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


def test_a_session_token_is_refused_since_there_are_none(server: Server) -> None:
    headers = signed(server.address, headers={"X-Amz-Security-Token": "temporary"})
    assert refusal(server, headers)[0] == "UnrecognizedClientException"


@pytest.mark.parametrize("minutes", [-4, 4.9])  # the request itself takes time
def test_a_clock_may_be_five_minutes_off(server: Server, minutes: float) -> None:
    assert send(server.address, signed(server.address, later=timedelta(minutes=minutes)))[0] == 200


def test_an_old_signature_has_expired(server: Server) -> None:
    code, message = refusal(server, signed(server.address, later=-timedelta(minutes=5, seconds=20)))
    assert code == "InvalidSignatureException"
    stamp = r"\d{8}T\d{6}Z"
    assert re.fullmatch(rf"Signature expired: {stamp} is now earlier than {stamp} \({stamp} - 5 min\.\)", message)


def test_a_signature_of_the_future_does_not_count_yet(server: Server) -> None:
    code, message = refusal(server, signed(server.address, later=timedelta(minutes=6)))
    assert code == "InvalidSignatureException"
    assert message.startswith("Signature not yet current: ")


def test_a_moment_before_the_year_1000_has_expired(server: Server) -> None:
    headers = signed(server.address)
    headers["X-Amz-Date"] = "00010101T000000Z"
    for day in ("00010101", "10101T00"):
        headers["Authorization"] = re.sub(r"/\w{8}/us-", f"/{day}/us-", headers["Authorization"])
        assert refusal(server, headers)[0] == "InvalidSignatureException"


def test_another_region_and_another_service_are_refused(server: Server) -> None:
    assert refusal(server, signed(server.address, region="eu-west-1")) == (
        "InvalidSignatureException",
        "Credential should be scoped to a valid region, not 'eu-west-1'. ",
    )
    assert refusal(server, signed(server.address, service="sqs")) == (
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'states'. ",
    )


def test_a_scope_of_another_day_is_refused(server: Server) -> None:
    headers = signed(server.address)
    headers["Authorization"] = re.sub(r"/\d{8}/", "/20200101/", headers["Authorization"])
    code, message = refusal(server, headers)
    assert code == "InvalidSignatureException"
    assert message.startswith("Date in Credential scope does not match YYYYMMDD")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Target", "AWSStepFunctions.ListActivities"),
        ("Host", "localhost"),
        ("Content-Type", "application/json"),
    ],
)
def test_a_header_that_was_changed_after_signing_is_refused(server: Server, name: str, value: str) -> None:
    code, message = refusal(server, {**signed(server.address), name: value})
    assert (code, message.startswith(MISMATCH)) == ("InvalidSignatureException", True)


def test_a_body_that_was_changed_after_signing_is_refused(server: Server) -> None:
    assert refusal(server, signed(server.address), b'{"maxResults":1}')[0] == "InvalidSignatureException"


@pytest.mark.parametrize("stated", ["UNSIGNED-PAYLOAD", "0" * 64])
def test_the_hash_of_the_body_is_not_taken_from_a_header(server: Server, stated: str) -> None:
    headers = signed(server.address, headers={"X-Amz-Content-SHA256": stated})
    assert refusal(server, headers)[0] == "InvalidSignatureException"


@pytest.mark.parametrize("needed", ["host", "x-amz-date", "x-amz-target"])
def test_host_moment_and_operation_must_be_among_the_signed_headers(server: Server, needed: str) -> None:
    headers = signed(server.address)
    whole = headers["Authorization"]
    names = re.search(r"SignedHeaders=([^,]+)", whole)
    assert names is not None
    fewer = ";".join(name for name in names[1].split(";") if name != needed)
    headers["Authorization"] = whole.replace(names[1], fewer)
    assert refusal(server, headers)[0] == "InvalidSignatureException"


@pytest.mark.parametrize("part", ["Credential", "Signature", "SignedHeaders"])
def test_a_header_without_one_of_its_parts_is_incomplete(server: Server, part: str) -> None:
    headers = signed(server.address)
    headers["Authorization"] = re.sub(rf"{part}=[^,]+,? ?", "", headers["Authorization"]).rstrip(", ")
    code, message = refusal(server, headers)
    assert code == "IncompleteSignatureException"
    assert f"Authorization header requires '{part}' parameter." in message


@pytest.mark.parametrize(
    "header", ["", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a,Signature=b,SignedHeaders=c"]
)
def test_a_header_that_is_nothing_is_refused(server: Server, header: str) -> None:
    assert refusal(server, {**signed(server.address), "Authorization": header})[0] == "IncompleteSignatureException"


def test_a_name_that_is_not_this_servers_is_refused(server: Server) -> None:
    headers = signed(server.address, host="evil.example")
    assert refusal(server, headers)[0] == "UnknownOperationException"


def test_the_prefix_that_sdks_put_before_the_host_is_accepted(server: Server) -> None:
    body = json.dumps({"definition": json.dumps({"Type": "Succeed"})}).encode()
    headers = signed(server.address, "TestState", body, host=f"sync-127.0.0.1:{server.port}")
    status, answer = send(server.address, headers, body)
    assert (status, answer.get("status")) == (200, "SUCCEEDED")


@pytest.mark.parametrize("target", ["AWSStepFunctions.Nothing", "Nothing", "", "DynamoDB_20120810.ListTables"])
def test_an_operation_that_there_is_not_is_unknown(server: Server, target: str) -> None:
    headers = signed(server.address, headers={"X-Amz-Target": target})
    assert refusal(server, headers)[0] == "UnknownOperationException"


def test_a_key_that_was_made_by_rest_signs_until_it_is_revoked(server: Server) -> None:
    status, made = server.call("POST", "/api/access-keys/", {"name": "for a test"})
    assert status == 201
    client: Any = client_of(server.address, made["id"], made["secret"])
    assert "stateMachines" in client.list_state_machines()
    assert server.call("DELETE", f"/api/access-keys/{made['id']}/")[0] == 204
    with pytest.raises(client.exceptions.ClientError, match="UnrecognizedClientException"):
        client.list_state_machines()


def test_the_page_is_still_at_the_same_address(server: Server) -> None:
    assert KEY not in str(send(server.address, signed(server.address)))
    status, _ = server.call("GET", "/healthz")
    assert status == 200

"""Requests signed by botocore, with whatever is to be wrong about them."""

from __future__ import annotations

import http.client
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.aws.conftest import KEY, REGION, SECRET

BODY = b"{}"
STAMP = "%Y%m%dT%H%M%SZ"


class _SignerAt(SigV4Auth):  # type: ignore[misc]  # botocore has no types
    """botocore's signer at a moment of our own."""

    def sign(self, request: AWSRequest, moment: datetime) -> None:
        request.context["timestamp"] = moment.strftime(STAMP)
        self._modify_request_before_signing(request)
        text = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(text, request))


def signed(
    address: str,
    operation: str = "ListStateMachines",
    body: bytes = BODY,
    *,
    key: str = KEY,
    secret: str = SECRET,
    region: str = REGION,
    service: str = "states",
    later: timedelta = timedelta(0),
    headers: dict[str, str] | None = None,
    host: str | None = None,
) -> dict[str, str]:
    """The headers of a signed request."""
    given = {
        "Host": host or urlsplit(address).netloc,
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"AWSStepFunctions.{operation}",
        **(headers or {}),
    }
    request = AWSRequest(method="POST", url=f"{address}/", data=body, headers=given)
    _SignerAt(Credentials(key, secret), service, region).sign(request, datetime.now(UTC) + later)
    return dict(request.headers.items())


def send(address: str, headers: dict[str, str], body: bytes = BODY) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the answer."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request("POST", "/", body=body, headers=headers)
        answer = connection.getresponse()
        assert answer.headers["x-amzn-RequestId"]
        return answer.status, json.loads(answer.read() or b"{}")
    finally:
        connection.close()

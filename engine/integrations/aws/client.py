"""Calls of AWS services through botocore: bounded in time, never retried behind the machine's back."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from engine.integrations.aws.bounded import BoundedSession, TooLong
from engine.integrations.aws.names import session
from engine.integrations.aws.settings import AwsSettings
from engine.integrations.aws.shapes import AnswerTooLarge
from engine.integrations.refusals import AnswerUnclear, NoAnswer, ServiceRefused

_CONNECT_SECONDS = 5
_ASSUMED_SECONDS = 900
_ANSWER_SECONDS = 60.0
_ANSWER_BYTES = 16 * 1024 * 1024
_MOST_CLIENTS = 128
# botocore reads an answer of another form than the service's model has it into any of these.
_UNCLEAR = (ResponseParserError, ValueError, LookupError, TypeError, AttributeError)


class Clients:
    """botocore clients, one a service and role, shared by all threads; those not used for long are forgotten.

    An answer may take ``answer_seconds`` and ``answer_bytes``.
    """

    def __init__(
        self, settings: AwsSettings, answer_seconds: float = _ANSWER_SECONDS, answer_bytes: int = _ANSWER_BYTES
    ) -> None:
        self._settings = settings
        self._answer_seconds = answer_seconds
        self._answer_bytes = answer_bytes
        self._lock = threading.Lock()
        self._clients: OrderedDict[tuple[str, str | None], tuple[float, Any]] = OrderedDict()

    def call(self, service: str, operation: str, parameters: Mapping[str, Any], role: str | None) -> dict[str, Any]:
        """botocore's response. Raises ServiceRefused, NoAnswer, AnswerUnclear, AnswerTooLarge."""
        try:
            client = self.of(service, role)
            return dict(client._make_api_call(operation, dict(parameters)))
        except ClientError as error:
            raise refused(error) from None
        except TooLong:
            raise AnswerTooLarge from None
        except (BotoCoreError, HTTPError, OSError) as error:
            raise NoAnswer(str(error)) from None
        except _UNCLEAR as error:
            raise AnswerUnclear(f"The answer of {operation} cannot be understood: {error}") from None

    def of(self, service: str, role: str | None) -> Any:
        """The client of a service, in behalf of a role where one is named."""
        key = (service, role)
        with self._lock:
            made, client = self._clients.get(key, (0.0, None))
            if client is not None:
                self._clients.move_to_end(key)
        if client is None or (role is not None and time.monotonic() - made > _ASSUMED_SECONDS / 2):
            client = self._make(service, role)
            with self._lock:
                self._clients[key] = (time.monotonic(), client)
                self._clients.move_to_end(key)
                while len(self._clients) > _MOST_CLIENTS:
                    self._clients.popitem(last=False)  # whoever uses it now keeps it
        return client

    def _make(self, service: str, role: str | None) -> Any:
        own: Any = session()
        given: dict[str, Any] = {}
        if self._settings.endpoint_url is not None and own.get_credentials() is None:
            given = {"aws_access_key_id": "treadle", "aws_secret_access_key": "treadle"}
        if role is not None:
            given = self._assumed(role, given)
        return self._client(own, service, given)

    def _client(self, own: Any, service: str, given: Mapping[str, Any]) -> Any:
        client = own.create_client(
            service,
            region_name=self._settings.region,
            endpoint_url=self._settings.endpoint_url,
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=self._answer_seconds,
                retries={"total_max_attempts": 1},
                max_pool_connections=32,
                parameter_validation=False,  # the service itself says what is wrong, in its own words
                s3={"addressing_style": "path"} if self._settings.endpoint_url else None,
                inject_host_prefix=self._settings.endpoint_url is None,
            ),
            **given,
        )
        client._endpoint.http_session = BoundedSession(
            client._endpoint.http_session, self._answer_bytes, self._answer_seconds
        )
        return client

    def _assumed(self, role: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Temporary credentials of a state's ``Credentials.RoleArn``."""
        sts = self._client(session(), "sts", given)
        found = sts.assume_role(RoleArn=role, RoleSessionName="treadle", DurationSeconds=_ASSUMED_SECONDS)[
            "Credentials"
        ]
        return {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretAccessKey"],
            "aws_session_token": found["SessionToken"],
        }


def refused(error: ClientError) -> ServiceRefused:
    body: Any = error.response.get("Error", {})
    meta: Any = error.response.get("ResponseMetadata", {})
    return ServiceRefused(
        str(body.get("Code", "Unknown")),
        str(body.get("Message") or body.get("message") or ""),
        status=int(meta.get("HTTPStatusCode", 400)),
        request_id=str(meta.get("RequestId", "")),
        extended_id=str(meta.get("HostId", "")),
    )

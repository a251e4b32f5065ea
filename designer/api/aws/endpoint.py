"""One request of the JSON 1.0 protocol in, one answer out.

An operation is a function. Most are plain and run in one hop to a thread; those that wait are coroutines and hold no
thread meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from designer.api.aws.caller import Caller
from designer.api.aws.errors import ApiError, api_error
from designer.api.aws.model import OPERATIONS, TARGET_PREFIX, Operation
from designer.api.aws.operations import HANDLERS
from designer.api.aws.signature import header_map, request_of, verify
from designer.api.aws.threads import in_thread
from designer.store.connection import mend_connection
from engine import jsontypes

logger = logging.getLogger("django.request")

HOST_PREFIX = "sync-"
"""What botocore puts before the host for StartSyncExecution and TestState."""

_FAILED = ApiError("InternalFailure", "Something went wrong here. The log says what.", status=500)


async def answer(scope: Mapping[str, Any], body: bytes, request_id: str) -> tuple[int, bytes]:
    """Status and JSON text for what came in at ``POST /``. Never raises."""
    try:
        found = await _perform(scope, body)
        return 200, jsontypes.dump(found).encode()
    except Exception as error:
        known = api_error(error)
        if known is None:
            logger.exception("AWS request %s failed", request_id)
            known = _FAILED
        return known.status, jsontypes.dump(known.body()).encode()


async def _perform(scope: Mapping[str, Any], body: bytes) -> Any:
    headers = header_map(scope["headers"])
    _check_host(headers.get("host", ""))
    operation = _operation(headers.get("x-amz-target", ""))
    handler = HANDLERS[operation.name]
    if iscoroutinefunction(handler):
        caller, given = await in_thread(_enter, scope, headers, body, operation)
        return operation.shape(await handler(caller, given))
    return await in_thread(_run, scope, headers, body, operation)


def _run(scope: Mapping[str, Any], headers: Mapping[str, str], body: bytes, operation: Operation) -> Any:
    caller, given = _enter(scope, headers, body, operation)
    return operation.shape(HANDLERS[operation.name](caller, given))


def _enter(
    scope: Mapping[str, Any], headers: Mapping[str, str], body: bytes, operation: Operation
) -> tuple[Caller, dict[str, Any]]:
    """Who asks, and for what. Raises ApiError."""
    mend_connection()  # none of Django's signals, which do it elsewhere, come by here
    request = request_of(scope, headers, body)
    user_id = verify(request, region=settings.ENVIRONMENT.region, now=datetime.now(UTC))
    return Caller(user_id), operation.check(_read(body))


def _check_host(given: str) -> None:
    """Against ALLOWED_HOSTS: a page of another site can make its own name resolve to this machine."""
    domain, _ = split_domain_port(given)
    if not domain or not validate_host(domain.removeprefix(HOST_PREFIX), settings.ALLOWED_HOSTS):
        raise ApiError("UnknownOperationException", f"This server does not answer for the host {given!r}.")


def _operation(target: str) -> Operation:
    found = OPERATIONS.get(target.removeprefix(TARGET_PREFIX)) if target.startswith(TARGET_PREFIX) else None
    if found is None:
        raise ApiError("UnknownOperationException", None)
    return found


def _read(body: bytes) -> jsontypes.Json:
    try:
        return jsontypes.parse(body.decode())
    except (UnicodeDecodeError, jsontypes.InvalidJson):
        raise ApiError("SerializationException", None) from None

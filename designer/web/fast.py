"""The short way in for the hottest request: a program that starts an execution with a bearer token.

No cookie is involved, so sessions, CSRF and their middleware (several hops between threads a request) have nothing to
do. Whatever is not exactly this request takes the long way, which gives the same answers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http.response import HttpResponse, HttpResponseBase

from designer.api.problems import document, problem, problem_response
from designer.api.views.start import start
from designer.keys import KeyConverter
from designer.web.language import spoken_to
from designer.web.layers import App, Receive, Send, read_body
from engine.sentences import say

logger = logging.getLogger("django.request")

_PATH = re.compile(rf"/api/machines/({KeyConverter.regex})/executions/")


class FastStart:
    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        found = _PATH.fullmatch(scope["path"]) if scope["method"] == "POST" else None
        if found is None or not _has_bearer(scope):
            await self._app(scope, receive, send)
            return
        body = await read_body(receive)
        if body is not None:
            request = ASGIRequest(scope, BytesIO(body))
            with spoken_to(request):
                await _send(send, await _answer(request, found[1]))


def _has_bearer(scope: MutableMapping[str, Any]) -> bool:
    return any(name == b"authorization" and value[:7].lower() == b"bearer " for name, value in scope["headers"])


async def _answer(request: ASGIRequest, machine_id: str) -> HttpResponseBase:
    try:
        request.get_host()  # against ALLOWED_HOSTS
        return await start(request, machine_id=machine_id)
    except Exception as error:
        if (known := problem(error)) is not None:
            return problem_response(known)
        logger.exception("Internal Server Error: %s", request.path)
        return problem_response(document(500, "InternalError", say("Something went wrong here. The log says what.")))


async def _send(send: Send, response: HttpResponseBase) -> None:
    if not isinstance(response, HttpResponse):
        raise TypeError("the fast way has no streams")
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.items()]
    headers += [(b"content-length", str(len(response.content)).encode()), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})

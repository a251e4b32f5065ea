"""The AWS API's way in. It stands before Django, whose sessions and middleware have no part in it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine, MutableMapping
from typing import Any, TypeAlias

from designer.api.aws.endpoint import answer
from designer.web.layers import App, Receive, Send, read_body

_CONTENT_TYPE = b"application/x-amz-json-1.0"
_Answer: TypeAlias = tuple[int, bytes]


class AwsApi:
    """Answers ``POST /``; everything else goes on to the app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["method"] != "POST" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        body = await read_body(receive)
        if body is None:
            return
        request_id = str(uuid.uuid4())
        answered = await _unless_gone(answer(scope, body, request_id), receive)
        if answered is None:
            return
        status, text = answered
        headers = [
            (b"content-type", _CONTENT_TYPE),
            (b"content-length", str(len(text)).encode()),
            (b"x-amzn-requestid", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text})


async def _unless_gone(work: Coroutine[Any, Any, _Answer], receive: Receive) -> _Answer | None:
    """The answer; None, and nothing goes on, when the client leaves before it is there. A worker that is gone must get
    no task: nobody would ever do it.
    """
    answering = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        return answering.result() if answering.done() else None
    finally:
        for task in (answering, leaving):
            task.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

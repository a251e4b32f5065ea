"""The AWS API's way in. It stands before Django, whose sessions and middleware have no part in it."""

from __future__ import annotations

import uuid
from collections.abc import MutableMapping
from typing import Any

from designer.api.aws.endpoint import answer
from designer.web.layers import App, Receive, Send, read_body

_CONTENT_TYPE = b"application/x-amz-json-1.0"


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
        status, text = await answer(scope, body, request_id)
        headers = [
            (b"content-type", _CONTENT_TYPE),
            (b"content-length", str(len(text)).encode()),
            (b"x-amzn-requestid", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text})

"""The outermost ASGI layers: bounded bodies, and threads that are used again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from io import BytesIO
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext
from django.core.handlers.asgi import ASGIRequest

from designer.api.problems import document
from designer.services.limits import BODY_BYTES
from designer.services.listening import letting_go
from designer.store.connection import mend_connection, release_thread
from designer.web.language import spoken_to
from engine.sentences import say

_P = ParamSpec("_P")
_R = TypeVar("_R")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_MOST_IDLE = 16


async def read_body(receive: Receive) -> bytes | None:
    """None when the client has left. ``BoundedBodies`` has seen to its size."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


class _Threads:
    """A few threads, lent one by one. Used in the event loop alone."""

    def __init__(self) -> None:
        self._idle: list[ThreadPoolExecutor] = []

    def lend(self) -> ThreadPoolExecutor:
        return self._idle.pop() if self._idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="request")

    def take_back(self, thread: ThreadPoolExecutor) -> None:
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(thread)
        else:
            thread.submit(release_thread)  # else its connection stays open until somebody collects the garbage
            thread.shutdown(wait=False)


class _Borrowed(Executor):
    """A request's thread: borrowed for the first thing to do, until the request ends or waits for something."""

    def __init__(self, threads: _Threads) -> None:
        self._threads = threads
        self._thread: ThreadPoolExecutor | None = None

    def submit(self, work: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_R]:
        if self._thread is None:
            self._thread = self._threads.lend()
            # Django mends connections at the beginning of a request, which may have had another thread then.
            self._thread.submit(mend_connection)
        return self._thread.submit(work, *args, **kwargs)

    def let_go(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._threads.take_back(thread)


class ReusedThreads:
    """Runs each request's sync code in a thread of a small pool, which a request that waits gives to others.

    Django would make a thread a request, and with it a database connection a request: connections belong to threads.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._threads = _Threads()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        thread = _Borrowed(self._threads)
        try:
            async with ThreadSensitiveContext(executor=thread):
                with letting_go(thread.let_go):
                    await self._app(scope, receive, send)
        finally:
            thread.let_go()


class BoundedBodies:
    """413 before a body is read, or as soon as it proves too long. Bodies without a length are given one: DRF takes a
    request without Content-Length for an empty one.
    """

    def __init__(self, app: App, most: int = BODY_BYTES) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"")
        if declared.isdigit():
            if int(declared) > self._most:
                await self._refuse(scope, send)
            else:
                await self._app(scope, receive, send)
        elif b"transfer-encoding" in headers:
            await self._measured(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _measured(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            if len(body) > self._most:
                await self._refuse(scope, send)
                return
            if not message.get("more_body"):
                break
        told = False

        async def replay() -> Message:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        headers = [*scope["headers"], (b"content-length", str(len(body)).encode())]
        await self._app({**scope, "headers": headers}, replay, send)

    async def _refuse(self, scope: MutableMapping[str, Any], send: Send) -> None:
        with spoken_to(ASGIRequest(scope, BytesIO())):
            said = document(413, "TooLarge", say("A body may have {most:,} bytes at most.", most=self._most))
        headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(said, ensure_ascii=False).encode()})

"""Addresses of the sockets."""

from __future__ import annotations

from typing import Any

from channels.routing import URLRouter
from django.urls import path

import designer.keys  # noqa: F401 - makes "key" known
from designer.sockets.authentication import OriginCheck
from designer.sockets.consumers import ExecutionFeed, ExecutionList
from designer.sockets.frames import Close


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    """An unknown address is closed with a code; without it the router would raise."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": int(Close.NO_SUCH_THING)})


def _at(route: str, app: Any) -> Any:
    """Django's routes are typed for views; Channels' router gives them applications."""
    return path(route, app)


sockets = OriginCheck(
    URLRouter(
        [
            _at("ws/executions/", ExecutionList.as_asgi()),
            _at("ws/executions/<key:execution_id>/", ExecutionFeed.as_asgi()),
            _at("ws/machines/<key:machine_id>/executions/", ExecutionList.as_asgi()),
            _at("<path:rest>", _nothing),
        ]
    )
)

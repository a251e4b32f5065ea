"""Word of things that happen in workers, for all who wait for them in this event loop. Nobody who waits holds a thread.

Word can be lost with the broker: whoever waits looks into the store now and then.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeAlias

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings

from engine.runtime.outages import outages

LOOK_SECONDS = 2.0
_REMEMBERED = 4096

Run: TypeAlias = Callable[..., Awaitable[Any]]
"""Runs a function with arguments in a thread."""


_let_go: ContextVar[Callable[[], None]] = ContextVar("let_go", default=lambda: None)


@contextlib.contextmanager
def letting_go(of_thread: Callable[[], None]) -> Iterator[None]:
    """Within: whoever waits calls ``of_thread`` first, so that others may have what it holds."""
    token = _let_go.set(of_thread)
    try:
        yield
    finally:
        _let_go.reset(token)


async def in_own_thread(work: Callable[..., Any], *args: Any) -> Any:
    """In the thread of the request, or of whoever called from outside of an event loop."""
    return await sync_to_async(work)(*args)


class Listener:
    """Hears the keys that are published on one channel."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def listen(self) -> bool:
        """Whether word is heard now."""
        if self._task is None or self._task.done():
            self._listening.clear()
            self._task = asyncio.get_running_loop().create_task(self._run())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), 1.0)
        return self._listening.is_set()

    async def _run(self) -> None:
        try:
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True)
            async with client.pubsub(ignore_subscribe_messages=False) as channel:
                await channel.subscribe(self._channel)
                async for message in channel.listen():
                    if message["type"] == "subscribe":
                        self._listening.set()
                        outages.worked(f"hearing {self._channel}")
                    elif message["type"] == "message":
                        self._heard(message["data"])
        except (redis.RedisError, OSError) as error:
            outages.failed(f"hearing {self._channel}", error)  # who waits looks into the store now and then
        finally:
            self._listening.clear()

    def _heard(self, key: str) -> None:
        self._recent[key] = None
        while len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)
        for event in self._waiting.get(key, ()):
            event.set()

    @contextlib.contextmanager
    def waiter(self, key: str, *, remembered: bool = False) -> Iterator[asyncio.Event]:
        """Set when word of the key comes; if ``remembered``, at once when it came before."""
        event = asyncio.Event()
        if remembered and key in self._recent:
            event.set()
        self._waiting.setdefault(key, set()).add(event)
        try:
            yield event
        finally:
            waiting = self._waiting[key]
            waiting.discard(event)
            if not waiting:
                del self._waiting[key]


_listeners: dict[asyncio.AbstractEventLoop, dict[str, Listener]] = {}


def listener(channel: str) -> Listener:
    """The one of the running event loop; those of loops that are over are forgotten."""
    for loop in [one for one in _listeners if one.is_closed()]:
        del _listeners[loop]
    own = _listeners.setdefault(asyncio.get_running_loop(), {})
    return own.setdefault(channel, Listener(channel))


async def pause(word: asyncio.Event, left: float) -> None:
    """Until word comes, or it is time to look again, or ``left`` seconds are over."""
    _let_go.get()()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(word.wait(), min(left, LOOK_SECONDS))

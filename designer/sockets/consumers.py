"""The sockets. The store is the truth; messages from the workers only say when to look."""

from __future__ import annotations

import asyncio
import json
from abc import abstractmethod
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from designer.services.runtime_channels import CHANGES_GROUP
from designer.sockets import reading
from designer.sockets.authentication import user_of
from designer.sockets.frames import HEARTBEAT_SECONDS, MAX_EVENTS, Close, Frame, heartbeat
from engine.runtime.outages import outages

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_BEATING = "the heartbeat of sockets"


class Watcher(AsyncWebsocketConsumer):
    """Signs in, joins a group, beats. Subclasses say what may be watched and what there is to send."""

    user: User
    group: str

    async def connect(self) -> None:
        # A close code reaches a browser only on an open socket.
        await self.accept()
        self._beating: asyncio.Task[None] | None = None
        user = await database_sync_to_async(user_of)(self.scope)
        if user is None:
            await self.close(Close.NOT_SIGNED_IN)
            return
        self.user = user
        if not await self.begin():
            return
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.catch_up()
        self._beating = asyncio.create_task(self._beat())

    async def disconnect(self, code: int) -> None:
        if self._beating is not None:
            self._beating.cancel()
        if hasattr(self, "group"):
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Clients have nothing to say on these sockets."""
        await self.close(Close.UNKNOWN_FRAME)

    async def send_frame(self, frame: Frame) -> None:
        await self.send(text_data=json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    async def _beat(self) -> None:
        """Also looks at the store, for what a broker lost, and whether the watcher is still signed in."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                user = await database_sync_to_async(user_of)(self.scope)
                if user is None or user.pk != self.user.pk:
                    await self.close(Close.NOT_SIGNED_IN)
                    return
                await self.catch_up()
                await self.send_frame(heartbeat())
                outages.worked(_BEATING)
            except Exception as error:
                # A database that is away for a moment must not silence the socket for good.
                outages.failed(_BEATING, error)

    @abstractmethod
    async def begin(self) -> bool:
        """Set ``group``, or close and answer False."""

    @abstractmethod
    async def catch_up(self) -> None:
        """Send what the store has and the client has not."""


class ExecutionFeed(Watcher):
    """Each event once, in order, without a gap, whatever messages are lost, doubled or late."""

    async def begin(self) -> bool:
        self._id: str = self.scope["url_route"]["kwargs"]["execution_id"]
        self.group = f"execution-{self._id}"
        self._turn = asyncio.Lock()
        self._told: tuple[str, str | None] | None = None
        after = parse_qs(self.scope["query_string"].decode("latin-1")).get("last_event_id", ["0"])[0]
        if not (after.isascii() and after.isdigit() and len(after) < 10):
            await self.close(Close.UNKNOWN_FRAME)
            return False
        self._sent = int(after)
        if not await database_sync_to_async(reading.owns_execution)(self.user, self._id):
            await self.close(Close.NO_SUCH_THING)
            return False
        return True

    async def execution_events(self, message: dict[str, Any]) -> None:
        """From a worker, after a commit."""
        async with self._turn:
            fresh = [event for event in message["events"] if event["id"] > self._sent]
            if fresh and not self._follows(fresh):
                await self._catch_up()
            elif fresh or self._news(message["status"], message["stopped_at"]):
                for at in range(0, max(len(fresh), 1), MAX_EVENTS):
                    await self._send(fresh[at : at + MAX_EVENTS], message["status"], message["stopped_at"])

    def _follows(self, events: list[dict[str, Any]]) -> bool:
        return all(event["id"] == self._sent + number for number, event in enumerate(events, 1))

    def _news(self, status: str, stopped_at: str | None) -> bool:
        """A status without new events is news only when it ends what was running: messages may come late."""
        return self._told is not None and self._told[0] == "RUNNING" and (status, stopped_at) != self._told

    async def catch_up(self) -> None:
        async with self._turn:
            await self._catch_up()

    async def _catch_up(self) -> None:
        while True:
            feed = await database_sync_to_async(reading.read_feed)(self._id, self._sent)
            if feed is None:
                await self.close(Close.NO_SUCH_THING)
                return
            if feed.events or self._told is None or self._news(feed.status, feed.stopped_at):
                await self._send(feed.events, feed.status, feed.stopped_at)
            if len(feed.events) < MAX_EVENTS:
                return

    async def _send(self, events: list[dict[str, Any]], status: str, stopped_at: str | None) -> None:
        if events:
            self._sent = events[-1]["id"]
        self._told = (status, stopped_at)
        await self.send_frame(
            {
                "type": "events",
                "events": events,
                "last_event_id": self._sent,
                "status": status,
                "stopped_at": stopped_at,
            }
        )


class ExecutionList(Watcher):
    """Executions that begin and end: of one machine, or all of mine."""

    group = CHANGES_GROUP

    async def begin(self) -> bool:
        self._machine: str | None = self.scope["url_route"]["kwargs"].get("machine_id")
        if self._machine is not None and not await database_sync_to_async(reading.owns_machine)(
            self.user, self._machine
        ):
            await self.close(Close.NO_SUCH_THING)
            return False
        return True

    async def executions_changed(self, message: dict[str, Any]) -> None:
        """Everybody hears of every change and reads what is theirs."""
        found = await database_sync_to_async(reading.read_summaries)(self.user, self._machine, message["execution_ids"])
        for execution in found:
            await self.send_frame({"type": "execution", "execution": execution})

    async def catch_up(self) -> None:
        """Nothing: the page has read the list, and reads it again when a socket comes back."""

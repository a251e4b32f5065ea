"""The Notifier port: after each commit, compact deltas to whoever watches, and word of every end to whoever waits.

Runs its own event loop in a thread: a worker only puts a message into its hands. Deltas of one execution are sent at
once, then at most every 50 ms. Losing one costs nothing: pages resume from the store by event id.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio
from channels.layers import get_channel_layer

from designer.services.runtime_channels import CHANGES_GROUP, ENDED_CHANNEL
from engine.asl.times import format_timestamp
from engine.core.execution import Root, Status
from engine.core.history import HistoryEvent
from engine.runtime.outages import outages

COALESCE_SECONDS = 0.05
MOST_AT_ONCE = 1000
"""Messages on their way to the broker. It takes each in about a millisecond, or hangs."""
_CONNECTIONS = 16
_ANSWER_SECONDS = 2.0
"""After them the broker counts as away."""
_TELLING, _TELLING_ENDS = "telling who watches", "telling who waits for an end"


@dataclass(slots=True)
class _Pending:
    """What happened to an execution and was not told yet."""

    history: list[HistoryEvent] = field(default_factory=list)
    root: Root | None = None
    at: int = 0


def compact(event: HistoryEvent) -> dict[str, Any]:
    """An event without its payloads (docs/reference/rest-api.md, "Sockets")."""
    return {
        "id": event.id,
        "previous_event_id": event.previous,
        "type": event.type,
        "timestamp": format_timestamp(event.at),
        "scope": event.scope,
        "state": event.state,
        "note": event.note,
    }


class ChannelNotifier:
    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._pending: dict[str, _Pending] = {}
        self._loop = asyncio.new_event_loop()
        self._redis: redis.asyncio.Redis | None = None
        self._changed: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        threading.Thread(target=self._run, name="notifier", daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def committed(self, execution_id: str, root: Root, history: Sequence[HistoryEvent], at: int) -> None:
        with self._lock:
            pending = self._pending.get(execution_id)
            scheduled = pending is not None
            if pending is None:
                pending = self._pending[execution_id] = _Pending()
            pending.history.extend(history)
            pending.root = root
            pending.at = at
        ended = root.status is not Status.RUNNING
        if not scheduled or ended:  # a flush is on its way already, and waking the loop costs the worker dearly
            self._loop.call_soon_threadsafe(self._flush, execution_id, ended)

    def _flush(self, execution_id: str, ended: bool) -> None:
        with self._lock:
            pending = self._pending.get(execution_id)
            if pending is None or pending.root is None:
                self._pending.pop(execution_id, None)
                return
            if ended:
                del self._pending[execution_id]
            else:
                self._pending[execution_id] = _Pending()
                self._loop.call_later(COALESCE_SECONDS, self._flush, execution_id, False)
        self._begin(self._publish(execution_id, pending.root, pending.history, pending.at))
        if ended or any(event.id == 1 for event in pending.history):
            self._note_change(execution_id)

    def _note_change(self, execution_id: str) -> None:
        """Lists of executions learn of starts and ends in bundles: whoever watches reads what it may see itself."""
        if not self._changed:
            self._loop.call_later(COALESCE_SECONDS, self._tell_changes)
        self._changed.add(execution_id)

    def _tell_changes(self) -> None:
        changed, self._changed = sorted(self._changed), set()
        message = {"type": "executions.changed", "execution_ids": changed}
        self._begin(self._group_send(CHANGES_GROUP, message))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._tasks) >= MOST_AT_ONCE:
            work.close()  # pages fetch what they missed, and who waits for an end looks again
            return
        task = self._loop.create_task(work)
        self._tasks.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)

    async def _group_send(self, group: str, message: dict[str, Any]) -> None:
        layer = get_channel_layer()
        try:
            if layer is not None:
                await layer.group_send(group, message)
                outages.worked(_TELLING)
        except Exception as error:
            # Watching must never stop the work; pages fetch what they missed.
            outages.failed(_TELLING, error)

    async def _publish(self, execution_id: str, root: Root, history: list[HistoryEvent], at: int) -> None:
        ended = root.status is not Status.RUNNING
        if ended:
            try:
                await self._client().publish(ENDED_CHANNEL, execution_id)
                outages.worked(_TELLING_ENDS)
            except Exception as error:
                outages.failed(_TELLING_ENDS, error)
        frame = {
            "type": "execution.events",
            "events": [compact(event) for event in history],
            "last_event_id": root.last_event_id,
            "status": str(root.status),
            "stopped_at": format_timestamp(at) if ended else None,
        }
        await self._group_send(f"execution-{execution_id}", frame)

    def _client(self) -> redis.asyncio.Redis:
        if self._redis is None:
            pool = redis.asyncio.BlockingConnectionPool.from_url(
                self._url, max_connections=_CONNECTIONS, timeout=_ANSWER_SECONDS, socket_timeout=_ANSWER_SECONDS
            )
            self._redis = redis.asyncio.Redis(connection_pool=pool)
        return self._redis

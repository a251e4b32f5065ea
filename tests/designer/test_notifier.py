"""Whoever watches is told by the way: a broker that hangs costs them, and never the worker."""

from __future__ import annotations

import asyncio
import socket

import pytest

from designer.sockets import notifier
from engine.core.execution import Root, Status


async def _begun(teller: notifier.ChannelNotifier) -> int:
    """How much is on its way; it is given up."""
    tasks = tuple(teller._tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await teller._client().aclose()
    return len(tasks)


def test_what_is_to_be_told_does_not_pile_up_while_the_broker_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifier, "_ANSWER_SECONDS", 3600.0)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as hangs:
        teller = notifier.ChannelNotifier(f"redis://127.0.0.1:{hangs.getsockname()[1]}")
        ended = Root(status=Status.SUCCEEDED, last_event_id=2, last_at=0)
        for number in range(3 * notifier.MOST_AT_ONCE):
            teller.committed(f"execution-{number}", ended, (), 0)
        begun = asyncio.run_coroutine_threadsafe(_begun(teller), teller._loop).result()
        assert 0 < begun <= notifier.MOST_AT_ONCE

"""The sockets: each event once, in order, without a gap, whatever happens to messages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer

from designer.models import ApiToken, Execution, HistoryEvent
from designer.services import signin
from designer.services.runtime_channels import CHANGES_GROUP
from designer.sockets import consumers
from designer.sockets.routing import sockets
from tests.designer.conftest import Api

_PATIENCE = 60
"""Seconds to wait for what will come."""


class Socket:
    """A client. (Channels' own imports a server we do not use.)"""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        address, _, query = path.partition("?")
        scope = {"type": "websocket", "path": address, "query_string": query.encode(), "headers": headers}
        communicator: Any = ApplicationCommunicator
        self._end = communicator(sockets, {**scope, "subprotocols": []})

    async def connect(self) -> bool:
        await self._end.send_input({"type": "websocket.connect"})
        return bool((await self.receive())["type"] == "websocket.accept")

    async def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._end.receive_output(_PATIENCE)
        return message

    async def frame(self) -> dict[str, Any]:
        message = await self.receive()
        assert message["type"] == "websocket.send", message
        found: dict[str, Any] = json.loads(message["text"])
        return found

    async def say(self, text: str) -> None:
        await self._end.send_input({"type": "websocket.receive", "text": text})

    async def silent(self) -> bool:
        return bool(await self._end.receive_nothing(0.2))

    async def disconnect(self) -> None:
        await self._end.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._end.wait(_PATIENCE)


def _event(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "previous_event_id": number - 1,
        "type": "X",
        "timestamp": "2026-01-31T12:00:00.000Z",
        "scope": "",
        "state": None,
        "note": None,
    }


def _store(execution_id: str, *numbers: int) -> None:
    for number in numbers:
        HistoryEvent.objects.create(
            execution_id=execution_id,
            event_id=number,
            previous_event_id=number - 1,
            type="X",
            at=1_700_000_000_000,
            scope="",
            details="{}",
        )


def _begun(person: Api) -> str:
    machine = person.machine()
    return str(person.post(f"/api/machines/{machine['id']}/executions/")["id"])


@asynccontextmanager
async def _socket(path: str, *headers: tuple[bytes, bytes]) -> AsyncIterator[Socket]:
    communicator = Socket(path, [(b"host", b"localhost"), *headers])
    assert await communicator.connect()
    try:
        yield communicator
    finally:
        await communicator.disconnect()


def _bearer(person: Api) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {person.token}".encode()


async def _close_code(path: str, *headers: tuple[bytes, bytes]) -> int:
    async with _socket(path, *headers) as socket:
        message = await socket.receive()
        assert message["type"] == "websocket.close"
        return int(message["code"])


async def _tell(execution_id: str, *numbers: int, status: str = "RUNNING") -> None:
    layer = get_channel_layer()
    assert layer is not None
    message = {
        "type": "execution.events",
        "events": [_event(number) for number in numbers],
        "last_event_id": numbers[-1] if numbers else 0,
        "status": status,
        "stopped_at": None if status == "RUNNING" else "2026-01-31T12:00:01.000Z",
    }
    await layer.group_send(f"execution-{execution_id}", message)


def _ids(frame: dict[str, Any]) -> list[int]:
    assert frame["type"] == "events"
    return [event["id"] for event in frame["events"]]


async def test_a_watcher_gets_what_is_stored_and_then_what_happens(alice: Api) -> None:
    execution = await sync_to_async(_begun)(alice)
    await sync_to_async(_store)(execution, 1, 2)
    async with _socket(f"/ws/executions/{execution}/?last_event_id=1", _bearer(alice)) as socket:
        assert _ids(await socket.frame()) == [2]
        await _tell(execution, 3, 4)
        assert _ids(await socket.frame()) == [3, 4]


async def test_doubled_and_late_messages_are_shown_once(alice: Api) -> None:
    execution = await sync_to_async(_begun)(alice)
    async with _socket(f"/ws/executions/{execution}/", _bearer(alice)) as socket:
        assert _ids(await socket.frame()) == []
        await _tell(execution, 1, 2)
        await _tell(execution, 1, 2)
        await _tell(execution, 2, 3)
        assert _ids(await socket.frame()) == [1, 2]
        assert _ids(await socket.frame()) == [3]
        assert await socket.silent()


async def test_a_lost_message_is_made_up_from_the_store(alice: Api) -> None:
    execution = await sync_to_async(_begun)(alice)
    async with _socket(f"/ws/executions/{execution}/", _bearer(alice)) as socket:
        await socket.frame()
        await sync_to_async(_store)(execution, 1, 2, 3)
        await _tell(execution, 3)
        assert _ids(await socket.frame()) == [1, 2, 3]


async def test_frames_hold_500_events_at_most(alice: Api) -> None:
    execution = await sync_to_async(_begun)(alice)
    await sync_to_async(_store)(execution, *range(1, 602))
    async with _socket(f"/ws/executions/{execution}/", _bearer(alice)) as socket:
        assert _ids(await socket.frame()) == list(range(1, 501))
        assert _ids(await socket.frame()) == list(range(501, 602))


async def test_a_heartbeat_makes_up_for_a_silent_broker(alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HEARTBEAT_SECONDS", 0.2)
    execution = await sync_to_async(_begun)(alice)
    async with _socket(f"/ws/executions/{execution}/", _bearer(alice)) as socket:
        await socket.frame()
        await sync_to_async(_store)(execution, 1)
        await Execution.objects.aupdate(status="SUCCEEDED", stopped_at=5, last_event_id=1)
        frame = await socket.frame()
        while frame["type"] == "heartbeat":
            frame = await socket.frame()
        assert _ids(frame) == [1]
        assert frame["status"] == "SUCCEEDED"


async def test_a_deleted_token_closes_the_socket(alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HEARTBEAT_SECONDS", 0.1)
    async with _socket("/ws/executions/", _bearer(alice)) as socket:
        await ApiToken.objects.all().adelete()
        message = await socket.receive()
        while message["type"] == "websocket.send":
            message = await socket.receive()
        assert message["code"] == 4401


async def test_who_may_not_watch_is_told_why(alice: Api, bob: Api) -> None:
    execution = await sync_to_async(_begun)(alice)
    origin = (b"origin", b"http://localhost")
    assert await _close_code(f"/ws/executions/{execution}/", origin) == 4401
    assert await _close_code(f"/ws/executions/{execution}/", _bearer(bob)) == 4404
    assert await _close_code("/ws/machines/none/executions/", _bearer(alice)) == 4404
    assert await _close_code("/ws/other/", _bearer(alice)) == 4404
    assert await _close_code(f"/ws/executions/{execution}/?last_event_id=x", _bearer(alice)) == 4400


async def test_a_frame_from_the_client_closes_with_4400(alice: Api) -> None:
    async with _socket("/ws/executions/", _bearer(alice)) as socket:
        await socket.say("{not json")
        assert (await socket.receive())["code"] == 4400


@pytest.mark.parametrize("origin", [b"http://evil.example", b"http://localhost:3000", b"null"])
async def test_pages_of_other_places_are_refused(origin: bytes, alice: Api) -> None:
    await sync_to_async(alice.client.force_login)(alice.user)
    cookie = alice.client.cookies["treadle_session"].OutputString().split(";")[0].encode()
    headers = [(b"host", b"localhost"), (b"origin", origin), (b"cookie", cookie)]
    assert not await Socket("/ws/executions/", headers).connect()


async def test_a_cookie_signs_in_and_signing_out_closes(alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "HEARTBEAT_SECONDS", 0.1)
    link = await sync_to_async(signin.create_sign_in_link)(alice.user)
    await sync_to_async(alice.client.post)("/api/session/", {"token": link}, content_type="application/json")
    cookie = f"treadle_session={alice.client.cookies['treadle_session'].value}".encode()
    async with _socket("/ws/executions/", (b"origin", b"http://localhost"), (b"cookie", cookie)) as socket:
        assert (await socket.frame())["type"] == "heartbeat"
        await sync_to_async(alice.client.logout)()
        message = await socket.receive()
        while message["type"] == "websocket.send":
            message = await socket.receive()
        assert message["code"] == 4401


async def test_a_list_hears_of_ones_own_executions_only(alice: Api, bob: Api) -> None:
    execution = await sync_to_async(_begun)(alice)
    machine = (await Execution.objects.aget()).machine_id
    layer = get_channel_layer()
    assert layer is not None
    async with (
        _socket("/ws/executions/", _bearer(alice)) as all_mine,
        _socket(f"/ws/machines/{machine}/executions/", _bearer(alice)) as of_machine,
        _socket("/ws/executions/", _bearer(bob)) as strange,
    ):
        await layer.group_send(CHANGES_GROUP, {"type": "executions.changed", "execution_ids": [execution, "other"]})
        for socket in (all_mine, of_machine):
            frame = await socket.frame()
            assert (frame["type"], frame["execution"]["id"]) == ("execution", execution)
        assert await strange.silent()

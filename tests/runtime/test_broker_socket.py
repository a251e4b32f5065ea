"""Where the embedded broker listens: on a path that the system takes, however long those of its folders are."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import pytest

from config.environment import broker_socket

LONG = "a-folder-with-a-long-name" * 5


@pytest.mark.parametrize("temporary", ["short", LONG])
@pytest.mark.parametrize("data", ["short", LONG])
def test_the_socket_of_the_broker_has_a_path_that_can_be_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: str, temporary: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / temporary))
    path = broker_socket(tmp_path / data)
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    path.unlink()
    path.parent.rmdir()
    assert path == broker_socket(tmp_path / data)

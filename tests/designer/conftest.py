"""The app on a real SQLite file and a real Valkey; workers are not running, so executions stay as they were left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from designer.services import signin, tokens

HELLO = json.dumps({"StartAt": "Hello", "States": {"Hello": {"Type": "Pass", "Result": "hi", "End": True}}})
BYE = json.dumps({"StartAt": "Bye", "States": {"Bye": {"Type": "Succeed"}}})


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

"""What HTTP tasks are authorised with: connections, kept encrypted, never shown again (EventBridge, "Connections")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from engine.runtime.ports import AttemptRow

Kind = Literal["BASIC", "API_KEY", "OAUTH_CLIENT_CREDENTIALS"]


class ConnectionFailed(Exception):
    """``code`` is the last part of ``Events.ConnectionResource.*``, AWS's names of what is wrong with a connection."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """BASIC: ``name`` and ``secret`` are user and password. API_KEY: header and value. OAUTH_CLIENT_CREDENTIALS: client
    id and secret, sent to ``token_url``. ``headers``, ``query`` and ``body`` are added to each request, and win."""

    id: str
    kind: Kind
    name: str
    secret: str = field(repr=False)
    token_url: str = ""
    method: Literal["POST", "GET"] = "POST"
    scope: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, str] = field(default_factory=dict, repr=False)


class Connections(Protocol):
    def find(self, attempt: AttemptRow, arn: str) -> Connection:
        """A connection of the owner of the machine, or of who tests a state. Raises ConnectionFailed."""
        ...

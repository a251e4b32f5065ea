"""Connections of HTTP tasks: what they are authorised with. Secrets are kept encrypted and told to nobody again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from designer.arns import connection_arn
from designer.models import HttpConnection
from designer.services.encryption import Unreadable, decrypt, encrypt
from designer.services.errors import ConnectionNameTaken, DoesNotExist
from designer.services.machines import owner_of
from designer.services.names import check_name
from engine.integrations.connections import Connection, ConnectionFailed, Kind
from engine.runtime.ports import AttemptRow

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SECRETS = ("secret", "headers", "query", "body")
"""What is encrypted of a connection."""


def list_connections(user: User) -> QuerySet[HttpConnection]:
    return HttpConnection.objects.filter(owner=user)


def get_connection(user: User, connection_id: str) -> HttpConnection:
    """Raises DoesNotExist."""
    found = list_connections(user).filter(pk=connection_id).first()
    if found is None:
        raise DoesNotExist("Connection", connection_id)
    return found


def create_connection(user: User, *, name: str, kind: str, settings: Mapping[str, Any]) -> HttpConnection:
    """``settings`` are fields of engine.integrations.connections.Connection.

    Raises InvalidName, ConnectionNameTaken.
    """
    check_name(name)
    plain, hidden = _split(settings)
    now = timezone.now()
    try:
        with transaction.atomic():
            return HttpConnection.objects.create(
                owner=user, name=name, kind=kind, settings=plain, secrets=hidden, created_at=now, updated_at=now
            )
    except IntegrityError:
        raise ConnectionNameTaken(name) from None


def update_connection(user: User, connection_id: str, *, kind: str, settings: Mapping[str, Any]) -> HttpConnection:
    """Replaces how it authorises; its ARN stays. Raises DoesNotExist."""
    get_connection(user, connection_id)
    plain, hidden = _split(settings)
    changes = {"kind": kind, "settings": plain, "secrets": hidden, "updated_at": timezone.now()}
    list_connections(user).filter(pk=connection_id).update(**changes)  # of one that is gone by now, nothing
    return get_connection(user, connection_id)


def delete_connection(user: User, connection_id: str) -> None:
    """Raises DoesNotExist."""
    if not list_connections(user).filter(pk=connection_id).delete()[0]:
        raise DoesNotExist("Connection", connection_id)


def _split(settings: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    plain = {name: value for name, value in settings.items() if name not in SECRETS}
    return plain, encrypt(json.dumps({name: settings[name] for name in SECRETS if name in settings}))


class StoredConnections:
    """``engine.integrations.connections.Connections``: a machine uses those of its own owner."""

    def find(self, attempt: AttemptRow, arn: str) -> Connection:
        parts = arn.split("/")
        owner = owner_of(attempt)
        found = HttpConnection.objects.filter(owner=owner, name=parts[1]).first() if len(parts) >= 2 else None
        if found is None or arn not in {connection_arn(found.name, found.pk), connection_arn(found.name)}:
            raise ConnectionFailed("ResourceNotFound", f"There is no connection {arn}")
        try:
            hidden = json.loads(decrypt(found.secrets))
        except Unreadable:
            message = f"The secrets of {arn} were stored under another TREADLE_SECRET_KEY: enter them again"
            raise ConnectionFailed("InvalidConnectionState", message) from None
        return Connection(
            id=f"{found.pk} {found.updated_at.isoformat()}", kind=cast("Kind", found.kind), **found.settings, **hidden
        )

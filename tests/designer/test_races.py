"""Two requests at a time: what one has taken away the other does not bring back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from designer.models import HttpConnection
from designer.services import connections
from designer.services.errors import DoesNotExist
from tests.designer.conftest import Api


def test_a_connection_that_is_deleted_while_it_is_changed_stays_deleted(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = connections.create_connection(alice.user, name="Shop", kind="API_KEY", settings={"secret": "old"})
    split = connections._split

    def splitting(settings: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        HttpConnection.objects.all().delete()  # another request
        return split(settings)

    monkeypatch.setattr(connections, "_split", splitting)
    with pytest.raises(DoesNotExist):
        connections.update_connection(alice.user, made.pk, kind="API_KEY", settings={"secret": "new"})
    assert not HttpConnection.objects.exists()

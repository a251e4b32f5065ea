"""Two requests at a time: what one has taken away the other does not bring back."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from designer.api.aws.caller import Caller
from designer.api.aws.operations import machines as described
from designer.arns import machine_arn
from designer.models import HttpConnection, Machine
from designer.services import addresses, aliases, connections, machines, versions
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


def test_a_machine_that_goes_while_it_is_described_does_not_exist(alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = alice.machine()
    find = addresses.machine_address

    def finding(*given: Any) -> Any:
        found = find(*given)
        Machine.objects.filter(pk=made["id"]).delete()  # another request
        return found

    monkeypatch.setattr(described, "machine_address", finding)
    with pytest.raises(DoesNotExist):
        described.describe_state_machine(Caller(alice.user.pk), {"stateMachineArn": machine_arn(made["name"])})


@pytest.mark.parametrize("service", [aliases, versions])
def test_what_goes_with_its_machine_while_it_is_deleted_is_gone_without_an_error(
    alice: Api, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = alice.machine()["id"]
    versions.publish_version(alice.user, made, description="")
    get_machine = service.get_machine

    def getting(*given: Any) -> Machine:
        found: Machine = get_machine(*given)
        Machine.objects.filter(pk=made).delete()  # another request
        return found

    monkeypatch.setattr(service, "get_machine", getting)
    if service is aliases:
        aliases.delete_alias(alice.user, made, "live")
    else:
        versions.delete_version(alice.user, made, 1)
    assert not Machine.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time")
def test_an_alias_is_not_deleted_while_somebody_changes_its_machine(alice: Api) -> None:
    made = alice.machine()["id"]
    versions.publish_version(alice.user, made, description="")
    routes = [aliases.Route(version=1, weight=100)]
    aliases.create_alias(alice.user, made, name="live", description="", routes=routes)
    refused: list[Exception] = []

    def delete() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                aliases.delete_alias(alice.user, made, "live")
        except OperationalError as error:
            refused.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        machines.lock_machine(alice.user, made)
        deleting = threading.Thread(target=delete)
        deleting.start()
        deleting.join()
        assert refused
    aliases.delete_alias(alice.user, made, "live")
    assert not aliases.list_aliases(alice.user, made, version=None).exists()

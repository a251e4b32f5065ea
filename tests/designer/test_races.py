"""Two requests at a time: what one has taken away the other does not bring back."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from designer.api.aws.caller import Caller
from designer.api.aws.operations import aliases as described_aliases
from designer.api.aws.operations import machines as described
from designer.api.aws.operations import map_runs as map_run_operations
from designer.arns import alias_arn, machine_arn
from designer.models import Activity, Alias, Execution, HttpConnection, Machine, MapRun
from designer.services import (
    activities,
    addresses,
    aliases,
    bundles,
    connections,
    deletion,
    executions,
    machines,
    overview,
    sharing,
    versions,
)
from designer.services.errors import DoesNotExist, MapRunEnded
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


def _then(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, other: Callable[[], object]) -> None:
    """After the function's first call another request does something."""
    real, calls = getattr(module, name), itertools.count()

    def called(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        if next(calls) == 0:
            other()
        return found

    monkeypatch.setattr(module, name, called)


def test_a_map_run_that_ends_while_its_limits_are_changed_has_ended(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = alice.post(f"/api/machines/{alice.machine()['id']}/executions/", {})["id"]
    arn = "arn:aws:states:us-east-1:000000000000:mapRun:Hello/rows:1"
    MapRun.objects.create(id="1", execution_id=execution, arn=arn, command="{}", started_at=1, looked_at=1)
    _then(monkeypatch, map_run_operations, "map_run_at", lambda: MapRun.objects.update(status="FAILED"))
    with pytest.raises(MapRunEnded):
        map_run_operations.update_map_run(Caller(alice.user.pk), {"mapRunArn": arn, "maxConcurrency": 3})
    assert MapRun.objects.get().concurrency == 0


def _aliased(alice: Api) -> str:
    made = alice.machine()
    versions.publish_version(alice.user, made["id"], description="")
    routes = [aliases.Route(version=1, weight=100)]
    aliases.create_alias(alice.user, made["id"], name="live", description="", routes=routes)
    return alias_arn(made["name"], "live")


def test_an_alias_that_goes_while_its_machine_is_described_by_it_does_not_exist(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = _aliased(alice)
    _then(monkeypatch, described, "find_alias", Alias.objects.all().delete)
    with pytest.raises(DoesNotExist):
        described.describe_state_machine(Caller(alice.user.pk), {"stateMachineArn": arn})


def test_an_alias_that_goes_while_it_is_described_does_not_exist(alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = _aliased(alice)
    _then(monkeypatch, aliases, "get_alias", Alias.objects.all().delete)
    with pytest.raises(DoesNotExist):
        described_aliases.describe_alias(Caller(alice.user.pk), {"stateMachineAliasArn": arn})


def test_a_machine_that_goes_before_its_page_is_put_together_does_not_exist(alice: Api) -> None:
    machine = machines.get_machine(alice.user, alice.machine()["id"])
    Machine.objects.all().delete()  # another request
    with pytest.raises(DoesNotExist):
        overview.describe_machine(machine)


def test_an_execution_that_goes_before_its_definition_is_read_does_not_exist(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = alice.machine()["id"]
    execution = alice.post(f"/api/machines/{machine}/executions/", {})["id"]

    def delete() -> None:
        Execution.objects.all().delete()
        Machine.objects.all().delete()

    _then(monkeypatch, executions, "get_execution", delete)
    with pytest.raises(DoesNotExist):
        executions.definition_of(alice.user, execution)


@pytest.mark.parametrize("moment", ["get_machine", "finish_deletion"])
def test_a_machine_whose_deletion_upkeep_finishes_while_it_is_deleted_is_gone(
    alice: Api, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = alice.machine()
    path = f"/api/machines/{made['id']}/"
    alice.post(f"{path}executions/", {})

    def finish() -> None:
        Execution.objects.all().delete()
        Machine.objects.all().delete()

    _then(monkeypatch, deletion, moment, finish)
    assert alice.call("DELETE", path).status_code == 204
    assert alice.call("DELETE", path).status_code == 404


def test_a_machine_that_goes_before_aws_deletes_it_is_gone_without_an_error(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = alice.machine()
    _then(monkeypatch, described, "machine_address", Machine.objects.all().delete)
    arn = machine_arn(made["name"])
    assert described.delete_state_machine(Caller(alice.user.pk), {"stateMachineArn": arn}) == {}


def test_a_machine_that_goes_while_it_is_shared_does_not_exist(alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = alice.machine()["id"]
    _then(monkeypatch, sharing, "new_token", Machine.objects.all().delete)
    with pytest.raises(DoesNotExist):
        sharing.create_share(alice.user, made, expires_at=None)


def test_a_copy_whose_free_name_somebody_takes_gets_the_next_one(alice: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = machines.get_machine(alice.user, alice.machine()["id"]).revisions.select_related("machine").get()
    _then(monkeypatch, machines, "free_name", lambda: alice.machine("Hello-2"))
    assert bundles.copy_machine(alice.user, revision).name == "Hello-3"


def test_an_activity_whose_namesake_goes_while_it_is_created_is_created(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    activities.create_activity(alice.user, name="Pack", tags={}, encryption=None)
    monkeypatch.setattr(
        activities, "list_activities", lambda user: (Activity.objects.all().delete(), Activity.objects.none())[1]
    )
    activities.create_activity(alice.user, name="Pack", tags={}, encryption=None)
    assert [one.name for one in Activity.objects.all()] == ["Pack"]

"""AWS's quotas of an account: what is one too many is refused by name and changes nothing, whoever else is at it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from designer.api.aws.errors import api_error
from designer.arns import activity_arn
from designer.models import Activity, Execution, Inbox, Machine, MapRun
from designer.services import activities, aliases, counting, executions, provisioning, tasks, versions
from designer.services.errors import QuotaExceeded
from designer.store.connection import release_thread, writing
from designer.store.sql import SqlStore
from tests.designer.conftest import HELLO, Api

ROLE = "arn:aws:iam::000000000000:role/tests"
Set = Callable[..., None]


@pytest.fixture
def quotas(settings: Any) -> Iterator[Set]:
    def set_quotas(**most: int) -> None:
        environment = settings.ENVIRONMENT
        settings.ENVIRONMENT = replace(environment, quotas=replace(environment.quotas, **most))
        counting.OPEN.forget()

    yield set_quotas
    counting.OPEN.forget()


def together(work: list[Callable[[], Any]]) -> list[BaseException | None]:
    """Each in a thread of its own, at the same time; what each raised."""
    found: list[BaseException | None] = [None] * len(work)
    gate = threading.Barrier(len(work))

    def run(number: int) -> None:
        try:
            gate.wait()
            work[number]()
        except BaseException as error:  # told to the test, whatever it is
            found[number] = error
        finally:
            release_thread()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(work))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def start(alice: Api, machine: str, name: str | None = None) -> Execution:
    return executions.start_execution(alice.user.pk, machine, input={}, name=name).execution


def end(execution: Execution) -> None:
    Execution.objects.filter(pk=execution.pk).update(status="FAILED", stopped_at=execution.started_at)


def code(error: BaseException | None) -> str:
    assert isinstance(error, QuotaExceeded), error
    told = api_error(error)
    assert told is not None
    return told.code


def test_a_machine_too_many_is_refused_and_says_which_setting_raises_the_limit(alice: Api, quotas: Set) -> None:
    quotas(state_machines=1)
    alice.machine("One")
    refused = alice.post("/api/machines/", {"name": "Two", "definition": HELLO}, 409)
    assert refused["code"] == "QuotaExceeded"
    assert "TREADLE_QUOTA_STATE_MACHINES" in refused["detail"]
    assert [one.name for one in Machine.objects.all()] == ["One"]


def test_the_machine_that_is_there_already_is_no_machine_too_many(alice: Api, quotas: Set) -> None:
    quotas(state_machines=1)
    wanted = provisioning.Provision(definition=HELLO, role_arn=ROLE)

    def provision(name: str) -> provisioning.Provisioned:
        return provisioning.provision_machine(alice.user, name=name, type="STANDARD", tags={}, wanted=wanted)

    first = provision("One")
    assert provision("One").machine == first.machine
    with pytest.raises(QuotaExceeded) as refused:
        provision("Two")
    assert code(refused.value) == "StateMachineLimitExceeded"


def test_of_machines_made_at_the_same_time_no_more_are_made_than_may_be(alice: Api, quotas: Set) -> None:
    quotas(state_machines=2)
    wanted = provisioning.Provision(definition=HELLO, role_arn=ROLE)

    def make(name: str) -> Callable[[], Any]:
        return lambda: provisioning.provision_machine(alice.user, name=name, type="STANDARD", tags={}, wanted=wanted)

    found = together([make(f"M{number}") for number in range(6)])
    assert [code(one) for one in found if one is not None] == ["StateMachineLimitExceeded"] * 4
    assert Machine.objects.count() == 2


def test_of_activities_made_at_the_same_time_no_more_are_made_than_may_be(alice: Api, quotas: Set) -> None:
    quotas(activities=1)

    def make(name: str) -> Callable[[], Any]:
        return lambda: activities.create_activity(alice.user, name=name, tags={}, encryption=None)

    found = together([make(f"A{number}") for number in range(5)])
    assert [code(one) for one in found if one is not None] == ["ActivityLimitExceeded"] * 4
    (kept,) = Activity.objects.all()
    make(kept.name)()


def test_versions_and_aliases_have_limits_that_a_setting_raises(alice: Api, quotas: Set) -> None:
    quotas(versions=1, aliases=1)
    made = alice.machine()["id"]
    versions.publish_version(alice.user, made, description="")
    route = [aliases.Route(version=1, weight=100)]
    aliases.create_alias(alice.user, made, name="live", description="", routes=route)
    with pytest.raises(QuotaExceeded) as refused:
        aliases.create_alias(alice.user, made, name="next", description="", routes=route)
    assert code(refused.value) == "ServiceQuotaExceededException"
    quotas(aliases=2)
    aliases.create_alias(alice.user, made, name="next", description="", routes=route)


def test_an_execution_too_many_is_not_started_and_one_that_ends_makes_room(alice: Api, quotas: Set) -> None:
    quotas(open_executions=2)
    machine = alice.machine()["id"]
    first = start(alice, machine)
    start(alice, machine)
    for _ in range(2):
        with pytest.raises(QuotaExceeded) as refused:
            start(alice, machine)
        assert code(refused.value) == "ExecutionLimitExceeded"
    assert (Execution.objects.count(), Inbox.objects.count()) == (2, 2)
    end(first)
    start(alice, machine)


def test_the_execution_that_runs_already_is_no_execution_too_many(alice: Api, quotas: Set) -> None:
    quotas(open_executions=1)
    machine = alice.machine()["id"]
    first = start(alice, machine, "one")
    assert start(alice, machine, "one") == first


def test_executions_of_express_machines_and_children_of_map_runs_do_not_count(alice: Api, quotas: Set) -> None:
    quotas(open_executions=1)
    wanted = provisioning.Provision(definition=HELLO, role_arn=ROLE)
    made = provisioning.provision_machine(alice.user, name="Quick", type="EXPRESS", tags={}, wanted=wanted)
    express = made.machine.pk
    for _ in range(3):
        start(alice, express)
    machine = alice.machine()["id"]
    child = start(alice, machine)
    run = MapRun.objects.create(id="1", execution=child, arn="", command="", started_at=0, looked_at=0)
    Execution.objects.filter(pk=child.pk).update(map_run=run)
    start(alice, machine)
    with pytest.raises(QuotaExceeded):
        start(alice, machine)
    start(alice, express)


def test_mail_between_two_starts_makes_executions_be_counted_again_not_refused(alice: Api, quotas: Set) -> None:
    quotas(open_executions=3)
    machine = alice.machine()["id"]
    first = start(alice, machine)
    for number in range(20):
        SqlStore().post(first.pk, "{}", number)
    start(alice, machine)
    start(alice, machine)
    with pytest.raises(QuotaExceeded):
        start(alice, machine)


def test_of_executions_started_at_the_same_time_no_more_run_than_may(alice: Api, quotas: Set) -> None:
    quotas(open_executions=5)
    machine = alice.machine()["id"]
    start(alice, machine)
    found = together([lambda: start(alice, machine)] * 12)
    assert [code(one) for one in found if one is not None] == ["ExecutionLimitExceeded"] * 8
    assert Execution.objects.filter(status="RUNNING").count() == 5


def test_an_execution_that_is_started_in_somebodys_transaction_is_one(alice: Api, quotas: Set) -> None:
    quotas(open_executions=2)
    machine = alice.machine()["id"]
    with transaction.atomic():
        start(alice, machine, "one")
    assert (Execution.objects.count(), Inbox.objects.count()) == (1, 1)
    start(alice, machine)
    with pytest.raises(QuotaExceeded):
        start(alice, machine)


def test_what_was_counted_in_a_transaction_that_is_taken_back_is_not_remembered(alice: Api, quotas: Set) -> None:
    quotas(open_executions=3)
    machine = alice.machine()["id"]
    first = start(alice, machine)
    start(alice, machine)
    counting.OPEN.forget()
    with transaction.atomic():
        Execution.objects.all().delete()
        start(alice, machine)
        transaction.set_rollback(True)
    assert Execution.objects.filter(status="RUNNING").count() == 2
    SqlStore().post(first.pk, "{}", 1)  # on SQLite it gets the number of the letter that was taken back
    start(alice, machine)
    with pytest.raises(QuotaExceeded):
        start(alice, machine)


def test_the_execution_that_runs_already_is_found_also_while_nobody_counts(
    alice: Api, quotas: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large quota that is used up a process knows for a second without counting."""
    monkeypatch.setattr(counting, "_SLOW_TO_COUNT", 0)
    monkeypatch.setattr(counting, "_REMEMBER_SECONDS", 3600.0)
    quotas(open_executions=1)
    machine = alice.machine()["id"]
    first = start(alice, machine, "one")
    counting.OPEN.forget()  # as a process that has just begun
    with pytest.raises(QuotaExceeded):
        start(alice, machine, "two")
    assert start(alice, machine, "one") == first


def test_an_express_execution_does_not_wait_for_who_counts(alice: Api, quotas: Set) -> None:
    """On SQLite it waits for whoever writes, as everybody does."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    wanted = provisioning.Provision(definition=HELLO, role_arn=ROLE)
    made = provisioning.provision_machine(alice.user, name="Quick", type="EXPRESS", tags={}, wanted=wanted)
    with writing() as session:
        counting.OPEN.count_alone(session)
        (found,) = together([lambda: start(alice, made.machine.pk)])
    assert found is None


def test_what_another_process_has_started_counts(alice: Api, quotas: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    quotas(open_executions=3)
    machine = alice.machine()["id"]
    start(alice, machine)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(counting, "OPEN", counting.OpenExecutions())
        start(alice, machine)
        start(alice, machine)
    with pytest.raises(QuotaExceeded):
        start(alice, machine)


def test_a_redrive_is_refused_while_too_many_run(alice: Api, quotas: Set) -> None:
    machine = alice.machine()["id"]
    ended = start(alice, machine)
    _fail(ended)
    quotas(open_executions=1)
    running = start(alice, machine)
    with pytest.raises(QuotaExceeded) as refused:
        executions.redrive_execution(alice.user, ended.pk)
    assert code(refused.value) == "ExecutionLimitExceeded"
    assert Execution.objects.get(pk=ended.pk).status == "FAILED"
    end(running)
    executions.redrive_execution(alice.user, ended.pk)
    with pytest.raises(QuotaExceeded):
        start(alice, machine)


def _fail(execution: Execution) -> None:
    end(execution)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO designer_scope (execution_id, path, data) VALUES (%s, '', '{}')", (execution.pk,))


def test_a_worker_too_many_that_asks_for_an_activity_is_refused_until_another_has_left(alice: Api, quotas: Set) -> None:
    quotas(activity_pollers=1)
    activities.create_activity(alice.user, name="Pack", tags={}, encryption=None)
    arn = activity_arn("Pack")

    async def ask(seconds: float) -> None:
        await tasks.wait_for_activity_task(alice.user, arn, None, seconds)

    async def asking() -> BaseException:
        first = asyncio.create_task(ask(60))
        while not tasks.polling(arn):
            await asyncio.sleep(0)
        refused = (await asyncio.gather(ask(0), return_exceptions=True))[0]
        assert refused is not None
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await ask(0)
        return refused

    assert code(asyncio.run(asking())) == "ActivityWorkerLimitExceeded"

"""What goes by itself with time, and what must not go with it."""

from __future__ import annotations

import time
from typing import Any

from designer.models import Execution, HistoryEvent, Machine, MapRun, Scope, TaskAttempt
from designer.services import deletion, retention, runtime
from tests.designer.conftest import Api

DAY = 86_400_000


def _now() -> int:
    return time.time_ns() // 1_000_000


def _ended(alice: Api, days_ago: int, status: str = "FAILED") -> Execution:
    machine = Machine.objects.first() or Machine.objects.get(pk=alice.machine()["id"])
    started: dict[str, Any] = alice.post(f"/api/machines/{machine.pk}/executions/", {})
    execution = Execution.objects.get(pk=started["id"])
    execution.status, execution.stopped_at = status, _now() - days_ago * DAY
    execution.started_at = execution.stopped_at - DAY
    execution.save()
    HistoryEvent.objects.create(
        execution=execution, event_id=1, previous_event_id=0, type="ExecutionStarted", at=1, scope="", details="{}"
    )
    return execution


def test_what_began_long_ago_and_ended_lately_stays(alice: Api) -> None:
    execution = _ended(alice, 1)
    Execution.objects.filter(pk=execution.pk).update(started_at=_now() - 200 * DAY)
    assert retention.delete_old_executions() == 0


def _map_run(parent: Execution) -> MapRun:
    return MapRun.objects.create(
        id=f"{parent.pk}:maprun:2.0", execution=parent, arn="arn", command="{}", started_at=1, looked_at=1
    )


def test_what_ended_ninety_days_ago_goes_with_all_that_hangs_on_it(alice: Api) -> None:
    old, young = _ended(alice, 91), _ended(alice, 89)
    assert retention.delete_old_executions() == 1
    assert list(Execution.objects.values_list("pk", flat=True)) == [young.pk]
    assert not HistoryEvent.objects.filter(execution_id=old.pk).exists()


def test_children_of_a_map_run_stay_until_the_execution_around_it_goes(alice: Api) -> None:
    """It collects their outputs when it ends: those of children that ended long before, too."""
    parent = _ended(alice, 1)
    children = [_ended(alice, 91, "SUCCEEDED") for _ in range(2)]
    Execution.objects.filter(pk__in=[one.pk for one in children]).update(map_run=_map_run(parent))
    assert retention.delete_old_executions() == 0  # it may be redriven
    Execution.objects.filter(pk=parent.pk).update(status="RUNNING", stopped_at=None)
    assert retention.delete_old_executions() == 0
    Execution.objects.filter(pk=parent.pk).update(status="SUCCEEDED", started_at=1, stopped_at=_now() - 91 * DAY)
    assert retention.delete_old_executions() == 3


def test_an_execution_that_was_redriven_meanwhile_is_not_deleted(alice: Api) -> None:
    execution = _ended(alice, 91)
    TaskAttempt.objects.create(
        id="a-1", execution=execution, attempt=0, resource="arn", status="QUEUED", scheduled_at=1, rung_at=0
    )
    Execution.objects.filter(pk=execution.pk).update(status="RUNNING")
    assert deletion.delete_executions([execution.pk]) == 0
    assert TaskAttempt.objects.get().status == "QUEUED"
    assert HistoryEvent.objects.count() == 1


def test_nothing_is_redriven_once_its_machine_is_being_deleted(alice: Api) -> None:
    """Though it was not when somebody asked for it."""
    execution = _ended(alice, 1)
    Scope.objects.create(execution=execution, path="", data="{}")
    Machine.objects.update(status="DELETING")
    assert runtime.redrive(execution.pk) is False
    assert Execution.objects.get().status == "FAILED"

"""The execution log is written from the stored history by upkeep; here without a worker."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings

from designer.models import ExecutionLog, HistoryEvent
from designer.services import execution_logs
from designer.services.execution_logs import ExecutionLogs
from tests.designer.conftest import Api
from tests.designer.test_executions import leave_history, start_one


def _logged(alice: Api, count: int) -> list[dict[str, Any]]:
    """Executions of which one event is to be logged, by their ids."""
    machine = alice.machine()
    found = [start_one(alice, machine) for _ in range(count)]
    for one in found:
        leave_history(one, ("ExecutionStarted", None, None))
        ExecutionLog.objects.create(execution_id=one["id"], level="ALL", with_data=True)
    return sorted(found, key=lambda one: str(one["id"]))


def _break(execution: dict[str, Any]) -> None:
    HistoryEvent.objects.filter(execution_id=execution["id"]).update(details="{")


@pytest.mark.parametrize("place", range(3))
def test_however_many_cannot_be_logged_each_other_comes_to_its_turn(
    alice: Api, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution_logs, "_BATCH", 2)
    found = _logged(alice, 3)
    well = found.pop(place)
    for one in found:
        _break(one)
    logs = ExecutionLogs()
    assert logs.write() + logs.write() == 1
    assert ExecutionLog.objects.get(execution_id=well["id"]).written == 1
    more = HistoryEvent.objects.filter(execution_id=found[0]["id"])
    more.update(details="{}")
    assert logs.write() + logs.write() == 1


def test_an_execution_that_cannot_be_logged_does_not_hold_up_the_others(alice: Api) -> None:
    broken, well = _logged(alice, 2)
    _break(broken)
    assert ExecutionLogs().write() == 1
    files = (settings.ENVIRONMENT.data / "logs" / "executions").glob("*.jsonl")
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert [one["execution_arn"] for one in lines if one["execution_arn"] in {well["arn"], broken["arn"]}] == [
        well["arn"]
    ]
    assert ExecutionLog.objects.get(execution_id=broken["id"]).written == 0

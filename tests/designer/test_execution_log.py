"""The execution log is written from the stored history by upkeep; here without a worker."""

from __future__ import annotations

import json

from django.conf import settings

from designer.models import ExecutionLog, HistoryEvent
from designer.services.execution_logs import write_execution_logs
from tests.designer.conftest import Api
from tests.designer.test_executions import leave_history, start_one


def test_an_execution_that_cannot_be_logged_does_not_hold_up_the_others(alice: Api) -> None:
    machine = alice.machine()
    broken, well = (start_one(alice, machine, name=name) for name in ("broken", "well"))
    for one in (broken, well):
        leave_history(one, ("ExecutionStarted", None, None))
        ExecutionLog.objects.create(execution_id=one["id"], level="ALL", with_data=True)
    HistoryEvent.objects.filter(execution_id=broken["id"]).update(details="{")
    assert write_execution_logs() == 1
    files = (settings.ENVIRONMENT.data / "logs" / "executions").glob("*.jsonl")
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert [one["execution_arn"] for one in lines if one["execution_arn"] in {well["arn"], broken["arn"]}] == [
        well["arn"]
    ]
    assert ExecutionLog.objects.get(execution_id=broken["id"]).written == 0

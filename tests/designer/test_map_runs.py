"""Map Runs over REST. No worker runs here: the row is as a worker leaves it."""

from __future__ import annotations

from typing import Any

import pytest

from designer.models import Execution, MapRun
from designer.services.map_runs import count_children
from engine.core.history import LIMIT
from tests.designer.conftest import Api, body


@pytest.fixture
def run(alice: Api) -> dict[str, Any]:
    execution = alice.post(f"/api/machines/{alice.machine()['id']}/executions/", {})
    row = MapRun.objects.create(
        id=f"{execution['id']}:maprun:2.0",
        execution_id=execution["id"],
        arn="arn:aws:states:us-east-1:000000000000:mapRun:Hello/rows:1",
        command="{}",
        items=10,
        read=10,
        complete=True,
        made=6,
        running=2,
        succeeded=3,
        failed=1,
        concurrency=2,
        started_at=1_700_000_000_000,
        looked_at=0,
    )
    return {"id": row.pk, "execution": execution["id"], "path": f"/api/map-runs/{row.pk}/"}


def test_how_far_a_map_run_is(alice: Api, run: dict[str, Any]) -> None:
    found = alice.get(run["path"])
    assert (found["status"], found["execution"], found["max_concurrency"]) == ("RUNNING", run["execution"], 2)
    assert found["item_counts"] == {
        "total": 10,
        "pending": 4,
        "running": 2,
        "succeeded": 3,
        "failed": 1,
        "timed_out": 0,
        "aborted": 0,
    }
    assert alice.get(f"/api/executions/{run['execution']}/map-runs/") == [found]


def test_its_limits_change_while_it_runs_and_not_after(alice: Api, run: dict[str, Any]) -> None:
    alice.call("PATCH", run["path"], {"max_concurrency": 7, "tolerated_failure_percentage": 12.5})
    changed = alice.get(run["path"])
    assert (changed["max_concurrency"], changed["tolerated_failure_percentage"]) == (7, 12.5)
    MapRun.objects.update(status="SUCCEEDED")
    refused = alice.call("PATCH", run["path"], {"max_concurrency": 9})
    assert (refused.status_code, body(refused)["code"]) == (409, "MapRunEnded")
    assert alice.get(run["path"])["max_concurrency"] == 7


@pytest.mark.parametrize(
    "limits", [{"max_concurrency": -1}, {"tolerated_failure_percentage": 101}, {"max_concurrency": "x"}]
)
def test_limits_that_cannot_be_are_refused(alice: Api, run: dict[str, Any], limits: dict[str, Any]) -> None:
    assert alice.call("PATCH", run["path"], limits).status_code == 400
    assert alice.get(run["path"])["max_concurrency"] == 2


def test_nobody_else_sees_or_changes_it(bob: Api, run: dict[str, Any]) -> None:
    assert bob.call("GET", run["path"]).status_code == 404
    assert bob.call("PATCH", run["path"], {"max_concurrency": 1}).status_code == 404
    assert bob.call("GET", f"/api/executions/{run['execution']}/map-runs/").status_code == 404


def test_children_are_listed_by_their_map_run_and_not_among_the_others(alice: Api, run: dict[str, Any]) -> None:
    parent = Execution.objects.get(pk=run["execution"])
    child = Execution.objects.create(
        machine=parent.machine,
        revision=parent.revision,
        name="child",
        input="1",
        started_at=1,
        map_run_id=run["id"],
        child_index=0,
    )
    assert [one["id"] for one in alice.get("/api/executions/")["results"]] == [parent.pk]
    assert [one["id"] for one in alice.get(f"/api/executions/?map_run={run['id']}")["results"]] == [child.pk]


def test_children_whose_history_is_full_are_counted_as_failures_that_cannot_be_redriven(
    alice: Api, run: dict[str, Any]
) -> None:
    parent = Execution.objects.get(pk=run["execution"])
    ends = [("FAILED", LIMIT), ("TIMED_OUT", LIMIT - 1), ("FAILED", 7), ("SUCCEEDED", LIMIT)]
    for index, (status, events) in enumerate(ends):
        Execution.objects.create(
            id=f"child-{index}",
            machine_id=parent.machine_id,
            revision_id=parent.revision_id,
            name=f"child-{index}",
            status=status,
            input="{}",
            started_at=1,
            stopped_at=2,
            last_event_id=events,
            map_run_id=run["id"],
            child_index=index,
            child_items=5,
        )
    counts = count_children(MapRun.objects.get(pk=run["id"]))
    assert (counts.lost_executions, counts.lost_items) == (2, 10)

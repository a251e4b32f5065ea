"""Map Runs: describe, list, change their limits."""

from __future__ import annotations

from typing import Any

from designer.api.aws.caller import Caller, Given
from designer.api.aws.errors import ApiError
from designer.api.aws.paging import page
from designer.arns import arn_of, machine_arn
from designer.models import MapRun
from designer.services import map_runs
from designer.services.addresses import execution_at, map_run_at
from designer.services.map_runs import Limits

_MOST = 2_147_483_647
_NOTHING = "At least one of maxConcurrency, toleratedFailureCount and toleratedFailurePercentage must be specified"


def describe_map_run(caller: Caller, given: Given) -> dict[str, Any]:
    run = map_run_at(caller.user, given["mapRunArn"])
    counts = map_runs.count_children(run)
    return {
        "mapRunArn": run.arn,
        "executionArn": arn_of(run.execution),
        "status": run.status,
        "startDate": run.started_at,
        "stopDate": run.stopped_at,
        "maxConcurrency": run.concurrency,
        "toleratedFailurePercentage": run.tolerated_percentage or 0.0,
        "toleratedFailureCount": run.tolerated_count or 0,
        "itemCounts": _counts(counts.items, lost=counts.lost_items, total=run.items, run=run),
        "executionCounts": _counts(counts.executions, lost=counts.lost_executions, total=run.read, run=run),
        "redriveCount": run.redrive_count,
        "redriveDate": run.redriven_at,
    }


def _counts(by_status: dict[str, int], *, lost: int, total: int, run: MapRun) -> dict[str, int]:
    """Those of ``total`` that no child stands for yet are pending."""
    begun = sum(by_status.values())
    ended = begun - by_status["RUNNING"] - by_status[map_runs.PENDING_REDRIVE]
    return {
        "pending": max(0, total - begun) if run.status == "RUNNING" else 0,
        "running": by_status["RUNNING"],
        "succeeded": by_status["SUCCEEDED"],
        "failed": by_status["FAILED"],
        "timedOut": by_status["TIMED_OUT"],
        "aborted": by_status["ABORTED"] + (max(0, total - begun) if run.status != "RUNNING" else 0),
        "total": total,
        "resultsWritten": ended if run.status == "SUCCEEDED" else 0,
        "failuresNotRedrivable": lost,
        "pendingRedrive": by_status[map_runs.PENDING_REDRIVE],
    }


def list_map_runs(caller: Caller, given: Given) -> dict[str, Any]:
    execution = execution_at(caller.user, given["executionArn"], "execution")
    rows, token = page("ListMapRuns", given, map_runs.list_map_runs(caller.user, execution.pk), "started_at", "id")
    return {
        "mapRuns": [
            {
                "executionArn": arn_of(execution),
                "mapRunArn": one.arn,
                "stateMachineArn": machine_arn(execution.machine.name),
                "startDate": one.started_at,
                "stopDate": one.stopped_at,
            }
            for one in rows
        ],
        "nextToken": token,
    }


def update_map_run(caller: Caller, given: Given) -> dict[str, Any]:
    count = given.get("toleratedFailureCount")
    limits = Limits(
        max_concurrency=given.get("maxConcurrency"),
        tolerated_failure_count=None if count is None else min(count, _MOST),
        tolerated_failure_percentage=given.get("toleratedFailurePercentage"),
    )
    if limits == Limits():
        raise ApiError("ValidationException", _NOTHING, reason="MISSING_REQUIRED_PARAMETER")
    run = map_run_at(caller.user, given["mapRunArn"])
    map_runs.change_limits(caller.user, run.pk, limits)
    return {}

"""Jobs: what ``.sync`` starts, looks at until it has ended, and cancels when nobody waits for it any more.

One Job a resource. A handle is what its looks and its cancellation need to know, as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.jsontypes import Json, dump

Request: TypeAlias = tuple[str, dict[str, Any]]
"""An operation and its parameters, in botocore's names."""
Handle: TypeAlias = dict[str, Any]
Response: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over. ``result`` is in botocore's names, below ``member`` of the look's answer."""

    result: Any
    error: str | None = None
    cause: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``shape`` leads from the look's output shape to that of the result."""

    start: str
    handle: Callable[[dict[str, Any], Response], Handle]
    look: Callable[[Handle], Request]
    read: Callable[[Response], Ended | None]
    cancel: Callable[[Handle], Request]
    shape: tuple[str, ...] = ()
    extra: Mapping[str, Any] | None = None
    """Parameters that the integration itself adds."""
    not_started: Callable[[Response], Ended | None] = lambda _response: None


def _one(response: Response, member: str) -> Any:
    found = response.get(member) or [{}]
    return found[0]


def _ecs_failures(response: Response) -> Ended | None:
    failures = response.get("failures")
    if not failures:
        return None
    reasons = "; ".join(f"{one.get('reason')} ({one.get('arn', '')})" for one in failures)
    return Ended(None, "AmazonECS.Unknown", reasons)


def _ecs_task(response: Response) -> Ended | None:
    if response.get("failures") and not response.get("tasks"):
        return Ended(None, "AmazonECS.Unknown", dump([dict(one) for one in response["failures"]]))
    task = _one(response, "tasks")
    if task.get("lastStatus") != "STOPPED":
        return None
    codes = [one.get("exitCode") for one in task.get("containers", ())]
    broken = task.get("stopCode") == "TaskFailedToStart" or any(code not in {0, None} for code in codes)
    return Ended(task, "States.TaskFailed") if broken else Ended(task)


def _status(member: tuple[str, ...], field: tuple[str, ...], good: set[str], bad: set[str]) -> Any:
    """Reads a look whose job says by one word how it stands."""

    def read(response: Response) -> Ended | None:
        job: Any = response
        for name in member:
            job = job.get(name) or {}
            job = job[0] if isinstance(job, list) else job
        word: Any = job
        for name in field:
            word = (word or {}).get(name)
        if word in good:
            return Ended(job)
        return Ended(job, "States.TaskFailed") if word in bad else None

    return read


def _codebuild(response: Response) -> Ended | None:
    build = _one(response, "builds")
    if build.get("buildStatus") == "SUCCEEDED":
        return Ended({"build": build})
    bad = build.get("buildStatus") in {"FAILED", "FAULT", "STOPPED", "TIMED_OUT"}
    return Ended({"build": build}, "States.TaskFailed") if bad else None


JOBS: dict[tuple[str, str], Job] = {
    ("ecs", "runtask"): Job(
        start="RunTask",
        handle=lambda given, response: {
            "cluster": given.get("cluster", "default"),
            "task": _one(response, "tasks")["taskArn"],
        },
        look=lambda handle: ("DescribeTasks", {"cluster": handle["cluster"], "tasks": [handle["task"]]}),
        read=_ecs_task,
        cancel=lambda handle: (
            "StopTask",
            {"cluster": handle["cluster"], "task": handle["task"], "reason": "The execution waits for it no longer"},
        ),
        shape=("tasks",),
        extra={"startedBy": "AWS Step Functions"},
        not_started=_ecs_failures,
    ),
    ("batch", "submitjob"): Job(
        start="SubmitJob",
        handle=lambda given, response: {"job": response["jobId"]},
        look=lambda handle: ("DescribeJobs", {"jobs": [handle["job"]]}),
        read=_status(("jobs",), ("status",), {"SUCCEEDED"}, {"FAILED"}),
        cancel=lambda handle: (
            "TerminateJob",
            {"jobId": handle["job"], "reason": "The execution waits for it no longer"},
        ),
        shape=("jobs",),
    ),
    ("glue", "startjobrun"): Job(
        start="StartJobRun",
        handle=lambda given, response: {"job": given["JobName"], "run": response["JobRunId"]},
        look=lambda handle: ("GetJobRun", {"JobName": handle["job"], "RunId": handle["run"]}),
        read=_status(
            ("JobRun",), ("JobRunState",), {"SUCCEEDED"}, {"FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"}
        ),
        cancel=lambda handle: ("BatchStopJobRun", {"JobName": handle["job"], "JobRunIds": [handle["run"]]}),
        shape=("JobRun",),
    ),
    ("athena", "startqueryexecution"): Job(
        start="StartQueryExecution",
        handle=lambda given, response: {"query": response["QueryExecutionId"]},
        look=lambda handle: ("GetQueryExecution", {"QueryExecutionId": handle["query"]}),
        read=_status((), ("QueryExecution", "Status", "State"), {"SUCCEEDED"}, {"FAILED", "CANCELLED"}),
        cancel=lambda handle: ("StopQueryExecution", {"QueryExecutionId": handle["query"]}),
    ),
    ("codebuild", "startbuild"): Job(
        start="StartBuild",
        handle=lambda given, response: {"build": response["build"]["id"]},
        look=lambda handle: ("BatchGetBuilds", {"ids": [handle["build"]]}),
        read=_codebuild,
        cancel=lambda handle: ("StopBuild", {"id": handle["build"]}),
    ),
}

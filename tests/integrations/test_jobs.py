"""Jobs that end well and badly, of services whose answers moto does not give: over their real protocols."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.integrations.aws import Aws, AwsSettings
from engine.runtime.ports import Outcome
from tests.integrations.conftest import REGION, attempt_of, done, poll_claim
from tests.integrations.recording import Asked, Recording, Reply, recording

TASK = "arn:aws:ecs:us-east-1:000000000000:task/main/1"
RUN = {"Cluster": "main", "TaskDefinition": "job"}
SUBMIT = {"JobName": "nightly", "JobDefinition": "job:1", "JobQueue": "main"}


@contextmanager
def answering(answers: dict[str, list[Any]]) -> Iterator[tuple[Aws, Recording]]:
    """A service that gives the answers of an action one by one, the last for ever; an int is a status without a
    body, what has a ``__type`` an error.

    The action is told by a header (ECS) or by the path (Batch).
    """

    def answer(asked: Asked) -> Reply:
        action = asked.headers.get("X-Amz-Target", asked.path).rpartition("." if asked.path == "/" else "/")[2]
        told = answers[action.lower()]
        one = told.pop(0) if len(told) > 1 else told[0]
        if isinstance(one, int):
            return Reply(status=one)
        return Reply(status=400 if "__type" in one else 200, body=json.dumps(one).encode())

    with recording(answer) as server:
        yield Aws(AwsSettings(region=REGION, endpoint_url=server.address)), server


def started(task: dict[str, Any], *later: dict[str, Any]) -> dict[str, list[Any]]:
    run = {"tasks": [{"taskArn": TASK, "lastStatus": "PROVISIONING"}], "failures": []}
    return {"runtask": [run], "describetasks": [{"tasks": [one], "failures": []} for one in (task, *later)]}


def waited_for(aws: Aws, resource: str, payload: Any) -> Outcome:
    """The end of a job, looked at without pauses."""
    attempt = attempt_of(resource, payload)
    claim = poll_claim(attempt, aws.start(attempt).wait(None))
    for _ in range(10):
        found = aws.poll(claim)
        if isinstance(found, Outcome):
            return found
        assert found > 0
    raise AssertionError("it does not end")


def test_an_ecs_task_whose_containers_end_with_0_succeeds() -> None:
    runs = {"taskArn": TASK, "lastStatus": "RUNNING", "containers": [{"name": "c"}]}
    stopped = {**runs, "lastStatus": "STOPPED", "containers": [{"name": "c", "exitCode": 0}]}
    with answering(started(runs, runs, stopped)) as (aws, server):
        found = done(waited_for(aws, "ecs:runTask.sync", RUN))
    assert (found["LastStatus"], found["Containers"][0]["ExitCode"]) == ("STOPPED", 0)
    asked = [json.loads(one.body) for one in server.asked]
    assert asked[0]["startedBy"] == "AWS Step Functions"
    assert asked[0]["clientToken"]
    assert asked[1:] == [{"cluster": "main", "tasks": [TASK]}] * 3


@pytest.mark.parametrize(
    "ending",
    [
        {"stopCode": "EssentialContainerExited", "containers": [{"exitCode": 0}, {"exitCode": 1}]},
        {"stopCode": "EssentialContainerExited", "containers": [{"exitCode": 137, "reason": "OutOfMemoryError"}]},
        {"stopCode": "TaskFailedToStart", "stoppedReason": "CannotPullContainerError", "containers": [{"name": "c"}]},
        {"stopCode": "TaskFailedToStart", "containers": []},
    ],
)
def test_an_ecs_task_that_ends_badly_fails_with_what_ecs_says_of_it(ending: dict[str, Any]) -> None:
    with answering(started({"taskArn": TASK, "lastStatus": "STOPPED", **ending})) as (aws, _):
        outcome = waited_for(aws, "ecs:runTask.sync", RUN)
    assert outcome.error == "States.TaskFailed"
    cause = json.loads(outcome.cause or "")
    assert (cause["TaskArn"], cause["StopCode"]) == (TASK, ending["stopCode"])
    assert [one.get("ExitCode") for one in cause["Containers"]] == [one.get("exitCode") for one in ending["containers"]]


def test_an_ecs_task_that_is_not_placed_fails_at_once_with_the_reason() -> None:
    failure = {"arn": "arn:aws:ecs:us-east-1:000000000000:container-instance/1", "reason": "RESOURCE:MEMORY"}
    with answering({"runtask": [{"tasks": [], "failures": [failure]}]}) as (aws, server):
        outcome = aws.start(attempt_of("ecs:runTask.sync", RUN)).wait(None)
    assert outcome is not None
    assert outcome.submission is None
    assert outcome.error == "AmazonECS.Unknown"
    assert "RESOURCE:MEMORY" in (outcome.cause or "")
    assert len(server.asked) == 1


def test_an_ecs_task_goes_on_while_looks_at_it_are_throttled() -> None:
    answers = started({"taskArn": TASK, "lastStatus": "STOPPED", "containers": [{"name": "c", "exitCode": 0}]})
    answers["describetasks"].insert(0, {"__type": "ThrottlingException", "message": "Rate exceeded"})
    with answering(answers) as (aws, _):
        assert done(waited_for(aws, "ecs:runTask.sync", RUN))["LastStatus"] == "STOPPED"


def test_an_ecs_task_that_ecs_has_forgotten_fails() -> None:
    missing = {"tasks": [], "failures": [{"arn": TASK, "reason": "MISSING"}]}
    with answering({**started({}), "describetasks": [missing]}) as (aws, _):
        outcome = waited_for(aws, "ecs:runTask.sync", RUN)
    assert outcome.error == "AmazonECS.Unknown"
    assert "MISSING" in (outcome.cause or "")


def submitted(*looks: Any) -> dict[str, list[Any]]:
    job = {"jobId": "job-1", "jobName": "nightly"}
    told = [one if isinstance(one, int) else {"jobs": [{**job, **one}]} for one in looks]
    return {"submitjob": [job], "describejobs": told, "terminatejob": [{}]}


def test_a_batch_job_is_looked_at_until_it_has_succeeded() -> None:
    looks = [{"status": word} for word in ("SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED")]
    with answering(submitted(*looks)) as (aws, server):
        found = done(waited_for(aws, "batch:submitJob.sync", SUBMIT))
    assert (found["JobId"], found["Status"]) == ("job-1", "SUCCEEDED")
    assert [one.path for one in server.asked] == ["/v1/submitjob", *["/v1/describejobs"] * 5]
    assert json.loads(server.asked[0].body) == {"jobName": "nightly", "jobDefinition": "job:1", "jobQueue": "main"}


def test_a_batch_job_that_fails_fails_with_its_description() -> None:
    ending = {"status": "FAILED", "statusReason": "Essential container in task exited", "container": {"exitCode": 1}}
    with answering(submitted({"status": "RUNNING"}, ending)) as (aws, _):
        outcome = waited_for(aws, "batch:submitJob.sync", SUBMIT)
    assert outcome.error == "States.TaskFailed"
    cause = json.loads(outcome.cause or "")
    assert (cause["Status"], cause["StatusReason"]) == ("FAILED", ending["statusReason"])
    assert cause["Container"] == {"ExitCode": 1}


def test_a_batch_job_that_cannot_be_seen_for_a_while_goes_on() -> None:
    with answering(submitted(500, 429, {"status": "SUCCEEDED"})) as (aws, _):
        assert done(waited_for(aws, "batch:submitJob.sync", SUBMIT))["Status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("resource", "payload", "answers", "sent"),
    [
        (
            "ecs:runTask.sync",
            RUN,
            lambda: {**started({}), "stoptask": [{"task": {"taskArn": TASK}}]},
            {"cluster": "main", "task": TASK, "reason": "The execution waits for it no longer"},
        ),
        (
            "batch:submitJob.sync",
            SUBMIT,
            submitted,
            {"jobId": "job-1", "reason": "The execution waits for it no longer"},
        ),
    ],
)
def test_a_job_that_nobody_waits_for_is_cancelled(
    resource: str, payload: Any, answers: Callable[[], dict[str, list[Any]]], sent: dict[str, str]
) -> None:
    with answering(answers()) as (aws, server):
        attempt = attempt_of(resource, payload)
        claim = poll_claim(attempt, aws.start(attempt).wait(None))
        assert aws.cancel(claim)
    assert json.loads(server.asked[-1].body) == sent


@pytest.mark.parametrize("told", [{"tasks": "none"}, {"tasks": [1]}, [1], "x"], ids=str)
def test_an_answer_that_makes_no_sense_fails_the_task(told: Any) -> None:
    with answering({**started({}), "describetasks": [told]}) as (aws, _):
        end = waited_for(aws, "ecs:runTask.sync", RUN)
    assert end.failed


@pytest.mark.parametrize("told", [{"tasks": "none"}, {"tasks": []}, [1]], ids=str)
def test_a_job_of_which_nothing_is_told_fails_the_task_and_may_have_started(told: Any) -> None:
    with answering({"runtask": [told]}) as (aws, _):
        outcome = aws.start(attempt_of("ecs:runTask.sync", RUN)).wait(None)
    assert outcome is not None
    assert outcome.failed

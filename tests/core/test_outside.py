"""Tasks that end outside, as the interpreter sees them: submitted first, ended by token; activities; versions told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from engine.asl.model import StateMachine
from engine.asl.parse import parse_definition
from engine.core.advance import advance
from engine.core.commands import CancelTask, ScheduleTask
from engine.core.events import Event, TaskStarted, TaskSubmitted, TaskSucceeded, decode_event, encode_event
from engine.core.execution import Execution, Root, Scope, Status
from engine.jsontypes import Document, dump
from engine.query.evaluator import Direct
from engine.runtime.simulator import START, Held
from tests.simulation import FACTS, Simulator, simulation

CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
JOB = "arn:aws:states:::ecs:runTask.sync"
ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:Paint"


def machine_of(resource: str, **fields: Any) -> StateMachine:
    task = {"Type": "Task", "Resource": resource, "End": True, **fields}
    machine = parse_definition(dump({"StartAt": "T", "States": {"T": task}}), "json").machine
    assert machine is not None
    return machine


def run(resource: str, *events: tuple[type[Event], Any], **fields: Any) -> Simulator:
    """One attempt to which these happen in turn."""

    def answers(command: ScheduleTask) -> Iterable[tuple[int, Event]]:
        for kind, given in events:
            made: Any = kind
            yield 1, made(scope=command.scope, attempt=command.attempt, **given)

    return simulation(machine=machine_of(resource, **fields), input={}, answers=answers, as_text=True).run()


def output(value: Any) -> dict[str, Any]:
    return {"output": Document(value)}


def test_a_job_is_submitted_before_it_succeeds() -> None:
    done = run(JOB, (TaskStarted, {}), (TaskSubmitted, output({"id": 1})), (TaskSucceeded, output("done")))
    assert done.types[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    submitted = done.history[4].details
    assert (submitted["resource"], submitted["resourceType"]) == ("runTask.sync", "ecs")
    assert done.end.output is not None
    assert done.end.output.value == "done"


def test_the_news_that_it_was_submitted_tells_that_it_was_started_too() -> None:
    done = run(JOB, (TaskSubmitted, output({})), (TaskSucceeded, output(1)))
    assert done.types[3:5] == ["TaskStarted", "TaskSubmitted"]


def test_an_answer_of_the_service_that_is_too_large_fails_the_state_and_cancels_the_job() -> None:
    done = run(JOB, (TaskStarted, {}), (TaskSubmitted, output("x" * 300_000)), TimeoutSeconds=60)
    assert done.status is Status.FAILED
    assert done.end.error == "States.DataLimitExceeded"
    assert "TaskSubmitFailed" in done.types
    assert any(isinstance(command, CancelTask) for command in done.commands)


def test_a_token_is_drawn_for_each_attempt_and_shown_in_the_context_object_only_where_there_is_one() -> None:
    template = {"MessageBody": {"token.$": "$$.Task.Token"}}
    done = run(CALLBACK, (TaskSucceeded, output(1)), Parameters=template)
    command = next(one for one in done.commands if isinstance(one, ScheduleTask))
    assert command.token is not None
    assert len(command.token) == 64
    payload: Any = command.payload.value
    assert payload["MessageBody"]["token"] == command.token
    assert run(JOB, (TaskSucceeded, output(1)), Parameters=template).end.error == "States.Runtime"


def test_a_worker_of_an_activity_gives_its_name() -> None:
    done = run(ACTIVITY, (TaskStarted, {"worker_name": "brush"}), (TaskSucceeded, output(1)))
    assert done.types[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    assert done.history[3].details == {"workerName": "brush"}


def test_an_activity_that_is_not_there_fails_its_state_before_anything_is_scheduled() -> None:
    root = Root(status=Status.RUNNING, last_event_id=0, last_at=0)
    execution = Execution(facts=FACTS, root=root, scopes=Held(as_text=False))
    from engine.core.events import Started

    step = advance(
        machine_of(ACTIVITY, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "T"}]),
        execution,
        [Started()],
        at=START,
        seed="s",
        evaluator=Direct(),
        missing_activities=frozenset({ACTIVITY}),
    )
    assert [event.type for event in step.history] == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]
    assert f"The activity {ACTIVITY} does not exist." in str(step.history[-1].details["cause"])


@pytest.mark.parametrize(
    "event",
    [
        TaskStarted(scope="1.0", attempt="2.0"),
        TaskStarted(scope="", attempt="2.0", worker_name="brüsh"),
        TaskSubmitted(scope="", attempt="2.0", output=Document({"a": [1]})),
    ],
)
def test_events_go_through_the_mailbox_unchanged(event: Event) -> None:
    found = decode_event(encode_event(event))
    assert encode_event(found) == encode_event(event)
    assert type(found) is type(event)


def test_a_token_survives_storage() -> None:
    run_ = run(CALLBACK, (TaskStarted, {}))
    scope = run_.store.scope("")
    assert scope is not None
    assert scope.token
    assert Scope.loaded("", scope.dumped()).token == scope.token


def test_the_version_and_the_alias_that_were_asked_for_are_told_at_the_start() -> None:
    facts = replace(FACTS, version_arn="arn:v:1", alias_arn="arn:v:live")
    machine = parse_definition(dump({"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}), "json").machine
    assert machine is not None
    told = simulation(machine=machine, input={}, facts=facts).run().history[0].details
    assert (told["stateMachineVersionArn"], told["stateMachineAliasArn"]) == ("arn:v:1", "arn:v:live")

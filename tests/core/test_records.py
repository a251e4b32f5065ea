"""What is stored of an execution: every record reads back as it was written, and unknown ones are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from engine.asl.model import PassState, Retrier
from engine.asl.parse import parse_definition
from engine.asl.resource import (
    ActivityArn,
    FunctionArn,
    LambdaInvoke,
    Placeholder,
    ServiceCall,
    UnknownResource,
    function_name,
    parse_resource,
)
from engine.core.advance import advance
from engine.core.commands import ReadItems, StartMapRun, WriteResults, decode_map_run, encode_map_run
from engine.core.events import (
    Event,
    MapRunFailed,
    MapRunSucceeded,
    Resumed,
    Started,
    StopRequested,
    TaskFailed,
    TaskHeartbeat,
    TaskStarted,
    TaskSucceeded,
    TimerFired,
    decode_event,
    encode_event,
)
from engine.core.execution import Container, Phase, Root, Scope, Scopes, Status
from engine.core.history import detail_key
from engine.core.recovery import delay, recover
from engine.errors import Failure
from engine.jsontypes import Document
from engine.query.entropy import Entropy
from engine.query.evaluator import Direct
from tests.core.test_vectors import run
from tests.simulation import Simulator, simulation

DEEP: Any = 1
for _ in range(200):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "event",
    [
        Started(),
        Resumed(),
        TaskStarted(scope="2.0/5.1", attempt="7.0"),
        TaskHeartbeat(scope="", attempt='"\n'),
        TaskSucceeded(scope="", attempt="2.0", output=Document(DEEP)),
        TaskFailed(scope="", attempt="2.0", error=None, cause="ünï\u2028"),
        TimerFired(scope="", key="wait:2"),
        StopRequested(error="E", cause=None),
    ],
)
def test_an_event_reads_back_as_it_was_written(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"type":"Started"}',
        '{"format":99,"type":"Started"}',
        '{"format":1,"type":"Exploded"}',
    ],
)
def test_a_record_of_another_release_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="event"):
        decode_event(text)


def test_an_event_whose_fields_are_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="expected text, found 5"):
        decode_event('{"format":1,"type":"TimerFired","scope":5,"key":"x"}')


def test_a_scope_reads_back_as_it_was_written() -> None:
    scope = Scope(
        path="2.0",
        state="A",
        phase=Phase.BLOCKED,
        input=Document(DEEP),
        previous=7,
        variables={"x": [None]},
        before=5,
        entered=6,
        entered_at=9,
        attempt=2,
        retries={0: 1, 3: 2},
        waiting="6.2",
        begun=True,
        clocks={"timeout": 3},
        container=Container(total=3, concurrency=1, started=7, link=7, launched=2, done=1),
    )
    assert Scope.loaded("2.0", scope.dumped()) == scope
    assert scope.copy() == scope
    bare = Scope(path="", state="A", phase=Phase.READY, input=None, previous=0)
    assert Scope.loaded("", bare.dumped()) == bare
    assert bare.copy() == bare


def test_a_copy_of_a_scope_shares_nothing_that_changes() -> None:
    container = Container(total=2, concurrency=0, started=3, link=3)
    scope = Scope(path="", state="A", phase=Phase.READY, input=None, previous=0, container=container)
    copy = scope.copy()
    copy.retries[0] = 1
    assert copy.container is not None
    copy.container.launched = 1
    assert (scope.retries, container.launched) == ({}, 0)


def test_scopes_and_roots_of_another_format_are_refused() -> None:
    with pytest.raises(ValueError, match=r"scope '2\.0' has format 9"):
        Scope.loaded("2.0", '{"format":9}')
    with pytest.raises(ValueError, match="execution has format 9"):
        Root.loaded('{"format":9}', status="RUNNING", last_event_id=1)


def test_a_root_that_was_never_written_is_at_its_beginning() -> None:
    fresh = Root(status=Status.RUNNING, last_event_id=0, last_at=0)
    assert Root.loaded("", status="RUNNING", last_event_id=0) == fresh
    left = Root(status=Status.RUNNING, last_event_id=8, last_at=5, ready=("", "2.0"))
    assert Root.loaded(left.dumped(), status="RUNNING", last_event_id=8) == left


WAIT = {"Type": "Wait", "Seconds": 1, "End": True}
WORK = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:F", "End": True}
BRANCHES = [{"StartAt": "A", "States": {"A": WAIT}}, {"StartAt": "B", "States": {"B": WORK}}]
BOTH = {
    "StartAt": "L",
    "States": {
        "L": {
            "Type": "Parallel",
            "Branches": BRANCHES,
            "Catch": [{"ErrorEquals": ["E"], "Next": "W"}],
            "End": True,
        },
        "W": WAIT,
    },
}


def _waiting() -> Simulator:
    parsed = parse_definition(json.dumps(BOTH), "json")
    assert parsed.machine is not None
    waiting = simulation(machine=parsed.machine, input=[1])
    waiting.apply(Started())
    return waiting


def _after(waiting: Simulator, event: Event) -> Scopes:
    return advance(
        waiting.machine, waiting.execution, [event], at=waiting.now, seed="s", evaluator=Direct()
    ).execution.scopes


def test_a_snapshot_gives_untouched_scopes_and_blobs_as_they_were_stored() -> None:
    waiting = _waiting()
    scopes = _after(waiting, TimerFired(scope="2.0", key="wait:4"))
    assert {scope.path: scope.phase for scope in scopes.below("2.")} == {"2.0": Phase.DONE, "2.1": Phase.BLOCKED}
    assert scopes.blob("#2:items") == Document([1])
    done = scopes.scope("2.0")
    assert done is not None
    assert done.phase is Phase.DONE
    assert scopes.scope("2.1") is waiting.store.scope("2.1")
    assert waiting.execution.scopes.scope("2.0") is waiting.store.scope("2.0")


def test_a_snapshot_gives_nothing_of_what_the_step_removed() -> None:
    waiting = _waiting()
    scopes = _after(waiting, TaskFailed(scope="2.1", attempt="5.0", error="E", cause=None))
    assert scopes.scope("2.0") is None
    assert [scope.path for scope in scopes.below("")] == [""]
    assert waiting.store.scope("2.0") is not None


@pytest.mark.parametrize(
    ("event_type", "key"),
    [
        ("PassStateEntered", "stateEnteredEventDetails"),
        ("MapStateExited", "stateExitedEventDetails"),
        ("LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails"),
    ],
)
def test_the_detail_object_has_the_name_aws_gives_it(event_type: str, key: str) -> None:
    assert detail_key(event_type) == key


def test_full_jitter_lies_between_nothing_and_the_whole_delay() -> None:
    retrier = Retrier(error_equals=("E",), interval_seconds=10, full_jitter=True)
    drawn = [delay(retrier, 1, Entropy(str(number))) for number in range(200)]
    assert 0 <= min(drawn) < 4_000
    assert 16_000 < max(drawn) <= 20_000


def test_a_state_that_does_no_work_recovers_from_nothing() -> None:
    assert recover(PassState(name="A"), Failure(error="E"), {}, Entropy("s")).note == "fatal"


@pytest.mark.parametrize(
    ("text", "name", "qualifier"),
    [
        ("F", "F", None),
        ("F:3", "F", "3"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:F", "F", None),
        ("arn:aws:lambda:eu-west-1:123456789012:function:F:$LATEST", "F", "$LATEST"),
        ("123456789012:function:F:live", "F", "live"),
    ],
)
def test_a_function_is_named_in_all_of_lambdas_ways(text: str, name: str, qualifier: str | None) -> None:
    assert function_name(text) == (name, qualifier)


@pytest.mark.parametrize("text", ["", "a b", "x:function:F y", "n" * 65, "../F"])
def test_other_text_names_no_function(text: str) -> None:
    assert function_name(text) is None


def test_resources_are_told_apart() -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:F:live"
    assert parse_resource(arn) == FunctionArn(arn=arn, name="F", qualifier="live")
    assert isinstance(parse_resource("arn:aws:states:::lambda:invoke"), LambdaInvoke)
    with pytest.raises(UnknownResource):
        parse_resource("arn:aws:states:::lambda")


@pytest.mark.parametrize(
    ("text", "service", "name"),
    [
        ("arn:aws:states:::lambda:invoke.waitForTaskToken", "lambda", "invoke.waitForTaskToken"),
        ("arn:aws:states:::states:startExecution.sync:2", "states", "startExecution.sync:2"),
        ("arn:aws-cn:states:::batch:submitJob.sync", "batch", "submitJob.sync"),
        ("arn:aws:states:us-east-1:000000000000:aws-sdk:s3:getObject", "aws-sdk:s3", "getObject"),
        ("arn:${Partition}:states:::sqs:sendMessage", "sqs", "sendMessage"),
    ],
)
def test_a_service_call_names_service_action_and_pattern(text: str, service: str, name: str) -> None:
    found = parse_resource(text)
    assert isinstance(found, ServiceCall)
    assert (found.service, found.name) == (service, name)


def test_activities_and_placeholders_are_resources_too() -> None:
    assert parse_resource("arn:aws:states:us-east-1:000000000000:activity:Approve") == ActivityArn(
        arn="arn:aws:states:us-east-1:000000000000:activity:Approve", name="Approve"
    )
    assert parse_resource("${FunctionArn}") == Placeholder(arn="${FunctionArn}")
    assert parse_resource("arn:aws:lambda:::function:${Name}") == Placeholder(arn="arn:aws:lambda:::function:${Name}")


def test_equal_runs_have_equal_jitter() -> None:
    vector = {
        "definition": {
            "StartAt": "A",
            "States": {
                "A": {
                    "Type": "Task",
                    "Resource": "arn:aws:lambda:us-east-1:000000000000:function:F",
                    "Retry": [{"ErrorEquals": ["E"], "JitterStrategy": "FULL", "MaxAttempts": 4}],
                    "End": True,
                }
            },
        },
        "tasks": {"A": [{"error": "E"}]},
    }
    assert [one.at for one in run(vector).history] == [one.at for one in run(vector).history]


def test_a_map_run_is_the_same_after_it_was_stored() -> None:
    plain = StartMapRun(
        scope="2.0",
        attempt="maprun:2.0",
        state="M",
        arn="arn:run",
        items=Document([1, {"a": None}]),
        reader=None,
        writer=None,
        concurrency=3,
        tolerated_count=None,
        tolerated_percentage=12.5,
        batch_items=None,
        batch_bytes=1000,
    )
    assert decode_map_run(encode_map_run(plain)) == plain
    full = replace(
        plain,
        items=None,
        reader=ReadItems(resource="r", parameters=Document({"Bucket": "b"}), config={"InputType": "CSV"}, most=7),
        writer=WriteResults(resource="w", parameters=Document({}), transformation="NONE", output_type="JSONL"),
    )
    assert decode_map_run(encode_map_run(full)) == full


@pytest.mark.parametrize(
    "event",
    [
        MapRunSucceeded(scope="", attempt="a", output=Document([1])),
        MapRunFailed(scope="2.0", attempt="a", error="E", cause=None),
    ],
)
def test_news_of_map_runs_survives_the_mailbox(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


def test_news_of_a_map_run_that_nobody_waits_for_changes_nothing() -> None:
    waiting = _waiting()
    before = len(waiting.history)
    waiting.apply(MapRunSucceeded(scope="", attempt="maprun:9.0", output=Document([])))
    assert len(waiting.history) == before

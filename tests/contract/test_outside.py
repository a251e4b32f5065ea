"""Attempts that end outside: by token, by a worker of an activity, by a job that is looked at now and then."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.events import StopRequested, TaskFailed, TaskSucceeded, encode_event
from engine.jsontypes import Document
from engine.runtime.ports import CANCEL_AGAIN_MS, FinishedAttempt, Outcome, Submission, TokenAnswer
from tests.contract.conftest import NOW, Bench
from tests.contract.test_driver import World

CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
JOB = "arn:aws:states:::ecs:runTask.sync"
ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:Paint"
DONE = FinishedAttempt(id="", worker="", status="SUCCEEDED")
BROKEN = FinishedAttempt(id="", worker="", status="FAILED", error="Broken")


def task(resource: str, **fields: Any) -> dict[str, Any]:
    parameters: dict[str, Any] = {"MessageBody": {"token.$": "$$.Task.Token"}} if resource == CALLBACK else {}
    given = {"Parameters": parameters} if parameters else {}
    return {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": resource, "End": True, **given, **fields}}}


def well(value: Any) -> Any:
    return lambda scope, key: encode_event(TaskSucceeded(scope=scope, attempt=key, output=Document(value)))


def badly(scope: str, key: str) -> str:
    return encode_event(TaskFailed(scope=scope, attempt=key, error="Broken", cause=None))


def sent(tokens: list[str]) -> Any:
    """A service that takes a message with a token in it."""

    def answer(payload: Any) -> Outcome:
        tokens.append(payload["MessageBody"]["token"])
        return Outcome(submission=Submission(output=Document({"MessageId": "m-1"})))

    return answer


def types(bench: Bench, execution_id: str) -> list[str]:
    return [name for _, _, name in bench.history(execution_id)]


def waiting(bench: Bench, **fields: Any) -> tuple[World, str, str]:
    """A callback that was sent, and its token."""
    tokens: list[str] = []
    world = World(bench, answers={"T": sent(tokens)})
    execution_id = bench.create(task(CALLBACK, **fields))
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    return world, execution_id, tokens[0]


def test_a_callback_waits_for_its_token_and_holds_no_worker(bench: Bench) -> None:
    world, execution_id, token = waiting(bench)
    assert types(bench, execution_id)[2:] == ["TaskScheduled", "TaskStarted", "TaskSubmitted"]
    assert world.attempts.busy == 0
    assert bench.store.begun_by(world.row.id) == []
    assert bench.store.answer(token, DONE, well("painted"), NOW) == (TokenAnswer.TAKEN, execution_id)
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == "painted"


def test_a_token_is_answered_once(bench: Bench) -> None:
    world, execution_id, token = waiting(bench)
    assert bench.store.answer(token, BROKEN, badly, NOW)[0] is TokenAnswer.TAKEN
    assert bench.store.answer(token, DONE, well(1), NOW)[0] is TokenAnswer.CLOSED
    assert bench.store.heartbeat(token, NOW)[0] is TokenAnswer.CLOSED
    assert bench.store.answer(token + "x", DONE, well(1), NOW)[0] is TokenAnswer.UNKNOWN
    assert bench.store.heartbeat(token + "x", NOW)[0] is TokenAnswer.UNKNOWN
    assert world.to_the_end(execution_id) == "FAILED"


def test_an_answer_may_come_before_the_service_has_said_that_it_took_the_message(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(task(CALLBACK))

    def answers_at_once(payload: Any) -> Outcome:
        bench.store.answer(payload["MessageBody"]["token"], DONE, well("quick"), NOW)
        world.bells.ring_execution(execution_id)
        return Outcome(submission=Submission(output=Document({})))

    world.tasks.answers["T"] = answers_at_once
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == "quick"


def test_a_retry_has_a_token_of_its_own(bench: Bench) -> None:
    tokens: list[str] = []
    world = World(bench, answers={"T": sent(tokens)})
    execution_id = bench.create(task(CALLBACK, Retry=[{"ErrorEquals": ["Broken"], "IntervalSeconds": 1}]))
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    bench.store.answer(tokens[0], BROKEN, badly, NOW)
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    world.clock.advance(2)
    world.poller.poll()
    world.answer_doorbells()
    assert len(set(tokens)) == 2
    assert bench.store.answer(tokens[0], DONE, well("late"), NOW)[0] is TokenAnswer.CLOSED
    bench.store.answer(tokens[1], DONE, well("in time"), NOW)
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == "in time"


def test_a_heartbeat_puts_the_timeout_off_and_silence_ends_the_task(bench: Bench) -> None:
    world, execution_id, token = waiting(bench, HeartbeatSeconds=10)
    for _ in range(3):
        world.clock.advance(8)
        assert bench.store.heartbeat(token, world.clock.now()) == (TokenAnswer.TAKEN, execution_id)
        world.poller.poll()
        world.bells.ring_execution(execution_id)
        world.answer_doorbells()
    assert bench.status(execution_id) == "RUNNING"
    world.clock.advance(11)
    world.poller.poll()
    world.answer_doorbells()
    assert bench.status(execution_id) == "FAILED"
    assert "TaskTimedOut" in types(bench, execution_id)
    assert bench.store.answer(token, DONE, well(1), NOW)[0] is TokenAnswer.CLOSED


def test_a_task_of_an_activity_is_given_to_one_worker_in_the_order_of_its_coming(bench: Bench) -> None:
    bench.create_activity(ACTIVITY)
    world = World(bench)
    first, second = (bench.create(task(ACTIVITY), {"number": number}) for number in (1, 2))
    for execution_id in (first, second):
        world.bells.ring_execution(execution_id)
        world.answer_doorbells()
        world.clock.advance(1)
    assert world.bells.offered == [ACTIVITY, ACTIVITY]
    given = [bench.store.claim_activity(ACTIVITY, "brush", NOW) for _ in range(3)]
    assert given[0] is not None
    assert given[1] is not None
    assert given[2] is None
    assert [one[0].input.value for one in (given[0], given[1])] == [{"number": 1}, {"number": 2}]
    assert [one[1] for one in (given[0], given[1])] == [first, second]
    bench.store.answer(given[0][0].token, DONE, well("red"), NOW)
    assert world.to_the_end(first) == "SUCCEEDED"
    assert types(bench, first)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]


def test_an_activity_that_does_not_exist_fails_its_state(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(task(ACTIVITY))
    assert world.to_the_end(execution_id) == "FAILED"
    assert types(bench, execution_id) == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]
    assert bench.store.claim_activity(ACTIVITY, None, NOW) is None


def job(bench: Bench, *looks: Outcome | float) -> tuple[World, str]:
    def begins(_: Any) -> Outcome:
        submission = Submission(output=Document({"Tasks": []}), handle="job-1", poll_seconds=1)
        return Outcome(submission=submission)

    world = World(bench, answers={"T": begins})
    world.tasks.polls["job-1"] = list(looks)
    execution_id = bench.create(task(JOB))
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    return world, execution_id


def test_a_job_is_looked_at_when_it_is_due_and_holds_no_worker_between(bench: Bench) -> None:
    world, execution_id = job(bench, 5.0, Outcome(output=Document("stopped")))
    attempt = world.tasks.begun[0]
    world.poller.poll()
    assert world.bells.attempts == []
    for seconds, looks in ((1, 1), (4, 1), (2, 2)):
        world.clock.advance(seconds)
        world.poller.poll()
        world.answer_doorbells()
        assert len(world.tasks.looked_at) == looks
    assert bench.attempt_status(attempt) == "SUCCEEDED"
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert types(bench, execution_id)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]


def test_news_of_a_job_has_it_looked_at_at_once(bench: Bench) -> None:
    world, execution_id = job(bench, 300.0, Outcome(output=Document("early")))
    world.clock.advance(1)
    world.poller.poll()
    world.answer_doorbells()
    bench.store.poll_now(world.tasks.begun[0], world.clock.now())
    world.poller.poll()
    world.answer_doorbells()
    assert world.to_the_end(execution_id) == "SUCCEEDED"


def test_a_lost_doorbell_of_a_job_is_rung_again(bench: Bench) -> None:
    world, execution_id = job(bench, Outcome(output=Document("found")))
    world.clock.advance(1)
    world.poller.poll()
    world.bells.attempts.clear()
    world.poller.poll()
    assert world.bells.attempts == []
    world.clock.advance(6)
    world.poller.poll()
    assert world.bells.attempts == world.tasks.begun
    world.answer_doorbells()
    assert world.to_the_end(execution_id) == "SUCCEEDED"


def test_a_worker_that_dies_while_it_looks_at_a_job_leaves_the_job_to_the_next(bench: Bench) -> None:
    world, execution_id = job(bench, Outcome(output=Document("found")))
    world.clock.advance(1)
    attempt = world.tasks.begun[0]
    claim = bench.store.claim(attempt, world.row.id, world.clock.now())
    assert claim is not None
    assert (claim.action, claim.handle) == ("POLL", "job-1")
    world.lose_begun()
    assert bench.attempt_status(attempt) == "WAITING"
    world.answer_doorbells()
    assert world.tasks.looked_at == ["job-1"]
    assert world.to_the_end(execution_id) == "SUCCEEDED"


def test_what_its_service_knows_by_its_id_is_begun_again_when_its_worker_is_lost(bench: Bench) -> None:
    world = World(bench)
    world.tasks.repeatables = {JOB}
    execution_id = bench.create(task(JOB))
    world.driver.activate(execution_id)
    attempt = world.bells.attempts.pop()
    assert bench.store.claim(attempt, world.row.id, NOW) is not None
    world.lose_begun()
    assert bench.attempt_status(attempt) == "QUEUED"
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert types(bench, execution_id).count("TaskStarted") == 1


def test_a_stop_cancels_the_job_and_tries_again_when_that_fails(bench: Bench) -> None:
    world, execution_id = job(bench)
    bench.store.post(execution_id, encode_event(StopRequested(error=None, cause=None)), NOW)
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    assert bench.attempt_status(world.tasks.begun[0]) == "ABORTED"
    for _ in range(4):
        world.poller.poll()
        world.answer_doorbells()
        world.clock.advance(CANCEL_AGAIN_MS / 1000)
    assert world.tasks.jobs_cancelled == ["job-1", "job-1"]  # the first try failed; after the second it is over
    assert world.tasks.looked_at == []


def test_a_job_that_begins_after_its_execution_was_stopped_is_cancelled(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(task(JOB))

    def stopped_meanwhile(_: Any) -> Outcome:
        bench.store.post(execution_id, encode_event(StopRequested(error=None, cause=None)), NOW)
        world.driver.activate(execution_id)
        return Outcome(submission=Submission(output=Document({}), handle="job-1", poll_seconds=1))

    world.tasks.answers["T"] = stopped_meanwhile
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    world.poller.poll()
    world.answer_doorbells()
    assert world.tasks.jobs_cancelled == ["job-1"]


def test_a_job_that_begins_while_its_machine_is_deleted_is_cancelled(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(task(JOB))

    def deleted_meanwhile(_: Any) -> Outcome:
        bench.store.post(execution_id, encode_event(StopRequested(error=None, cause=None)), NOW)
        world.driver.activate(execution_id)
        bench.delete(execution_id)
        return Outcome(submission=Submission(output=Document({}), handle="job-1", poll_seconds=1))

    world.tasks.answers["T"] = deleted_meanwhile
    world.bells.ring_execution(execution_id)
    world.answer_doorbells()
    assert world.tasks.jobs_cancelled == ["job-1"]


def test_an_integration_that_breaks_fails_its_task_and_leaves_the_worker_free(bench: Bench) -> None:
    def breaks(_: Any) -> Any:
        raise KeyError("jobId")

    world = World(bench, answers={"T": breaks})
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "C"}]
    states = {**task(JOB, Catch=catch)["States"], "C": {"Type": "Pass", "End": True}}
    execution_id = bench.create({"StartAt": "T", "States": states})
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert "KeyError" in bench.output(execution_id)["Cause"]
    assert world.attempts.busy == 0


def test_an_error_with_a_nul_in_it_ends_its_execution_all_the_same(bench: Bench) -> None:
    broken = Outcome(failed=True, error="Bro\0ken", cause="binary\0answer")
    world = World(bench, answers={"T": lambda _: broken})
    execution_id = bench.create(task(JOB))
    assert world.to_the_end(execution_id) == "FAILED"
    assert bench.attempt_status(world.tasks.begun[0]) == "FAILED"


@pytest.mark.parametrize(
    "end",
    [
        Outcome(output=Document({"name": "caf\udce9"})),
        Outcome(failed=True, error="Odd", cause="caf\udce9"),
        Outcome(failed=True, error="Odd\udce9", cause=None),
    ],
)
def test_half_a_character_in_what_a_job_answers_ends_its_task_all_the_same(bench: Bench, end: Outcome) -> None:
    world, execution_id = job(bench, end, end)
    world.clock.advance(1)
    world.poller.poll()
    assert world.to_the_end(execution_id) == ("FAILED" if end.failed else "SUCCEEDED")
    if not end.failed:
        assert bench.output(execution_id) == {"name": "caf\ufffd"}


def test_a_job_that_answers_what_is_not_json_fails_its_task(bench: Bench) -> None:
    end = Outcome(output=Document(float("nan")))
    world, execution_id = job(bench, end, end)
    world.clock.advance(1)
    world.poller.poll()
    assert world.to_the_end(execution_id) == "FAILED"


def test_a_look_that_breaks_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    world, execution_id = job(bench, Outcome(output=Document("found")))
    looks = world.tasks.poll
    broken = [True]

    def poll(claim: Any) -> Any:
        if broken.pop():
            broken.append(False)
            raise ValueError("no JSON")
        broken.append(False)
        return looks(claim)

    monkeypatch.setattr(world.tasks, "poll", poll)
    for _ in range(3):
        world.clock.advance(31)
        world.poller.poll()
        world.answer_doorbells()
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert bench.output(execution_id) == "found"

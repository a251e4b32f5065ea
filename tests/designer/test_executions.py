"""Executions over REST. No worker runs here: their rows are set as a worker leaves them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from rest_framework import serializers

from designer.api.serializers.executions import ExecutionSerializer, ExecutionSummarySerializer
from designer.models import Execution, HistoryEvent, Inbox, Scope, TaskAttempt
from designer.services import executions, runtime
from designer.services.listening import listener
from designer.services.runtime_channels import ENDED_CHANNEL
from engine.core.events import Redriven, decode_event
from tests.designer.conftest import Api, body


def start_one(person: Api, machine: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    found: dict[str, Any] = person.post(f"/api/machines/{machine['id']}/executions/", wanted)
    return found


def leave_history(execution: dict[str, Any], *events: tuple[str, str | None, str | None]) -> None:
    for number, (type, state, note) in enumerate(events, 1):
        HistoryEvent.objects.create(
            execution_id=execution["id"],
            event_id=number,
            previous_event_id=number - 1,
            type=type,
            at=1_700_000_000_000 + number,
            scope="",
            state=state,
            note=note,
            details=json.dumps({"name": state}) if state else "{}",
        )
    Execution.objects.filter(pk=execution["id"]).update(last_event_id=len(events))


def test_an_execution_starts_with_its_input_and_a_letter_to_the_engine(alice: Api) -> None:
    machine = alice.machine()
    execution = start_one(alice, machine, input={"n": [1, 2.5, "é🚀", None, True]}, name="first")
    assert execution["status"] == "RUNNING"
    assert execution["input"] == {"n": [1, 2.5, "é🚀", None, True]}
    assert execution["arn"].endswith(":execution:Hello:first")
    assert execution["machine"] == {"id": machine["id"], "name": "Hello"}
    assert Inbox.objects.filter(execution_id=execution["id"]).count() == 1
    assert alice.get(f"/api/executions/{execution['id']}/") == execution
    assert alice.get(f"/api/machines/{machine['id']}/")["counts"]["running"] == 1


@pytest.mark.parametrize("value", [None, 0, "", [], False, {"a": None}])
def test_an_input_may_be_any_json_value(value: Any, alice: Api) -> None:
    assert start_one(alice, alice.machine(), input=value)["input"] == value


def test_without_an_input_it_is_an_empty_object(alice: Api) -> None:
    path = f"/api/machines/{alice.machine()['id']}/executions/"
    assert alice.post(path)["input"] == {}


def test_the_same_name_and_input_while_running_is_the_same_execution(alice: Api) -> None:
    machine = alice.machine()
    path = f"/api/machines/{machine['id']}/executions/"
    first = start_one(alice, machine, input={"a": 1}, name="once")
    assert alice.post(path, {"input": {"a": 1}, "name": "once"}, 200)["id"] == first["id"]
    other = alice.call("POST", path, {"input": {"a": 2}, "name": "once"})
    assert (other.status_code, body(other)["code"]) == (409, "ExecutionAlreadyExists")
    Execution.objects.update(status="SUCCEEDED", stopped_at=1)
    late = alice.call("POST", path, {"input": {"a": 1}, "name": "once"})
    assert (late.status_code, body(late)["code"]) == (409, "ExecutionAlreadyExists")


def test_a_start_that_prefers_to_wait_answers_when_the_time_is_over(alice: Api) -> None:
    path = f"/api/machines/{alice.machine()['id']}/executions/"
    assert alice.post(path, {}, 201, Prefer="wait=0.2")["status"] == "RUNNING"


def test_asking_for_an_ended_execution_does_not_wait(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    Execution.objects.update(status="SUCCEEDED", stopped_at=2, output='{"a":1}')
    found = alice.get(f"/api/executions/{execution['id']}/", Prefer="wait=60")
    assert (found["status"], found["output"], found["stopped_at"]) == (
        "SUCCEEDED",
        {"a": 1},
        "1970-01-01T00:00:00.002Z",
    )


def test_waiting_for_a_redriven_execution_is_not_over_with_its_first_end(alice: Api) -> None:
    execution = start_one(alice, alice.machine())

    async def waited() -> float:
        loop = asyncio.get_running_loop()
        ends = listener(ENDED_CHANNEL)
        ends._heard(execution["id"])  # heard before it was redriven
        began = loop.time()
        await runtime.wait_until_ended(execution["id"], 0.3)
        return loop.time() - began

    assert asyncio.run(waited()) >= 0.3


def test_documents_have_exactly_the_declared_fields(alice: Api) -> None:
    start_one(alice, alice.machine())
    row = executions.owned_executions(alice.user).get()
    shapes: list[serializers.Serializer[Any]] = [ExecutionSummarySerializer(row), ExecutionSerializer(row)]
    for shape in shapes:
        assert list(shape.data) == list(shape.fields)


def test_stopping_posts_a_letter_and_stopping_an_ended_one_changes_nothing(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    path = f"/api/executions/{execution['id']}/stop/"
    alice.post(path, {"error": "Enough", "cause": "for today"}, 200)
    assert Inbox.objects.filter(event__contains="Enough").count() == 1
    Execution.objects.update(status="ABORTED", stopped_at=2)
    assert alice.post(path, {}, 200)["status"] == "ABORTED"
    assert Inbox.objects.count() == 2


def test_only_a_stuck_execution_is_taken_up_again(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    path = f"/api/executions/{execution['id']}/retry/"
    refused = alice.call("POST", path)
    assert (refused.status_code, body(refused)["code"]) == (409, "ExecutionNotStuck")
    Execution.objects.update(stuck_reason="Traceback ...", crashes=5)
    assert alice.get(f"/api/executions/{execution['id']}/")["stuck"] is True
    assert alice.post(path, None, 200)["stuck"] is False


def test_the_list_is_filtered_and_newest_first(alice: Api) -> None:
    machine, other = alice.machine(), alice.machine("Other")
    ids = [start_one(alice, one, name=name)["id"] for one, name in ((machine, "a1"), (machine, "b1"), (other, "a2"))]
    for number, id in enumerate(ids):
        Execution.objects.filter(pk=id).update(started_at=1_700_000_000_000 + number * 1000)
    Execution.objects.filter(pk=ids[0]).update(status="FAILED")

    def names(query: str) -> list[str]:
        return [one["name"] for one in alice.get(f"/api/executions/?{query}")["results"]]

    assert names("") == ["a2", "b1", "a1"]
    assert names(f"machine={machine['id']}") == ["b1", "a1"]
    assert names("status=FAILED") == ["a1"]
    assert names("status=FAILED,RUNNING&search=a") == ["a2", "a1"]
    assert names("started_after=2023-11-14T22:13:20Z") == ["a2", "b1"]
    assert names("started_before=2023-11-14T22:13:21.000Z") == ["a1"]
    assert alice.call("GET", "/api/executions/?status=NEVER").status_code == 400
    assert alice.call("GET", "/api/executions/?started_after=soon").status_code == 400


def test_history_is_read_from_an_id_on_or_backwards(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    leave_history(
        execution, ("ExecutionStarted", None, None), ("PassStateEntered", "Hello", None), ("X", None, "retry")
    )
    path = f"/api/executions/{execution['id']}/history/"
    found = alice.get(path)
    assert [one["id"] for one in found["events"]] == [1, 2, 3]
    assert (found["last_event_id"], found["status"]) == (3, "RUNNING")
    assert found["events"][1] == {
        "id": 2,
        "previous_event_id": 1,
        "type": "PassStateEntered",
        "timestamp": "2023-11-14T22:13:20.002Z",
        "scope": "",
        "state": "Hello",
        "note": None,
        "details": {"name": "Hello"},
    }
    assert [one["id"] for one in alice.get(f"{path}?after=1&limit=1")["events"]] == [2]
    assert [one["id"] for one in alice.get(f"{path}?reverse=true")["events"]] == [3, 2, 1]
    assert [one["id"] for one in alice.get(f"{path}?reverse=true&after=3")["events"]] == [2, 1]


def test_the_picture_of_an_execution_shows_its_statuses(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    leave_history(execution, ("PassStateEntered", "Hello", None), ("PassStateExited", "Hello", None))
    path = f"/api/executions/{execution['id']}/"
    picture = alice.call("GET", f"{path}graph.svg?theme=dark")
    assert b'data-state="Hello" data-status="succeeded"' in picture.content
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert alice.call("GET", f"{path}graph.png").content.startswith(b"\x89PNG")


def test_tasks_are_listed_with_their_logs(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    TaskAttempt.objects.create(
        id="t1",
        execution_id=execution["id"],
        scope="",
        state="Work",
        attempt=1,
        resource="arn",
        payload="{}",
        scheduled_at=5,
        rung_at=5,
        logs="printed\n",
    )
    (found,) = alice.get(f"/api/executions/{execution['id']}/tasks/?state=Work")["results"]
    assert (found["status"], found["logs"], found["begun_at"]) == ("QUEUED", "printed\n", None)
    assert alice.get(f"/api/executions/{execution['id']}/tasks/?state=Other")["results"] == []


def test_an_execution_keeps_the_revision_it_started_with(alice: Api) -> None:
    machine = alice.machine()
    execution = start_one(alice, machine)
    changed = {"definition": machine["definition"] + "\n"}
    alice.call("POST", f"/api/machines/{machine['id']}/revisions/", changed, **{"If-Match": '"r1"'})
    assert alice.get(f"/api/executions/{execution['id']}/definition/")["number"] == 1
    assert start_one(alice, machine)["revision"] == 2


def _ended(execution: dict[str, Any], status: str, **more: Any) -> None:
    values = {"status": status, "stopped_at": time.time_ns() // 1_000_000, "error": "E", **more}
    Execution.objects.filter(pk=execution["id"]).update(**values)
    Scope.objects.get_or_create(execution_id=execution["id"], path="", data="{}")


def test_an_execution_that_failed_is_redriven(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    path = f"/api/executions/{execution['id']}/redrive/"
    assert execution["redrivable"] is False
    _ended(execution, "FAILED")
    assert alice.get(f"/api/executions/{execution['id']}/")["redrivable"] is True
    found = alice.post(path, status=200)
    assert (found["status"], found["redrive_count"], found["error"], found["stopped_at"]) == ("RUNNING", 1, None, None)
    assert [decode_event(row.event) for row in Inbox.objects.filter(execution_id=execution["id"])] == [Redriven()]


def test_the_time_between_an_end_and_a_redrive_does_not_count(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    path = f"/api/executions/{execution['id']}/"
    assert alice.get(path)["duration_ms"] is None
    began = Execution.objects.get().started_at
    now = time.time_ns() // 1_000_000
    Execution.objects.update(started_at=now - 3_600_000)
    _ended(execution, "FAILED", stopped_at=now - 3_500_000)
    assert alice.get(path)["duration_ms"] == 100_000
    assert alice.post(f"{path}redrive/", status=200)["duration_ms"] is None
    redriven = Execution.objects.get().redriven_at
    assert redriven is not None
    assert redriven >= began
    _ended(execution, "SUCCEEDED", stopped_at=redriven + 7)
    assert alice.get(path)["duration_ms"] == 100_007


@pytest.mark.parametrize(
    ("status", "more", "reason"),
    [
        ("RUNNING", {}, "Execution is RUNNING and cannot be redriven"),
        ("SUCCEEDED", {}, "Execution is SUCCEEDED and cannot be redriven"),
        ("FAILED", {"stopped_at": 1}, "Execution redrivable period exceeded"),
        ("FAILED", {"last_event_id": 24_999}, "Execution history event limit exceeded"),
    ],
)
def test_what_cannot_be_redriven_says_why(status: str, more: dict[str, Any], reason: str, alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    _ended(execution, status, **more)
    refused = alice.post(f"/api/executions/{execution['id']}/redrive/", status=409)
    assert (refused["code"], refused["detail"]) == ("ExecutionNotRedrivable", reason)
    assert Execution.objects.get().status == status


def test_an_execution_that_left_nothing_behind_cannot_be_redriven(alice: Api) -> None:
    execution = start_one(alice, alice.machine())
    _ended(execution, "FAILED")
    Scope.objects.all().delete()
    assert "kept nothing" in alice.post(f"/api/executions/{execution['id']}/redrive/", status=409)["detail"]


def test_what_a_task_started_is_listed_for_its_owner_alone(alice: Api, bob: Api) -> None:
    machine = alice.machine()
    parent, child, other = (start_one(alice, machine) for _ in range(3))
    attempt = f"{parent['id']}:2.0"
    TaskAttempt.objects.create(
        id=attempt,
        execution_id=parent["id"],
        scope="",
        state="T",
        attempt=0,
        resource="r",
        payload="{}",
        scheduled_at=1,
        rung_at=1,
    )
    Execution.objects.filter(pk=child["id"]).update(parent_attempt=attempt)
    path = f"/api/executions/?started_by={parent['id']}"
    assert [one["id"] for one in alice.get(path)["results"]] == [child["id"]]
    assert bob.get(path)["results"] == []
    assert alice.get(f"/api/executions/?started_by={other['id']}")["results"] == []
    told = {"id": parent["id"], "name": parent["name"], "machine": parent["machine"]}
    assert alice.get(f"/api/executions/{child['id']}/")["started_by"] == told
    Execution.objects.filter(pk=parent["id"]).delete()
    assert alice.get(f"/api/executions/{child['id']}/")["started_by"] is None


def test_an_attempt_begun_by_two_workers_at_once_starts_one_execution(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = executions.find_head(alice.user.pk, alice.machine()["id"])
    first = executions.start_target(target, name="one", text="{}", parent_attempt="a-1")
    looks = [None]  # the second worker looked before the first had written
    real = executions.started_by
    monkeypatch.setattr(executions, "started_by", lambda attempt: looks.pop() if looks else real(attempt))
    second = executions.start_target(target, name="two", text="{}", parent_attempt="a-1")
    assert (second.created, second.execution.pk) == (False, first.execution.pk)

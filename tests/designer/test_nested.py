"""Executions that tasks of other executions started, over the very API of this installation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from designer.api.aws.inside import OwnApi
from designer.arns import machine_arn
from designer.models import Execution, Inbox, TaskAttempt
from engine.core.events import StopRequested, decode_event
from engine.integrations.nested import NestedExecutions
from engine.jsontypes import Document
from engine.runtime.ports import AttemptRow, Claim
from tests.designer.conftest import Api


def _started(alice: Api) -> tuple[NestedExecutions, Claim]:
    """A parent's attempt that has started an execution of Child, and waits for it."""
    alice.machine("Child")
    parent = alice.post(f"/api/machines/{alice.machine('Parent')['id']}/executions/", {})
    row = AttemptRow(
        id=f"{parent['id']}:2.0",
        execution_id=parent["id"],
        scope="",
        key="2.0",
        state="Start",
        number=0,
        resource="arn:aws:states:::states:startExecution.sync:2",
        payload=Document({"StateMachineArn": machine_arn("Child"), "Input": {}}),
        timeout_seconds=None,
        heartbeat_seconds=None,
        worker="w",
    )
    TaskAttempt.objects.create(
        id=row.id, execution_id=parent["id"], attempt=0, resource=row.resource, scheduled_at=1, rung_at=1
    )
    nested = NestedExecutions(OwnApi())
    outcome = nested._start(row)
    assert outcome.submission is not None, outcome
    return nested, Claim(action="POLL", attempt=row, handle=outcome.submission.handle)


def _rename(alice: Api, name: str, other: str) -> None:
    machine = next(one for one in alice.get("/api/machines/")["results"] if one["name"] == name)
    assert alice.call("PATCH", f"/api/machines/{machine['id']}/", {"name": other}).status_code == 200


def test_a_nested_execution_is_awaited_though_its_machine_is_renamed(alice: Api) -> None:
    nested, claim = _started(alice)
    _rename(alice, "Child", "Grown")
    assert isinstance(nested.poll(claim), float)
    Execution.objects.filter(parent_attempt=claim.attempt.id).update(status="SUCCEEDED", output="7", stopped_at=1)
    found = nested.poll(claim)
    assert not isinstance(found, float)
    output: Any = found.output and found.output.value
    assert (output["Status"], output["Output"]) == ("SUCCEEDED", 7)


def test_a_nested_execution_is_stopped_though_its_machine_is_renamed(alice: Api) -> None:
    nested, claim = _started(alice)
    _rename(alice, "Child", "Grown")
    assert nested.cancel(replace(claim, action="CANCEL"))
    child = Execution.objects.get(parent_attempt=claim.attempt.id)
    events = [decode_event(one.event) for one in Inbox.objects.filter(execution_id=child.pk)]
    assert any(isinstance(one, StopRequested) for one in events)

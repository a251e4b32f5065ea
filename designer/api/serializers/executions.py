"""Executions, their history and task attempts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField, JsonTextField, JsonValueField, instant
from designer.arns import arn_of
from designer.models import AttemptStatus, Execution, ExecutionStatus
from designer.services.executions import starter_of, why_not_redrivable
from engine import jsontypes


def summary_document(execution: Execution) -> dict[str, Any]:
    """By hand: on the hot path DRF's fields cost more than all queries together."""
    machine = execution.machine
    return {
        "id": execution.pk,
        "arn": arn_of(execution),
        "name": execution.name,
        "machine": {"id": machine.pk, "name": machine.name},
        "revision": execution.revision.number,
        "status": str(execution.status),
        "started_at": instant(execution.started_at),
        "stopped_at": _instant_or_none(execution.stopped_at),
        "duration_ms": execution.duration,
        "stuck": execution.stuck_reason is not None,
    }


def execution_document(execution: Execution) -> dict[str, Any]:
    return {
        **summary_document(execution),
        "input": jsontypes.parse(execution.input),
        "output": None if execution.output is None else jsontypes.parse(execution.output),
        "error": execution.error,
        "cause": execution.cause,
        "last_event_id": execution.last_event_id,
        "stuck_reason": execution.stuck_reason,
        "redrive_count": execution.redrive_count,
        "redrivable": why_not_redrivable(execution) is None,
        "map_run": execution.map_run_id,
        "started_by": _starter_document(execution),
    }


def _starter_document(execution: Execution) -> dict[str, Any] | None:
    found = starter_of(execution)
    if found is None:
        return None
    return {"id": found.pk, "name": found.name, "machine": {"id": found.machine.pk, "name": found.machine.name}}


def _instant_or_none(value: int | None) -> str | None:
    return None if value is None else instant(value)


class MachineReference(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class StarterSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    machine = MachineReference()


class ExecutionSummarySerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    arn = serializers.CharField()
    name = serializers.CharField()
    machine = MachineReference()
    revision = serializers.IntegerField(source="revision.number")
    status = serializers.ChoiceField(ExecutionStatus.choices)
    started_at = InstantField()
    stopped_at = InstantField(allow_null=True)
    duration_ms = serializers.IntegerField(
        allow_null=True,
        help_text="How long it ran, without the time between an end and a redrive; null while it runs.",
    )
    stuck = serializers.BooleanField()

    def to_representation(self, instance: Execution) -> dict[str, Any]:
        return summary_document(instance)


class ExecutionSerializer(ExecutionSummarySerializer):
    input = JsonTextField()
    output = JsonTextField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    cause = serializers.CharField(allow_null=True)
    last_event_id = serializers.IntegerField()
    stuck_reason = serializers.CharField(allow_null=True)
    redrive_count = serializers.IntegerField()
    redrivable = serializers.BooleanField()
    map_run = serializers.CharField(allow_null=True, help_text="The Map Run that it is a child of.")
    started_by = StarterSerializer(
        allow_null=True, help_text="The execution whose task started it; null when none did, or when it was deleted."
    )

    def to_representation(self, instance: Execution) -> dict[str, Any]:
        return execution_document(instance)


class StartInput(serializers.Serializer[Any]):
    input = JsonValueField(required=False, default=dict)
    name = serializers.CharField(required=False, max_length=80)
    version = serializers.IntegerField(required=False, min_value=1, help_text="A published version, not the head.")
    alias = serializers.CharField(required=False, max_length=80, help_text="An alias, which chooses a version.")


class StopInput(serializers.Serializer[Any]):
    """AWS's limits: 256 and 32,768 characters."""

    error = serializers.CharField(required=False, allow_null=True, allow_blank=True, default=None, max_length=256)
    cause = serializers.CharField(required=False, allow_null=True, allow_blank=True, default=None, max_length=32768)


class CompactEventSerializer(serializers.Serializer[Any]):
    """What the sockets carry: no payload."""

    id = serializers.IntegerField(source="event_id")
    previous_event_id = serializers.IntegerField()
    type = serializers.CharField()
    timestamp = InstantField(source="at")
    scope = serializers.CharField()
    state = serializers.CharField(allow_null=True)
    note = serializers.ChoiceField(["retry", "caught", "fatal"], allow_null=True)


class EventSerializer(CompactEventSerializer):
    details = JsonTextField()


class HistorySerializer(serializers.Serializer[Any]):
    events = EventSerializer(many=True)
    last_event_id = serializers.IntegerField()
    status = serializers.ChoiceField(ExecutionStatus.choices)


class TaskAttemptSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.CharField()
    scope = serializers.CharField()
    attempt = serializers.IntegerField()
    resource = serializers.CharField()
    status = serializers.ChoiceField(AttemptStatus.choices)
    scheduled_at = InstantField()
    begun_at = InstantField(allow_null=True)
    ended_at = InstantField(allow_null=True)
    worker = serializers.CharField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    cause = serializers.CharField(allow_null=True)
    logs = serializers.CharField()
    logs_truncated = serializers.BooleanField()

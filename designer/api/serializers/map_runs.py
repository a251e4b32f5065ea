"""Map Runs on the wire; counts as DescribeMapRun has them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField
from designer.models import MapRun


class ItemCountsSerializer(serializers.Serializer[Any]):
    """Of items; a batch counts as many as are in it. ``pending`` are those whose child has not begun."""

    total = serializers.IntegerField()
    pending = serializers.IntegerField()
    running = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    timed_out = serializers.IntegerField()
    aborted = serializers.IntegerField()


class MapRunSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    arn = serializers.CharField()
    execution = serializers.CharField(source="execution_id")
    status = serializers.ChoiceField(["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"])
    max_concurrency = serializers.IntegerField(source="concurrency")
    tolerated_failure_count = serializers.IntegerField(source="tolerated_count", allow_null=True)
    tolerated_failure_percentage = serializers.FloatField(source="tolerated_percentage", allow_null=True)
    started_at = InstantField()
    stopped_at = InstantField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    cause = serializers.CharField(allow_null=True)
    children = serializers.IntegerField(source="made", help_text="Child executions made so far.")
    running_children = serializers.IntegerField(source="running")
    pending_redrive = serializers.IntegerField(
        source="pending", help_text="Children of a redriven Map Run that wait for their turn to run again."
    )
    redrive_count = serializers.IntegerField()
    redriven_at = InstantField(allow_null=True)
    item_counts = serializers.SerializerMethodField()

    def get_item_counts(self, run: MapRun) -> ItemCountsSerializer:
        ended = run.succeeded + run.failed + run.timed_out + run.aborted
        running = min(run.running, max(0, run.items - ended))
        counts = {
            "total": run.items,
            "pending": max(0, run.items - ended - running),
            "running": running,
            "succeeded": run.succeeded,
            "failed": run.failed,
            "timed_out": run.timed_out,
            "aborted": run.aborted,
        }
        return ItemCountsSerializer(counts).data  # type: ignore[return-value]  # the annotation is the schema's


class LimitsInput(serializers.Serializer[Any]):
    max_concurrency = serializers.IntegerField(required=False, min_value=0, max_value=2_147_483_647)
    tolerated_failure_count = serializers.IntegerField(required=False, min_value=0, max_value=2_147_483_647)
    tolerated_failure_percentage = serializers.FloatField(required=False, min_value=0, max_value=100)

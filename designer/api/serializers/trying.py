"""Shapes of trying a draft: a state, or the whole of it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField, JsonTextField, JsonValueField
from designer.models import DefinitionFormat

MOST_MILLISECONDS = 100 * 366 * 86_400_000
LEVELS = ("INFO", "DEBUG", "TRACE")


class _Draft(serializers.Serializer[Any]):
    definition = serializers.CharField(trim_whitespace=False)
    format = serializers.ChoiceField(DefinitionFormat.choices, default=DefinitionFormat.JSON)
    input = JsonValueField(required=False, default=dict)


class MockInput(serializers.Serializer[Any]):
    """What one attempt comes to: a result, or else an error."""

    result = JsonValueField(required=False, default=None)
    error = serializers.CharField(required=False, allow_null=True, default=None, max_length=256)
    cause = serializers.CharField(required=False, allow_null=True, default=None, max_length=32_768)
    milliseconds = serializers.IntegerField(default=0, min_value=0, max_value=MOST_MILLISECONDS)


class SimulateInput(_Draft):
    """``mocks`` by state, one an attempt, the last for all further ones; ``items`` by Map: what its reader finds."""

    mocks = serializers.DictField(child=MockInput(many=True), required=False, default=dict)
    items = serializers.DictField(child=serializers.ListField(child=JsonValueField()), required=False, default=dict)


class SimulatedEventSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    previous_event_id = serializers.IntegerField(source="previous")
    type = serializers.CharField()
    timestamp = InstantField(source="at")
    scope = serializers.CharField()
    state = serializers.CharField(allow_null=True)
    note = serializers.ChoiceField(["retry", "caught", "fatal"], allow_null=True)
    details = JsonTextField(source="details_text")


class SimulationSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT"])
    output = JsonValueField()
    error = serializers.CharField(allow_null=True)
    cause = serializers.CharField(allow_null=True)
    events = SimulatedEventSerializer(many=True)
    milliseconds = serializers.IntegerField()


class TestStateInput(_Draft):
    state = serializers.CharField(trim_whitespace=False)
    variables = serializers.DictField(child=JsonValueField(), required=False, default=dict)
    mock = MockInput(required=False, allow_null=True, default=None)
    inspection_level = serializers.ChoiceField(LEVELS, default="INFO")
    retries = serializers.IntegerField(default=0, min_value=0, max_value=99_999_999)


class TestedStateSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"])
    output = JsonValueField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    cause = serializers.CharField(allow_null=True)
    next_state = serializers.CharField(allow_null=True)
    inspection = JsonValueField()

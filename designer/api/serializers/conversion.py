"""Shapes of converting states to JSONata."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import JsonValueField
from designer.api.serializers.machines import DiagnosticSerializer
from designer.api.serializers.trying import MockInput
from designer.models import DefinitionFormat

MOST_SAMPLES = 20


class SampleInput(serializers.Serializer[Any]):
    """Data to compare on besides what is recorded; ``answer`` is what the work of a Task, Map or Parallel comes to."""

    input = JsonValueField()
    variables = serializers.DictField(child=JsonValueField(), required=False, default=dict)
    answer = MockInput(required=False, allow_null=True, default=None)


class ConversionInput(serializers.Serializer[Any]):
    """Without a ``state`` all states that are in JSONPath are converted."""

    definition = serializers.CharField(trim_whitespace=False)
    format = serializers.ChoiceField(DefinitionFormat.choices, default=DefinitionFormat.JSON)
    state = serializers.CharField(trim_whitespace=False, required=False, allow_null=True, default=None)
    samples = serializers.ListField(child=SampleInput(), required=False, default=list, max_length=MOST_SAMPLES)


class OutcomeSerializer(serializers.Serializer[Any]):
    status = serializers.CharField()
    output = JsonValueField()
    error = serializers.CharField(allow_null=True)
    next_state = serializers.CharField(allow_null=True)
    variables = JsonValueField()
    sent = JsonValueField()


class RecordedSerializer(serializers.Serializer[Any]):
    execution = serializers.CharField(source="execution.id")
    name = serializers.CharField(source="execution.name")
    event_id = serializers.IntegerField()


class ComparedSerializer(serializers.Serializer[Any]):
    """``recorded`` says where the data is from, null for what was given. ``chance``: it differs because it draws."""

    recorded = RecordedSerializer(allow_null=True)
    input = JsonValueField(source="visit.input")
    equal = serializers.BooleanField()
    chance = serializers.BooleanField()
    differs = serializers.ListField(child=serializers.CharField(), source="comparison.differs")
    before = OutcomeSerializer(source="comparison.before")
    after = OutcomeSerializer(source="comparison.after")


class ConvertedStateSerializer(serializers.Serializer[Any]):
    """``converted`` is null where an ERROR among the diagnostics says why there is no form that does the same."""

    name = serializers.CharField(source="found.name")
    pointer = serializers.CharField(source="found.pointer")
    converted = JsonValueField(allow_null=True)
    diagnostics = DiagnosticSerializer(many=True)
    compared = ComparedSerializer(many=True)


class ConversionSerializer(serializers.Serializer[Any]):
    states = ConvertedStateSerializer(many=True)

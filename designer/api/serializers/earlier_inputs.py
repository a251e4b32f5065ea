"""Shapes of what executions began with."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField, JsonValueField


class EarlierInputSerializer(serializers.Serializer[Any]):
    input = JsonValueField()
    execution = serializers.CharField(source="execution.id")
    name = serializers.CharField(source="execution.name")
    status = serializers.CharField(source="execution.status")
    started_at = InstantField(source="execution.started_at")


class EarlierInputsSerializer(serializers.Serializer[Any]):
    results = EarlierInputSerializer(source="inputs", many=True)
    shape = JsonValueField(
        allow_null=True, help_text="A JSON Schema guessed from them: type, properties, required, items."
    )

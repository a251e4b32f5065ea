"""The catalogue of integrations on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField
from designer.arns import activity_arn
from designer.models import Activity


class ParameterSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=("string", "number", "boolean", "object", "array", "any"))
    is_required = serializers.BooleanField(source="required")
    description = serializers.CharField(allow_blank=True)
    values = serializers.ListField(child=serializers.CharField())


class EntrySerializer(serializers.Serializer[Any]):
    resource = serializers.CharField()
    service = serializers.CharField()
    action = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    patterns = serializers.ListField(
        child=serializers.CharField(allow_blank=True), help_text='Suffixes of the resource; "" is request-response.'
    )
    repeats = serializers.ChoiceField(
        choices=("TOKEN", "HARMLESS", "NEVER"),
        help_text="What becomes of a call whose worker was lost: begun again by a token, begun again, or failed.",
    )
    parameters = ParameterSerializer(many=True)
    example = serializers.JSONField()


class CatalogueSerializer(serializers.Serializer[Any]):
    results = EntrySerializer(many=True)


class NamesSerializer(serializers.Serializer[Any]):
    results = serializers.ListField(child=serializers.CharField())


class CeleryTaskSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    signature = serializers.CharField()
    description = serializers.CharField(allow_blank=True)


class CeleryTasksSerializer(serializers.Serializer[Any]):
    results = CeleryTaskSerializer(many=True)


class SdkActionSerializer(serializers.Serializer[Any]):
    resource = serializers.CharField()
    service = serializers.CharField()
    action = serializers.CharField()


class ActivitySerializer(serializers.Serializer[Any]):
    arn = serializers.SerializerMethodField()
    name = serializers.CharField()
    created_at = InstantField()

    def get_arn(self, activity: Activity) -> str:
        return activity_arn(activity.name)

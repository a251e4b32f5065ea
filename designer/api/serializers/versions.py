"""Published versions and aliases on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField
from designer.api.words import spoken, spoken_later
from designer.arns import alias_arn, version_arn
from designer.models import Alias, Version
from engine.sentences import say

ALIAS_NAME = r"^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]{1,80}$"
"""AWS, CreateStateMachineAlias: never a number alone, which would be a version."""


class VersionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    arn = serializers.SerializerMethodField()
    revision = serializers.IntegerField(source="revision.number")
    description = serializers.CharField(allow_blank=True)
    created_at = InstantField()

    def get_arn(self, row: Version) -> str:
        return version_arn(row.machine.name, row.number)


class VersionInput(serializers.Serializer[Any]):
    description = serializers.CharField(required=False, allow_blank=True, default="", max_length=256)


class RouteSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    weight = serializers.IntegerField(min_value=0, max_value=100, help_text="Percent of the executions.")


class AliasSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    arn = serializers.SerializerMethodField()
    description = serializers.CharField(allow_blank=True)
    routes = serializers.SerializerMethodField()
    created_at = InstantField()
    updated_at = InstantField()

    def get_arn(self, row: Alias) -> str:
        return alias_arn(row.machine.name, row.name)

    def get_routes(self, row: Alias) -> RouteSerializer(many=True):  # type: ignore[valid-type]  # read by spectacular
        routes = sorted(row.routes.all(), key=lambda one: one.pk)
        return [{"version": one.version.number, "weight": one.weight} for one in routes]


class AliasChange(serializers.Serializer[Any]):
    """What is left out stays as it is."""

    description = serializers.CharField(required=False, allow_blank=True, max_length=256)
    routes = RouteSerializer(many=True, required=False)

    def validate_routes(self, routes: list[dict[str, int]]) -> list[dict[str, int]]:
        versions = [one["version"] for one in routes]
        if not 1 <= len(versions) <= 2 or len(set(versions)) != len(versions):
            raise serializers.ValidationError(spoken(say("One version, or two different ones.")))
        return routes


class AliasInput(AliasChange):
    name = serializers.RegexField(
        ALIAS_NAME,
        error_messages={"invalid": spoken_later(say("Letters, digits, _, - and ., up to 80, and not a number alone."))},
    )
    routes = RouteSerializer(many=True)

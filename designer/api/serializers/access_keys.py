"""AWS access keys on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField


class AccessKeySerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="The access key id.")
    name = serializers.CharField()
    created_at = InstantField()
    last_used_at = InstantField(allow_null=True)


class NewAccessKeySerializer(AccessKeySerializer):
    secret = serializers.CharField(help_text="The secret access key, in clear this once.")


class AccessKeyInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)

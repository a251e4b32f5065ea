"""Session and tokens."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField


class UserSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(source="username")


class LimitsSerializer(serializers.Serializer[Any]):
    definition_bytes = serializers.IntegerField()
    payload_bytes = serializers.IntegerField()
    history_events = serializers.IntegerField()


class AwsSerializer(serializers.Serializer[Any]):
    """What clients of the AWS API are to be configured with."""

    region = serializers.CharField()
    account_id = serializers.CharField()


class SessionSerializer(serializers.Serializer[Any]):
    user = UserSerializer()
    version = serializers.CharField()
    limits = LimitsSerializer()
    aws = AwsSerializer()


class SignInInput(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200)


class TokenSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    created_at = InstantField()
    last_used_at = InstantField(allow_null=True)


class NewTokenSerializer(TokenSerializer):
    token = serializers.CharField(help_text="In clear, this once.")


class TokenInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)

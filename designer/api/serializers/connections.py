"""Connections of HTTP tasks on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import InstantField
from designer.api.words import spoken
from designer.arns import connection_arn
from designer.models import HttpConnection
from engine.sentences import say

KINDS = ("BASIC", "API_KEY", "OAUTH_CLIENT_CREDENTIALS")


class ConnectionSerializer(serializers.Serializer[Any]):
    """Never with a secret."""

    id = serializers.CharField()
    arn = serializers.SerializerMethodField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    settings = serializers.DictField(child=serializers.CharField(allow_blank=True))
    created_at = InstantField()
    updated_at = InstantField()

    def get_arn(self, row: HttpConnection) -> str:
        return connection_arn(row.name, row.pk)


class AuthorisationInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    user = serializers.CharField(
        max_length=512, help_text="BASIC: the user. API_KEY: the header. OAUTH_CLIENT_CREDENTIALS: the client id."
    )
    secret = serializers.CharField(max_length=8192, help_text="Password, key or client secret. Never told again.")
    token_url = serializers.URLField(required=False, max_length=2048, help_text="OAUTH_CLIENT_CREDENTIALS only.")
    method = serializers.ChoiceField(choices=("POST", "GET"), required=False)
    scope = serializers.CharField(required=False, allow_blank=True, max_length=1024)
    headers = serializers.DictField(child=serializers.CharField(max_length=4096), required=False)
    query = serializers.DictField(child=serializers.CharField(max_length=4096), required=False)
    body = serializers.DictField(child=serializers.CharField(max_length=4096), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        oauth = attrs["kind"] == "OAUTH_CLIENT_CREDENTIALS"
        if oauth != ("token_url" in attrs):
            said = say("This field is required.") if oauth else say("This field is for OAUTH_CLIENT_CREDENTIALS only.")
            raise serializers.ValidationError({"token_url": [spoken(said)]})
        return attrs


class ConnectionInput(AuthorisationInput):
    name = serializers.CharField(max_length=80)

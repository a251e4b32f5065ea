"""Revisions and drafts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.fields import AuthorField, InstantField
from designer.models import DefinitionFormat


class RevisionSummarySerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    format = serializers.ChoiceField(DefinitionFormat.choices)
    comment = serializers.CharField()
    created_at = InstantField()
    author = AuthorField()


class RevisionSerializer(RevisionSummarySerializer):
    definition = serializers.CharField(help_text="As its author wrote it.")


class DraftSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    format = serializers.ChoiceField(DefinitionFormat.choices)
    base_revision = serializers.IntegerField()
    saves = serializers.IntegerField(help_text='The draft\'s ETag is "dN" with this number.')
    updated_at = InstantField()
    author = AuthorField()


class RevisionInput(serializers.Serializer[Any]):
    definition = serializers.CharField(trim_whitespace=False, allow_blank=True)
    format = serializers.ChoiceField(DefinitionFormat.choices, default=DefinitionFormat.JSON)
    comment = serializers.CharField(default="", allow_blank=True, max_length=256)
    draft = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="`saves` of the draft that this takes the place of, null for none. If there is another one by then, "
        "nothing is saved. Without this member a draft that says something else stays.",
    )


class DraftInput(serializers.Serializer[Any]):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    format = serializers.ChoiceField(DefinitionFormat.choices)
    base_revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)

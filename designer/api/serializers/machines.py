"""Machines, their shares, what the editor asks for."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from designer.api.serializers.executions import ExecutionSummarySerializer
from designer.api.serializers.fields import InstantField, JsonValueField
from designer.api.serializers.revisions import DraftSerializer, RevisionSerializer
from designer.api.words import SpokenField
from designer.models import DefinitionFormat, MachineStatus, MachineType
from designer.services.bundles import MAX_DESCRIPTION
from designer.services.overview import MachineDetail


class CountsSerializer(serializers.Serializer[Any]):
    running = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    timed_out = serializers.IntegerField()
    aborted = serializers.IntegerField()


class MachineSummarySerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="machine.id")
    arn = serializers.CharField()
    name = serializers.CharField(source="machine.name")
    description = serializers.CharField(source="machine.description")
    type = serializers.ChoiceField(MachineType.choices, source="machine.type")
    status = serializers.ChoiceField(MachineStatus.choices, source="machine.status")
    revision = serializers.IntegerField(source="machine.head")
    created_at = InstantField(source="machine.created_at")
    updated_at = InstantField(source="machine.updated_at")
    has_draft = serializers.BooleanField()
    counts = CountsSerializer()
    last_execution = ExecutionSummarySerializer(allow_null=True)


class MachineSerializer(MachineSummarySerializer):
    definition = serializers.CharField()
    format = serializers.ChoiceField(DefinitionFormat.choices)
    draft = DraftSerializer(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        detail: MachineDetail = instance
        return {
            **MachineSummarySerializer(detail.summary).data,
            "definition": detail.head.definition,
            "format": detail.head.format,
            "draft": DraftSerializer(detail.draft).data if detail.draft else None,
        }


class MachineInput(serializers.Serializer[Any]):
    name = serializers.CharField(trim_whitespace=False)
    definition = serializers.CharField(trim_whitespace=False, allow_blank=True)
    format = serializers.ChoiceField(DefinitionFormat.choices, default=DefinitionFormat.JSON)
    description = serializers.CharField(default="", allow_blank=True, max_length=MAX_DESCRIPTION)


class MachineChanges(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, trim_whitespace=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=MAX_DESCRIPTION)


class ImportInput(serializers.Serializer[Any]):
    content = serializers.CharField(trim_whitespace=False)
    format = serializers.ChoiceField(DefinitionFormat.choices, required=False)
    name = serializers.CharField(required=False, trim_whitespace=False)


class DeletionSerializer(serializers.Serializer[Any]):
    revisions = serializers.IntegerField()
    executions = serializers.IntegerField()
    running_executions = serializers.IntegerField()
    share_links = serializers.IntegerField()


class ShareSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    created_at = InstantField()
    expires_at = InstantField(allow_null=True)
    revoked_at = InstantField(allow_null=True)
    last_seen_at = InstantField(allow_null=True)


class NewShareSerializer(ShareSerializer):
    url = serializers.CharField()
    svg_url = serializers.CharField()


class ShareInput(serializers.Serializer[Any]):
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class SharedMachineSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="machine.name")
    description = serializers.CharField(source="machine.description")
    type = serializers.ChoiceField(MachineType.choices, source="machine.type")
    revision = serializers.IntegerField(source="number")
    definition = serializers.CharField()
    format = serializers.ChoiceField(DefinitionFormat.choices)
    updated_at = InstantField(source="created_at")


class BundledMachineSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    description = serializers.CharField()
    type = serializers.ChoiceField(MachineType.choices)


class BundleSerializer(serializers.Serializer[Any]):
    treadle_bundle = serializers.IntegerField()
    machine = BundledMachineSerializer()
    revisions = RevisionSerializer(many=True)
    omitted_revisions = serializers.IntegerField()


class ValidateInput(serializers.Serializer[Any]):
    definition = serializers.CharField(trim_whitespace=False, allow_blank=True)
    format = serializers.ChoiceField(DefinitionFormat.choices, default=DefinitionFormat.JSON)
    document_version = serializers.IntegerField(required=False, allow_null=True, default=None)


class DiagnosticSerializer(serializers.Serializer[Any]):
    severity = serializers.ChoiceField(["ERROR", "WARNING"])
    code = serializers.CharField()
    message = SpokenField()
    pointer = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)


class ValidationSerializer(serializers.Serializer[Any]):
    valid = serializers.BooleanField()
    diagnostics = DiagnosticSerializer(many=True)
    document_version = serializers.IntegerField(allow_null=True)


class FunctionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    arn = serializers.CharField()
    description = serializers.CharField()
    file = serializers.CharField()


class FunctionsSerializer(serializers.Serializer[Any]):
    results = FunctionSerializer(many=True)
    folder = serializers.CharField()


class SampleSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = SpokenField()
    description = SpokenField()
    teaches = SpokenField()
    definition = serializers.CharField()
    input = JsonValueField()


class SamplesSerializer(serializers.Serializer[Any]):
    results = SampleSerializer(many=True)

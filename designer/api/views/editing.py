"""What the editor asks for besides machines: the validator, functions, samples."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.schema import refusals
from designer.api.serializers import machines as shapes
from designer.api.views.base import checked
from designer.services import definitions, functions, samples


class Validate(APIView):
    @extend_schema(
        operation_id="validate_definition",
        request=shapes.ValidateInput,
        responses={200: shapes.ValidationSerializer, **refusals(400, 413)},
    )
    def post(self, request: Request) -> Response:
        """All that is wrong with a definition. ``document_version`` comes back: a late answer can be dropped."""
        wanted = checked(shapes.ValidateInput, request)
        parsed = definitions.parse(wanted["definition"], wanted["format"])
        return Response(
            {
                "valid": parsed.valid,
                "diagnostics": shapes.DiagnosticSerializer(parsed.diagnostics, many=True).data,
                "document_version": wanted["document_version"],
            }
        )


class Functions(APIView):
    @extend_schema(operation_id="list_functions", responses={200: shapes.FunctionsSerializer, **refusals(401)})
    def get(self, request: Request) -> Response:
        """What the functions folder holds."""
        answer = {"results": functions.list_functions(), "folder": str(functions.functions_folder())}
        return Response(shapes.FunctionsSerializer(answer).data)


class Samples(APIView):
    @extend_schema(operation_id="list_samples", responses={200: shapes.SamplesSerializer, **refusals(401)})
    def get(self, request: Request) -> Response:
        return Response(shapes.SamplesSerializer({"results": samples.list_samples()}).data)

"""Converting states of a draft to JSONata."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.schema import refusals
from designer.api.serializers import conversion as shapes
from designer.api.views.base import checked, user_of
from designer.services import conversion
from engine.runtime.equivalence import Visit
from engine.runtime.teststate import Mocked


class Conversion(APIView):
    @extend_schema(
        operation_id="convert_states",
        request=shapes.ConversionInput,
        responses={200: shapes.ConversionSerializer, **refusals(400, 404, 409, 413)},
    )
    def post(self, request: Request, machine_id: str) -> Response:
        """Rewrite states of a draft in JSONata and compare both forms on what earlier executions gave them.

        Nothing is changed: the answer holds the new states, and why a state has none.
        """
        wanted = checked(shapes.ConversionInput, request)
        found = conversion.convert_draft(
            user_of(request),
            machine_id,
            wanted["definition"],
            wanted["format"],
            state=wanted["state"],
            given=[_visit(one) for one in wanted["samples"]],
        )
        return Response(shapes.ConversionSerializer({"states": found}).data)


def _visit(sample: dict[str, Any]) -> Visit:
    answer = sample["answer"]
    return Visit(
        input=sample["input"], variables=sample["variables"], answer=None if answer is None else _mocked(answer)
    )


def _mocked(answer: dict[str, Any]) -> Mocked:
    fails = answer["error"] is not None or answer["cause"] is not None
    return Mocked(result=answer["result"], error=answer["error"], cause=answer["cause"], fails=fails)

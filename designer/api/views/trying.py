"""Trying a draft without saving it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.schema import refusals
from designer.api.serializers import trying as shapes
from designer.api.views.base import checked
from designer.services import trying
from engine import jsontypes
from engine.runtime.simulator import Mock


class Simulate(APIView):
    @extend_schema(
        operation_id="simulate_definition",
        request=shapes.SimulateInput,
        responses={200: shapes.SimulationSerializer, **refusals(400, 413, 422)},
    )
    def post(self, request: Request) -> Response:
        """Run a definition on a virtual clock with made-up answers: nothing is stored, nothing real is called."""
        wanted = checked(shapes.SimulateInput, request)
        trial = trying.simulate(
            wanted["definition"],
            wanted["format"],
            input=wanted["input"],
            mocks={state: [Mock(**one) for one in given] for state, given in wanted["mocks"].items()},
            items=wanted["items"],
        )
        return Response(shapes.SimulationSerializer(trial).data)


class TestState(APIView):
    __test__ = False

    @extend_schema(
        operation_id="test_state",
        request=shapes.TestStateInput,
        responses={200: shapes.TestedStateSerializer, **refusals(400, 413)},
    )
    def post(self, request: Request) -> Response:
        """Enter one state of a definition with an input and a made-up answer, and tell what comes of it."""
        wanted = checked(shapes.TestStateInput, request)
        found = trying.try_state(
            wanted["definition"],
            wanted["format"],
            state=wanted["state"],
            input=wanted["input"],
            variables=wanted["variables"],
            mock=_mock(wanted["mock"]),
            level=wanted["inspection_level"],
            retries=wanted["retries"],
        )
        answer = {
            "status": found["status"],
            "output": found.get("output"),
            "error": found.get("error"),
            "cause": found.get("cause"),
            "next_state": found.get("nextState"),
            "inspection": found.get("inspectionData", {}),
        }
        return Response(shapes.TestedStateSerializer(answer).data)


def _mock(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """As AWS writes it: the shape of a made-up result is not checked, it may be any."""
    if given is None:
        return None
    if given["error"] is not None or given["cause"] is not None:
        return {"errorOutput": {"error": given["error"], "cause": given["cause"]}}
    return {"result": jsontypes.dump(given["result"]), "fieldValidationMode": "NONE"}

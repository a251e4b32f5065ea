"""Map Runs: how far a Distributed Map is, and its limits."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.schema import refusals
from designer.api.serializers.map_runs import LimitsInput, MapRunSerializer
from designer.api.views.base import checked, user_of
from designer.services import map_runs


class MapRuns(APIView):
    @extend_schema(
        operation_id="list_map_runs",
        responses={200: MapRunSerializer(many=True), **refusals(404)},
    )
    def get(self, request: Request, execution_id: str) -> Response:
        """The Map Runs of an execution; their children are ``GET /api/executions/?map_run=ID``."""
        found = map_runs.list_map_runs(user_of(request), execution_id)
        return Response(MapRunSerializer(found, many=True).data)


class OneMapRun(APIView):
    @extend_schema(operation_id="get_map_run", responses={200: MapRunSerializer, **refusals(404)})
    def get(self, request: Request, map_run_id: str) -> Response:
        return Response(MapRunSerializer(map_runs.get_map_run(user_of(request), map_run_id)).data)

    @extend_schema(
        operation_id="change_map_run",
        request=LimitsInput,
        responses={200: MapRunSerializer, **refusals(400, 404, 409)},
    )
    def patch(self, request: Request, map_run_id: str) -> Response:
        """Change its limits while it runs."""
        limits = map_runs.Limits(**checked(LimitsInput, request))
        return Response(MapRunSerializer(map_runs.change_limits(user_of(request), map_run_id, limits)).data)

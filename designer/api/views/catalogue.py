"""What a Task can reach."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.schema import refusals
from designer.api.serializers import catalogue as shapes
from designer.services import catalogue


class Catalogue(APIView):
    @extend_schema(operation_id="list_integrations", responses={200: shapes.CatalogueSerializer, **refusals(401)})
    def get(self, request: Request) -> Response:
        """The optimised integrations with their patterns and parameters."""
        return Response(shapes.CatalogueSerializer({"results": catalogue.list_entries()}).data)


class SdkServices(APIView):
    @extend_schema(operation_id="list_sdk_services", responses={200: shapes.NamesSerializer, **refusals(401)})
    def get(self, request: Request) -> Response:
        """The services of `aws-sdk:SERVICE:ACTION`."""
        return Response(shapes.NamesSerializer({"results": catalogue.list_sdk_services()}).data)


class SdkActions(APIView):
    @extend_schema(operation_id="list_sdk_actions", responses={200: shapes.NamesSerializer, **refusals(401, 404)})
    def get(self, request: Request, service: str) -> Response:
        """The actions of one service."""
        return Response(shapes.NamesSerializer({"results": catalogue.list_sdk_actions(service)}).data)


class SdkAction(APIView):
    @extend_schema(operation_id="get_sdk_action", responses={200: shapes.EntrySerializer, **refusals(401, 404)})
    def get(self, request: Request, service: str, action: str) -> Response:
        """One action with its parameters."""
        return Response(shapes.EntrySerializer(catalogue.sdk_entry(service, action)).data)


class CeleryTasks(APIView):
    @extend_schema(
        operation_id="list_celery_tasks", responses={200: shapes.CeleryTasksSerializer, **refusals(401, 503)}
    )
    def get(self, request: Request) -> Response:
        """The tasks of `TREADLE_CELERY_APP` that machines may send."""
        return Response(shapes.CeleryTasksSerializer({"results": catalogue.list_celery_tasks()}).data)

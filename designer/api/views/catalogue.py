"""What a Task can reach."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.pagination import MAX_LIMIT, paginate, read_limit
from designer.api.schema import page_of, refusals
from designer.api.serializers import catalogue as shapes
from designer.api.views.base import PAGING, listing, plain, user_of
from designer.api.words import spoken
from designer.services import activities, catalogue
from engine.sentences import say

SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="Words: parts of a service or an action.")


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


class SdkSearch(APIView):
    @extend_schema(
        operation_id="search_sdk_actions",
        parameters=[SEARCH, *PAGING],
        responses={200: page_of(shapes.SdkActionSerializer), **refusals(400, 401)},
    )
    def get(self, request: Request) -> Response:
        """Actions of every service that have all words of `search` in their names, the likeliest first."""
        found = catalogue.search_sdk_actions(plain(request, "search") or "")
        limit = read_limit(request, MAX_LIMIT)
        start = _offset(request)
        rows = [
            {"resource": f"arn:aws:states:::aws-sdk:{service}:{action}", "service": service, "action": action}
            for service, action in found[start : start + limit]
        ]
        following = str(start + limit) if start + limit < len(found) else None
        return Response({"results": shapes.SdkActionSerializer(rows, many=True).data, "next": following})


def _offset(request: Request) -> int:
    """The list never changes while the process runs, so a cursor may count."""
    text = request.query_params.get("cursor") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise ValidationError({"cursor": spoken(say("This cursor is not one of ours."))})
    return int(text)


class Activities(APIView):
    @extend_schema(
        operation_id="list_activities",
        parameters=PAGING,
        responses={200: page_of(shapes.ActivitySerializer), **refusals(400, 401)},
    )
    def get(self, request: Request) -> Response:
        """My activities, by name. Workers make them and ask for their work over the AWS API."""
        page = paginate(request, activities.list_activities(user_of(request)), "name", "pk")
        return listing(page, lambda found: shapes.ActivitySerializer(found, many=True).data)

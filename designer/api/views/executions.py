"""Executions. Starting one is in ``start.py``: it is the hot path."""

from __future__ import annotations

from datetime import UTC

from django.http import HttpResponse
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.pagination import paginate, read_limit
from designer.api.schema import page_of, refusals
from designer.api.serializers import executions as shapes
from designer.api.serializers.revisions import RevisionSerializer
from designer.api.views.base import (
    PAGING,
    PICTURES,
    PIXELS,
    PREFER,
    THEME,
    checked,
    choice,
    integer,
    listing,
    picture_response,
    plain,
    theme_of,
    user_of,
)
from designer.api.words import spoken
from designer.models import ExecutionStatus
from designer.services import executions, pictures
from designer.services.pictures import Kind
from engine.sentences import say

MAX_EVENTS = 1000
DEFAULT_EVENTS = 500


def _instant(request: Request, name: str) -> int | None:
    """Milliseconds since 1970 of an RFC 3339 parameter; without an offset it is UTC."""
    text = plain(request, name)
    if text is None:
        return None
    try:
        # A "+" of an offset that was not escaped arrives as a space.
        found = parse_datetime(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        found = None
    if found is None:
        raise ValidationError({name: spoken(say("A time such as 2026-01-31T12:00:00Z."))})
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def _filter(request: Request) -> executions.ExecutionFilter:
    statuses = tuple(one for one in (plain(request, "status") or "").split(",") if one)
    for status in statuses:
        if status not in ExecutionStatus.values:
            raise ValidationError(
                {"status": spoken(say("One or more of {statuses}.", statuses=", ".join(ExecutionStatus.values)))}
            )
    return executions.ExecutionFilter(
        machine=plain(request, "machine"),
        status=statuses,
        search=plain(request, "search"),
        started_after=_instant(request, "started_after"),
        started_before=_instant(request, "started_before"),
        map_run=plain(request, "map_run"),
        started_by=plain(request, "started_by"),
    )


class Executions(APIView):
    @extend_schema(
        operation_id="list_executions",
        parameters=[
            OpenApiParameter("machine", OpenApiTypes.STR, description="A machine's id."),
            OpenApiParameter("map_run", OpenApiTypes.STR, description="A Map Run's id: its children, and no others."),
            OpenApiParameter("started_by", OpenApiTypes.STR, description="An execution's id: those its tasks started."),
            OpenApiParameter("status", OpenApiTypes.STR, description="One or more, joined by commas."),
            OpenApiParameter("search", OpenApiTypes.STR, description="Part of a name."),
            OpenApiParameter("started_after", OpenApiTypes.DATETIME),
            OpenApiParameter("started_before", OpenApiTypes.DATETIME),
            *PAGING,
        ],
        responses={200: page_of(shapes.ExecutionSummarySerializer), **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        """My executions, newest first."""
        rows = executions.list_executions(user_of(request), _filter(request))
        page = paginate(request, rows, "-started_at", "-id")
        return listing(page, lambda found: shapes.ExecutionSummarySerializer(found, many=True).data)


class OneExecution(APIView):
    @extend_schema(
        operation_id="get_execution",
        parameters=[PREFER],
        responses={200: shapes.ExecutionSerializer, **refusals(404)},
    )
    def get(self, request: Request, execution_id: str) -> Response:
        found = executions.get_execution(user_of(request), execution_id)
        return Response(shapes.ExecutionSerializer(found).data)


class StopExecution(APIView):
    @extend_schema(
        operation_id="stop_execution",
        request=shapes.StopInput,
        responses={200: shapes.ExecutionSerializer, **refusals(400, 404)},
    )
    def post(self, request: Request, execution_id: str) -> Response:
        """Stop it; one that has ended stays as it is."""
        found = executions.stop_execution(user_of(request), execution_id, **checked(shapes.StopInput, request))
        return Response(shapes.ExecutionSerializer(found).data)


class RetryExecution(APIView):
    @extend_schema(
        operation_id="retry_execution",
        request=None,
        responses={200: shapes.ExecutionSerializer, **refusals(404, 409)},
    )
    def post(self, request: Request, execution_id: str) -> Response:
        """Take a stuck execution up again."""
        found = executions.retry_execution(user_of(request), execution_id)
        return Response(shapes.ExecutionSerializer(found).data)


class RedriveExecution(APIView):
    @extend_schema(
        operation_id="redrive_execution",
        request=None,
        responses={200: shapes.ExecutionSerializer, **refusals(404, 409)},
    )
    def post(self, request: Request, execution_id: str) -> Response:
        """Take an execution that failed, timed out or was stopped up again where it ended."""
        found = executions.redrive_execution(user_of(request), execution_id)
        return Response(shapes.ExecutionSerializer(found).data)


class History(APIView):
    @extend_schema(
        operation_id="get_history",
        parameters=[
            OpenApiParameter("after", OpenApiTypes.INT, description="Events past this id; before it, when reversed."),
            OpenApiParameter("limit", OpenApiTypes.INT, description="1 to 1000, 500 unless told."),
            OpenApiParameter("reverse", OpenApiTypes.BOOL, description="Newest first."),
        ],
        responses={200: shapes.HistorySerializer, **refusals(400, 404)},
    )
    def get(self, request: Request, execution_id: str) -> Response:
        """The events with their details, in order of their ids."""
        reverse = choice(request, "reverse", ("false", "true"), "false") == "true"
        limit = read_limit(request, MAX_EVENTS, DEFAULT_EVENTS)
        after = integer(request, "after", 0)
        execution = executions.get_execution(user_of(request), execution_id)
        events = executions.events_after(execution.pk, after, limit, newest_first=reverse)
        answer = {"events": events, "last_event_id": execution.last_event_id, "status": execution.status}
        return Response(shapes.HistorySerializer(answer).data)


class Tasks(APIView):
    @extend_schema(
        operation_id="list_tasks",
        parameters=[OpenApiParameter("state", OpenApiTypes.STR, description="A state's name."), *PAGING],
        responses={200: page_of(shapes.TaskAttemptSerializer), **refusals(400, 404)},
    )
    def get(self, request: Request, execution_id: str) -> Response:
        """Task attempts with their logs, oldest first."""
        rows = executions.list_tasks(user_of(request), execution_id, state=plain(request, "state"))
        page = paginate(request, rows, "scheduled_at", "id")
        return listing(page, lambda found: shapes.TaskAttemptSerializer(found, many=True).data)


class ExecutionDefinition(APIView):
    @extend_schema(operation_id="get_execution_definition", responses={200: RevisionSerializer, **refusals(404)})
    def get(self, request: Request, execution_id: str) -> Response:
        """The revision it runs."""
        return Response(RevisionSerializer(executions.definition_of(user_of(request), execution_id)).data)


def _picture(request: Request, execution_id: str, kind: Kind) -> HttpResponse:
    execution = executions.get_execution(user_of(request), execution_id)
    return picture_response(pictures.draw_execution(execution, kind=kind, theme=theme_of(request)))


class ExecutionSvg(APIView):
    @extend_schema(operation_id="draw_execution", parameters=[THEME], responses=PICTURES | refusals(400, 404))
    def get(self, request: Request, execution_id: str) -> HttpResponse:
        """The picture with the statuses of its states as they are now."""
        return _picture(request, execution_id, "svg")


class ExecutionPng(APIView):
    @extend_schema(operation_id="draw_execution_png", parameters=[THEME], responses=PIXELS | refusals(400, 404))
    def get(self, request: Request, execution_id: str) -> HttpResponse:
        """The picture with its statuses, as pixels."""
        return _picture(request, execution_id, "png")

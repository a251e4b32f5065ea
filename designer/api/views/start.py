"""Starting an execution: the hot path.

``start`` answers without DRF's request and renderer around it: one hop into a thread for all queries, and while
``Prefer: wait`` holds the answer no thread is held. ``StartExecution`` is the same endpoint to DRF, which the schema is
made from; ``described_by`` ties the two together.
"""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.examples import START_INPUT
from designer.api.lane import answers_problems, authenticated_id, described_by
from designer.api.parsing import read_json
from designer.api.preconditions import wait_seconds
from designer.api.schema import refusals
from designer.api.serializers.executions import ExecutionSerializer, StartInput, execution_document
from designer.api.views.base import PREFER, user_of
from designer.api.words import spoken
from designer.models import Execution, ExecutionStatus
from designer.services import executions, runtime, targets
from designer.store.connection import mend_connection
from engine import jsontypes
from engine.jsontypes import Json
from engine.sentences import say


class StartExecution(APIView):
    """The endpoint as DRF sees it."""

    @extend_schema(
        operation_id="start_execution",
        parameters=[PREFER],
        request=StartInput,
        responses={200: ExecutionSerializer, 201: ExecutionSerializer, **refusals(400, 404, 409, 413)},
        examples=[OpenApiExample("The Job Poller's input", value=START_INPUT, request_only=True)],
    )
    def post(self, request: Request, machine_id: str) -> Response:
        """Start the head, a version or an alias. With name and input of one that runs already: that one, and 200."""
        started = _begin(user_of(request).pk, machine_id, _wanted(request.data))
        return Response(ExecutionSerializer(started.execution).data, status=201 if started.created else 200)


_described = sync_to_async(StartExecution.as_view())


@described_by(StartExecution)
@answers_problems
async def start(request: HttpRequest, machine_id: str) -> HttpResponseBase:
    if request.method != "POST":
        return await _described(request, machine_id=machine_id)  # 401 or 405, with all that goes with it
    wanted = _wanted(_body(request))
    started = await sync_to_async(_start)(request, machine_id, wanted)
    execution = started.execution
    seconds = wait_seconds(request.headers.get("Prefer"))
    if seconds and execution.status == ExecutionStatus.RUNNING:
        await runtime.wait_until_ended(execution.pk, seconds, new=started.created)
        execution = await sync_to_async(executions.refresh)(execution)
    return _response(execution, created=started.created)


def _body(request: HttpRequest) -> Json:
    body = request.body
    if not body:
        return {}
    if request.content_type != "application/json":
        raise UnsupportedMediaType(request.content_type or "")
    return read_json(body)


def _wanted(body: Json) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValidationError(spoken(say("The body must be an object.")))
    name = body.get("name")
    if name is not None and not isinstance(name, str):
        raise ValidationError({"name": spoken(say("A text."))})
    return {"input": body.get("input", {}), "name": name, **_published(body)}


def _published(body: dict[str, Json]) -> dict[str, Any]:
    version, alias = body.get("version"), body.get("alias")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int) or not 0 < version < 10**9):
        raise ValidationError({"version": spoken(say("The number of a version."))})
    if alias is not None and (not isinstance(alias, str) or "\0" in alias):
        raise ValidationError({"alias": spoken(say("The name of an alias."))})
    if version is not None and alias is not None:
        raise ValidationError({"alias": spoken(say("A version or an alias, not both."))})
    return {} if version is None and alias is None else {"version": version, "alias": alias}


def _begin(user_id: int, machine_id: str, wanted: dict[str, Any]) -> executions.Started:
    start = targets.start_published if "version" in wanted else executions.start_execution
    return start(user_id, machine_id, **wanted)


def _start(request: HttpRequest, machine_id: str, wanted: dict[str, Any]) -> executions.Started:
    mend_connection()  # the short way in (designer/web/fast.py) has none of Django's signals, which do it elsewhere
    return _begin(authenticated_id(request), machine_id, wanted)


def _response(execution: Execution, *, created: bool) -> HttpResponse:
    text = jsontypes.dump(execution_document(execution))
    response = HttpResponse(text, status=201 if created else 200, content_type="application/json")
    response["Location"] = f"/api/executions/{execution.pk}/"
    return response

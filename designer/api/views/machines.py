"""Machines."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.examples import MACHINE_INPUT
from designer.api.pagination import paginate
from designer.api.preconditions import etag
from designer.api.schema import page_of, refusals
from designer.api.serializers import earlier_inputs as inputs_shapes
from designer.api.serializers import machines as shapes
from designer.api.views.base import PAGING, checked, choice, listing, plain, user_of
from designer.models import Machine, MachineStatus
from designer.services import bundles, deletion, earlier_inputs, machines, overview
from designer.services.errors import DoesNotExist

STATUS = OpenApiParameter("status", OpenApiTypes.STR, enum=MachineStatus.values)
SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="Part of a name or description.")


def machine_response(machine: Machine, status: int = 200) -> Response:
    detail = overview.describe_machine(machine)
    response = Response(shapes.MachineSerializer(detail).data, status=status)
    response["ETag"] = etag("r", machine.head)
    return response


class Machines(APIView):
    @extend_schema(
        operation_id="list_machines",
        parameters=[SEARCH, STATUS, *PAGING],
        responses={200: page_of(shapes.MachineSummarySerializer), **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        """My machines, last changed first."""
        status = choice(request, "status", ("", *MachineStatus.values), "")
        rows = machines.search_machines(user_of(request), text=plain(request, "search"), status=status or None)
        page = paginate(request, rows, "-updated_at", "-id")
        return listing(page, lambda found: shapes.MachineSummarySerializer(overview.summarise(found), many=True).data)

    @extend_schema(
        operation_id="create_machine",
        request=shapes.MachineInput,
        responses={201: shapes.MachineSerializer, **refusals(400, 409, 413)},
        examples=[OpenApiExample("A machine that says hello", value=MACHINE_INPUT, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """A machine with its first revision."""
        return machine_response(machines.create_machine(user_of(request), **checked(shapes.MachineInput, request)), 201)


class MachineImport(APIView):
    @extend_schema(
        operation_id="import_machine",
        request=shapes.ImportInput,
        responses={201: shapes.MachineSerializer, **refusals(400, 409, 413)},
    )
    def post(self, request: Request) -> Response:
        """A machine from the text of a definition or of a bundle. A file that is wrong changes nothing."""
        wanted: dict[str, Any] = {"format": None, "name": None, **checked(shapes.ImportInput, request)}
        return machine_response(bundles.import_text(user_of(request), **wanted), 201)


class OneMachine(APIView):
    @extend_schema(operation_id="get_machine", responses={200: shapes.MachineSerializer, **refusals(404)})
    def get(self, request: Request, machine_id: str) -> Response:
        """A machine with its head and its draft; the ETag is the head's."""
        return machine_response(machines.get_machine(user_of(request), machine_id))

    @extend_schema(
        operation_id="change_machine",
        request=shapes.MachineChanges,
        responses={200: shapes.MachineSerializer, **refusals(400, 404, 409)},
    )
    def patch(self, request: Request, machine_id: str) -> Response:
        """Rename it or describe it anew."""
        changes: dict[str, Any] = {"name": None, "description": None, **checked(shapes.MachineChanges, request)}
        return machine_response(machines.update_machine(user_of(request), machine_id, **changes))

    @extend_schema(operation_id="delete_machine", responses={202: shapes.MachineSerializer, 204: None, **refusals(404)})
    def delete(self, request: Request, machine_id: str) -> Response:
        """Gone at once, or DELETING until its running executions have ended by themselves."""
        left = deletion.delete_machine(user_of(request), machine_id)
        with suppress(DoesNotExist):  # upkeep may have finished it meanwhile
            return machine_response(left, 202) if left else Response(status=204)
        return Response(status=204)


class MachineDeletion(APIView):
    @extend_schema(operation_id="preview_deletion", responses={200: shapes.DeletionSerializer, **refusals(404)})
    def get(self, request: Request, machine_id: str) -> Response:
        """What goes with it."""
        return Response(shapes.DeletionSerializer(deletion.preview_deletion(user_of(request), machine_id)).data)


class MachineInputs(APIView):
    @extend_schema(
        operation_id="list_machine_inputs",
        responses={200: inputs_shapes.EarlierInputsSerializer, **refusals(404)},
    )
    def get(self, request: Request, machine_id: str) -> Response:
        """What its latest executions began with, newest first, without repetitions, and the shape they have."""
        found = earlier_inputs.earlier_inputs(user_of(request), machine_id)
        return Response(inputs_shapes.EarlierInputsSerializer(found).data)

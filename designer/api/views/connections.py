"""Connections: what HTTP tasks are authorised with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.pagination import paginate
from designer.api.schema import page_of, refusals
from designer.api.serializers import connections as shapes
from designer.api.views.base import PAGING, checked, listing, user_of
from designer.services import connections


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    """In the words of the engine, which calls the user of all kinds a name."""
    renamed = {"user": "name"}
    return {renamed.get(name, name): value for name, value in given.items() if name not in {"kind", "name"}}


class Connections(APIView):
    @extend_schema(
        operation_id="list_connections",
        parameters=PAGING,
        responses={200: page_of(shapes.ConnectionSerializer), **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        page = paginate(request, connections.list_connections(user_of(request)), "-created_at", "-id")
        return listing(page, lambda found: shapes.ConnectionSerializer(found, many=True).data)

    @extend_schema(
        operation_id="create_connection",
        request=shapes.ConnectionInput,
        responses={201: shapes.ConnectionSerializer, **refusals(400, 409)},
    )
    def post(self, request: Request) -> Response:
        """A connection for `http:invoke`; its secrets are kept encrypted and never told again."""
        given = checked(shapes.ConnectionInput, request)
        made = connections.create_connection(
            user_of(request), name=given["name"], kind=given["kind"], settings=_settings(given)
        )
        return Response(shapes.ConnectionSerializer(made).data, status=201)


class OneConnection(APIView):
    @extend_schema(operation_id="get_connection", responses={200: shapes.ConnectionSerializer, **refusals(404)})
    def get(self, request: Request, connection_id: str) -> Response:
        return Response(shapes.ConnectionSerializer(connections.get_connection(user_of(request), connection_id)).data)

    @extend_schema(
        operation_id="update_connection",
        request=shapes.AuthorisationInput,
        responses={200: shapes.ConnectionSerializer, **refusals(400, 404)},
    )
    def put(self, request: Request, connection_id: str) -> Response:
        """Authorise otherwise; name and ARN stay."""
        connections.get_connection(user_of(request), connection_id)
        given = checked(shapes.AuthorisationInput, request)
        changed = connections.update_connection(
            user_of(request), connection_id, kind=given["kind"], settings=_settings(given)
        )
        return Response(shapes.ConnectionSerializer(changed).data)

    @extend_schema(operation_id="delete_connection", responses={204: None, **refusals(404)})
    def delete(self, request: Request, connection_id: str) -> Response:
        """Tasks that name it fail from now on."""
        connections.delete_connection(user_of(request), connection_id)
        return Response(status=204)

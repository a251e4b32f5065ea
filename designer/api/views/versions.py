"""Published versions and aliases."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.pagination import paginate
from designer.api.schema import page_of, refusals
from designer.api.serializers import versions as shapes
from designer.api.views.base import PAGING, checked, listing, user_of
from designer.services import aliases, versions
from designer.services.aliases import Route


def _routes(given: list[dict[str, Any]] | None) -> list[Route] | None:
    return None if given is None else [Route(version=one["version"], weight=one["weight"]) for one in given]


class Versions(APIView):
    @extend_schema(
        operation_id="list_versions",
        parameters=PAGING,
        responses={200: page_of(shapes.VersionSerializer), **refusals(400, 404)},
    )
    def get(self, request: Request, machine_id: str) -> Response:
        """Newest first."""
        rows = versions.list_versions(user_of(request), machine_id).select_related("machine", "revision")
        page = paginate(request, rows, "-number")
        return listing(page, lambda found: shapes.VersionSerializer(found, many=True).data)

    @extend_schema(
        operation_id="publish_version",
        request=shapes.VersionInput,
        responses={201: shapes.VersionSerializer, **refusals(400, 404, 409)},
    )
    def post(self, request: Request, machine_id: str) -> Response:
        """Publish the head. A head that is published already stays the version that it is."""
        wanted = checked(shapes.VersionInput, request)
        made = versions.publish_version(user_of(request), machine_id, **wanted)
        return Response(shapes.VersionSerializer(made).data, status=201)


class OneVersion(APIView):
    @extend_schema(operation_id="delete_version", responses={204: None, **refusals(404, 409)})
    def delete(self, request: Request, machine_id: str, number: int) -> Response:
        """Executions of it go on. Refused while an alias points at it."""
        versions.delete_version(user_of(request), machine_id, number)
        return Response(status=204)


class Aliases(APIView):
    @extend_schema(
        operation_id="list_aliases",
        parameters=PAGING,
        responses={200: page_of(shapes.AliasSerializer), **refusals(400, 404)},
    )
    def get(self, request: Request, machine_id: str) -> Response:
        """Oldest first."""
        rows = aliases.list_aliases(user_of(request), machine_id, version=None)
        rows = rows.select_related("machine").prefetch_related("routes__version")
        page = paginate(request, rows, "created_at", "id")
        return listing(page, lambda found: shapes.AliasSerializer(found, many=True).data)

    @extend_schema(
        operation_id="create_alias",
        request=shapes.AliasInput,
        responses={201: shapes.AliasSerializer, **refusals(400, 404, 409)},
    )
    def post(self, request: Request, machine_id: str) -> Response:
        """A name for one version, or for two by weight."""
        given = checked(shapes.AliasInput, request)
        made = aliases.create_alias(
            user_of(request),
            machine_id,
            name=given["name"],
            description=given.get("description", ""),
            routes=_routes(given["routes"]) or [],
        )
        return Response(shapes.AliasSerializer(made).data, status=201)


class OneAlias(APIView):
    @extend_schema(operation_id="get_alias", responses={200: shapes.AliasSerializer, **refusals(404)})
    def get(self, request: Request, machine_id: str, name: str) -> Response:
        return Response(shapes.AliasSerializer(aliases.get_alias(user_of(request), machine_id, name)).data)

    @extend_schema(
        operation_id="update_alias",
        request=shapes.AliasChange,
        responses={200: shapes.AliasSerializer, **refusals(400, 404, 409)},
    )
    def patch(self, request: Request, machine_id: str, name: str) -> Response:
        """Executions that have started stay with the version that they got."""
        given = checked(shapes.AliasChange, request)
        changed = aliases.update_alias(
            user_of(request),
            machine_id,
            name,
            description=given.get("description"),
            routes=_routes(given.get("routes")),
        )
        return Response(shapes.AliasSerializer(changed).data)

    @extend_schema(operation_id="delete_alias", responses={204: None, **refusals(404)})
    def delete(self, request: Request, machine_id: str, name: str) -> Response:
        """Who starts it by this name is refused from then on."""
        aliases.delete_alias(user_of(request), machine_id, name)
        return Response(status=204)

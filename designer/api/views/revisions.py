"""Revisions, drafts, and what can be made of them: files and pictures."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.pagination import paginate
from designer.api.preconditions import etag, expected_draft, expected_version
from designer.api.schema import IF_MATCH, IF_NONE_MATCH, page_of, refusals
from designer.api.serializers import revisions as shapes
from designer.api.serializers.machines import BundleSerializer
from designer.api.views.base import (
    PAGING,
    PICTURES,
    PIXELS,
    THEME,
    checked,
    choice,
    file_response,
    listing,
    optional_integer,
    picture_response,
    theme_of,
    user_of,
)
from designer.services import drafts, export, pictures, revisions
from designer.services.drafts import Superseded
from designer.services.pictures import Kind

REVISION = OpenApiParameter("revision", OpenApiTypes.INT, description="The head unless told.")


class Revisions(APIView):
    @extend_schema(
        operation_id="list_revisions",
        parameters=PAGING,
        responses={200: page_of(shapes.RevisionSummarySerializer), **refusals(400, 404)},
    )
    def get(self, request: Request, machine_id: str) -> Response:
        """Newest first, without their definitions."""
        page = paginate(request, revisions.list_revisions(user_of(request), machine_id), "-number")
        return listing(page, lambda found: shapes.RevisionSummarySerializer(found, many=True).data)

    @extend_schema(
        operation_id="save_revision",
        parameters=[IF_MATCH],
        request=shapes.RevisionInput,
        responses={
            200: shapes.RevisionSerializer,
            201: shapes.RevisionSerializer,
            **refusals(400, 404, 409, 412, 413, 428),
        },
    )
    def post(self, request: Request, machine_id: str) -> Response:
        """Make this text the head, if the head is still the one named in If-Match, and the draft the named one."""
        expected = expected_version(request.headers.get("If-Match"), "r")
        wanted = checked(shapes.RevisionInput, request)
        superseded = Superseded(wanted.pop("draft")) if "draft" in wanted else None
        saved = revisions.save_revision(
            user_of(request), machine_id, expected=expected, superseded=superseded, **wanted
        )
        response = Response(shapes.RevisionSerializer(saved.revision).data, status=201 if saved.created else 200)
        response["ETag"] = etag("r", saved.revision.number)
        return response


class OneRevision(APIView):
    @extend_schema(operation_id="get_revision", responses={200: shapes.RevisionSerializer, **refusals(404)})
    def get(self, request: Request, machine_id: str, number: int) -> Response:
        found = revisions.get_revision(user_of(request), machine_id, number)
        return Response(shapes.RevisionSerializer(found).data)


class OneDraft(APIView):
    @extend_schema(
        operation_id="save_draft",
        parameters=[IF_MATCH, IF_NONE_MATCH],
        request=shapes.DraftInput,
        responses={200: shapes.DraftSerializer, **refusals(400, 404, 409, 412, 413, 428)},
    )
    def put(self, request: Request, machine_id: str) -> Response:
        """Keep this text, whatever it is, if the draft is still the one named in If-Match."""
        expected = expected_draft(request.headers.get("If-Match"), request.headers.get("If-None-Match"))
        wanted = checked(shapes.DraftInput, request)
        draft = drafts.save_draft(user_of(request), machine_id, expected=expected, **wanted)
        response = Response(shapes.DraftSerializer(draft).data)
        response["ETag"] = etag("d", draft.saves)
        return response

    @extend_schema(
        operation_id="drop_draft", parameters=[IF_MATCH], responses={204: None, **refusals(404, 409, 412, 428)}
    )
    def delete(self, request: Request, machine_id: str) -> Response:
        drafts.drop_draft(user_of(request), machine_id, expected=expected_version(request.headers.get("If-Match"), "d"))
        return Response(status=204)


class Export(APIView):
    @extend_schema(
        operation_id="export_machine",
        parameters=[OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "yaml"]), REVISION],
        responses={(200, "application/json"): OpenApiTypes.OBJECT, (200, "application/yaml"): OpenApiTypes.OBJECT}
        | refusals(400, 404),
    )
    def get(self, request: Request, machine_id: str) -> HttpResponse:
        """The definition as a file, in its own format unless told."""
        revision = revisions.get_revision(user_of(request), machine_id, optional_integer(request, "revision"))
        format = choice(request, "format", ("json", "yaml"), revision.format)
        text = export.export_definition(revision, format)
        return file_response(text, media_type=f"application/{format}", name=f"{revision.machine.name}.asl.{format}")


class Bundle(APIView):
    @extend_schema(operation_id="export_bundle", responses={200: BundleSerializer, **refusals(404)})
    def get(self, request: Request, machine_id: str) -> HttpResponse:
        """The machine with all its revisions as a file for `import`."""
        bundle = export.export_bundle(user_of(request), machine_id)
        text = JSONRenderer().render(BundleSerializer(bundle).data).decode()
        return file_response(text, media_type="application/json", name=f"{bundle.machine.name}.treadle.json")


def _picture(request: Request, machine_id: str, kind: Kind) -> HttpResponse:
    revision = revisions.get_revision(user_of(request), machine_id, optional_integer(request, "revision"))
    return picture_response(pictures.draw_revision(revision, kind=kind, theme=theme_of(request)))


class MachineSvg(APIView):
    @extend_schema(operation_id="draw_machine", parameters=[REVISION, THEME], responses=PICTURES | refusals(400, 404))
    def get(self, request: Request, machine_id: str) -> HttpResponse:
        """The picture of a revision."""
        return _picture(request, machine_id, "svg")


class MachinePng(APIView):
    @extend_schema(operation_id="draw_machine_png", parameters=[REVISION, THEME], responses=PIXELS | refusals(400, 404))
    def get(self, request: Request, machine_id: str) -> HttpResponse:
        """The picture of a revision as pixels."""
        return _picture(request, machine_id, "png")

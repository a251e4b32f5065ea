"""Share links, and what is behind them without signing in."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.pagination import paginate
from designer.api.schema import page_of, refusals
from designer.api.serializers import machines as shapes
from designer.api.views.base import PAGING, PICTURES, THEME, checked, listing, picture_response, theme_of, user_of
from designer.api.views.machines import machine_response
from designer.services import pictures, sharing


class Shares(APIView):
    @extend_schema(
        operation_id="list_shares",
        parameters=PAGING,
        responses={200: page_of(shapes.ShareSerializer), **refusals(400, 404)},
    )
    def get(self, request: Request, machine_id: str) -> Response:
        page = paginate(request, sharing.list_shares(user_of(request), machine_id), "-created_at", "-id")
        return listing(page, lambda found: shapes.ShareSerializer(found, many=True).data)

    @extend_schema(
        operation_id="create_share",
        request=shapes.ShareInput,
        responses={201: shapes.NewShareSerializer, **refusals(400, 404)},
    )
    def post(self, request: Request, machine_id: str) -> Response:
        """A read-only link; its addresses are told this once."""
        made = sharing.create_share(user_of(request), machine_id, **checked(shapes.ShareInput, request))
        addresses = {
            "url": request.build_absolute_uri(f"/shared/{made.token}"),
            "svg_url": request.build_absolute_uri(f"/api/shared/{made.token}/graph.svg"),
        }
        return Response({**shapes.ShareSerializer(made.link).data, **addresses}, status=201)


class OneShare(APIView):
    @extend_schema(operation_id="revoke_share", responses={204: None, **refusals(404)})
    def delete(self, request: Request, machine_id: str, share_id: str) -> Response:
        """The link is dead at once."""
        sharing.revoke_share(user_of(request), machine_id, share_id)
        return Response(status=204)


class _Public(APIView):
    """No authentication at all: a stale cookie or token must not turn a good link into a 401."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class Shared(_Public):
    @extend_schema(operation_id="open_share", auth=[], responses={200: shapes.SharedMachineSerializer, **refusals(404)})
    def get(self, request: Request, token: str) -> Response:
        """The head of a shared machine."""
        response = Response(shapes.SharedMachineSerializer(sharing.open_share(token)).data)
        response["Cache-Control"] = "no-store"
        return response


class SharedSvg(_Public):
    @extend_schema(operation_id="draw_share", auth=[], parameters=[THEME], responses=PICTURES | refusals(404))
    def get(self, request: Request, token: str) -> HttpResponse:
        """The picture of a shared machine, to embed."""
        picture = pictures.draw_revision(sharing.open_share(token), kind="svg", theme=theme_of(request))
        return picture_response(picture, shared=True)


class SharedCopy(APIView):
    @extend_schema(operation_id="copy_share", request=None, responses={201: shapes.MachineSerializer, **refusals(404)})
    def post(self, request: Request, token: str) -> Response:
        """A copy among my machines."""
        return machine_response(sharing.copy_shared(user_of(request), token), 201)

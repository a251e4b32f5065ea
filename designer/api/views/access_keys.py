"""AWS access keys: what boto3, the AWS CLI and Terraform sign with."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from designer.api.pagination import paginate
from designer.api.schema import page_of, refusals
from designer.api.serializers import access_keys as shapes
from designer.api.views.base import PAGING, checked, listing, user_of
from designer.services import access_keys


class AccessKeys(APIView):
    @extend_schema(
        operation_id="list_access_keys",
        parameters=PAGING,
        responses={200: page_of(shapes.AccessKeySerializer), **refusals(400)},
    )
    def get(self, request: Request) -> Response:
        page = paginate(request, access_keys.list_keys(user_of(request)), "-created_at", "-id")
        return listing(page, lambda found: shapes.AccessKeySerializer(found, many=True).data)

    @extend_schema(
        operation_id="create_access_key",
        request=shapes.AccessKeyInput,
        responses={201: shapes.NewAccessKeySerializer, **refusals(400)},
    )
    def post(self, request: Request) -> Response:
        """A key to sign requests of the AWS API with; its secret is told this once."""
        made = access_keys.create_key(user_of(request), **checked(shapes.AccessKeyInput, request))
        return Response({**shapes.AccessKeySerializer(made.row).data, "secret": made.secret}, status=201)


class OneAccessKey(APIView):
    @extend_schema(operation_id="delete_access_key", responses={204: None, **refusals(404)})
    def delete(self, request: Request, key_id: str) -> Response:
        """Revoke it: what is signed with it is refused from now on."""
        access_keys.delete_key(user_of(request), key_id)
        return Response(status=204)

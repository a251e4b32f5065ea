"""Parts of the OpenAPI document that many endpoints have."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from designer.api.problems import MEDIA_TYPE

IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag of the version this replaces."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="`*`: there is none yet."
)

_MEANINGS = {
    400: "The request is not valid; `diagnostics` or `errors` say where.",
    401: "Not signed in.",
    403: "Refused.",
    404: "No such thing, or not yours.",
    409: "It is not in a state that allows this.",
    412: "Somebody else was faster: `yours` and `theirs` are both versions.",
    413: "Too large.",
    422: "It was tried, and given up.",
    428: "Say which version you replace.",
    429: "Too many requests; see Retry-After.",
    503: "What it needs cannot be used now; `detail` says what and why.",
}


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="For people.")
    code = serializers.CharField(help_text="A stable name.")


_EXAMPLE = OpenApiExample(
    "A problem",
    value={
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such Machine: 6f0c",
        "code": "MachineDoesNotExist",
    },
    response_only=True,
)


def refusals(*statuses: int) -> dict[Any, Any]:
    """Responses for these statuses, and for 401."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, _MEANINGS[status], examples=[_EXAMPLE])
        for status in sorted({*statuses, 401})
    }


@cache
def page_of(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The shape of a page of these."""
    name = serializer.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page", {"results": serializer(many=True), "next": serializers.CharField(allow_null=True)}
    )

"""The browsable documentation, drawn from the schema with the assets we ship."""

from __future__ import annotations

from collections.abc import Iterable

from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response


class _First(BaseContentNegotiation):
    """The start script is asked for as a script and made from a template all the same."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        return next(iter(parsers), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class Docs(SpectacularSwaggerSplitView):
    """Its start script is a file of its own, so that the page works under the content security policy."""

    template_name = "api_docs.html"
    url_name = "schema"
    content_negotiation_class = _First

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        # There is no template for a refusal.
        self.request.accepted_renderer = JSONRenderer()
        return response

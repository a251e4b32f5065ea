"""Addresses below /api/ that are nothing: a problem document, not a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from designer.api.problems import document, problem_response
from engine.sentences import say


@csrf_exempt
def missing(request: HttpRequest, rest: str) -> HttpResponse:
    return problem_response(document(404, "NotFound", say("There is nothing at /api/{path}", path=rest)))

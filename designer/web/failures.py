"""404 and 500: problem documents below /api/, pages elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from designer.api.problems import document, problem_response
from designer.api.words import spoken
from engine.sentences import Sentence, say, verbatim


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _wants_json(request):
        return problem_response(document(404, "NotFound", say("There is nothing at {path}", path=request.path)))
    return _page(request, say("Nothing here"), say("There is no page at this address."), status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(document(400, "InvalidRequest", say("The request is not valid.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """The traceback is in the log; the answer says nothing about it."""
    if _wants_json(request):
        return problem_response(document(500, "InternalError", say("Something went wrong here. The log says what.")))
    return _page(
        request, say("Something went wrong"), say("The server could not answer. Its log says why."), status=500
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem_response(
        document(403, "CsrfFailed", verbatim(reason) if reason else say("The CSRF token is missing or wrong."))
    )


def _page(request: HttpRequest, title: Sentence, words: Sentence, *, status: int) -> HttpResponse:
    said = {
        "language": get_language(),
        "title": spoken(title),
        "words": spoken(words),
        "way_on": spoken(say("To the machines")),
    }
    return render(request, "told.html", said, status=status)


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")

"""404 and 500: problem documents below /api/, pages elsewhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from designer.api.problems import document, problem_response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _wants_json(request):
        return problem_response(document(404, "NotFound", f"There is nothing at {request.path}"))
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(document(400, "InvalidRequest", "The request is not valid."))


def server_error(request: HttpRequest) -> HttpResponse:
    """The traceback is in the log; the answer says nothing about it."""
    if _wants_json(request):
        return problem_response(document(500, "InternalError", "Something went wrong here. The log says what."))
    return render(request, "500.html", status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem_response(document(403, "CsrfFailed", reason or "The CSRF token is missing or wrong."))


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")

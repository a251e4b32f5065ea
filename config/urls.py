"""All addresses."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from designer.services.health import health
from designer.web.pages import shell


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all parts work, else 503; the parts say which does not."""
    ok, parts = health()
    return JsonResponse({"ok": ok, "parts": parts}, status=200 if ok else 503)


urlpatterns = [
    path("healthz", healthz),
    path("api/", include("designer.api.urls")),
    path("", shell),
    path("signin", shell),
    path("settings", shell),
    path("machines", shell),
    path("machines/<path:rest>", shell),
    path("executions", shell),
    path("executions/<path:rest>", shell),
    path("shared/<path:rest>", shell),
]

handler400 = "designer.web.failures.bad_request"
handler404 = "designer.web.failures.not_found"
handler500 = "designer.web.failures.server_error"

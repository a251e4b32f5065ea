"""The content security policy: a nonce a response, nothing from elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

HEADER = "Content-Security-Policy"

# style-src-attr: React Flow places nodes and Cloudscape sizes panels by style attributes, which take no nonce.
# img-src blob: and data: for exported pictures; font-src data: for Cloudscape's own.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'nonce-{nonce}'",
        "style-src-attr 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)

NextAsync = Callable[[HttpRequest], Awaitable[HttpResponseBase]]
NextSync = Callable[[HttpRequest], HttpResponseBase]


@sync_and_async_middleware
def content_security_policy(get_response: NextAsync | NextSync) -> NextAsync | NextSync:
    """Adds the policy to responses that have none, and ``request.csp_nonce`` for templates."""
    if iscoroutinefunction(get_response):
        following: NextAsync = get_response

        async def guarded(request: HttpRequest) -> HttpResponseBase:
            nonce = _begin(request)
            return _finish(await following(request), nonce)

        return guarded
    direct: NextSync = get_response  # type: ignore[assignment]  # the other half of the union

    def guarded_sync(request: HttpRequest) -> HttpResponseBase:
        nonce = _begin(request)
        return _finish(direct(request), nonce)

    return guarded_sync


def _begin(request: HttpRequest) -> str:
    nonce = secrets.token_urlsafe(16)
    request.csp_nonce = nonce  # type: ignore[attr-defined]  # read by the templates
    return nonce


def _finish(response: HttpResponseBase, nonce: str) -> HttpResponseBase:
    response.headers.setdefault(HEADER, _POLICY.format(nonce=nonce))
    return response

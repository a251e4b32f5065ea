"""The language of a request's reader, for what the API says: Accept-Language, as RFC 9110 has it."""

from __future__ import annotations

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

from designer.web.csp import NextAsync, NextSync


def spoken_to(request: HttpRequest) -> translation.override:
    """While it is entered, sentences are spoken in the reader's language."""
    return translation.override(translation.get_language_from_request(request))


@sync_and_async_middleware
def reader_language(get_response: NextAsync | NextSync) -> NextAsync | NextSync:
    """Django's LocaleMiddleware without its hop into a thread, and without a word about pictures and files."""
    if iscoroutinefunction(get_response):
        following: NextAsync = get_response

        async def speaking(request: HttpRequest) -> HttpResponseBase:
            with spoken_to(request):
                return _marked(await following(request))

        return speaking
    direct: NextSync = get_response  # type: ignore[assignment]  # the other half of the union

    def speaking_sync(request: HttpRequest) -> HttpResponseBase:
        with spoken_to(request):
            return _marked(direct(request))

    return speaking_sync


def _marked(response: HttpResponseBase) -> HttpResponseBase:
    """Caches must keep refusals apart by their language; nothing else differs."""
    if response.status_code >= 400:
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
    return response

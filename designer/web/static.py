"""WhiteNoise in an async chain, and aware of a front end that is built while the server is up.

Its own middleware is sync only, so it would hold a thread for the whole of every request, also for those that wait.
It knows the files that were there at the start; what Vite has built since is found beside them. The old build's files
stay in STATIC_ROOT, so pages that are open go on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise has no types
    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if iscoroutinefunction(self):
            return self._serve_or_pass(request)
        found = self._found(request.path_info)
        answer: HttpResponseBase = self.get_response(request) if found is None else self.serve(found, request)
        return answer

    async def _serve_or_pass(self, request: HttpRequest) -> HttpResponseBase:
        found = self._found(request.path_info)
        answer: HttpResponseBase = (
            await self.get_response(request) if found is None else await sync_to_async(self.serve)(found, request)
        )
        return answer

    def _found(self, url: str) -> Any:
        if self.autorefresh:
            return self.find_file(url)
        return self.files.get(url) or self._built_since(url)

    def _built_since(self, url: str) -> Any:
        for prefix, folder in settings.STATICFILES_DIRS:
            start = f"{self.static_prefix}{prefix}/"
            if not url.startswith(start) or "\0" in url:
                continue
            path = (Path(folder) / url.removeprefix(start)).resolve()
            if path.is_relative_to(Path(folder).resolve()) and path.is_file():
                # Not kept: the next build may take it away.
                return self.get_static_file(str(path), url)
        return None

"""The page: one shell for every address of the front end."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

ENTRY = "src/main.tsx"
EARLY = "src/app/early.ts"
SESSION = "/api/session/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a page will ask for as soon as it runs: named in the shell, the browser fetches it meanwhile."""

    path: re.Pattern[str]
    module: str
    # Addresses of the API; "{}" is the part of the path in the pattern's group.
    reads: tuple[str, ...] = ()
    # It lays out a graph before the page's own code is there.
    ahead: bool = False


ROUTES = (
    Route(
        path=re.compile(r"/machines/([^/]+)/edit"),
        module="src/features/designer/DesignerPage.tsx",
        reads=("/api/machines/{}/",),
        ahead=True,
    ),
    Route(
        path=re.compile(r"/executions/([^/]+)"),
        module="src/features/executions/ExecutionPage.tsx",
        reads=("/api/executions/{}/",),
    ),
    Route(path=re.compile(r"/machines/?"), module="src/features/machines/MachinesPage.tsx"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """Paths below STATIC_URL."""

    script: str
    # Run as soon as they are there, before styles and the page's own script.
    first: tuple[str, ...]
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def read_chunks(manifest: Path) -> dict[str, Any] | None:
    """What Vite built, by the source of each part; None when nothing is built."""
    try:
        chunks: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return chunks if ENTRY in chunks else None


def assets_of(chunks: dict[str, Any], route: Route | None = None) -> Assets:
    """The entry with all that it imports at once, and the same of the route's own part."""
    first = [EARLY] if route is not None and route.ahead and EARLY in chunks else []
    page = [route.module] if route is not None and route.module in chunks else []
    needed = list(dict.fromkeys(one for name in (*first, ENTRY, *page) for one in (name, *_imports(chunks, name))))
    styles = [style for name in needed for style in chunks[name].get("css", ())]
    return Assets(
        script=f"app/{chunks[ENTRY]['file']}",
        first=tuple(f"app/{chunks[name]['file']}" for name in first),
        styles=tuple(dict.fromkeys(f"app/{style}" for style in styles)),
        preloads=tuple(f"app/{chunks[name]['file']}" for name in needed if name not in {ENTRY, *first}),
    )


def _imports(chunks: dict[str, Any], name: str) -> list[str]:
    found: dict[str, None] = {}
    pending = list(chunks[name].get("imports", ()))
    while pending:
        one = pending.pop(0)
        if one not in found and one in chunks:
            found[one] = None
            pending += chunks[one].get("imports", ())
    return list(found)


class Manifest:
    """What the manifest says now, read again only when the file is another one.

    While a build is under way there is none: then the last one holds.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._chunks: dict[str, Any] | None = None

    def chunks(self) -> dict[str, Any] | None:
        try:
            found = self._path.stat()
        except OSError:
            return self._chunks
        seen = (found.st_mtime_ns, found.st_size)
        if seen != self._seen and (chunks := read_chunks(self._path)) is not None:
            self._seen, self._chunks = seen, chunks
        return self._chunks


_MANIFEST = Manifest(Path(settings.BASE_DIR) / "frontend" / "dist" / ".vite" / "manifest.json")


def route_of(path: str) -> tuple[Route | None, tuple[str, ...]]:
    """The route of a path, and what it reads from the API."""
    for route in ROUTES:
        if (found := route.path.fullmatch(path)) is not None:
            key = quote(found[1], safe="") if found.groups() else ""
            return route, (SESSION, *(address.format(key) for address in route.reads))
    return None, (SESSION,)


@require_safe
@never_cache
@ensure_csrf_cookie
def shell(request: HttpRequest, **_: str) -> HttpResponse:
    """The front end reads the address itself."""
    chunks = _MANIFEST.chunks()
    if chunks is None:
        return render(request, "not_built.html", status=503)
    route, reads = route_of(request.path_info)
    return render(request, "app.html", {"assets": assets_of(chunks, route), "reads": reads})

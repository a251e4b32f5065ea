"""The page: one shell for every address of the front end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

ENTRY = "src/main.tsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """Paths below STATIC_URL."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def read_assets(manifest: Path) -> Assets | None:
    """What Vite built for the entry; None when nothing is built."""
    try:
        chunks: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        entry = chunks[ENTRY]
    except (OSError, ValueError, KeyError):
        return None
    needed = _imports(chunks, ENTRY)
    styles = [style for name in [ENTRY, *needed] for style in chunks[name].get("css", ())]
    return Assets(
        script=f"app/{entry['file']}",
        styles=tuple(dict.fromkeys(f"app/{style}" for style in styles)),
        preloads=tuple(f"app/{chunks[name]['file']}" for name in needed),
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
        self._assets: Assets | None = None

    def assets(self) -> Assets | None:
        try:
            found = self._path.stat()
        except OSError:
            return self._assets
        seen = (found.st_mtime_ns, found.st_size)
        if seen != self._seen and (assets := read_assets(self._path)) is not None:
            self._seen, self._assets = seen, assets
        return self._assets


_MANIFEST = Manifest(Path(settings.BASE_DIR) / "frontend" / "dist" / ".vite" / "manifest.json")


@require_safe
@never_cache
@ensure_csrf_cookie
def shell(request: HttpRequest, **_: str) -> HttpResponse:
    """The front end reads the address itself."""
    assets = _MANIFEST.assets()
    if assets is None:
        return render(request, "not_built.html", status=503)
    return render(request, "app.html", {"assets": assets})

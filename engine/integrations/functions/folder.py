"""What lies in the functions folder."""

from __future__ import annotations

import ast
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
# What functions inherit from the worker's environment: enough to run, nothing that is secret.
_INHERITED = frozenset(
    {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SSL_CERT_FILE"}
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function as it is on disk now. ``version`` changes when a file of it does."""

    name: str
    path: Path
    version: tuple[tuple[str, int, int], ...]


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._prefix = f"{root}{os.sep}"
        self._known: dict[str, Function] = {}

    def find(self, name: str) -> Function | None:
        if not _NAME.match(name):
            return None
        # Asked before every attempt: one look at the disk, and no Path objects, for the usual case.
        file = f"{self._prefix}{name}.py"
        try:
            status = os.stat(file)
        except OSError:
            status = None
        if status is not None and stat.S_ISREG(status.st_mode):
            version = ((file, status.st_mtime_ns, status.st_size),)
            known = self._known.get(name)
            if known is None or known.version != version:
                known = self._known[name] = Function(name, Path(file), version)
            return known
        package = self.root / name
        if (package / "__init__.py").is_file():
            return Function(name, package, _stamps(sorted(package.rglob("*.py"))))
        return None

    def names(self) -> list[str]:
        if not self.root.is_dir():
            return []
        found = {entry.stem for entry in self.root.glob("*.py")}
        found |= {entry.parent.name for entry in self.root.glob("*/__init__.py")}
        return sorted(name for name in found if _NAME.match(name))

    def description(self, name: str) -> str:
        """The first line of the function's docstring. Reads the file, never runs it."""
        found = self.find(name)
        if found is None:
            return ""
        file = found.path if found.path.is_file() else found.path / "__init__.py"
        try:
            text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
        except (OSError, SyntaxError, ValueError):
            return ""
        return text.splitlines()[0] if text else ""

    def environment(self, name: str) -> dict[str, str]:
        """The function's whole environment: what is inherited, then ``NAME.env`` (NAME=VALUE lines)."""
        found = {key: value for key, value in os.environ.items() if key in _INHERITED or key.startswith("LC_")}
        file = self.root / f"{name}.env"
        if file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines():
                key, separator, value = line.partition("=")
                if separator and key.strip() and not line.lstrip().startswith("#"):
                    found[key.strip()] = value.strip()
        return found


def _stamps(files: list[Path]) -> tuple[tuple[str, int, int], ...]:
    stamps = []
    for file in files:
        status = file.stat()
        stamps.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(stamps)

"""What the functions folder holds. Files are read, never imported: importing is running."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from designer.arns import function_arn

MAX_SOURCE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionFile:
    name: str
    arn: str
    description: str
    file: str


def functions_folder() -> Path:
    return Path(settings.ENVIRONMENT.functions)


def list_functions() -> list[FunctionFile]:
    """NAME.py files and packages with a handler, by name."""
    folder = functions_folder()
    if not folder.is_dir():
        return []
    return [found for entry in sorted(folder.iterdir()) if (found := _read(entry)) is not None]


def _read(entry: Path) -> FunctionFile | None:
    name = entry.stem if entry.suffix == ".py" else entry.name
    source = entry / "__init__.py" if entry.is_dir() else entry
    if not name.isidentifier() or name.startswith("_") or source.suffix != ".py" or not source.is_file():
        return None
    return FunctionFile(
        name=name,
        arn=function_arn(name),
        description=_first_line(source),
        file=str(source.relative_to(functions_folder())),
    )


def _first_line(source: Path) -> str:
    """Of the module's docstring, or of its handler's. A broken file is listed too: running it says what is wrong."""
    try:
        text = source.read_text(encoding="utf-8")[:MAX_SOURCE]
        module = ast.parse(text)
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return ""
    documented: list[ast.Module | ast.FunctionDef] = [module]
    documented += [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "handler"]
    for node in documented:
        if words := ast.get_docstring(node):
            return words.strip().splitlines()[0]
    return ""

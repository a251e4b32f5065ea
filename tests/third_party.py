"""Writes THIRD_PARTY.md from both lock files: ``python -m tests.third_party``."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"([A-Za-z0-9_.\[\]-]+)==(\S+)")


def _python() -> list[tuple[str, str, str]]:
    found = []
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if match := _PIN.match(line):
            name, version = match[1].partition("[")[0], match[2]
            found.append((name, version, _licence(name)))
    return found


def _licence(name: str) -> str:
    fields: dict[str, Any] = metadata.metadata(name).json
    if expression := fields.get("license_expression"):
        return str(expression)
    licences = (str(one) for one in fields.get("classifier", []) if str(one).startswith("License ::"))
    classifiers = [one.rpartition(" :: ")[2] for one in licences]
    text = str(fields.get("license") or "").strip().splitlines()
    return ", ".join(classifiers) or (text[0] if text else "see the package")


def _javascript() -> list[tuple[str, str, str]]:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    found = []
    for path, package in lock["packages"].items():
        if path and not package.get("dev") and not package.get("devOptional"):
            name = path.rpartition("node_modules/")[2]
            found.append((name, str(package.get("version", "")), str(package.get("license", "see the package"))))
    return sorted(set(found))


def page() -> str:
    """The whole file."""
    lines = [
        "# Parts by others",
        "",
        "Generated from requirements.txt and frontend/package-lock.json by `python -m tests.third_party`.",
        "",
        "EPL-2.0 parts are used unmodified: elkjs as a file of its own beside the bundle, graphviz-pure as a program.",
        "",
    ]
    for title, rows in (("Python", _python()), ("Browser", _javascript())):
        lines += [f"## {title}", "", "| package | version | licence |", "|---|---|---|"]
        lines += [f"| {name} | {version} | {licence} |" for name, version, licence in rows]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    (ROOT / "THIRD_PARTY.md").write_text(page(), encoding="utf-8")

"""A definition in the other notation, and a machine as a bundle."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from designer.models import DefinitionFormat, Machine, Revision
from designer.services.bundles import VERSION
from designer.services.definitions import parse
from designer.services.machines import get_machine
from engine.jsontypes import Json

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedBundle:
    treadle_bundle: int
    machine: Machine
    revisions: list[Revision]


def export_definition(revision: Revision, format: str) -> str:
    """Its own text where the format is its own (comments and all), else the same document written anew."""
    if format == revision.format:
        return revision.definition
    document = parse(revision.definition, revision.format).document
    if format == DefinitionFormat.JSON:
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return _yaml(document)


def export_bundle(user: User, machine_id: str) -> ExportedBundle:
    machine = get_machine(user, machine_id)
    revisions = list(machine.revisions.select_related("author").order_by("number"))
    return ExportedBundle(treadle_bundle=VERSION, machine=machine, revisions=revisions)


def _yaml(document: Json) -> str:
    writer = YAML(typ="rt", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 120
    out = io.StringIO()
    writer.dump(document, out)
    return out.getvalue()

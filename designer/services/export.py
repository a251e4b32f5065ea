"""A definition in the other notation, and a machine as a bundle."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

from designer.models import DefinitionFormat, Machine, Revision
from designer.services.bundles import MAX_REVISIONS, VERSION
from designer.services.definitions import parse
from designer.services.limits import BODY_BYTES
from designer.services.machines import get_machine
from engine.jsontypes import Json, dump, size

if TYPE_CHECKING:
    from django.contrib.auth.models import User


_FIELDS_BYTES = 2048
"""More than the other fields of a revision take in the body of an import: author, number, time."""
_REST_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedBundle:
    treadle_bundle: int
    machine: Machine
    revisions: list[Revision]
    omitted_revisions: int
    """The oldest ones, which an import would not take: there may be too many of them, or too much."""


def export_definition(revision: Revision, format: str) -> str:
    """Its own text where the format is its own (comments and all), else the same document written anew."""
    if format == revision.format:
        return revision.definition
    document = parse(revision.definition, revision.format).document
    if format == DefinitionFormat.JSON:
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return _yaml(document)


def export_bundle(user: User, machine_id: str) -> ExportedBundle:
    """The machine with its newest revisions, as many as an import takes; the head is always among them."""
    machine = get_machine(user, machine_id)
    kept: list[Revision] = []
    room = BODY_BYTES - _REST_BYTES - _sent_as(machine.description)
    for revision in machine.revisions.select_related("author").order_by("-number")[:MAX_REVISIONS].iterator():
        room -= _sent_as(revision.definition) + _sent_as(revision.comment) + _FIELDS_BYTES
        if room < 0 and kept:
            break
        kept.append(revision)
    omitted = machine.revisions.filter(number__lt=kept[-1].number).count()
    return ExportedBundle(treadle_bundle=VERSION, machine=machine, revisions=kept[::-1], omitted_revisions=omitted)


def _sent_as(text: str) -> int:
    """Bytes of a text in the body of an import: a JSON string in a bundle, which is one itself."""
    return size(dump(dump(text)))


def _yaml(document: Json) -> str:
    writer = YAML(typ="rt", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 120
    out = io.StringIO()
    writer.dump(document, out)
    return out.getvalue()

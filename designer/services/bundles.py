"""A machine as a file: all its revisions, to carry to another installation. A bad file changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from designer.models import DefinitionFormat, Machine, MachineType, Revision
from designer.services.definitions import guess_format, parse, parse_valid
from designer.services.errors import InvalidBundle, InvalidName
from designer.services.limits import check_size
from designer.services.machines import create_machine, insert_machine, make_under_free_name
from designer.services.names import check_name
from engine import jsontypes
from engine.sentences import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

VERSION = 1
MARK = "treadle_bundle"
MAX_REVISIONS = 1000
MAX_DESCRIPTION = 10_000
MAX_COMMENT = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledRevision:
    definition: str
    format: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    name: str
    description: str
    type: str
    revisions: tuple[BundledRevision, ...]


def import_text(user: User, *, content: str, format: str | None, name: str | None) -> Machine:
    """A bundle or a bare definition, told apart by the mark. Raises InvalidBundle, InvalidDefinition, InvalidName."""
    chosen = format or guess_format(content)
    if chosen == DefinitionFormat.JSON and f'"{MARK}"' in content:
        bundle = read_bundle(content)
        if name:
            return _insert_bundle(user, bundle, check_name(name))
        return make_under_free_name(bundle.name, lambda free: _insert_bundle(user, bundle, free))
    parse_valid(content, chosen)

    def make(under: str) -> Machine:
        return create_machine(user, name=under, definition=content, format=chosen)

    return make(check_name(name)) if name else make_under_free_name("Imported", make)


def copy_machine(user: User, revision: Revision) -> Machine:
    source = revision.machine
    return make_under_free_name(
        source.name,
        lambda name: create_machine(
            user,
            name=name,
            definition=revision.definition,
            format=revision.format,
            description=source.description,
            type=source.type,
        ),
    )


def _insert_bundle(user: User, bundle: Bundle, name: str) -> Machine:
    with transaction.atomic():
        machine = insert_machine(
            user, name=name, description=bundle.description, type=bundle.type, head=len(bundle.revisions)
        )
        now = timezone.now()
        Revision.objects.bulk_create(
            Revision(
                machine=machine,
                number=number,
                definition=one.definition,
                format=one.format,
                comment=one.comment,
                author=user,
                created_at=now,
            )
            for number, one in enumerate(bundle.revisions, 1)
        )
    return machine


def read_bundle(content: str) -> Bundle:
    """Raises InvalidBundle with a pointer to the first thing that is wrong. Revisions are numbered anew from 1."""
    check_size(say("file"), content, 2 * 1024 * 1024)
    try:
        document = jsontypes.parse(content, unique_names=True)
    except jsontypes.InvalidJson as error:
        raise InvalidBundle(say("The file is not JSON: {reason}", reason=error.sentence)) from None
    if not isinstance(document, dict) or document.get(MARK) != VERSION or document.get(MARK) is True:
        raise InvalidBundle(say("This is not a bundle of version {version}", version=VERSION), f"/{MARK}")
    machine = document.get("machine")
    revisions = document.get("revisions")
    if not isinstance(machine, dict):
        raise InvalidBundle(say("The machine must be an object"), "/machine")
    if not isinstance(revisions, list) or not 0 < len(revisions) <= MAX_REVISIONS:
        raise InvalidBundle(say("There must be 1 to {most:,} revisions", most=MAX_REVISIONS), "/revisions")
    type = _choice(machine, "type", "/machine", MachineType.values, MachineType.STANDARD)
    express = type == MachineType.EXPRESS
    return Bundle(
        name=_name(machine),
        description=_text(machine, "description", "/machine", MAX_DESCRIPTION),
        type=type,
        revisions=tuple(_revision(one, f"/revisions/{index}", express) for index, one in enumerate(revisions)),
    )


def _name(machine: dict[str, Any]) -> str:
    try:
        return check_name(_text(machine, "name", "/machine", MAX_DESCRIPTION))
    except InvalidName as error:
        raise InvalidBundle(error.sentence, "/machine/name") from None


def _revision(value: Any, pointer: str, express: bool) -> BundledRevision:
    if not isinstance(value, dict):
        raise InvalidBundle(say("A revision must be an object"), pointer)
    revision = BundledRevision(
        definition=_text(value, "definition", pointer, None),
        format=_choice(value, "format", pointer, DefinitionFormat.values, DefinitionFormat.JSON),
        comment=_text(value, "comment", pointer, MAX_COMMENT),
    )
    # It was saved once, perhaps long ago, and nobody can mend the past of a machine that moves.
    parsed = parse(revision.definition, revision.format, express=express, stored=True)
    if not parsed.valid:
        raise InvalidBundle(say("The definition is not valid"), f"{pointer}/definition", parsed.diagnostics)
    return revision


def _text(value: dict[str, Any], key: str, pointer: str, most: int | None) -> str:
    found = value.get(key, "")
    if not isinstance(found, str) or "\0" in found:
        raise InvalidBundle(say("{key} must be text", key=key), f"{pointer}/{key}")
    if most is not None and len(found) > most:
        raise InvalidBundle(say("{key} has more than {most} characters", key=key, most=most), f"{pointer}/{key}")
    return found


def _choice(value: dict[str, Any], key: str, pointer: str, choices: list[str], default: str) -> str:
    found = value.get(key, default)
    if not isinstance(found, str) or found not in choices:
        raise InvalidBundle(
            say("{key} must be one of {choices}", key=key, choices=", ".join(choices)), f"{pointer}/{key}"
        )
    return str(found)

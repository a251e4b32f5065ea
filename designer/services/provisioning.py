"""Machines as programs make them: definition, configuration and version in one call (CreateStateMachine and
UpdateStateMachine).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from designer.models import Machine, MachineStatus, MachineType, Revision, Version
from designer.services.configuration import Configuration, check_encryption, check_logging, check_role
from designer.services.definitions import parse_valid
from designer.services.drafts import supersede_draft
from designer.services.errors import InvalidConfiguration, MachineDeleting, MachineNameTaken
from designer.services.machines import get_machine, insert_machine, lock_machine
from designer.services.names import check_name
from designer.services.revisions import append_revision
from designer.services.tags import check_tags
from designer.services.versions import publish_locked
from engine.sentences import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """What to make or to change; None leaves a part as it is. Shapes are AWS's."""

    definition: str | None = None
    role_arn: str | None = None
    logging: dict[str, Any] | None = None
    tracing: bool | None = None
    encryption: dict[str, Any] | None = None
    publish: bool = False
    version_description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    machine: Machine
    revision: Revision
    version: Version | None


def provision_machine(user: User, *, name: str, type: str, tags: dict[str, str], wanted: Provision) -> Provisioned:
    """A new machine, or the one that is exactly so already (its role and tags do not count, as with AWS).

    Raises InvalidName, InvalidDefinition, InvalidConfiguration, TooLarge, QuotaExceeded, MachineNameTaken,
    MachineDeleting.
    """
    check_name(name)
    _check_description(wanted)
    configuration = _configured(Configuration(), wanted)
    definition = wanted.definition or ""
    parse_valid(definition, "json", express=type == MachineType.EXPRESS, runnable=False)
    checked = check_tags(tags)
    with transaction.atomic():
        try:
            machine = insert_machine(user, name=name, description="", type=type, tags=checked)
        except MachineNameTaken:
            return _same(user, name, type, definition, configuration, wanted)
        revision = Revision.objects.create(
            machine=machine, number=1, definition=definition, format="json", author=user, **configuration.columns()
        )
        version = publish_locked(machine, wanted.version_description or "") if wanted.publish else None
    return Provisioned(machine=machine, revision=revision, version=version)


def reprovision_machine(user: User, machine_id: str, wanted: Provision) -> Provisioned:
    """A new head where something differs; running executions keep what they started with.

    Raises DoesNotExist, MachineDeleting, InvalidDefinition, InvalidConfiguration, TooLarge, QuotaExceeded.
    """
    _check_description(wanted)
    express = get_machine(user, machine_id).type == MachineType.EXPRESS
    if wanted.definition is not None:
        parse_valid(wanted.definition, "json", express=express, runnable=False)  # the slow part, before the lock
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        head = machine.revisions.get(number=machine.head)
        before = Configuration.of(head)
        configuration = _configured(before, wanted)
        definition, format = (
            (head.definition, head.format) if wanted.definition is None else (wanted.definition, "json")
        )
        if (definition, format, configuration) != (head.definition, head.format, before):
            if wanted.definition is not None:
                supersede_draft(machine, None, definition=definition, format=format)
            head = append_revision(
                machine,
                definition=definition,
                format=format,
                comment="" if wanted.definition is not None else "Configuration changed",
                author=user,
                configuration=configuration,
            )
        version = publish_locked(machine, wanted.version_description or "") if wanted.publish else None
    return Provisioned(machine=machine, revision=head, version=version)


def _check_description(wanted: Provision) -> None:
    if wanted.version_description is not None and not wanted.publish:
        reason = say("Version description can only be set when publish is true")
        raise InvalidConfiguration("versionDescription", reason)


def _configured(before: Configuration, wanted: Provision) -> Configuration:
    """Raises InvalidConfiguration."""
    changes: dict[str, Any] = {}
    if wanted.role_arn is not None:
        changes["role_arn"] = check_role(wanted.role_arn)
    if wanted.logging is not None:
        changes["logging"] = check_logging(wanted.logging)
    if wanted.tracing is not None:
        changes["tracing"] = wanted.tracing
    if wanted.encryption is not None:
        changes["encryption"] = check_encryption(wanted.encryption)
    return replace(before, **changes)


def _same(
    user: User, name: str, type: str, definition: str, configuration: Configuration, wanted: Provision
) -> Provisioned:
    """The machine of that name if nothing tells it from the wanted one but role and tags."""
    machine = Machine.objects.filter(owner=user, name=name).first()
    if machine is None:
        raise MachineNameTaken(name)
    if machine.status == MachineStatus.DELETING:
        raise MachineDeleting(name)
    head = machine.revisions.filter(number=machine.head).first()
    if head is None:
        raise MachineDeleting(name)  # since it was found
    version = head.versions.order_by("-number").first()
    known = replace(Configuration.of(head), role_arn=configuration.role_arn)
    published = version is not None and version.description == (wanted.version_description or "")
    if (machine.type, head.definition, known) != (type, definition, configuration) or (
        wanted.publish and not published
    ):
        raise MachineNameTaken(name)
    return Provisioned(machine=machine, revision=head, version=version if wanted.publish else None)

"""State machines: create, update, describe, list, delete."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from designer.api.aws.caller import Caller, Given
from designer.api.aws.errors import ApiError
from designer.api.aws.paging import page
from designer.arns import machine_arn, version_arn
from designer.models import Revision, Version
from designer.services import deletion
from designer.services.addresses import MachineAddress, find_alias, find_version, machine_address
from designer.services.aliases import choose_route
from designer.services.configuration import Configuration
from designer.services.definitions import json_text
from designer.services.errors import DoesNotExist
from designer.services.machines import owned_machines
from designer.services.provisioning import Provision, Provisioned, provision_machine, reprovision_machine
from designer.services.versions import INITIAL, revision_id
from engine import jsontypes
from engine.asl.references import variable_references

METADATA_ONLY = "METADATA_ONLY"
_NOTHING = (
    "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified"
)
_LABELLED = "This operation does not support state machine ARNs with a label"


def create_state_machine(caller: Caller, given: Given) -> dict[str, Any]:
    made = provision_machine(
        caller.user,
        name=given["name"],
        type=given.get("type") or "STANDARD",
        tags=tags_of(given),
        wanted=_provision(given),
    )
    return {
        "stateMachineArn": machine_arn(made.machine.name),
        "creationDate": made.machine.created_at,
        "stateMachineVersionArn": _version_arn(made),
    }


def update_state_machine(caller: Caller, given: Given) -> dict[str, Any]:
    changes = {"definition", "roleArn", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"}
    if not given.keys() & changes:
        raise ApiError("MissingRequiredParameter", _NOTHING)
    address = machine_address(caller.user, given["stateMachineArn"], plain=True)
    made = reprovision_machine(caller.user, address.machine.pk, _provision(given))
    return {
        "updateDate": made.revision.created_at,
        "revisionId": revision_id(made.machine.pk, made.revision.number),
        "stateMachineVersionArn": _version_arn(made),
    }


def describe_state_machine(caller: Caller, given: Given) -> dict[str, Any]:
    arn = given["stateMachineArn"]
    address = machine_address(caller.user, arn)
    machine = address.machine
    version = _version_of(address, arn)
    revision = version.revision if version is not None else machine.revisions.filter(number=machine.head).first()
    if revision is None:
        raise DoesNotExist("Machine", arn)  # deleted since it was found
    number = revision_id(machine.pk, revision.number)
    return {
        "stateMachineArn": arn,
        "name": machine.name,
        "status": machine.status,
        "type": machine.type,
        "creationDate": machine.created_at if version is None else version.created_at,
        "description": version.description or None if version is not None else None,
        "label": address.label,
        "revisionId": None if number == INITIAL else number,
        **definition_told(revision, given),
    }


def definition_told(revision: Revision, given: Given) -> dict[str, Any]:
    """Definition, role, logging and the like of a revision, as both Describe operations tell them."""
    told = Configuration.of(revision).told()
    if given.get("includedData") == METADATA_ONLY:
        return {"definition": "{}", **told}
    text = json_text(revision)
    return {"definition": text, "variableReferences": variable_references(jsontypes.parse(text)) or None, **told}


def list_state_machines(caller: Caller, given: Given) -> dict[str, Any]:
    rows, token = page("ListStateMachines", given, owned_machines(caller.user), "created_at", "id")
    return {
        "stateMachines": [
            {
                "stateMachineArn": machine_arn(one.name),
                "name": one.name,
                "type": one.type,
                "creationDate": one.created_at,
            }
            for one in rows
        ],
        "nextToken": token,
    }


def delete_state_machine(caller: Caller, given: Given) -> dict[str, Any]:
    """Deleting one that is gone, or somebody else's, changes nothing; what still runs is stopped."""
    try:
        address = machine_address(caller.user, given["stateMachineArn"])
    except DoesNotExist:
        return {}
    if address.label is not None:
        raise ApiError("ValidationException", _LABELLED, reason="API_DOES_NOT_SUPPORT_LABELED_ARNS")
    if address.plain:
        with suppress(DoesNotExist):  # gone since it was found
            deletion.delete_and_stop(caller.user, address.machine.pk)
    return {}


def tags_of(given: Given) -> dict[str, str]:
    return {one["key"]: one.get("value") or "" for one in given.get("tags") or () if "key" in one}


def _provision(given: Given) -> Provision:
    tracing = given.get("tracingConfiguration")
    return Provision(
        definition=given.get("definition"),
        role_arn=given.get("roleArn"),
        logging=given.get("loggingConfiguration"),
        tracing=None if tracing is None else bool(tracing.get("enabled")),
        encryption=given.get("encryptionConfiguration"),
        publish=bool(given.get("publish")),
        version_description=given.get("versionDescription"),
    )


def _version_arn(made: Provisioned) -> str | None:
    return None if made.version is None else version_arn(made.machine.name, made.version.number)


def _version_of(address: MachineAddress, arn: str) -> Version | None:
    """The version that an ARN names, by number or through an alias. Raises DoesNotExist."""
    if address.alias is not None:
        alias = find_alias(address)
        routes = list(alias.routes.select_related("version__revision").order_by("-weight", "id")) if alias else []
        if not routes:  # it may have been deleted since it was found
            raise DoesNotExist("Machine", arn)
        return choose_route(routes, roll=0).version
    version = find_version(address)
    if version is None and address.version is not None:
        raise DoesNotExist("Machine", arn)
    return version

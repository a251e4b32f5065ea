"""Published versions."""

from __future__ import annotations

from typing import Any

from designer.api.aws.caller import Caller, Given
from designer.api.aws.errors import ApiError
from designer.api.aws.paging import page
from designer.arns import UnreadableArn, version_arn
from designer.services import versions
from designer.services.addresses import machine_address
from designer.services.errors import DoesNotExist


def publish_version(caller: Caller, given: Given) -> dict[str, Any]:
    address = machine_address(caller.user, given["stateMachineArn"], plain=True)
    made = versions.publish_version(
        caller.user,
        address.machine.pk,
        description=given.get("description") or "",
        expected=given.get("revisionId"),
    )
    return {
        "stateMachineVersionArn": version_arn(address.machine.name, made.number),
        "creationDate": made.created_at,
    }


def list_versions(caller: Caller, given: Given) -> dict[str, Any]:
    try:
        machine = machine_address(caller.user, given["stateMachineArn"], plain=True).machine
    except DoesNotExist:
        return {"stateMachineVersions": []}
    rows = versions.list_versions(caller.user, machine.pk)
    found, token = page("ListStateMachineVersions", given, rows, "-number")
    return {
        "stateMachineVersions": [
            {"stateMachineVersionArn": version_arn(machine.name, one.number), "creationDate": one.created_at}
            for one in found
        ],
        "nextToken": token,
    }


def delete_version(caller: Caller, given: Given) -> dict[str, Any]:
    """Deleting one that is gone changes nothing."""
    arn = given["stateMachineVersionArn"]
    try:
        address = machine_address(caller.user, arn)
    except DoesNotExist:
        return {}
    if address.label is not None:
        raise ApiError("ValidationException", "A version has no label", reason="API_DOES_NOT_SUPPORT_LABELED_ARNS")
    if address.version is None:
        raise UnreadableArn(f"Resource type not valid in this context: {arn}")
    versions.delete_version(caller.user, address.machine.pk, address.version)
    return {}

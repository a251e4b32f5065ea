"""Aliases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.api.aws.caller import Caller, Given
from designer.api.aws.errors import ApiError
from designer.api.aws.paging import page
from designer.arns import UnreadableArn, alias_arn, version_arn
from designer.models import Alias
from designer.services import aliases
from designer.services.addresses import MachineAddress, machine_address
from designer.services.aliases import Route
from designer.services.errors import DoesNotExist, InvalidRouting
from engine.sentences import verbatim

_NOTHING = "Either the description or the routing configuration must be specified"


def create_alias(caller: Caller, given: Given) -> dict[str, Any]:
    machine, routes = _routes(caller, given["routingConfiguration"])
    made = aliases.create_alias(
        caller.user,
        machine.machine.pk,
        name=given["name"],
        description=given.get("description") or "",
        routes=routes,
    )
    return {"stateMachineAliasArn": alias_arn(machine.machine.name, made.name), "creationDate": made.created_at}


def update_alias(caller: Caller, given: Given) -> dict[str, Any]:
    routing = given.get("routingConfiguration")
    if routing is None and given.get("description") is None:
        raise ApiError("ValidationException", _NOTHING, reason="MISSING_REQUIRED_PARAMETER")
    address = _alias_address(caller, given["stateMachineAliasArn"])
    routes = None
    if routing is not None:
        target, routes = _routes(caller, routing)
        if target.machine.pk != address.machine.pk:
            raise InvalidRouting(verbatim(f"Routing configuration must contain versions of {address.machine.name}."))
    made = aliases.update_alias(
        caller.user,
        address.machine.pk,
        address.alias or "",
        description=given.get("description"),
        routes=routes,
    )
    return {"updateDate": made.updated_at}


def describe_alias(caller: Caller, given: Given) -> dict[str, Any]:
    address = _alias_address(caller, given["stateMachineAliasArn"])
    found = aliases.get_alias(caller.user, address.machine.pk, address.alias or "")
    name = address.machine.name
    routing = _told(name, found)
    if not routing:
        raise DoesNotExist("Alias", given["stateMachineAliasArn"])  # deleted since it was found
    return {
        "stateMachineAliasArn": alias_arn(name, found.name),
        "name": found.name,
        "description": found.description or None,
        "routingConfiguration": routing,
        "creationDate": found.created_at,
        "updateDate": found.updated_at,
    }


def list_aliases(caller: Caller, given: Given) -> dict[str, Any]:
    address = machine_address(caller.user, given["stateMachineArn"])
    machine = address.machine
    if address.alias is not None:
        raise DoesNotExist("Machine", given["stateMachineArn"])
    rows = aliases.list_aliases(caller.user, machine.pk, version=address.version)
    found, token = page("ListStateMachineAliases", given, rows, "created_at", "id")
    return {
        "stateMachineAliases": [
            {"stateMachineAliasArn": alias_arn(machine.name, one.name), "creationDate": one.created_at} for one in found
        ],
        "nextToken": token,
    }


def delete_alias(caller: Caller, given: Given) -> dict[str, Any]:
    """Deleting one that is gone changes nothing."""
    try:
        address = _alias_address(caller, given["stateMachineAliasArn"])
    except DoesNotExist:
        return {}
    aliases.delete_alias(caller.user, address.machine.pk, address.alias or "")
    return {}


def _alias_address(caller: Caller, arn: str) -> MachineAddress:
    try:
        address = machine_address(caller.user, arn)
    except DoesNotExist:
        raise DoesNotExist("Alias", arn) from None
    if address.alias is None:
        raise UnreadableArn(f"Resource type not valid in this context: {arn}")
    return address


def _routes(caller: Caller, given: Sequence[dict[str, Any]]) -> tuple[MachineAddress, list[Route]]:
    """The machine whose versions are named, and the weights. Raises InvalidRouting, DoesNotExist."""
    arns = [one["stateMachineVersionArn"] for one in given]
    shown = ", ".join(arns)
    addresses = [_version_address(caller, arn) for arn in arns]
    if any(one.version is None for one in addresses):
        raise InvalidRouting(
            verbatim(f"Routing configuration must contain state machine version ARNs. Received: [{shown}]")
        )
    if len(set(arns)) != len(arns):
        raise InvalidRouting(
            verbatim(f"Routing configuration must contain distinct state machine version ARNs. Received: [{shown}]")
        )
    if len({one.machine.pk for one in addresses}) > 1:
        raise InvalidRouting(
            verbatim(f"Routing configuration must contain versions of the same state machine. Received: [{shown}]")
        )
    routes = [
        Route(version=address.version or 0, weight=one["weight"]) for address, one in zip(addresses, given, strict=True)
    ]
    return addresses[0], routes


def _version_address(caller: Caller, arn: str) -> MachineAddress:
    try:
        return machine_address(caller.user, arn)
    except DoesNotExist:
        raise DoesNotExist("Version", arn) from None


def _told(machine: str, alias: Alias) -> list[dict[str, Any]]:
    return [
        {"stateMachineVersionArn": version_arn(machine, one.version), "weight": one.weight}
        for one in aliases.routes_of(alias)
    ]

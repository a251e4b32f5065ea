"""Tags of state machines and activities."""

from __future__ import annotations

from typing import Any

from designer.api.aws.caller import Caller, Given
from designer.api.aws.operations.machines import tags_of
from designer.arns import read_arn
from designer.services import tags
from designer.services.addresses import activity_at, machine_address
from designer.services.errors import DoesNotExist


def list_tags(caller: Caller, given: Given) -> dict[str, Any]:
    found = _resource(caller, given["resourceArn"]).tags
    return {"tags": [{"key": key, "value": value} for key, value in found.items()]}


def tag_resource(caller: Caller, given: Given) -> dict[str, Any]:
    tags.add_tags(_resource(caller, given["resourceArn"]), tags_of(given))
    return {}


def untag_resource(caller: Caller, given: Given) -> dict[str, Any]:
    tags.remove_tags(_resource(caller, given["resourceArn"]), given["tagKeys"])
    return {}


def _resource(caller: Caller, text: str) -> tags.Tagged:
    try:
        if read_arn(text, "stateMachine", "activity").kind == "activity":
            return activity_at(caller.user, text)
        return machine_address(caller.user, text, plain=True).machine
    except DoesNotExist:
        raise DoesNotExist("Resource", text) from None

"""Amazon Resource Names of this installation's things: written here, and read here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from designer.models import Execution


def _states(kind: str, rest: str) -> str:
    environment = settings.ENVIRONMENT
    return f"arn:aws:states:{environment.region}:{environment.account_id}:{kind}:{rest}"


def machine_arn(name: str) -> str:
    return _states("stateMachine", name)


def version_arn(machine: str, number: int) -> str:
    return _states("stateMachine", f"{machine}:{number}")


def alias_arn(machine: str, alias: str) -> str:
    return _states("stateMachine", f"{machine}:{alias}")


def execution_arn(machine: str, name: str) -> str:
    return _states("execution", f"{machine}:{name}")


def express_arn(machine: str, name: str, execution_id: str) -> str:
    """Executions of EXPRESS machines may share a name: the last part tells them apart."""
    return _states("express", f"{machine}:{name}:{execution_id}")


def activity_arn(name: str) -> str:
    return _states("activity", name)


def arn_of(execution: Execution) -> str:
    """The ARN of an execution with its machine (and, of a child, its Map Run)."""
    machine = execution.machine.name
    if execution.express:
        return express_arn(machine, execution.name, execution.pk)
    if execution.map_run_id is not None and execution.map_run is not None:
        return execution_arn(map_run_resource(execution.map_run.arn), execution.name)
    return execution_arn(machine, execution.name)


def map_run_resource(arn: str) -> str:
    """MACHINE/LABEL of a Map Run's ARN, which its children are named after."""
    return arn.partition(":mapRun:")[2].rpartition(":")[0]


def connection_arn(name: str, connection_id: str = "") -> str:
    """As EventBridge names connections; also without the id, which tells one made anew from the old one."""
    environment = settings.ENVIRONMENT
    tail = f"/{connection_id}" if connection_id else ""
    return f"arn:aws:events:{environment.region}:{environment.account_id}:connection/{name}{tail}"


def function_arn(name: str) -> str:
    environment = settings.ENVIRONMENT
    return f"arn:aws:lambda:{environment.region}:{environment.account_id}:function:{name}"


def role_arn() -> str:
    """The role of a machine that was made without one: roles have no effect here but to be told."""
    return f"arn:aws:iam::{settings.ENVIRONMENT.account_id}:role/treadle"


class UnreadableArn(Exception):
    """A text that is no ARN of the wanted kind; the reason is in AWS's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arn:
    """``kind`` and ``parts`` of ``arn:aws:states:REGION:ACCOUNT:KIND:PART:PART...``; ``here`` is whether account and
    region are this installation's."""

    kind: str
    parts: tuple[str, ...]
    here: bool


_FORM = re.compile(r"arn:aws[a-z-]*:states:([a-z0-9-]+):(\d{12}):([A-Za-z]+):(.+)\Z", re.DOTALL)
_PARTS = {"stateMachine": (1, 2), "execution": (2, 2), "express": (3, 3), "mapRun": (2, 2), "activity": (1, 1)}


def read_arn(text: str, *kinds: str) -> Arn:
    """Raises UnreadableArn."""
    match = _FORM.match(text)
    if match is None:
        raise UnreadableArn(f"Invalid ARN prefix: {text}" if not text.startswith("arn:") else text)
    region, account, kind, rest = match.groups()
    if kind not in kinds:
        raise UnreadableArn(f"Resource type not valid in this context: {kind}")
    parts = tuple(rest.split(":"))
    least, most = _PARTS[kind]
    if not least <= len(parts) <= most or not all(parts):
        raise UnreadableArn(text)
    environment: Any = settings.ENVIRONMENT
    return Arn(kind=kind, parts=parts, here=(region, account) == (environment.region, environment.account_id))

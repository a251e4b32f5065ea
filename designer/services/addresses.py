"""What an ARN names, among one's own machines, executions, Map Runs and activities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from designer.arns import Arn, arn_of, map_run_resource, read_arn
from designer.models import Activity, Alias, Execution, Machine, MapRun, Version
from designer.services.errors import DoesNotExist
from designer.services.executions import owned_executions
from designer.services.machines import owned_machines

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineAddress:
    """A machine, and what of it: a version's number, an alias's name, a Distributed Map's label, or nothing more."""

    machine: Machine
    version: int | None = None
    alias: str | None = None
    label: str | None = None

    @property
    def plain(self) -> bool:
        return self.version is None and self.alias is None and self.label is None


def _name_and_qualifier(arn: Arn) -> tuple[str, str | None, str | None]:
    name, slash, label = arn.parts[0].partition("/")
    return name, arn.parts[1] if len(arn.parts) > 1 else None, label if slash else None


def machine_address(user: User, text: str, *, plain: bool = False) -> MachineAddress:
    """The machine; its version or alias need not exist. One that is asked for ``plain`` has neither.

    Raises UnreadableArn, DoesNotExist.
    """
    arn = read_arn(text, "stateMachine")
    name, qualifier, label = _name_and_qualifier(arn)
    machine = owned_machines(user).filter(name=name).first() if arn.here and "\0" not in text else None
    if machine is None:
        raise DoesNotExist("Machine", text)
    is_version = qualifier is not None and qualifier.isascii() and qualifier.isdigit() and len(qualifier) < 10
    found = MachineAddress(
        machine=machine,
        version=int(qualifier) if qualifier is not None and is_version else None,
        alias=None if is_version else qualifier,
        label=label,
    )
    if plain and not found.plain:
        raise DoesNotExist("Machine", text)
    return found


def find_version(address: MachineAddress) -> Version | None:
    if address.version is None:
        return None
    return address.machine.versions.select_related("revision").filter(number=address.version).first()


def find_alias(address: MachineAddress) -> Alias | None:
    return None if address.alias is None else address.machine.aliases.filter(name=address.alias).first()


def execution_at(user: User, text: str, *kinds: str) -> Execution:
    """``kinds`` are "execution" and "express". Raises UnreadableArn, DoesNotExist."""
    arn = read_arn(text, *kinds)
    rows = owned_executions(user).select_related("machine", "revision", "map_run")
    found = _express(rows, arn) if arn.kind == "express" else _standard(rows, arn)
    if found is None or "\0" in text or not arn.here or arn_of(found) != text:
        raise DoesNotExist("Execution", text)
    return found


def _express(rows: QuerySet[Execution], arn: Arn) -> Execution | None:
    _, _, number = arn.parts
    return rows.filter(pk=number).first() if "\0" not in number else None


def _standard(rows: QuerySet[Execution], arn: Arn) -> Execution | None:
    resource, name = arn.parts
    machine = resource.partition("/")[0]
    if "\0" in resource + name:
        return None
    return rows.filter(machine__name=machine, name=name, express=False).first()


def map_run_at(user: User, text: str) -> MapRun:
    """Raises UnreadableArn, DoesNotExist."""
    arn = read_arn(text, "mapRun")
    rows = MapRun.objects.select_related("execution__machine", "execution__revision", "execution__map_run")
    found = rows.filter(arn=text, execution__machine__owner=user).first() if arn.here and "\0" not in text else None
    if found is None:
        raise DoesNotExist("MapRun", text)
    return found


def label_of(map_run: MapRun) -> str:
    return map_run_resource(map_run.arn).partition("/")[2]


def activity_at(user: User, text: str) -> Activity:
    """Raises UnreadableArn, DoesNotExist."""
    arn = read_arn(text, "activity")
    found = Activity.objects.filter(owner=user, name=arn.parts[0]).first() if arn.here and "\0" not in text else None
    if found is None:
        raise DoesNotExist("Activity", text)
    return found

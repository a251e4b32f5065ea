"""What a published version or an alias of a machine starts."""

from __future__ import annotations

from designer.models import AliasRoute, Machine
from designer.services.aliases import choose_route
from designer.services.errors import DoesNotExist
from designer.services.executions import Started, Target, check_start, start_target
from engine.jsontypes import Json


def start_published(
    user_id: int, machine_id: str, *, input: Json, name: str | None, version: int | None, alias: str | None
) -> Started:
    """Start a version, or what an alias chooses; one of the two is given.

    Raises DoesNotExist, MachineDeleting, InvalidName, InvalidInput, TooLarge, runtime.ExecutionAlreadyExists.
    """
    chosen, text = check_start(name, input)
    machine = Machine.objects.filter(owner_id=user_id, pk=machine_id).first()
    if machine is None:
        raise DoesNotExist("Machine", machine_id)
    target = version_target(machine, version) if version is not None else alias_target(machine, alias or "")
    return start_target(target, name=chosen, text=text)


def version_target(machine: Machine, number: int) -> Target:
    """Raises DoesNotExist."""
    version = machine.versions.select_related("revision").filter(number=number).first()
    if version is None:
        raise DoesNotExist("Version", str(number))
    version.revision.machine = machine
    return Target(revision=version.revision, published=version.number)


def alias_target(machine: Machine, name: str) -> Target:
    """One of the alias's versions, by chance and weight. Raises DoesNotExist."""
    routes = list(
        AliasRoute.objects.filter(alias__machine=machine, alias__name=name)
        .select_related("version__revision")
        .order_by("id")
    )
    if not routes:
        raise DoesNotExist("Alias", name)
    chosen = choose_route(routes).version
    chosen.revision.machine = machine
    return Target(revision=chosen.revision, published=chosen.number, alias=name)

"""Aliases: names for one or two versions of a machine, by weight (AWS, "State machine aliases")."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from designer.models import Alias, AliasRoute, Machine, Version
from designer.services.errors import AliasNameTaken, DoesNotExist, InvalidRouting, QuotaExceeded
from designer.services.machines import get_machine, lock_machine
from designer.services.quotas import Quota
from engine.sentences import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """``weight`` percent of the executions go to the version of this number."""

    version: int
    weight: int


def create_alias(user: User, machine_id: str, *, name: str, description: str, routes: Sequence[Route]) -> Alias:
    """A new alias, or the one that is exactly so already.

    Raises DoesNotExist, MachineDeleting, InvalidRouting, AliasNameTaken, QuotaExceeded.
    """
    _check_weights(routes)
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        wanted = _versions(machine, routes)
        known = machine.aliases.filter(name=name).first()
        if known is not None:
            if known.description != description or routes_of(known) != list(routes):
                raise AliasNameTaken(name)
            return known
        if machine.aliases.count() >= Quota.ALIASES.most:
            raise QuotaExceeded(Quota.ALIASES)
        now = timezone.now()
        made = Alias.objects.create(machine=machine, name=name, description=description, created_at=now, updated_at=now)
        _write_routes(made, wanted)
    return made


def update_alias(
    user: User, machine_id: str, name: str, *, description: str | None, routes: Sequence[Route] | None
) -> Alias:
    """None leaves a part as it is. Raises DoesNotExist, MachineDeleting, InvalidRouting."""
    if routes is not None:
        _check_weights(routes)
    with transaction.atomic():
        machine = lock_machine(user, machine_id)
        alias = machine.aliases.filter(name=name).first()
        if alias is None:
            raise DoesNotExist("Alias", name)
        if description is not None:
            alias.description = description
        if routes is not None:
            wanted = _versions(machine, routes)
            alias.routes.all().delete()
            _write_routes(alias, wanted)
        alias.updated_at = timezone.now()
        alias.save(update_fields=["description", "updated_at"])
    return alias


def get_alias(user: User, machine_id: str, name: str) -> Alias:
    """Raises DoesNotExist."""
    found = get_machine(user, machine_id).aliases.filter(name=name).first()
    if found is None:
        raise DoesNotExist("Alias", name)
    return found


def list_aliases(user: User, machine_id: str, *, version: int | None) -> QuerySet[Alias]:
    """All of a machine, or those that point at one version."""
    rows = get_machine(user, machine_id).aliases.all()
    return rows if version is None else rows.filter(routes__version__number=version)


def delete_alias(user: User, machine_id: str, name: str) -> None:
    """Deleting one that is gone changes nothing."""
    machine = get_machine(user, machine_id)
    with transaction.atomic():
        # Nobody changes its routes meanwhile; the machine may be gone, and its aliases with it.
        Machine.objects.select_for_update().filter(pk=machine.pk).first()
        machine.aliases.filter(name=name).delete()


def routes_of(alias: Alias) -> list[Route]:
    """In the order in which they were given."""
    rows = alias.routes.order_by("id").values_list("version__number", "weight")
    return [Route(version=number, weight=weight) for number, weight in rows]


def choose_route(routes: Sequence[AliasRoute], roll: int | None = None) -> AliasRoute:
    """The route of one execution; ``roll`` is 0 to 99, by chance unless given."""
    left = secrets.randbelow(100) if roll is None else roll
    for route in routes:
        if left < route.weight:
            return route
        left -= route.weight
    return routes[-1]


def _check_weights(routes: Sequence[Route]) -> None:
    weights = [one.weight for one in routes]
    if sum(weights) != 100:
        received = ", ".join(map(str, weights))
        raise InvalidRouting(
            say("Sum of routing configuration weights must equal 100. Received: [{received}]", received=received)
        )


def _versions(machine: Machine, routes: Sequence[Route]) -> list[tuple[Version, int]]:
    found = {one.number: one for one in machine.versions.filter(number__in=[one.version for one in routes])}
    for route in routes:
        if route.version not in found:
            raise DoesNotExist("Version", str(route.version))
    return [(found[one.version], one.weight) for one in routes]


def _write_routes(alias: Alias, wanted: list[tuple[Version, int]]) -> None:
    for version, weight in wanted:
        AliasRoute.objects.create(alias=alias, version=version, weight=weight)

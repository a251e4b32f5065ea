"""A machine as lists and pages show it: with its counts, its last execution and whether a draft waits.

A page of machines costs four queries, however many machines it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Subquery

from designer.arns import machine_arn
from designer.models import Draft, Execution, ExecutionStatus, Machine, Revision
from designer.services.errors import DoesNotExist


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    aborted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSummary:
    machine: Machine
    counts: Counts
    last_execution: Execution | None
    has_draft: bool

    @property
    def arn(self) -> str:
        return machine_arn(self.machine.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDetail:
    summary: MachineSummary
    head: Revision
    draft: Draft | None


def summarise(machines: Iterable[Machine]) -> list[MachineSummary]:
    machines = list(machines)
    ids = [machine.pk for machine in machines]
    counts = _counts(ids)
    last = _last_executions(ids)
    drafts = _drafts(ids)
    return [
        MachineSummary(
            machine=machine,
            counts=Counts(**counts.get(machine.pk, {})),
            last_execution=last.get(machine.pk),
            has_draft=machine.pk in drafts,
        )
        for machine in machines
    ]


def describe_machine(machine: Machine) -> MachineDetail:
    """Raises DoesNotExist when it was deleted since it was read."""
    (summary,) = summarise([machine])
    head = Revision.objects.select_related("author").filter(machine=machine, number=machine.head).first()
    if head is None:
        raise DoesNotExist("Machine", machine.pk)
    return MachineDetail(
        summary=summary,
        head=head,
        draft=Draft.objects.select_related("author").filter(machine=machine).first(),
    )


def _drafts(ids: list[str]) -> set[str]:
    """Machines whose draft says something else than what is saved: an edit that was undone is none."""
    saved = Revision.objects.filter(machine=OuterRef("machine"), number=OuterRef("machine__head"))
    same = saved.filter(definition=OuterRef("text"), format=OuterRef("format"))
    return set(Draft.objects.filter(~Exists(same), machine__in=ids).values_list("machine_id", flat=True))


def _counts(ids: list[str]) -> dict[str, dict[str, int]]:
    rows = (
        Execution.objects.filter(machine__in=ids, status__in=ExecutionStatus.values)  # the index begins with it
        .values_list("machine_id", "status")
        .annotate(count=Count("*"))
        .order_by()
    )
    found: dict[str, dict[str, int]] = {}
    for machine_id, status, count in rows:
        found.setdefault(machine_id, {})[ExecutionStatus(status).value.lower()] = count
    return found


def _last_executions(ids: list[str]) -> dict[str, Execution]:
    newest = Execution.objects.filter(machine=OuterRef("pk")).order_by("-started_at", "-id").values("pk")[:1]
    picked = Machine.objects.filter(pk__in=ids).annotate(last=Subquery(newest)).values_list("last", flat=True)
    rows = (
        Execution.objects.filter(pk__in=[one for one in picked if one])
        .select_related("machine", "revision")
        .defer("input", "output", "state", "revision__definition")
    )
    return {row.machine_id: row for row in rows}

"""What executions of a machine began with, and the shape that such inputs have: a help for who starts the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.models import Execution
from designer.services import machines
from engine import jsontypes
from engine.jsontypes import Json

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LOOKED_AT = 50
MOST = 10
_LONGEST = 65_536
"""Characters of an input that is still offered: a list is to be chosen from, not waited for."""
_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierInput:
    input: Json
    execution: Execution


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierInputs:
    """``shape`` is a JSON Schema of all of them (type, properties, required, items), None where there are none."""

    inputs: Sequence[EarlierInput]
    shape: Json


def earlier_inputs(user: User, machine_id: str) -> EarlierInputs:
    """The latest inputs that differ, newest first. Raises DoesNotExist."""
    machine = machines.get_machine(user, machine_id)
    rows = (
        Execution.objects.filter(machine=machine, map_run=None)
        .only("id", "name", "input", "started_at", "status")
        .order_by("-started_at", "-id")[:LOOKED_AT]
    )
    found: dict[str, EarlierInput] = {}
    for row in rows:
        if len(row.input) <= _LONGEST and row.input not in found and len(found) < MOST:
            found[row.input] = EarlierInput(input=jsontypes.parse(row.input), execution=row)
    inputs = list(found.values())
    return EarlierInputs(inputs=inputs, shape=shape_of([one.input for one in inputs]) if inputs else None)


def shape_of(values: Sequence[Json], level: int = 0) -> Json:
    """A JSON Schema that all of ``values`` meet, no deeper than a form is wide."""
    kinds = sorted({"null" if value is None else _TYPES[type(value)] for value in values})
    shape: dict[str, Json] = {"type": kinds[0] if len(kinds) == 1 else list[Json](kinds)} if kinds else {}
    if level == _DEEPEST:
        return shape
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        names = list(dict.fromkeys(name for one in objects for name in one))
        shape["properties"] = {
            name: shape_of([one[name] for one in objects if name in one], level + 1) for name in names
        }
        shape["required"] = [name for name in names if all(name in one for one in objects)]
    items = [item for value in values if isinstance(value, list) for item in value]
    if items:
        shape["items"] = shape_of(items, level + 1)
    return shape

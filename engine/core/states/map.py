"""Map, inline: the item processor once for each item."""

from __future__ import annotations

import re

from engine.asl.model import MapState
from engine.core.activation import Activation
from engine.core.dataflow import failed, read_field, select
from engine.core.execution import Scope
from engine.jsontypes import Document, dump
from engine.query.environment import Environment
from engine.query.path import Path

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}\Z")


def enter(run: Activation, scope: Scope, state: MapState) -> None:
    document = run.input_of(scope)
    raw = run.environment(scope, document.value)
    environment = raw.over(select(scope, state.input_path, raw))
    found = read_field(scope, state.items_path, "ItemsPath", environment)
    if not isinstance(found, list):
        raise failed(scope, f'Reference path "{state.items_path.text}" must point to array.')
    concurrency = _concurrency(scope, state.max_concurrency, environment)
    length = len(found)
    run.open_container(scope, {"length": length}, total=length, concurrency=concurrency, items=Document(found))


def _concurrency(scope: Scope, setting: int | Path, environment: Environment) -> int:
    if not isinstance(setting, Path):
        return setting
    value = read_field(scope, setting, "MaxConcurrencyPath", environment)
    if (isinstance(value, float) and value.is_integer()) or (isinstance(value, str) and _WHOLE.match(value)):
        value = int(value)  # recorded: "1" is as good as 1
    if not isinstance(value, int) or isinstance(value, bool):
        text = value if isinstance(value, str) else dump(value)
        raise failed(
            scope,
            f'The MaxConcurrencyPath field refers to value "{text}" which is not a valid integer: {setting.text}',
        )
    if value < 0:
        raise failed(scope, "MaxConcurrency cannot be negative.")
    return value

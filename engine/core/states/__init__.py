"""One module a state type. This registry is the only door to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from engine.core.activation import Handler
from engine.core.states import choice, fail, map, parallel, pass_, succeed, task, wait

HANDLERS: Mapping[str, Handler] = {
    "Pass": cast(Handler, pass_),
    "Task": cast(Handler, task),
    "Choice": cast(Handler, choice),
    "Wait": cast(Handler, wait),
    "Succeed": cast(Handler, succeed),
    "Fail": cast(Handler, fail),
    "Parallel": cast(Handler, parallel),
    "Map": cast(Handler, map),
}

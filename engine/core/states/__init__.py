"""One module a state type. This registry is the only door to them."""

from __future__ import annotations

from engine.core.activation import Handlers
from engine.core.states import choice, fail, map, parallel, pass_, succeed, task, wait

HANDLERS = Handlers(
    enter={
        "Pass": pass_.enter,
        "Task": task.enter,
        "Choice": choice.enter,
        "Wait": wait.enter,
        "Succeed": succeed.enter,
        "Fail": fail.enter,
        "Parallel": parallel.enter,
        "Map": map.enter,
    },
    resume={"Task": task.enter, "Parallel": parallel.enter, "Map": map.enter, "Wait": wait.leave},
)

"""The context object ``$$`` (ASL, "The Context Object")."""

from __future__ import annotations

from engine.asl.model import AnyState, Working
from engine.asl.times import format_timestamp
from engine.core.execution import Facts, Root, Scope
from engine.jsontypes import Json


def context_object(
    facts: Facts, root: Root, scope: Scope, state: AnyState, item: dict[str, Json] | None = None
) -> dict[str, Json]:
    """What ``$$`` is for the state that ``scope`` has entered; ``item`` is ``$$.Map.Item`` where there is one."""
    entered: dict[str, Json] = {"Name": scope.state, "EnteredTime": format_timestamp(scope.entered_at)}
    if isinstance(state, Working):
        entered["RetryCount"] = scope.attempt  # recorded: states that cannot be retried have none
    if facts.context is not None:
        return {"State": entered, **facts.context} if item is None else {**facts.context, "Map": {"Item": item}}
    context: dict[str, Json] = {
        "Execution": {
            "Id": facts.arn,
            "Input": facts.input.value,
            "StartTime": format_timestamp(facts.started_at),
            "Name": facts.name,
            "RoleArn": facts.role_arn,
            # Recorded: an EXPRESS execution, which cannot be redriven, has none.
            **({} if facts.express else {"RedriveCount": root.redrives}),
            **({"RedriveTime": format_timestamp(root.redriven_at)} if root.redrives else {}),
        },
        "StateMachine": {"Id": facts.machine_arn, "Name": facts.machine_name},
        "State": entered,
    }
    if item is not None:
        context["Map"] = {"Item": item}
    if scope.token is not None:
        context["Task"] = {"Token": scope.token}
    return context

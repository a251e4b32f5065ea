"""The services that a Task can reach here, and how it may wait for each (AWS, "Integrating services").

``aws-sdk:SERVICE:ACTION`` stands beside them: request-response and callbacks, for every service there is.
"""

from __future__ import annotations

from engine.asl.resource import Pattern, ServiceCall

_RR, _SYNC, _SYNC_2, _CALLBACK = Pattern.REQUEST_RESPONSE, Pattern.SYNC, Pattern.SYNC_2, Pattern.CALLBACK

SERVICES: dict[str, frozenset[Pattern]] = {
    "apigateway:invoke": frozenset({_RR, _CALLBACK}),
    "athena:getQueryExecution": frozenset({_RR}),
    "athena:getQueryResults": frozenset({_RR}),
    "athena:startQueryExecution": frozenset({_RR, _SYNC}),
    "athena:stopQueryExecution": frozenset({_RR}),
    "batch:submitJob": frozenset({_RR, _SYNC}),
    "celery:sendTask": frozenset({_RR, _SYNC, _CALLBACK}),
    "codebuild:batchGetBuilds": frozenset({_RR}),
    "codebuild:startBuild": frozenset({_RR, _SYNC}),
    "codebuild:stopBuild": frozenset({_RR}),
    "dynamodb:deleteItem": frozenset({_RR}),
    "dynamodb:getItem": frozenset({_RR}),
    "dynamodb:putItem": frozenset({_RR}),
    "dynamodb:updateItem": frozenset({_RR}),
    "ecs:runTask": frozenset({_RR, _SYNC, _CALLBACK}),
    "eks:call": frozenset({_RR}),
    "eks:runJob": frozenset({_RR, _SYNC}),
    "events:putEvents": frozenset({_RR, _CALLBACK}),
    "glue:startJobRun": frozenset({_RR, _SYNC}),
    "http:invoke": frozenset({_RR}),
    "lambda:invoke": frozenset({_RR, _CALLBACK}),
    "sns:publish": frozenset({_RR, _CALLBACK}),
    "sqs:sendMessage": frozenset({_RR, _CALLBACK}),
    "states:startExecution": frozenset({_RR, _SYNC, _SYNC_2, _CALLBACK}),
}


def runs_here(call: ServiceCall) -> bool:
    """Whether a Task of this resource can be run, not only drawn and simulated."""
    if call.service.startswith("aws-sdk:"):
        return call.pattern in {_RR, _CALLBACK}
    return call.pattern in SERVICES.get(f"{call.service}:{call.action}", frozenset())

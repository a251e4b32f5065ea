"""Activities, and the results that workers outside send."""

from __future__ import annotations

from typing import Any

from designer.api.aws.caller import Caller, Given
from designer.api.aws.operations.machines import tags_of
from designer.api.aws.paging import page
from designer.api.aws.threads import in_thread
from designer.arns import activity_arn, read_arn
from designer.services import activities, tasks
from designer.services.addresses import activity_at
from designer.services.configuration import encryption_told

_POLL_SECONDS = 60.0
"""How long AWS holds a poll before it answers that there is nothing."""


def create_activity(caller: Caller, given: Given) -> dict[str, Any]:
    made = activities.create_activity(
        caller.user, name=given["name"], tags=tags_of(given), encryption=given.get("encryptionConfiguration")
    )
    return {"activityArn": activity_arn(made.name), "creationDate": made.created_at}


def describe_activity(caller: Caller, given: Given) -> dict[str, Any]:
    found = activity_at(caller.user, given["activityArn"])
    return {
        "activityArn": activity_arn(found.name),
        "name": found.name,
        "creationDate": found.created_at,
        "encryptionConfiguration": encryption_told(found.encryption),
    }


def list_activities(caller: Caller, given: Given) -> dict[str, Any]:
    rows, token = page("ListActivities", given, activities.list_activities(caller.user), "created_at", "id")
    return {
        "activities": [
            {"activityArn": activity_arn(one.name), "name": one.name, "creationDate": one.created_at} for one in rows
        ],
        "nextToken": token,
    }


def delete_activity(caller: Caller, given: Given) -> dict[str, Any]:
    """Deleting one that is gone changes nothing."""
    arn = read_arn(given["activityArn"], "activity")
    if arn.here:
        activities.delete_activity(caller.user, arn.parts[0])
    return {}


async def get_activity_task(caller: Caller, given: Given) -> dict[str, Any]:
    """A long poll; no task is an answer without a token."""
    task = await tasks.wait_for_activity_task(
        caller.user, given["activityArn"], given.get("workerName"), _POLL_SECONDS, run=in_thread
    )
    return {} if task is None else {"taskToken": task.token, "input": task.input.text}


def send_task_success(caller: Caller, given: Given) -> dict[str, Any]:
    tasks.send_success(caller.user, given["taskToken"], given["output"])
    return {}


def send_task_failure(caller: Caller, given: Given) -> dict[str, Any]:
    tasks.send_failure(caller.user, given["taskToken"], error=given.get("error"), cause=given.get("cause"))
    return {}


def send_task_heartbeat(caller: Caller, given: Given) -> dict[str, Any]:
    tasks.send_heartbeat(caller.user, given["taskToken"])
    return {}

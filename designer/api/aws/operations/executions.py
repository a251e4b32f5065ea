"""Executions: describe, list, history, stop, redrive."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from designer.api.aws.caller import Caller, Given
from designer.api.aws.errors import ApiError
from designer.api.aws.operations.machines import METADATA_ONLY, definition_told
from designer.api.aws.paging import page
from designer.api.aws.threads import in_thread
from designer.arns import alias_arn, arn_of, machine_arn, map_run_resource, version_arn
from designer.models import Execution, ExecutionStatus, HistoryEvent, MachineType, Revision
from designer.services import executions, runtime
from designer.services.addresses import execution_at, label_of, machine_address, map_run_at
from designer.services.errors import DoesNotExist, WrongMachineType
from designer.services.executions import ExecutionFilter
from designer.services.map_runs import PENDING_REDRIVE
from designer.services.versions import INITIAL, revision_id
from engine import jsontypes
from engine.core.history import detail_key

_STOP_SECONDS = 5.0
_ALWAYS_DETAILED = frozenset({"ExecutionFailed", "ExecutionAborted"})
_PAYLOADS = frozenset({"input", "output", "parameters", "assignedVariables"})
_BILLED_STEP_MS = 100


def describe_execution(caller: Caller, given: Given) -> dict[str, Any]:
    found = execution_at(caller.user, given["executionArn"], "execution")
    reason = executions.why_not_redrivable(found)
    status = "REDRIVABLE" if reason is None else "NOT_REDRIVABLE"
    if executions.is_redrivable_by_map_run(found):
        status, reason = "REDRIVABLE_BY_MAP_RUN", None
    return {
        **_summary(found),
        "traceHeader": found.trace_header,
        "error": found.error,
        "cause": found.cause,
        "redriveStatus": status,
        "redriveStatusReason": reason,
        **data_told(found, given),
    }


def data_told(execution: Execution, given: Given) -> dict[str, Any]:
    """Input and output, or that they are left out."""
    told = given.get("includedData") != METADATA_ONLY
    ended_well = execution.output is not None
    return {
        "input": execution.input if told else None,
        "inputDetails": {"included": told},
        "output": execution.output if told else None,
        "outputDetails": {"included": told} if ended_well or execution.express else None,
    }


def milliseconds_billed(execution: Execution) -> int:
    """AWS bills EXPRESS executions in steps of 100 ms."""
    lasted = max((execution.stopped_at or execution.started_at) - execution.started_at, 1)
    return -(-lasted // _BILLED_STEP_MS) * _BILLED_STEP_MS


def _summary(one: Execution) -> dict[str, Any]:
    machine = one.machine.name
    map_run = one.map_run
    return {
        "executionArn": arn_of(one),
        "stateMachineArn": machine_arn(machine if map_run is None else map_run_resource(map_run.arn)),
        "name": one.name,
        "status": one.status if one.redrive_due is None else PENDING_REDRIVE,
        "startDate": one.started_at,
        "stopDate": one.stopped_at,
        "mapRunArn": None if map_run is None else map_run.arn,
        "stateMachineVersionArn": None if one.published is None else version_arn(machine, one.published),
        "stateMachineAliasArn": None if one.alias is None else alias_arn(machine, one.alias),
        "redriveCount": one.redrive_count,
        "redriveDate": one.redriven_at,
    }


def list_executions(caller: Caller, given: Given) -> dict[str, Any]:
    of_machine = "stateMachineArn" in given
    if of_machine == ("mapRunArn" in given):
        message = "Exactly one of stateMachineArn and mapRunArn must be specified"
        raise ApiError("ValidationException", message, reason="MISSING_REQUIRED_PARAMETER")
    rows = _of_machine(caller, given) if of_machine else _of_map_run(caller, given)
    found, token = page("ListExecutions", given, rows, "-started_at", "-id")
    return {
        "executions": [
            {**_summary(one), "itemCount": one.child_items if one.map_run_id is not None else None} for one in found
        ],
        "nextToken": token,
    }


def _of_machine(caller: Caller, given: Given) -> QuerySet[Execution]:
    if "redriveFilter" in given:
        raise ApiError("ValidationException", "redriveFilter can only be used with a mapRunArn")
    status = given.get("statusFilter")
    if status == PENDING_REDRIVE:
        raise ApiError("ValidationException", "The status PENDING_REDRIVE can only be used with a mapRunArn")
    address = machine_address(caller.user, given["stateMachineArn"])
    if address.machine.type == MachineType.EXPRESS:
        raise WrongMachineType(address.machine.type)
    wanted = ExecutionFilter(machine=address.machine.pk, status=(status,) if status else ())
    rows = executions.list_executions(caller.user, wanted)
    if address.version is not None:
        rows = rows.filter(published=address.version)
    return rows if address.alias is None else rows.filter(alias=address.alias)


def _of_map_run(caller: Caller, given: Given) -> QuerySet[Execution]:
    status = given.get("statusFilter")
    run = map_run_at(caller.user, given["mapRunArn"])
    pending = status == PENDING_REDRIVE
    wanted = ExecutionFilter(map_run=run.pk, status=(status,) if status and not pending else ())
    rows = executions.list_executions(caller.user, wanted)
    if status:
        rows = rows.filter(redrive_due__isnull=not pending)
    match given.get("redriveFilter"):
        case "REDRIVEN":
            return rows.filter(redrive_count__gt=0)
        case "NOT_REDRIVEN":
            return rows.filter(redrive_count=0)
        case _:
            return rows


def describe_machine_for_execution(caller: Caller, given: Given) -> dict[str, Any]:
    found = execution_at(caller.user, given["executionArn"], "execution")
    revision = Revision.objects.filter(pk=found.revision_id).first()
    if revision is None:
        raise DoesNotExist("Execution", given["executionArn"])  # deleted since it was found
    map_run = found.map_run
    number = revision_id(found.machine_id, revision.number)
    name = found.machine.name
    return {
        "stateMachineArn": machine_arn(name if map_run is None else map_run_resource(map_run.arn)),
        "name": name,
        "updateDate": revision.created_at,
        "mapRunArn": None if map_run is None else map_run.arn,
        "label": None if map_run is None else label_of(map_run),
        "revisionId": None if number == INITIAL else number,
        **definition_told(revision, given),
    }


def get_history(caller: Caller, given: Given) -> dict[str, Any]:
    found = execution_at(caller.user, given["executionArn"], "execution")
    order = "-event_id" if given.get("reverseOrder") else "event_id"
    rows = HistoryEvent.objects.filter(execution_id=found.pk)
    events, token = page("GetExecutionHistory", given, rows, order)
    with_data = given.get("includeExecutionData") is not False
    return {"events": [event_told(one, with_data=with_data) for one in events], "nextToken": token}


def event_told(event: HistoryEvent, *, with_data: bool) -> dict[str, Any]:
    """A stored event as the API has it."""
    told: dict[str, Any] = {
        "timestamp": event.at,
        "type": event.type,
        "id": event.event_id,
        "previousEventId": event.previous_event_id,
    }
    details = jsontypes.parse_record(event.details)
    assert isinstance(details, dict)
    if not with_data:
        details = {name: value for name, value in details.items() if name not in _PAYLOADS}
    if details or event.type in _ALWAYS_DETAILED:
        told[detail_key(event.type)] = details
    return told


async def stop_execution(caller: Caller, given: Given) -> dict[str, Any]:
    """Answers when it has ended, or soon after: whoever describes it next finds it ABORTED."""
    found = await in_thread(_stop, caller, given)
    if found.status == ExecutionStatus.RUNNING:
        await runtime.wait_until_ended(found.pk, _STOP_SECONDS, run=in_thread)
        found = await in_thread(executions.refresh, found)
    return {"stopDate": found.stopped_at or runtime.now()}


def _stop(caller: Caller, given: Given) -> Execution:
    found = execution_at(caller.user, given["executionArn"], "execution")
    return executions.stop_execution(caller.user, found.pk, error=given.get("error"), cause=given.get("cause"))


def redrive_execution(caller: Caller, given: Given) -> dict[str, Any]:
    found = execution_at(caller.user, given["executionArn"], "execution")
    redriven = executions.redrive_execution(caller.user, found.pk, client_token=given.get("clientToken"))
    return {"redriveDate": redriven.redriven_at}

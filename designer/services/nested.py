"""Executions that executions start: the engine's port for nested machines. A machine starts those of its own owner."""

from __future__ import annotations

import uuid

from designer.arns import execution_arn, machine_arn
from designer.models import Execution, ExecutionStatus, Machine, Revision
from designer.services import runtime
from designer.services.errors import InvalidInput, InvalidName, TooLarge
from designer.services.executions import why_not_redrivable
from designer.services.limits import PAYLOAD_BYTES, check_size
from designer.services.names import check_name
from engine.asl.times import format_timestamp
from engine.integrations.refusals import ServiceRefused
from engine.jsontypes import InvalidJson, Json, parse
from engine.runtime.ports import AttemptRow

_STATES_ARN_PARTS = 8


class NestedExecutions:
    """``engine.integrations.nested.Executions`` on this installation's own machines."""

    def start(self, attempt: AttemptRow, machine_arn: str, name: str | None, input_text: str) -> dict[str, Json]:
        found = Execution.objects.select_related("machine").filter(parent_attempt=attempt.id).first()
        if found is None:
            found = _start(attempt, machine_arn, name, input_text)
        return {
            "ExecutionArn": execution_arn(found.machine.name, found.name),
            "StartDate": format_timestamp(found.started_at),
        }

    def describe(self, attempt: AttemptRow, arn: str) -> dict[str, Json]:
        return _described(_find(attempt, arn))

    def stop(self, attempt: AttemptRow, arn: str) -> None:
        found = _find(attempt, arn)
        if found.status == ExecutionStatus.RUNNING:
            runtime.stop(found.pk, error=None, cause="The execution that started it waits for it no longer")


def _start(attempt: AttemptRow, arn: str, name: str | None, input_text: str) -> Execution:
    machine, revision = _machine(attempt, arn)
    try:
        chosen = check_name(name) if name is not None else str(uuid.uuid4())
        check_size("input", input_text, PAYLOAD_BYTES)
        parse(input_text)
        return runtime.start(
            machine=machine, revision=revision, name=chosen, input_text=input_text, parent_attempt=attempt.id
        )
    except InvalidName as error:
        raise _refusal("InvalidName", f"Invalid Name: '{error.name}'", attempt) from None
    except (TooLarge, InvalidInput, InvalidJson) as error:
        raise _refusal("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'", attempt) from None
    except runtime.ExecutionAlreadyExists:
        text = f"Execution Already Exists: '{execution_arn(machine.name, chosen)}'"
        raise _refusal("ExecutionAlreadyExists", text, attempt) from None
    except runtime.MachineIsDeleting:
        raise _refusal("StateMachineDeleting", f"State Machine is deleting: '{arn}'", attempt) from None


def _refusal(code: str, message: str, attempt: AttemptRow) -> ServiceRefused:
    return ServiceRefused(code, message, status=400, request_id=attempt.id)


def _owner_of(attempt: AttemptRow) -> int:
    return int(Machine.objects.values_list("owner_id", flat=True).get(executions=attempt.execution_id))


def _machine(attempt: AttemptRow, arn: str) -> tuple[Machine, Revision]:
    name = arn.split(":")[6] if len(arn.split(":")) >= 7 else ""
    found = Machine.objects.filter(owner=_owner_of(attempt), name=name).first()
    if found is None or arn != machine_arn(found.name):
        raise _refusal("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'", attempt)
    return found, Revision.objects.get(machine=found, number=found.head)


def _find(attempt: AttemptRow, arn: str) -> Execution:
    parts = arn.split(":")
    found = None
    if len(parts) == _STATES_ARN_PARTS:
        found = (
            Execution.objects.select_related("machine", "revision")
            .filter(machine__owner=_owner_of(attempt), machine__name=parts[6], name=parts[7])
            .first()
        )
    if found is None:
        raise _refusal("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'", attempt)
    return found


def _described(found: Execution) -> dict[str, Json]:
    reason = why_not_redrivable(found)
    described: dict[str, Json | None] = {
        "ExecutionArn": execution_arn(found.machine.name, found.name),
        "StateMachineArn": machine_arn(found.machine.name),
        "Name": found.name,
        "Status": str(found.status),
        "StartDate": format_timestamp(found.started_at),
        "StopDate": None if found.stopped_at is None else format_timestamp(found.stopped_at),
        "Input": found.input,
        "InputDetails": {"Included": True},
        "Output": found.output,
        "OutputDetails": None if found.output is None else {"Included": True},
        "Error": found.error,
        "Cause": found.cause,
        "RedriveCount": found.redrive_count,
        "RedriveStatus": "REDRIVABLE" if reason is None else "NOT_REDRIVABLE",
        "RedriveStatusReason": reason,
    }
    return {name: value for name, value in described.items() if value is not None}

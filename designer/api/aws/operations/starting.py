"""Starting executions: the hot path, and the one that waits."""

from __future__ import annotations

import re
from typing import Any

from designer.api.aws.caller import Caller, Given
from designer.api.aws.errors import ApiError
from designer.api.aws.operations.executions import data_told, milliseconds_billed
from designer.api.aws.threads import in_thread
from designer.arns import arn_of, machine_arn, read_arn
from designer.models import Execution, ExecutionStatus, MachineType, new_id
from designer.services import executions, runtime
from designer.services.addresses import machine_address
from designer.services.errors import DoesNotExist, InvalidInput, WrongMachineType
from designer.services.executions import Started, Target
from designer.services.limits import PAYLOAD_BYTES, check_size
from designer.services.names import check_name
from designer.services.targets import alias_target, version_target
from engine import jsontypes
from engine.asl.express import LONGEST_SECONDS
from engine.sentences import say, verbatim

_GRACE_SECONDS = 15
"""How much longer than an EXPRESS execution may last somebody waits for it."""
_MEMORY_MB = 64
_WORD = re.compile(r"\s*([A-Za-z_$][\w$.-]*)")
_LITERALS = frozenset({"null", "true", "false"})


def start_execution(caller: Caller, given: Given) -> dict[str, Any]:
    """Idempotent, for STANDARD, while an execution of that name runs with the same input."""
    execution = _start(caller, given).execution
    return {"executionArn": arn_of(execution), "startDate": execution.started_at}


async def start_sync_execution(caller: Caller, given: Given) -> dict[str, Any]:
    execution = await in_thread(_start_express, caller, given)
    await runtime.wait_until_ended(execution.pk, LONGEST_SECONDS + _GRACE_SECONDS, new=True, run=in_thread)
    ended = await in_thread(executions.refresh, execution)
    if ended.status == ExecutionStatus.RUNNING:
        raise ApiError("InternalFailure", "The execution did not end: no worker takes it up.", status=500)
    return {
        "executionArn": arn_of(ended),
        "stateMachineArn": machine_arn(ended.machine.name),
        "name": ended.name,
        "startDate": ended.started_at,
        "stopDate": ended.stopped_at,
        # The API has no ABORTED here: only a stop from Treadle's own pages can bring it about.
        "status": "FAILED" if ended.status == ExecutionStatus.ABORTED else ended.status,
        "error": ended.error,
        "cause": ended.cause,
        "traceHeader": ended.trace_header,
        **data_told(ended, given),
        "billingDetails": {
            "billedMemoryUsedInMB": _MEMORY_MB,
            "billedDurationInMilliseconds": milliseconds_billed(ended),
        },
    }


def _start_express(caller: Caller, given: Given) -> Execution:
    return _start(caller, given, sync=True).execution


def _start(caller: Caller, given: Given, *, sync: bool = False) -> Started:
    name = given.get("name")
    chosen = check_name(name) if name is not None else new_id()
    target = _target(caller, given["stateMachineArn"])
    if sync and target.machine.type != MachineType.EXPRESS:
        raise WrongMachineType(target.machine.type)
    text = _input_text(given.get("input"))
    return executions.start_target(
        target,
        name=chosen,
        text=text,
        trace_header=given.get("traceHeader"),
        parent_attempt=caller.attempt,
    )


def _input_text(text: str | None) -> str:
    """The input as it was written: AWS tells it so again. Raises InvalidInput, TooLarge."""
    if text is None or not text.strip():
        return "{}"
    check_size(say("input"), text, PAYLOAD_BYTES)
    try:
        jsontypes.parse(text)
    except jsontypes.InvalidJson as error:
        raise InvalidInput(verbatim(_unreadable(text, error))) from None
    return text


def _unreadable(text: str, error: jsontypes.InvalidJson) -> str:
    """In AWS's words where they are known: those for a bare word."""
    word = _WORD.match(text)
    if word is not None and word[1] not in _LITERALS:
        return (
            f"Unrecognized token '{word[1]}': was expecting "
            "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        )
    return str(error)


def _target(caller: Caller, text: str) -> Target:
    """What the ARN of a machine, a version or an alias names. Raises UnreadableArn, DoesNotExist."""
    arn = read_arn(text, "stateMachine")
    if not arn.here or "/" in arn.parts[0]:
        raise DoesNotExist("Machine", text)
    if len(arn.parts) == 1:
        return executions.find_head_by_name(caller.user_id, arn.parts[0], key=text)
    address = machine_address(caller.user, text)
    try:
        if address.version is not None:
            return version_target(address.machine, address.version)
        return alias_target(address.machine, address.alias or "")
    except DoesNotExist:
        raise DoesNotExist("Machine", text) from None

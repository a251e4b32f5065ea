"""What a Map Run results in (AWS, "ResultWriter"): the outputs of its children, or records of them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.asl.times import format_timestamp
from engine.core.commands import WriteResults
from engine.core.items import ItemsFailed, child_arns
from engine.errors import ErrorName, Failure
from engine.jsontypes import Json, parse
from engine.runtime.ports import ChildResult

SUCCEEDED = "SUCCEEDED"


def values_of(child: ChildResult, form: str, map_run_arn: str) -> list[Json]:
    """What a child adds in a Transformation: NONE is its record, COMPACT its output, FLATTEN the items of its output.

    A child without an output adds its record in any of them.
    """
    if form == "NONE" or child.status != SUCCEEDED or child.output is None:
        return [_record_of(child, map_run_arn)]
    output = parse(child.output)
    return output if form == "FLATTEN" and isinstance(output, list) else [output]


def collected(children: Iterable[ChildResult], writer: WriteResults | None, map_run_arn: str) -> list[Json]:
    """The result of a state whose results are not written to files: COMPACT and FLATTEN leave failures out."""
    form = "COMPACT" if writer is None else writer.transformation
    return [
        value
        for child in children
        if form == "NONE" or child.status == SUCCEEDED
        for value in values_of(child, form, map_run_arn)
    ]


def results_folder(request: WriteResults, map_run_arn: str) -> tuple[str, str]:
    """Bucket and folder that results go to. Raises ItemsFailed with States.ResultWriterFailed."""
    parameters = request.parameters.value
    bucket = parameters.get("Bucket") if isinstance(parameters, dict) else None
    if not isinstance(bucket, str) or not bucket:
        raise writing_failed("The ResultWriter's Parameters need a Bucket")
    prefix = str(parameters.get("Prefix") or "").strip("/") if isinstance(parameters, dict) else ""
    return bucket, "/".join(part for part in (prefix, map_run_arn.rpartition(":")[2]) if part)


def written(map_run_arn: str, bucket: str, folder: str) -> Json:
    """The result of a state whose results have been written."""
    return {
        "MapRunArn": map_run_arn,
        "ResultWriterDetails": {"Bucket": bucket, "Key": f"{folder}/manifest.json"},
    }


def writing_failed(cause: str) -> ItemsFailed:
    return ItemsFailed(Failure(error=ErrorName.RESULT_WRITER_FAILED, cause=cause))


def _record_of(child: ChildResult, map_run_arn: str) -> dict[str, Json]:
    execution_arn, machine_arn = child_arns(map_run_arn, child.name)
    found: dict[str, Json] = {
        "ExecutionArn": execution_arn,
        "Input": child.input,
        "InputDetails": {"Included": True},
        "Name": child.name,
        "StartDate": format_timestamp(child.started_at),
        "StateMachineArn": machine_arn,
        "Status": child.status,
    }
    if child.stopped_at is not None:
        found["StopDate"] = format_timestamp(child.stopped_at)
    for name, value in (("Output", child.output), ("Error", child.error), ("Cause", child.cause)):
        if value is not None:
            found[name] = value
    if child.output is not None:
        found["OutputDetails"] = {"Included": True}
    return found

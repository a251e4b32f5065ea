"""Writing the results of a Map Run to files (AWS, "ResultWriter"): a manifest, and files by how children ended."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.commands import WriteResults
from engine.core.items import ItemsFailed
from engine.errors import ErrorName, Failure
from engine.integrations.item_files import Files, FilesFailed
from engine.jsontypes import Json, dump, parse
from engine.runtime.mapruns import record_of
from engine.runtime.ports import ChildResult

_LARGEST = 64 * 1024 * 1024
_KINDS = {"SUCCEEDED": "SUCCEEDED", "FAILED": "FAILED", "TIMED_OUT": "FAILED", "ABORTED": "FAILED"}


def write_results(request: WriteResults, map_run_arn: str, results: Iterator[ChildResult], files: Files) -> Json:
    """Write them and answer what the state's result is. Raises ItemsFailed with States.ResultWriterFailed."""
    parameters = request.parameters.value
    bucket = parameters.get("Bucket") if isinstance(parameters, dict) else None
    if not isinstance(bucket, str) or not bucket:
        raise _failed("The ResultWriter's Parameters need a Bucket")
    prefix = str(parameters.get("Prefix") or "").strip("/") if isinstance(parameters, dict) else ""
    folder = "/".join(part for part in (prefix, map_run_arn.rpartition(":")[2]) if part)
    writer = _Writer(files, bucket, folder, request)
    try:
        for one in results:
            writer.add(one)
        manifest = writer.close(map_run_arn)
    except FilesFailed as error:
        raise _failed(str(error)) from None
    return {"MapRunArn": map_run_arn, "ResultWriterDetails": {"Bucket": bucket, "Key": manifest}}


def _failed(cause: str) -> ItemsFailed:
    return ItemsFailed(Failure(error=ErrorName.RESULT_WRITER_FAILED, cause=cause))


class _Writer:
    """Collects lines by kind and writes a file whenever one is full."""

    def __init__(self, files: Files, bucket: str, folder: str, request: WriteResults) -> None:
        self._files = files
        self._bucket = bucket
        self._folder = folder
        self._request = request
        self._lines: dict[str, list[str]] = {"SUCCEEDED": [], "FAILED": []}
        self._sizes = {"SUCCEEDED": 0, "FAILED": 0}
        self._written: dict[str, list[Json]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}

    def add(self, child: ChildResult) -> None:
        kind = _KINDS.get(child.status)
        if kind is None:
            return
        for line in self._values(child):
            text = dump(line)
            self._lines[kind].append(text)
            self._sizes[kind] += len(text)
        if self._sizes[kind] > _LARGEST:
            self._flush(kind)

    def _values(self, child: ChildResult) -> list[Json]:
        form = self._request.transformation
        if form == "NONE" or child.status != "SUCCEEDED" or child.output is None:
            return [record_of(child)]
        output = parse(child.output)
        return output if form == "FLATTEN" and isinstance(output, list) else [output]

    def _flush(self, kind: str) -> None:
        lines = self._lines[kind]
        if not lines:
            return
        lined = self._request.output_type == "JSONL"
        name = f"{kind}_{len(self._written[kind])}.{'jsonl' if lined else 'json'}"
        text = "\n".join(lines) + "\n" if lined else "[" + ",".join(lines) + "]"
        key, content = f"{self._folder}/{name}", text.encode()
        self._files.write(self._bucket, key, content)
        self._written[kind].append({"Key": key, "Size": len(content)})
        self._lines[kind], self._sizes[kind] = [], 0

    def close(self, map_run_arn: str) -> str:
        """Write what is left and the manifest; its key."""
        for kind in self._lines:
            self._flush(kind)
        key = f"{self._folder}/manifest.json"
        manifest: dict[str, Json] = {
            "DestinationBucket": self._bucket,
            "MapRunArn": map_run_arn,
            "ResultFiles": dict(self._written),
        }
        self._files.write(self._bucket, key, dump(manifest).encode())
        return key

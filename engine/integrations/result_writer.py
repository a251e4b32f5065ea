"""Writing the results of a Map Run to files (AWS, "ResultWriter"): a manifest, and files by how children ended."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.commands import WriteResults
from engine.integrations.item_files import Files, FilesFailed
from engine.jsontypes import Json, dump
from engine.runtime.ports import ChildResult
from engine.runtime.results import results_folder, values_of, writing_failed, written

_LARGEST = 64 * 1024 * 1024
_KINDS = {"SUCCEEDED": "SUCCEEDED", "FAILED": "FAILED", "TIMED_OUT": "FAILED", "ABORTED": "FAILED"}


def write_results(request: WriteResults, map_run_arn: str, results: Iterator[ChildResult], files: Files) -> Json:
    """Write them and answer what the state's result is. Raises ItemsFailed with States.ResultWriterFailed."""
    bucket, folder = results_folder(request, map_run_arn)
    writer = _Writer(files, bucket, folder, request, map_run_arn)
    try:
        for one in results:
            writer.add(one)
        writer.close()
    except FilesFailed as error:
        raise writing_failed(str(error)) from None
    return written(map_run_arn, bucket, folder)


class _Writer:
    """Collects lines by kind and writes a file whenever one is full."""

    def __init__(self, files: Files, bucket: str, folder: str, request: WriteResults, map_run_arn: str) -> None:
        self._files = files
        self._bucket = bucket
        self._folder = folder
        self._request = request
        self._map_run_arn = map_run_arn
        self._lines: dict[str, list[str]] = {"SUCCEEDED": [], "FAILED": []}
        self._sizes = {"SUCCEEDED": 0, "FAILED": 0}
        self._written: dict[str, list[Json]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}

    def add(self, child: ChildResult) -> None:
        kind = _KINDS.get(child.status)
        if kind is None:
            return
        for line in values_of(child, self._request.transformation, self._map_run_arn):
            text = dump(line)
            self._lines[kind].append(text)
            self._sizes[kind] += len(text)
        if self._sizes[kind] > _LARGEST:
            self._flush(kind)

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

    def close(self) -> None:
        """Write what is left and the manifest."""
        for kind in self._lines:
            self._flush(kind)
        manifest: dict[str, Json] = {
            "DestinationBucket": self._bucket,
            "MapRunArn": self._map_run_arn,
            "ResultFiles": dict(self._written),
        }
        self._files.write(self._bucket, f"{self._folder}/manifest.json", dump(manifest).encode())

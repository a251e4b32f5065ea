"""Items out of files and results into them: local folders, and S3-compatible storage behind the same door."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet as parquet
import pytest
import zstandard

from engine.core.commands import ReadItems, WriteResults
from engine.core.items import ItemsFailed
from engine.integrations.item_files import ConfiguredFiles, FilesFailed, LocalFiles
from engine.integrations.item_reader import read_items
from engine.integrations.result_writer import write_results
from engine.jsontypes import Document, Json
from engine.runtime.ports import ChildResult

GET = "arn:aws:states:::s3:getObject"
VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "items.json").read_text())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    return tmp_path


def read(root: Path, config: dict[str, Any], key: str = "f", *, resource: str = GET, most: int = 0, **more: Any) -> Any:
    parameters: dict[str, Any] = {"Bucket": "b", "Key": key, **more}
    request = ReadItems(resource=resource, parameters=Document(parameters), config=config, most=most)
    return [one.value if one.key is None else [one.key, one.value] for one in read_items(request, LocalFiles(root))]


def put(root: Path, text: str | bytes, name: str = "f") -> None:
    path = root / "b" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def content(written: str | dict[str, Any]) -> bytes:
    """Text, or ``{form: content}`` for what is no text."""
    if isinstance(written, str):
        return written.encode()
    ((form, value),) = written.items()
    if form == "hex":
        return bytes.fromhex(value)
    if form == "gzip":
        return gzip.compress(value.encode())
    if form == "zstd":
        return bytes(zstandard.compress(value.encode()))
    assert form == "parquet"
    found = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(value), found)
    return found.getvalue()


def read_as_written(root: Path, vector: dict[str, Any], most: int) -> Any:
    for name, written in vector["files"].items():
        put(root, content(written), name)
    found = read(
        root,
        vector["config"],
        vector.get("key", "f"),
        resource=vector.get("resource", GET),
        most=most,
        **vector.get("parameters", {}),
    )
    return [{field: one[field] for field in vector["only"]} for one in found] if "only" in vector else found


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["name"]))
def test_files_are_read_as_the_vector_says(root: Path, vector: dict[str, Any]) -> None:
    """``items``, or words of the reason why there are none; an entry of an object is its key and value."""
    if "items" in vector:
        assert read_as_written(root, vector, vector.get("most", 0)) == vector["items"]
        assert read_as_written(root, vector, 1) == vector["items"][:1]
        return
    with pytest.raises(ItemsFailed) as failed:
        read_as_written(root, vector, 0)
    assert failed.value.failure.error == "States.ItemReaderFailed"
    assert vector["says"] in (failed.value.failure.cause or "")


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "link", "nope", "", "a\0b"])
def test_nothing_outside_the_bucket_can_be_read(root: Path, key: str) -> None:
    (root / "secret").write_text("[1]")
    (root / "b" / "link").symlink_to(root / "secret")
    with pytest.raises(ItemsFailed):
        read(root, {"InputType": "JSON"}, key)


@pytest.mark.parametrize("bucket", ["..", ".", "", "nope", "b/../b", "/"])
def test_no_bucket_is_anything_but_a_folder_of_the_root(root: Path, bucket: str) -> None:
    put(root, "[1]")
    with pytest.raises(ItemsFailed):
        read(root, {"InputType": "JSON"}, Bucket=bucket)


def test_without_storage_the_error_says_what_to_set() -> None:
    files = ConfiguredFiles(None, None, "us-east-1")
    with pytest.raises(FilesFailed, match="TREADLE_FILES_ROOT, or set TREADLE_AWS_ENDPOINT_URL"):
        files.open("b", "k")


def results() -> Iterator[ChildResult]:
    for number, status in enumerate(["SUCCEEDED", "FAILED", "SUCCEEDED", "RUNNING"]):
        yield ChildResult(
            id=str(number),
            name=f"child-{number}",
            status=status,
            input="{}",
            output=f"[{number}]" if status == "SUCCEEDED" else None,
            error="E" if status == "FAILED" else None,
            cause=None,
            started_at=1,
            stopped_at=2,
        )


@pytest.mark.parametrize(
    ("form", "kind", "expected"),
    [("COMPACT", "JSON", "[[0],[2]]"), ("FLATTEN", "JSON", "[0,2]"), ("COMPACT", "JSONL", "[0]\n[2]\n")],
)
def test_results_are_written_in_the_form_that_is_asked_for(root: Path, form: str, kind: str, expected: str) -> None:
    parameters = Document({"Bucket": "b", "Prefix": "out"})
    request = WriteResults(resource="w", parameters=parameters, transformation=form, output_type=kind)
    found: Any = write_results(request, "arn:x:run-1", results(), LocalFiles(root))
    assert found == {
        "MapRunArn": "arn:x:run-1",
        "ResultWriterDetails": {"Bucket": "b", "Key": "out/run-1/manifest.json"},
    }
    manifest = json.loads((root / "b/out/run-1/manifest.json").read_text())
    (succeeded,) = manifest["ResultFiles"]["SUCCEEDED"]
    assert (root / "b" / succeeded["Key"]).read_text() == expected
    (failed,) = manifest["ResultFiles"]["FAILED"]
    text = (root / "b" / failed["Key"]).read_text()
    assert '"Error":"E"' in text


def test_whole_records_are_written_unless_told_otherwise(root: Path) -> None:
    request = WriteResults(
        resource="w", parameters=Document({"Bucket": "b"}), transformation="NONE", output_type="JSON"
    )
    write_results(request, "arn:run-2", results(), LocalFiles(root))
    (first, _) = json.loads((root / "b/run-2/SUCCEEDED_0.json").read_text())
    assert (first["Name"], first["Status"], first["Output"], first["Input"]) == ("child-0", "SUCCEEDED", "[0]", "{}")


@pytest.mark.parametrize("parameters", [{"Bucket": "../x"}, {}], ids=["outside", "missing"])
def test_results_that_cannot_be_written_fail_the_run(root: Path, parameters: dict[str, Json]) -> None:
    request = WriteResults(resource="w", parameters=Document(parameters), transformation="NONE", output_type="JSON")
    with pytest.raises(ItemsFailed) as failed:
        write_results(request, "arn:run-3", results(), LocalFiles(root))
    assert failed.value.failure.error == "States.ResultWriterFailed"

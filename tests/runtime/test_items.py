"""Items out of files and results into them: local folders, and S3-compatible storage behind the same door."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.core.commands import ReadItems, WriteResults
from engine.core.items import ItemsFailed
from engine.integrations.item_files import ConfiguredFiles, FilesFailed, LocalFiles
from engine.integrations.item_reader import read_items
from engine.integrations.result_writer import write_results
from engine.jsontypes import Document, Json
from engine.runtime.ports import ChildResult

GET, LIST = "arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2"


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


GIVEN = {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x", "y"], "CSVDelimiter": "PIPE"}
FIRST = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}


@pytest.mark.parametrize(
    ("text", "config", "expected"),
    [
        ("a,b\n1,2\n3\n4,5,6\n\n", FIRST, [{"a": "1", "b": "2"}, {"a": "3", "b": ""}, {"a": "4", "b": "5"}]),
        ('a\n"x\ny, z"\n', FIRST, [{"a": "x\ny, z"}]),
        (
            "1|2\n",
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["x", "y"], "CSVDelimiter": "PIPE"},
            [{"x": "1", "y": "2"}],
        ),
        ("\ufeffa\n1\n", FIRST, [{"a": "1"}]),
        ("", FIRST, []),
        ('[1, {"a": null}, 2.5]', {"InputType": "JSON"}, [1, {"a": None}, 2.5]),
        ('{"a": 1, "b": [2]}', {}, [["a", 1], ["b", [2]]]),
        ('{"x": {"rows": [1, 2]}}', {"ItemsPointer": "/x/rows"}, [1, 2]),
        ('{"x": {"a": 1}}', {"ItemsPointer": "/x"}, [["a", 1]]),
        ('{"a": 1}\n\n[2]\n', {"InputType": "JSONL"}, [{"a": 1}, [2]]),
    ],
    ids=["rows", "quotes", "given", "mark", "empty", "array", "object", "pointer", "pointer to object", "lines"],
)
def test_a_file_is_read_as_its_config_says(root: Path, text: str, config: dict[str, Any], expected: Any) -> None:
    put(root, text)
    assert read(root, config) == expected
    assert read(root, config, most=1) == expected[:1]
    put(root, gzip.compress(text.encode()), "f.gz")
    assert read(root, config, "f.gz") == expected


@pytest.mark.parametrize(
    ("text", "config", "words"),
    [
        ("a,a\n1,2\n", FIRST, "CSV headers cannot contain duplicates."),
        ("[1,", {"InputType": "JSON"}, ""),
        ("1", {"InputType": "JSON"}, "neither an array nor an object"),
        ('{"x": 1}', {"ItemsPointer": "/x"}, "At /x the JSON file has neither"),
        ('{"x": 1}', {"ItemsPointer": "/nope"}, "At /nope the JSON file has neither"),
        ("{", {"InputType": "JSONL"}, ""),
        (b"\xff\xfe", FIRST, ""),
        ("{}", {"ManifestType": "S3_INVENTORY"}, "names no files"),
        ("x", {"InputType": "PARQUET"}, ""),
    ],
    ids=["headers", "cut", "scalar", "pointer", "nowhere", "line", "bytes", "manifest", "parquet"],
)
def test_what_cannot_be_read_fails_the_run_with_the_reason(
    root: Path, text: str | bytes, config: dict[str, Any], words: str
) -> None:
    put(root, text)
    with pytest.raises(ItemsFailed) as failed:
        read(root, config)
    assert failed.value.failure.error == "States.ItemReaderFailed"
    assert words in (failed.value.failure.cause or "")


def test_a_listing_and_what_its_files_hold(root: Path) -> None:
    put(root, "[1]", "in/1.json")
    put(root, "[2, 3]", "in/2.json")
    put(root, "x", "out/other")
    found = read(root, {}, resource=LIST, Prefix="in/")
    assert [one["Key"] for one in found] == ["in/1.json", "in/2.json"]
    assert (found[0]["Size"], found[0]["StorageClass"]) == (3, "STANDARD")
    flat = {"Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON"}
    assert read(root, flat, resource=LIST, Prefix="in/") == [1, 2, 3]


def test_manifests_lead_to_their_files(root: Path) -> None:
    put(root, "b,k1,5\nb,k2,6\n", "data.csv")
    put(root, json.dumps({"fileSchema": "Bucket, Key, Size", "files": [{"key": "data.csv"}]}), "manifest.json")
    rows = [{"Bucket": "b", "Key": "k1", "Size": "5"}, {"Bucket": "b", "Key": "k2", "Size": "6"}]
    assert read(root, {"InputType": "MANIFEST"}, "manifest.json") == rows
    put(root, "s3://b/part.jsonl\n", "athena")
    put(root, '{"n": 1}\n', "part.jsonl")
    assert read(root, {"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}, "athena") == [{"n": 1}]


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

"""Reading the items of a Map Run (AWS, "ItemReader"): listings, CSV, JSON, JSON Lines, Parquet, manifests; streamed."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Generator, Iterator
from itertools import islice
from typing import IO, Any, cast

import ijson
import zstandard

from engine.core.commands import ReadItems
from engine.core.items import Item, ItemsFailed
from engine.errors import ErrorName, Failure
from engine.integrations.item_files import Files, FilesFailed
from engine.jsontypes import InvalidJson, Json, parse

_DELIMITERS = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
_LONGEST_FIELD = 8 * 1024 * 1024
_PARQUET_ROWS = 1000
csv.field_size_limit(_LONGEST_FIELD)
_UNREADABLE = (
    FilesFailed,
    InvalidJson,
    ijson.JSONError,
    csv.Error,
    OSError,
    EOFError,
    UnicodeDecodeError,
    zlib.error,
    zstandard.ZstdError,
)


def read_items(request: ReadItems, files: Files) -> Iterator[Item]:
    """The items in their order, as they are read. Raises ItemsFailed with States.ItemReaderFailed."""
    try:
        with contextlib.closing(_values(request, files)) as found:
            for index, (value, key, source) in enumerate(islice(found, request.most or None)):
                yield Item(index, value, key, source)
    except _UNREADABLE as error:
        raise reader_failed(str(error)) from None


def reader_failed(cause: str) -> ItemsFailed:
    return ItemsFailed(Failure(error=ErrorName.ITEM_READER_FAILED, cause=cause))


_Read = tuple[Json, str | None, str]


def _values(request: ReadItems, files: Files) -> Generator[_Read, None, None]:
    parameters: Any = request.parameters.value
    bucket = parameters.get("Bucket") if isinstance(parameters, dict) else None
    if not isinstance(bucket, str) or not bucket:
        raise reader_failed("The ItemReader's Parameters need a Bucket")
    if request.resource.endswith("listObjectsV2"):
        yield from _listing(request, files, bucket, str(parameters.get("Prefix") or ""))
        return
    key = parameters.get("Key")
    if not isinstance(key, str) or not key:
        raise reader_failed("The ItemReader's Parameters need a Key")
    yield from _file(request.config, files, bucket, key)


def _listing(request: ReadItems, files: Files, bucket: str, prefix: str) -> Iterator[_Read]:
    flatten = request.config.get("Transformation") == "LOAD_AND_FLATTEN"
    for found in files.listed(bucket, prefix):
        if flatten:
            yield from _file(request.config, files, bucket, str(found["Key"]))
        else:
            yield found, None, f"S3://{bucket}"


def _file(config: Any, files: Files, bucket: str, key: str) -> Iterator[_Read]:
    source = f"S3://{bucket}/{key}"
    manifest, kind = config.get("ManifestType"), config.get("InputType")
    with files.open(bucket, key) as packed, _unpacked(packed, key) as content:
        if manifest == "S3_INVENTORY" or (kind == "MANIFEST" and manifest is None):
            yield from _inventory(content, files, bucket, source)
        elif manifest == "ATHENA_DATA":
            yield from _athena(content, config, files)
        elif kind == "CSV":
            for row in _rows(content, config):
                yield row, None, source
        elif kind == "JSONL":
            with io.TextIOWrapper(content, "utf-8") as lines:
                for line in lines:
                    if line.strip():
                        yield parse(line), None, source
        elif kind == "PARQUET":
            for row in _parquet(content):
                yield row, None, source
        elif kind in {"JSON", None}:
            yield from _json(content, str(config.get("ItemsPointer") or ""), source)
        else:
            raise reader_failed(f"Items cannot be read as {kind}")


def _unpacked(content: IO[bytes], key: str) -> IO[bytes]:
    if key.endswith(".gz"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=content))
    if key.endswith((".zst", ".zstd")):
        return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(content))
    return content


def _rows(content: IO[bytes], config: Any) -> Iterator[dict[str, Json]]:
    """Rows by their headers: all values are text, short rows are filled up, long ones cut (recorded)."""
    delimiter = _DELIMITERS[str(config.get("CSVDelimiter") or "COMMA")]
    with io.TextIOWrapper(content, "utf-8-sig", newline="") as text:
        rows = csv.reader(text, delimiter=delimiter)
        headers = list(config["CSVHeaders"]) if config.get("CSVHeaderLocation") == "GIVEN" else next(rows, [])
        if len(set(headers)) != len(headers):
            raise reader_failed("CSV headers cannot contain duplicates.")
        for row in rows:
            if row:
                filled = [*row, *[""] * (len(headers) - len(row))]
                yield dict(zip(headers, filled, strict=False))


def _json(content: IO[bytes], pointer: str, source: str) -> Iterator[_Read]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    prefix = ".".join(steps)
    buffered = io.BufferedReader(content) if isinstance(content, io.RawIOBase) else content
    events = ijson.parse(buffered, use_float=True)
    for place, event, _ in events:
        if place == prefix and event == "start_array":
            for value in ijson.items(_resumed(place, event, events), f"{prefix}.item" if prefix else "item"):
                yield value, None, source
            return
        if place == prefix and event == "start_map":
            for name, value in ijson.kvitems(_resumed(place, event, events), prefix):
                yield value, name, source
            return
        if place == prefix and event not in {"map_key"}:
            break
    where = f"At {pointer} the" if pointer else "The"
    raise reader_failed(f"{where} JSON file has neither an array nor an object to take items from")


def _resumed(place: str, event: str, rest: Any) -> Iterator[Any]:
    yield place, event, None
    yield from rest


def _parquet(content: IO[bytes]) -> Iterator[dict[str, Json]]:
    """Rows, a batch at a time; the file lies on the disk meanwhile, as its end is read first."""
    import pyarrow.parquet  # a third of a second, which only who reads Parquet shall wait

    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(content, kept)
        kept.seek(0)
        try:
            with pyarrow.parquet.ParquetFile(kept) as file:
                for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
                    for row in batch.to_pylist():
                        yield _plain(row)
        except pyarrow.ArrowException as error:
            raise reader_failed(str(error)) from None


def _plain(value: Any) -> Any:
    """What JSON does not know, such as dates and decimals, is text."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _inventory(content: IO[bytes], files: Files, bucket: str, source: str) -> Iterator[_Read]:
    """The rows of the CSV files that an S3 inventory's manifest.json names."""
    manifest: Any = parse(content.read().decode())
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), list):
        raise reader_failed("The manifest is not that of an S3 inventory: it names no files")
    headers = [name.strip() for name in str(manifest.get("fileSchema", "")).split(",")]
    config = {"CSVHeaderLocation": "GIVEN", "CSVHeaders": headers}
    for one in manifest["files"]:
        key = str(one.get("key"))
        with files.open(bucket, key) as packed, _unpacked(packed, key) as part:
            for row in _rows(part, config):
                yield row, None, source


def _athena(content: IO[bytes], config: Any, files: Files) -> Iterator[_Read]:
    """The rows of the files that an UNLOAD of Athena has written: its manifest has one s3:// address a line."""
    part = {name: value for name, value in config.items() if name != "ManifestType"}
    with io.TextIOWrapper(content, "utf-8") as lines:
        for line in lines:
            bucket, _, key = line.strip().removeprefix("s3://").partition("/")
            if key:
                yield from _file(part, files, bucket, key)

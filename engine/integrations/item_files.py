"""Where a Map Run's items are read and its results written: folders under a configured root, or S3-compatible storage.

A bucket that is a folder of the root is that folder; every other bucket is asked for over the network.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import md5
from pathlib import Path
from typing import IO, Any, Protocol

from engine.jsontypes import Json


class FilesFailed(Exception):
    """A file could not be opened, listed or written; the message says which and why."""


class Files(Protocol):
    def open(self, bucket: str, key: str) -> IO[bytes]:
        """The content, to be read in pieces. Raises FilesFailed."""
        ...

    def listed(self, bucket: str, prefix: str) -> Iterator[dict[str, Json]]:
        """Etag, Key, LastModified (seconds since 1970), Size and StorageClass of each file. Raises FilesFailed."""
        ...

    def write(self, bucket: str, key: str, content: bytes) -> None:
        """Raises FilesFailed."""
        ...


class LocalFiles:
    """Buckets are the folders of ``root``. What leads out of a bucket, by ``..`` or a link, is refused."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def has(self, bucket: str) -> bool:
        return bool(bucket) and bucket not in {".", ".."} and "/" not in bucket and (self._root / bucket).is_dir()

    def _path(self, bucket: str, key: str) -> Path:
        folder = (self._root / bucket).resolve()
        path = (folder / key).resolve()
        if not self.has(bucket) or self._root not in folder.parents or folder not in path.parents:
            raise FilesFailed(f"There is no file {key!r} in the bucket {bucket!r}")
        return path

    def open(self, bucket: str, key: str) -> IO[bytes]:
        try:
            return self._path(bucket, key).open("rb")
        except (OSError, ValueError) as error:
            raise FilesFailed(f"The file {key!r} of the bucket {bucket!r} cannot be read: {error}") from None

    def listed(self, bucket: str, prefix: str) -> Iterator[dict[str, Json]]:
        folder = (self._root / bucket).resolve()
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            key = path.relative_to(folder).as_posix()
            if key.startswith(prefix) and folder in path.resolve().parents:
                status = path.stat()
                yield {
                    "Etag": f'"{md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"',
                    "Key": key,
                    "LastModified": int(status.st_mtime),
                    "Size": status.st_size,
                    "StorageClass": "STANDARD",
                }

    def write(self, bucket: str, key: str, content: bytes) -> None:
        path = self._path(bucket, key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f"{path.name}.{os.getpid()}.part")
            partial.write_bytes(content)
            partial.replace(path)
        except OSError as error:
            raise FilesFailed(f"The file {key!r} of the bucket {bucket!r} cannot be written: {error}") from None


class ConfiguredFiles:
    """Local buckets first, then S3-compatible storage at ``endpoint``; None asks no network at all.

    ``allows`` tells whether machines may call an action of S3, by botocore's name.
    """

    def __init__(
        self, root: Path | None, endpoint: str | None, region: str, *, allows: Callable[[str], bool] = lambda _: True
    ) -> None:
        self._local = LocalFiles(root) if root is not None else None
        self._endpoint = endpoint
        self._region = region
        self._allows = allows

    def _of(self, bucket: str) -> LocalFiles | None:
        return self._local if self._local is not None and self._local.has(bucket) else None

    def _s3(self, bucket: str, action: str) -> Any:
        if self._endpoint is None:
            raise FilesFailed(
                f"There is no bucket {bucket!r}: make a folder of that name in TREADLE_FILES_ROOT, or set "
                "TREADLE_AWS_ENDPOINT_URL to S3-compatible storage that has it"
            )
        if not self._allows(action):
            raise FilesFailed(f"s3:{action} is not among the actions that TREADLE_AWS_ALLOW lets machines call")
        return _client(self._endpoint, self._region)

    def open(self, bucket: str, key: str) -> IO[bytes]:
        if (local := self._of(bucket)) is not None:
            return local.open(bucket, key)
        try:
            body = self._s3(bucket, "GetObject").get_object(Bucket=bucket, Key=key)["Body"]
        except FilesFailed:
            raise
        except Exception as error:  # botocore makes its exceptions at run time
            raise FilesFailed(f"The object {key!r} of the bucket {bucket!r} cannot be read: {error}") from None
        return io.BufferedReader(_Body(body), 1 << 16)

    def listed(self, bucket: str, prefix: str) -> Iterator[dict[str, Json]]:
        if (local := self._of(bucket)) is not None:
            yield from local.listed(bucket, prefix)
            return
        try:
            pages = (
                self._s3(bucket, "ListObjectsV2")
                .get_paginator("list_objects_v2")
                .paginate(Bucket=bucket, Prefix=prefix)
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    modified: datetime = found["LastModified"]
                    yield {
                        "Etag": found["ETag"],
                        "Key": found["Key"],
                        "LastModified": int(modified.astimezone(UTC).timestamp()),
                        "Size": found["Size"],
                        "StorageClass": found.get("StorageClass", "STANDARD"),
                    }
        except FilesFailed:
            raise
        except Exception as error:
            raise FilesFailed(f"The bucket {bucket!r} cannot be listed: {error}") from None

    def write(self, bucket: str, key: str, content: bytes) -> None:
        if (local := self._of(bucket)) is not None:
            local.write(bucket, key, content)
            return
        try:
            self._s3(bucket, "PutObject").put_object(Bucket=bucket, Key=key, Body=content)
        except FilesFailed:
            raise
        except Exception as error:
            raise FilesFailed(f"The object {key!r} of the bucket {bucket!r} cannot be written: {error}") from None


class _Body(io.RawIOBase):
    """botocore's stream of an object, as a file."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._body.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


@lru_cache(maxsize=4)
def _client(endpoint: str, region: str) -> Any:
    import boto3  # half a second that only those pay who read from S3

    session = boto3.Session(region_name=region)
    if session.get_credentials() is None:
        session = boto3.Session("treadle", "treadle", region_name=region)  # storage of one's own that asks for no more
    return session.client("s3", endpoint_url=endpoint)

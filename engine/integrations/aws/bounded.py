"""Answers of AWS services, read within a size and a time.

botocore's own timeout bounds the silence between two bytes, not the whole, and it reads as much as it is sent: a
service that drips, or never ends, would hold a worker for ever.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from urllib3.exceptions import HTTPError

_PIECE_BYTES = 65_536


class TooLong(HTTPError):
    """An answer larger than any that is read."""


class TooSlow(HTTPError):
    """An answer that did not come to its end in time."""


class BoundedSession:
    """Stands in the place of a client's HTTP session.

    A streamed answer is cut at ``most_bytes``, where whoever reads it sees that it is too large; another one raises
    TooLong. ``seconds`` are from the beginning of the request.
    """

    def __init__(self, session: Any, most_bytes: int, seconds: float) -> None:
        self._session = session
        self._most_bytes = most_bytes
        self._seconds = seconds

    def send(self, request: Any) -> AWSResponse:
        deadline = time.monotonic() + self._seconds
        streamed = request.stream_output
        request.stream_output = True
        response = self._session.send(request)
        request.stream_output = streamed
        content, whole = self._read(response.raw, deadline)
        if not whole and not streamed:
            raise TooLong(f"The answer is longer than {self._most_bytes} bytes")
        return AWSResponse(response.url, response.status_code, response.headers, _Read(content))

    def _read(self, raw: Any, deadline: float) -> tuple[bytes, bool]:
        found = bytearray()
        try:
            while piece := raw.read1(_PIECE_BYTES):
                found += piece
                if len(found) > self._most_bytes:
                    return bytes(found), False
                if time.monotonic() > deadline:
                    raise TooSlow(f"The answer did not end within {self._seconds:.0f} seconds")
            raw.release_conn()
        finally:
            raw.close()  # for one that was not read to its end; the others have given their connection back
        return bytes(found), True

    def close(self) -> None:
        self._session.close()


class _Read(io.BytesIO):
    """What has been read, as botocore wants to read it."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()

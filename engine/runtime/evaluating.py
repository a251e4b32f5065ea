"""Evaluation that cannot hurt its worker: what is not proved cheap runs in a child that may be killed.

A costly expression would otherwise hold the interpreter lock of a worker whose other threads have executions to take
on, or all of its memory. Children are kept for the next expression, one for each thread that evaluates at a time.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.jsontypes import Json, outweighs
from engine.query.entropy import Entropy
from engine.query.evaluator import (
    LIMIT_SECONDS,
    TIMED_OUT,
    TOO_LARGE,
    Direct,
    ExpressionFailed,
    Undefined,
    UnsupportedResult,
)
from engine.query.jsonata import Expression
from engine.query.path import Path as JsonPath
from engine.query.path import PathNotFound, SearchFailed
from engine.runtime.expression_child import STARTED, WITHOUT_PROCESSOR

IDLE_SECONDS = 60.0
_START_SECONDS = 10.0
"""Of a processor's: a child starts in a third of one. On a busy machine WITHOUT_PROCESSOR times as many of the wall."""
_SMALL = 2_000
"""Characters of a value that a path or a loop may go through in this process: neither can be slow there."""
_ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from engine.runtime.expression_child import main; main()"


class _Gone(Exception):
    """The child ended before it answered; ``status`` is its exit status."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


class _Child:
    """One child process; used by one thread at a time."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._started = False
        self._process = subprocess.Popen(  # noqa: S603 - our own program; expressions reach it as data
            [sys.executable, "-I", "-c", _PROGRAM, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={},
        )

        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)

    @property
    def alive(self) -> bool:
        """A child dies with the thread that started it, and may be killed by anybody."""
        return self._process.poll() is None

    def ask(self, request: bytes, seconds: float) -> Any:
        """The answer. Raises _Gone, or TimeoutError after ``seconds``, which begin when it has started."""
        if not self._started:
            self._read(len(STARTED), _Patience(self._process.pid, _START_SECONDS))
            self._started = True
        patience = _Patience(self._process.pid, seconds)
        try:
            self._write(len(request).to_bytes(4, "big") + request, patience)
        except BrokenPipeError:
            raise _Gone(self._process.wait()) from None
        head = self._read(4, patience)
        return json.loads(self._read(int.from_bytes(head, "big"), patience))

    def _write(self, data: bytes, patience: _Patience) -> None:
        assert self._process.stdin is not None
        descriptor, view = self._process.stdin.fileno(), memoryview(data)
        while view:
            _wait(descriptor, select.POLLOUT, patience)
            view = view[os.write(descriptor, view) :]

    def _read(self, size: int, patience: _Patience) -> bytes:
        assert self._process.stdout is not None
        descriptor, parts = self._process.stdout.fileno(), []
        while size:
            _wait(descriptor, select.POLLIN, patience)
            part = os.read(descriptor, min(size, 1 << 20))
            if not part:
                raise _Gone(self._process.wait())
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def kill(self) -> None:
        """End it and leave nothing of it behind."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


class _Patience:
    """How long a child is waited for: some seconds of the wall, or more as long as it did not have a processor for so
    many, up to WITHOUT_PROCESSOR times as many. On a busy machine it would fail an expression that does no harm.
    """

    def __init__(self, process: int, seconds: float) -> None:
        self._process = process
        self._seconds = seconds
        self._began = time.monotonic()
        self._had = _processor_seconds(process)

    def left(self) -> float:
        """Seconds until it is worth asking again; none are left when it is over."""
        waited = time.monotonic() - self._began
        if waited < self._seconds:
            return self._seconds - waited
        if waited >= self._seconds * WITHOUT_PROCESSOR:
            return 0.0
        had = _processor_seconds(self._process)
        if had is None or self._had is None:
            return 0.0
        return max(0.0, min(self._seconds - (had - self._had), self._seconds * WITHOUT_PROCESSOR - waited))


def _processor_seconds(process: int) -> float | None:
    """That a process has had; None where nobody tells."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None


def _wait(descriptor: int, event: int, patience: _Patience) -> None:
    waiter = select.poll()  # select.select cannot watch descriptors over 1,023
    waiter.register(descriptor, event)
    while (left := patience.left()) > 0:
        if waiter.poll(left * 1000):
            return
    raise TimeoutError


class ChildEvaluator:
    """Evaluates cheap expressions here and all others in children. Safe to share between threads."""

    def __init__(self) -> None:
        self._direct = Direct()
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._closed = False

    def evaluate(
        self, expression: Expression, bindings: Mapping[str, Json], *, at: int, entropy: Entropy
    ) -> Json | Undefined:
        if expression.cheap and not (expression.loops and outweighs(dict(bindings), _SMALL)):
            return self._direct.evaluate(expression, bindings, at=at, entropy=entropy)
        request = {"expression": expression.text, "bindings": bindings, "at": at, "seed": entropy.seed()}
        found = self._ask(request)
        if "failed" in found:
            raise ExpressionFailed(found["failed"])
        if "unsupported" in found:
            raise UnsupportedResult
        value: Json = found.get("value")
        return Undefined.UNDEFINED if "undefined" in found else value

    def matches(self, path: JsonPath, value: Json) -> list[Json]:
        if not outweighs(value, _SMALL):
            return self._direct.matches(path, value)
        try:
            found = self._ask({"path": path.text, "value": value})
        except ExpressionFailed as error:
            raise SearchFailed(path, error.message) from None
        if "failed" in found:
            raise SearchFailed(path, found["failed"])
        if "missing" in found:
            raise PathNotFound(path, 0)
        nodes: list[Json] = found["value"]
        return nodes

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps(request).encode()
        for again in (True, False):
            child = self._take()
            try:
                found: dict[str, Any] = child.ask(data, LIMIT_SECONDS)
            except TimeoutError:
                child.kill()
                raise ExpressionFailed(TIMED_OUT) from None
            except _Gone as gone:
                child.kill()
                # SIGTERM: the thread that had started it ended. Anything else was the expression's doing.
                if again and gone.status in {0, -signal.SIGTERM}:
                    continue
                raise ExpressionFailed(TOO_LARGE) from None
            except BaseException:
                child.kill()
                raise
            self._give_back(child)
            return found
        raise AssertionError("unreachable")

    def _take(self) -> _Child:
        while True:
            with self._lock:
                if not self._idle:
                    break
                child = self._idle.pop()
            if child.alive:
                return child
            child.kill()
        return _Child()

    def _give_back(self, child: _Child) -> None:
        child.idle_since = time.monotonic()
        with self._lock:
            if not self._closed:
                self._idle.append(child)
                return
        child.kill()

    def tidy(self) -> None:
        """End the children that nobody has needed for a minute."""
        before = time.monotonic() - IDLE_SECONDS
        with self._lock:
            ended = [child for child in self._idle if child.idle_since < before]
            self._idle = [child for child in self._idle if child.idle_since >= before]
        for child in ended:
            child.kill()

    def close(self) -> None:
        """End all children; those at work end with their expression."""
        with self._lock:
            self._closed = True
            ended, self._idle = self._idle, []
        for child in ended:
            child.kill()

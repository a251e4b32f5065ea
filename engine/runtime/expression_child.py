"""The child that evaluates costly expressions: one request frame in, one answer frame out, until stdin ends.

Before the first request it says that it has STARTED. A frame is four bytes of length (big endian) and that many of
JSON. The child may be killed at any moment, and dies of itself when it needs more memory than it was allowed.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from engine.query.entropy import Entropy
from engine.query.evaluator import TOO_LARGE, Direct, ExpressionFailed, Undefined, UnsupportedResult
from engine.query.jsonata import compile_expression
from engine.query.path import PathNotFound, compile_path

MEMORY = 256 * 1024 * 1024
"""Bytes that an evaluation may need beyond what the child has when it starts."""
STARTED = b"\0\0\0\0"
_MOST = 7_000_000
"""Bytes of an answer: many times any payload, and no burden for who reads it (AWS was reported to end near here)."""


def answer(evaluator: Direct, request: dict[str, Any]) -> dict[str, Any]:
    """What came of a request: ``value``, ``undefined``, ``missing``, ``unsupported`` or ``failed``."""
    try:
        if "path" in request:
            return {"value": evaluator.matches(compile_path(request["path"]), request["value"])}
        found = evaluator.evaluate(
            compile_expression(request["expression"]),
            request["bindings"],
            at=request["at"],
            entropy=Entropy(request["seed"]),
        )
    except PathNotFound:
        return {"missing": True}
    except UnsupportedResult:
        return {"unsupported": True}
    except ExpressionFailed as error:
        return {"failed": error.message}
    return {"undefined": True} if isinstance(found, Undefined) else {"value": found}


def _bound_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with_parent(parent: int) -> None:
    """A worker that was killed in mid-evaluation must not leave an evaluation behind (Linux; elsewhere stdin ends)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)


def main() -> None:
    """Serve stdin until it ends."""
    _die_with_parent(int(sys.argv[1]))
    _bound_memory()
    os.nice(10)  # a slow expression gives way to everybody who is quick
    requests, answers = sys.stdin.buffer, _private_output()
    evaluator = Direct()
    answers.write(STARTED)
    answers.flush()
    while head := requests.read(4):
        found = _framed(evaluator, requests.read(int.from_bytes(head, "big")))
        answers.write(len(found).to_bytes(4, "big") + found)
        answers.flush()


def _framed(evaluator: Direct, request: bytes) -> bytes:
    try:
        found = json.dumps(answer(evaluator, json.loads(request))).encode()
    except MemoryError:
        os._exit(3)  # what was interrupted may be in any state
    except Exception as error:  # whatever a library did not foresee is the expression's failure, not the child's
        found = json.dumps({"failed": f"the expression cannot be evaluated: {error}"}).encode()
    return found if len(found) <= _MOST else json.dumps({"failed": TOO_LARGE}).encode()


def _private_output() -> BinaryIO:
    """The answers' pipe, out of reach of libraries that print: what they print may be a user's text."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers

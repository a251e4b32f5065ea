"""The child that evaluates costly expressions: one request frame in, one answer frame out, until stdin ends.

A frame is four bytes of length (big endian) and that many of JSON. The child may be killed at any moment, and dies of
itself when it needs more memory than it was allowed.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from engine.query.entropy import Entropy
from engine.query.evaluator import Direct, ExpressionFailed, Undefined, UnsupportedResult
from engine.query.jsonata import compile_expression
from engine.query.path import compile_path

MEMORY = 256 * 1024 * 1024
"""Bytes that an evaluation may need beyond what the child has when it starts."""


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """What came of a request: ``value``, ``undefined``, ``unsupported`` or ``failed``."""
    evaluator = Direct()
    try:
        if "path" in request:
            return {"value": evaluator.matches(compile_path(request["path"]), request["value"])}
        found = evaluator.evaluate(
            compile_expression(request["expression"]),
            request["bindings"],
            at=request["at"],
            entropy=Entropy(request["seed"]),
        )
    except UnsupportedResult:
        return {"unsupported": True}
    except ExpressionFailed as error:
        return {"failed": error.message}
    except MemoryError:
        os._exit(3)
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
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while head := requests.read(4):
        try:
            found = json.dumps(answer(json.loads(requests.read(int.from_bytes(head, "big"))))).encode()
        except MemoryError:
            os._exit(3)
        answers.write(len(found).to_bytes(4, "big") + found)
        answers.flush()

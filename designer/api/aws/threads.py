"""Threads for the AWS API's queries: few, shared by all requests, and none of them held by a request that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

_QUERIES = ThreadPoolExecutor(max_workers=16, thread_name_prefix="aws")
# Tests under way at a time: each may evaluate what its author likes, for as long as that may take.
_TESTS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="aws-test")


async def in_thread(work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    return await _run(_QUERIES, partial(work, *args, **kwargs))


async def in_test_thread(work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """For what may take minutes."""
    return await _run(_TESTS, partial(work, *args, **kwargs))


async def _run(pool: ThreadPoolExecutor, work: Callable[[], _R]) -> _R:
    return await asyncio.get_running_loop().run_in_executor(pool, work)

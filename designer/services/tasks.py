"""Answers from outside to tasks that wait for them: callbacks by token, and the workers of activities."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from designer.models import TaskAttempt
from designer.services import runtime
from designer.services.addresses import activity_at
from designer.services.errors import InvalidOutput, InvalidToken, QuotaExceeded, TaskTimedOut
from designer.services.limits import PAYLOAD_BYTES, check_size
from designer.services.listening import Run, in_own_thread, listener, pause
from designer.services.quotas import Quota
from designer.store.sql import SqlStore
from engine.core.events import TaskFailed, TaskSucceeded, encode_event
from engine.jsontypes import Document, InvalidJson, parse
from engine.runtime.doorbells import ACTIVITY_CHANNEL
from engine.runtime.ports import ActivityTask, FinishedAttempt, TokenAnswer
from engine.sentences import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_OUTSIDE = ""  # no worker holds what is answered by token


@lru_cache(maxsize=1)
def _store() -> SqlStore:
    return SqlStore()


def _now() -> int:
    return time.time_ns() // 1_000_000


def send_success(user: User, token: str, output: str) -> None:
    """End the task of a token well, with JSON text. Raises InvalidToken, InvalidOutput, TooLarge, TaskTimedOut."""
    _check_owner(user, token)
    check_size(say("output"), output, PAYLOAD_BYTES)
    try:
        document = Document(parse(output))
    except InvalidJson as error:
        raise InvalidOutput(error.sentence) from None

    def event(scope: str, key: str) -> str:
        return encode_event(TaskSucceeded(scope=scope, attempt=key, output=document))

    finished = FinishedAttempt(id="", worker=_OUTSIDE, status="SUCCEEDED")
    _taken(*_store().answer(token, finished, event, _now()))


def send_failure(user: User, token: str, *, error: str | None, cause: str | None) -> None:
    """End the task of a token badly. Raises InvalidToken, TaskTimedOut."""
    _check_owner(user, token)

    def event(scope: str, key: str) -> str:
        return encode_event(TaskFailed(scope=scope, attempt=key, error=error, cause=cause))

    finished = FinishedAttempt(id="", worker=_OUTSIDE, status="FAILED", error=error, cause=cause)
    _taken(*_store().answer(token, finished, event, _now()))


def send_heartbeat(user: User, token: str) -> None:
    """Whoever works on the task of a token still does. Raises InvalidToken, TaskTimedOut."""
    _check_owner(user, token)
    _taken(*_store().heartbeat(token, _now()))


def _check_owner(user: User, token: str) -> None:
    """A token of somebody else's machine is as good as none."""
    if not TaskAttempt.objects.filter(token=token, execution__machine__owner=user).exists():
        raise InvalidToken


def _taken(answer: TokenAnswer, execution_id: str) -> None:
    if answer is TokenAnswer.UNKNOWN:
        raise InvalidToken
    if answer is TokenAnswer.CLOSED:
        raise TaskTimedOut
    runtime.ring_execution(execution_id)


_pollers: Counter[str] = Counter()


def polling(arn: str) -> int:
    """How many workers ask this process for tasks of an activity now."""
    return _pollers[arn]


@contextmanager
def _polling(arn: str) -> Iterator[None]:
    """Counted for each web process by itself: the sockets they hold are its own. Raises QuotaExceeded."""
    if _pollers[arn] >= Quota.ACTIVITY_POLLERS.most:
        raise QuotaExceeded(Quota.ACTIVITY_POLLERS)
    _pollers[arn] += 1
    try:
        yield
    finally:
        _pollers[arn] -= 1
        if not _pollers[arn]:
            del _pollers[arn]


async def wait_for_activity_task(
    user: User, arn: str, worker_name: str | None, seconds: float, *, run: Run = in_own_thread
) -> ActivityTask | None:
    """The next task of an activity, or None after ``seconds``. Holds no thread while there is none.

    Raises UnreadableArn, DoesNotExist, QuotaExceeded.
    """
    loop = asyncio.get_running_loop()
    offers = listener(ACTIVITY_CHANNEL)
    until = loop.time() + seconds
    with _polling(arn), offers.waiter(arn) as offered:
        await offers.listen()
        while True:
            offered.clear()
            task: ActivityTask | None = await run(take_activity_task, user, arn, worker_name)
            left = until - loop.time()
            if task is not None or left <= 0:
                return task
            await pause(offered, left)


def take_activity_task(user: User, arn: str, worker_name: str | None) -> ActivityTask | None:
    """The oldest task that waits for a worker of this activity; None when none does.

    Raises UnreadableArn, DoesNotExist.
    """
    activity_at(user, arn)
    claimed = _store().claim_activity(arn, worker_name, _now())
    if claimed is None:
        return None
    task, execution_id = claimed
    runtime.ring_execution(execution_id)
    return task

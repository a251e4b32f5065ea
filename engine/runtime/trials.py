"""Tasks carried out once, on a worker, without an execution around them (TestState).

Nothing is stored: whoever asks waits for the answer, and asks again if it is lost. Only workers run tasks: they hide
their secrets from functions, which a web process does not.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import redis
from celery import Celery
from kombu.exceptions import OperationalError

from engine.core.commands import ScheduleTask
from engine.core.events import TaskFailed, TaskSucceeded
from engine.errors import ErrorName
from engine.jsontypes import Document, Json
from engine.runtime.doorbells import TASKS_QUEUE
from engine.runtime.ports import AttemptRow, Integrations, Trial

logger = logging.getLogger(__name__)

LONGEST_SECONDS = 300.0
"""AWS: a test takes five minutes at most."""
_KEPT_SECONDS = 60
TRIAL_TASK = "treadle.trial"


class CeleryTrials:
    """Asks a worker, and waits."""

    def __init__(self, app: Celery, url: str) -> None:
        self._app = app
        self._redis: redis.Redis = redis.Redis.from_url(url, socket_timeout=LONGEST_SECONDS + 30)

    def perform(self, command: ScheduleTask, trial: Trial) -> tuple[TaskSucceeded | TaskFailed, Mapping[str, Json]]:
        """How the task ends, and its HTTP exchange if it is traced. Holds the thread until then."""
        seconds = min(float(command.timeout_seconds or LONGEST_SECONDS), LONGEST_SECONDS)
        reply = f"treadle:trial:{uuid.uuid4()}"
        request = json.dumps(
            {
                "resource": command.resource.arn,
                "payload": command.payload.text,
                "seconds": seconds,
                "reply": reply,
                "trial": asdict(trial),
            }
        )
        try:
            self._app.send_task(TRIAL_TASK, (request,), queue=TASKS_QUEUE, ignore_result=True, retry=False)
            found: Any = self._redis.blpop([reply], timeout=seconds + 5)
        except (OperationalError, redis.RedisError, OSError) as error:
            return _failed(command, ErrorName.RUNTIME, f"No worker could be asked: {error}"), {}
        if found is None:
            return _failed(command, ErrorName.TIMEOUT, None), {}
        answer = json.loads(found[1])
        if answer["failed"]:
            return _failed(command, answer["error"], answer["cause"]), answer.get("exchange") or {}
        output = Document.stored(answer["output"])
        return TaskSucceeded(scope=command.scope, attempt=command.attempt, output=output), answer.get("exchange") or {}


def _failed(command: ScheduleTask, error: str | None, cause: str | None) -> TaskFailed:
    return TaskFailed(scope=command.scope, attempt=command.attempt, error=error, cause=cause)


def answer_trial(request: str, integrations: Integrations, url: str) -> None:
    """A worker's side: carry the task out and put the answer where it is waited for."""
    wanted = json.loads(request)
    answer = _carry_out(wanted, integrations)
    client: redis.Redis = redis.Redis.from_url(url, socket_timeout=5)
    with client, client.pipeline() as together:
        together.rpush(wanted["reply"], json.dumps(answer))
        together.expire(wanted["reply"], _KEPT_SECONDS)
        together.execute()


def _carry_out(wanted: Mapping[str, Any], integrations: Integrations) -> dict[str, Any]:
    resource = str(wanted["resource"])
    row = AttemptRow(
        id=f"trial-{uuid.uuid4()}",
        execution_id="",
        scope="",
        key="",
        state="",
        number=0,
        resource=resource,
        payload=Document.stored(wanted["payload"]),
        timeout_seconds=None,
        heartbeat_seconds=None,
        trial=Trial(**wanted["trial"]),
    )
    try:
        work = integrations.start(row)
        outcome = work.wait(float(wanted["seconds"]))
        if outcome is None:
            work.cancel()
            return {"failed": True, "error": ErrorName.TIMEOUT, "cause": None}
    except Exception:
        logger.exception("the trial of %s failed", resource)
        cause = f"A task of {resource} cannot be tested without an execution"
        return {"failed": True, "error": ErrorName.RUNTIME, "cause": cause}
    if outcome.failed or outcome.output is None:
        return {"failed": True, "error": outcome.error, "cause": outcome.cause, "exchange": outcome.exchange}
    return {"failed": False, "output": outcome.output.text, "exchange": outcome.exchange}

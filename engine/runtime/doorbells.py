"""Doorbells over Celery and Redis: the Dispatcher port, and the Celery tasks at the other end.

A message carries an id and nothing that cannot be found again. Celery acknowledges early and keeps no results:
redelivery is the sweeper's. Tasks are doorways: ids in, one call.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any, Self

import redis
from celery import Celery
from celery.app.amqp import AMQP
from kombu import Connection
from kombu.exceptions import OperationalError

from engine.runtime.host import Host
from engine.runtime.outages import Outages, outages

logger = logging.getLogger(__name__)

ADVANCE_QUEUE = "treadle-advance"
TASKS_QUEUE = "treadle-tasks"
CANCEL_CHANNEL = "treadle:cancel"
ACTIVITY_CHANNEL = "treadle:activity"
"""The ARN of an activity that has a task to give."""
_ASKED_AGAIN_SECONDS = 4
_HEARING = "connecting to the broker"
_BELLS, _CANCELLATIONS, _OFFERS = "ringing doorbells", "telling of cancelled tasks", "telling of tasks of activities"


class PatientConnection(Connection):
    """A worker's connection to its broker, asked for every few seconds for as long as it is away.

    Celery would wait half a minute between two tries of a long outage (it has no setting for that), and tell of each.
    """

    def ensure_connection(self, *given: Any, **named: Any) -> Self:
        def told(error: Exception, _pause: float) -> None:
            outages.failed(_HEARING, error)

        named |= {"errback": told, "interval_max": _ASKED_AGAIN_SECONDS}
        super().ensure_connection(**dict(zip(("errback", "max_retries"), given, strict=False)) | named)
        outages.worked(_HEARING)
        return self


class PatientTransport(AMQP):
    """For ``Celery(amqp=...)``."""

    Connection = PatientConnection


class CeleryDispatcher:
    """Rings through the broker. A broker that is away costs time, never work: the sweeper rings again."""

    def __init__(self, app: Celery, url: str, wake_timers: Callable[[], None], told: Outages = outages) -> None:
        self._told = told
        self._app = app
        self._wake_timers = wake_timers
        self._redis: redis.Redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    def ring_execution(self, execution_id: str) -> None:
        self._ring("treadle.advance", execution_id, ADVANCE_QUEUE)

    def ring_attempt(self, attempt_id: str) -> None:
        self._ring("treadle.attempt", attempt_id, TASKS_QUEUE)

    def ring_map_run(self, map_run_id: str) -> None:
        self._ring("treadle.map_run", map_run_id, ADVANCE_QUEUE)

    def _ring(self, task: str, subject: str, queue: str) -> None:
        try:
            self._app.send_task(task, (subject,), queue=queue, ignore_result=True, retry=False)
            self._told.worked(_BELLS)
        except (OperationalError, redis.RedisError, OSError) as error:
            self._told.failed(_BELLS, error)  # the sweeper will ring

    def ring_timers(self, due: int) -> None:
        self._wake_timers()

    def cancel_attempts(self, attempt_ids: Iterable[str]) -> None:
        try:
            self._redis.publish(CANCEL_CHANNEL, json.dumps(list(attempt_ids)))
            self._told.worked(_CANCELLATIONS)
        except redis.RedisError as error:
            self._told.failed(_CANCELLATIONS, error)  # owners learn it with their lease

    def offer_activity(self, arn: str) -> None:
        try:
            self._redis.publish(ACTIVITY_CHANNEL, arn)
            self._told.worked(_OFFERS)
        except redis.RedisError as error:
            self._told.failed(_OFFERS, error)  # workers of the activity look again by themselves

    def waiting(self) -> bool:
        try:
            return bool(self._redis.llen(ADVANCE_QUEUE))
        except redis.RedisError:
            return False


class CancelListener:
    """Hears of cancelled attempts and passes them on."""

    def __init__(self, url: str, cancel: Callable[[list[str]], None]) -> None:
        self._url = url
        self._cancel = cancel
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cancel", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except (redis.RedisError, OSError) as error:
                logger.debug("cancel channel: %s", error)
                self._stopped.wait(0.5)

    def _listen(self) -> None:
        client: redis.Redis = redis.Redis.from_url(self._url, socket_timeout=5)
        with client.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]  # redis-py has no types here
            channel.subscribe(CANCEL_CHANNEL)
            while not self._stopped.is_set():
                message = channel.get_message(timeout=1.0)
                if message is not None:
                    self._cancel(json.loads(message["data"]))


def register(app: Celery, host: Callable[[], Host]) -> None:
    """Define the three doorways on the app; ``host`` gives this process's Host."""

    @app.task(name="treadle.advance", ignore_result=True, acks_late=False, max_retries=0)
    def advance(execution_id: str) -> None:
        host().advance(execution_id)

    @app.task(name="treadle.map_run", ignore_result=True, acks_late=False, max_retries=0)
    def map_run(map_run_id: str) -> None:
        host().map_run(map_run_id)

    @app.task(name="treadle.attempt", ignore_result=True, acks_late=False, max_retries=0)
    def attempt(attempt_id: str) -> None:
        host().attempt(attempt_id)

"""The Celery app, and a worker process put together from the parts that settings name.

A worker's kind comes from TREADLE_WORKER: ``advance`` (takes executions on; never runs user code but a hand-over) or
``tasks``. The broker's visibility timeout plays no part: messages are acknowledged early, and rows are the truth.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from celery import Celery
from celery.signals import worker_init, worker_ready, worker_shutdown, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Django's checks are for developers (`make lint` runs them); here they would load every view: half of a worker's start.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

from django.conf import settings

from config.environment import take_secrets
from engine.runtime.doorbells import (
    ADVANCE_QUEUE,
    TASKS_QUEUE,
    CancelListener,
    CeleryDispatcher,
    PatientTransport,
    register,
)
from engine.runtime.host import Host, Kind
from engine.runtime.ports import Integrations
from engine.runtime.trials import TRIAL_TASK, CeleryTrials, answer_trial
from engine.runtime.upkeep import Loop

logger = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
_ANSWER_SECONDS = 5.0
"""After the grace a worker that leaves waits so long for its database. The supervisor kills it a second later."""
_SUPERVISED = "TREADLE_SUPERVISED"

_url: str = settings.REDIS_URL
app = Celery("treadle", amqp=PatientTransport)
app.conf.update(
    broker_url=_url.replace("unix://", "redis+socket://") if _url.startswith("unix://") else _url,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # an outage of the broker may last as long as it likes
    broker_transport_options={
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": 3,
        # A doorbell must not keep a client waiting while the broker is away: the sweeper rings for it.
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    },
    task_default_queue=TASKS_QUEUE,
    task_ignore_result=True,
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    task_send_sent_event=False,
    worker_enable_remote_control=False,
    worker_redirect_stdouts=False,
    task_store_errors_even_if_ignored=False,
    accept_content=["json"],
    task_serializer="json",
)

_DELETIONS_SECONDS = 2.0
_RETENTION_SECONDS = 3600.0
_LOG_SECONDS = 1.0
_EVENTS_SECONDS = 0.5

_loops: list[Loop] = []
_host: Host | None = None
_integrations: Integrations | None = None
_listener: CancelListener | None = None
_hurry = threading.Event()
_left = threading.Event()


def _current() -> Host:
    if _host is None:
        raise RuntimeError("this process is not a Treadle worker")
    return _host


register(app, _current)


@app.task(name=TRIAL_TASK, ignore_result=True, acks_late=False, max_retries=0)
def trial(request: str) -> None:
    if _integrations is None:
        raise RuntimeError("this process is not a Treadle worker")
    answer_trial(request, _integrations, _url)


def trials() -> CeleryTrials:
    """Carries tasks out on a worker for tests of single states."""
    return CeleryTrials(app, _url)


def dispatcher() -> CeleryDispatcher:
    """Rings doorbells from any process."""
    return CeleryDispatcher(app, _url, _wake_timers)


def _wake_timers() -> None:
    if _host is not None:
        _host.ring_timers()


def queue_of(kind: str) -> str:
    return ADVANCE_QUEUE if kind == "advance" else TASKS_QUEUE


@worker_init.connect
def _start(**_: Any) -> None:
    import django

    django.setup()
    from django.db import close_old_connections

    from config.integrations import files, integrations
    from designer.sockets.notifier import ChannelNotifier
    from designer.store.sql import SqlStore
    from engine.integrations.item_reader import read_items
    from engine.integrations.result_writer import write_results
    from engine.runtime.clock import SystemClock

    global _host, _integrations, _listener
    environment = settings.ENVIRONMENT
    # Threads that come back from the disk or a child should not wait 5 ms for one that computes.
    sys.setswitchinterval(0.0005)
    # Settings have read the secrets by now; nothing that a function can read may hold them.
    _hide_secrets()
    kind = cast(Kind, os.environ.get("TREADLE_WORKER", "advance"))
    storage = files(environment)
    _integrations = router = integrations(environment)
    _host = Host(
        kind,
        store=SqlStore(),
        dispatcher=dispatcher(),
        notifier=ChannelNotifier(_url),
        clock=SystemClock(),
        integrations=router,
        read_items=lambda request: read_items(request, storage),
        write_results=lambda request, arn, results: write_results(request, arn, results, storage),
        marks=environment.data / "marks",
        concurrency=environment.concurrency,
        release=close_old_connections,
    )
    _listener = CancelListener(_url, _host.attempts.cancel)
    if kind == "advance":
        _loops.extend(_upkeep(close_old_connections))


def _upkeep(release: Callable[[], None]) -> list[Loop]:
    """What the app has to do now and then, in the one place that always runs."""
    from designer.services.deletion import finish_deletions
    from designer.services.execution_logs import ExecutionLogs, delete_old_logs
    from designer.services.retention import delete_old_executions
    from designer.services.status_events import deliver_status_events

    def every(seconds: float, work: Callable[[], int]) -> Callable[[], float]:
        def step() -> float:
            try:
                work()
                return seconds
            finally:
                release()

        return step

    return [
        Loop("deletions", every(_DELETIONS_SECONDS, finish_deletions)),
        Loop("retention", every(_RETENTION_SECONDS, delete_old_executions)),
        Loop("log", every(_LOG_SECONDS, ExecutionLogs().write)),
        Loop("status-events", every(_EVENTS_SECONDS, deliver_status_events)),
        Loop("old-logs", every(_RETENTION_SECONDS, delete_old_logs)),
    ]


def _hide_secrets() -> None:
    take_secrets()
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: nobody of our user may read our memory either


@worker_ready.connect
def _ready(**_: Any) -> None:
    _current().start()
    if _listener is not None:
        _listener.start()
    if _SUPERVISED in os.environ:
        _loops.append(Loop("parent", _parent_check(os.getppid())))
    for loop in _loops:
        loop.start()
    signal.signal(signal.SIGUSR2, lambda *_: _hurry.set())


def _parent_check(parent: int) -> Callable[[], float]:
    """A worker whose supervisor was killed leaves by itself, wherever the kernel's signal found it."""

    def step() -> float:
        if os.getppid() != parent:
            _leave()
            os._exit(0)
        return 1.0

    return step


@worker_shutting_down.connect
def _leaving(**_: Any) -> None:
    """Celery waits for its tasks without end, so those that take too long are ended from beside it."""
    threading.Thread(target=_leave, name="leave", daemon=True).start()


def _leave() -> None:
    if _host is None:
        return
    host = _host
    host.attempts.stop_beginning()
    deadline = threading.Event()
    timer = threading.Timer(GRACE_SECONDS, deadline.set)
    timer.daemon = True
    timer.start()
    while host.attempts.busy and not deadline.is_set() and not _hurry.is_set():
        deadline.wait(0.05)
    with _leaving_anyway():
        try:
            host.stop(0)
            if _listener is not None:
                _listener.stop()
        finally:
            _left.set()


@contextmanager
def _leaving_anyway() -> Iterator[None]:
    """Within: the process ends after some seconds, whatever holds it.

    A database that stands still keeps its connections open and answers none of them, and a thread that waits for it
    cannot be freed. The launcher ends the children with this process; what was begun others find, as after a kill.
    """
    watchdog = threading.Timer(_ANSWER_SECONDS, _leave_unanswered)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _leave_unanswered() -> None:
    logger.error(
        "no answer for %g s, most likely from the database: "
        "the worker leaves without it, and others see to what it had begun",
        _ANSWER_SECONDS,
    )
    os._exit(1)


@worker_shutdown.connect
def _gone(**_: Any) -> None:
    """Celery itself is done: functions that outlived their hand-over are none of its tasks, and still have time."""
    _left.wait(GRACE_SECONDS + 5)

"""Attempts under way on this worker: begun once, reported once, cancelled when nobody waits for them any more."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from engine.core.events import TaskFailed, encode_event
from engine.errors import ErrorName
from engine.runtime.driver import finished_row, result_event
from engine.runtime.ports import (
    AttemptRow,
    Clock,
    Dispatcher,
    FinishedAttempt,
    Integrations,
    OpenAttempt,
    Outcome,
    Store,
    Work,
)

logger = logging.getLogger(__name__)
_REPORT_TRIES = 5


class Attempts:
    """The attempts of one worker process. ``room`` bounds those that outlive a hand-over."""

    def __init__(
        self,
        *,
        store: Store,
        dispatcher: Dispatcher,
        clock: Clock,
        integrations: Integrations,
        worker: str,
        room: int,
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._clock = clock
        self._integrations = integrations
        self._worker = worker
        self._room = room
        self._lock = threading.Lock()
        self._running: dict[str, Work] = {}
        self._held: dict[int, set[str]] = {}
        self._late = 0
        self._missing: set[str] = set()
        self._closing = False

    def run(self, attempt_id: str) -> None:
        """Answer an attempt's doorbell: begin it if it is still to be begun, and see it through."""
        if self._closing:
            return  # it stays QUEUED, and the sweeper rings for the next worker
        attempt = self._store.begin(attempt_id, self._worker, self._clock.now())
        if attempt is None:
            return
        with self.holding() as held:
            held.add(attempt.id)
            if attempt.timeout_seconds is not None or attempt.heartbeat_seconds is not None:
                self._dispatcher.ring_execution(attempt.execution_id)  # their clocks start now
            work = self._integrations.start(attempt)
            with self._lock:
                self._running[attempt.id] = work
        self._see_through(attempt, work)

    @contextmanager
    def holding(self) -> Iterator[set[str]]:
        """Attempts in this set are in good hands though they are not running: they are about to, or have just ended."""
        held: set[str] = set()
        with self._lock:
            self._held[id(held)] = held
        try:
            yield held
        finally:
            with self._lock:
                del self._held[id(held)]

    def has_room(self) -> bool:
        return self._late < self._room and not self._closing

    def take(self, attempt: AttemptRow, work: Work) -> None:
        """Look after an attempt that outlived its hand-over."""
        with self._lock:
            self._late += 1
            self._running[attempt.id] = work
        threading.Thread(target=self._late_one, args=(attempt, work), name=f"late-{attempt.key}", daemon=True).start()

    def _late_one(self, attempt: AttemptRow, work: Work) -> None:
        try:
            self._see_through(attempt, work)
        finally:
            self._store.release()
            with self._lock:
                self._late -= 1

    def _see_through(self, attempt: AttemptRow, work: Work) -> None:
        outcome = work.wait(None)
        if outcome is None:
            outcome = Outcome(failed=True, error=ErrorName.TASK_FAILED, cause="The task ended without an outcome")
        finished = finished_row(attempt, self._worker, outcome)
        event = encode_event(result_event(attempt, outcome))
        for attempt_number in range(_REPORT_TRIES):
            try:
                taken = self._store.finish(finished, event, self._clock.now())
                break
            except Exception:
                logger.exception("the result of %s could not be stored; trying again", attempt.id)
                time.sleep(0.2 * 2**attempt_number)
        else:
            taken = None  # check_open finds the row BEGUN with nobody at work, and fails it
        with self._lock:
            self._running.pop(attempt.id, None)
        if taken is None:
            logger.info("the result of %s came too late: nobody waits for it", attempt.id)
        else:
            self._dispatcher.ring_execution(taken)

    def cancel(self, attempt_ids: Iterable[str]) -> None:
        """Kill what runs here of these; ``EXECUTION:*`` means all of an execution."""
        for wanted in attempt_ids:
            prefix = wanted[:-1] if wanted.endswith("*") else None
            with self._lock:
                works = [
                    work
                    for attempt_id, work in self._running.items()
                    if attempt_id == wanted or (prefix is not None and attempt_id.startswith(prefix))
                ]
            for work in works:
                work.cancel()

    def check_open(self) -> None:
        """Once a lease: kill what the store calls over, and fail what it calls begun here and is not.

        An attempt may be BEGUN for a moment before it is held here, so it is failed only when seen missing twice.
        """
        with self._lock:
            running = dict(self._running)  # before the look at the store: what begins after it is no more over
        rows = {row.id: row for row in self._store.begun_by(self._worker)}
        over = [work for attempt_id, work in running.items() if attempt_id not in rows]
        with self._lock:
            missing = rows.keys() - self._running.keys() - set().union(*self._held.values())
        for work in over:
            work.cancel()
        for attempt_id in missing & self._missing:
            lose(self._store, self._dispatcher, self._clock, rows[attempt_id])
        self._missing = missing - self._missing

    def stop_beginning(self) -> None:
        """Begin nothing more: the worker is about to leave."""
        self._closing = True

    def close(self, seconds: float) -> None:
        """The worker is leaving: wait for what runs, then fail the rest at once instead of after a lease."""
        self._closing = True
        until = self._clock.monotonic() + seconds
        while self.busy and self._clock.monotonic() < until:
            time.sleep(0.05)
        for row in self._store.begun_by(self._worker):
            lose(self._store, self._dispatcher, self._clock, row)
        with self._lock:
            works = list(self._running.values())
        for work in works:
            work.cancel()

    @property
    def busy(self) -> int:
        with self._lock:
            return len(set(self._running).union(*self._held.values()))


def lose(store: Store, dispatcher: Dispatcher, clock: Clock, row: OpenAttempt) -> None:
    """Fail an attempt whose worker is lost, with an error that the machine's own Retry can match.

    It may have begun, so the engine itself never begins it again.
    """
    error = "Lambda.SdkClientException" if ":lambda:" in row.resource else ErrorName.TASK_FAILED
    cause = f"The worker {row.worker} was lost while it ran this task; it may have run, wholly or in part"
    finished = FinishedAttempt(id=row.id, worker=row.worker, status="LOST", error=error, cause=cause)
    event = encode_event(TaskFailed(scope=row.scope, attempt=row.key, error=error, cause=cause))
    taken = store.finish(finished, event, clock.now())
    if taken is not None:
        logger.warning("attempt %s is lost with its worker %s", row.id, row.worker)
        dispatcher.ring_execution(taken)

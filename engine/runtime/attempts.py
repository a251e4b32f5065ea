"""Attempts under way on this worker: begun once, reported once, cancelled when nobody waits for them any more."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import assert_never

from engine.core.events import TaskFailed, TaskSubmitted, encode_event
from engine.errors import ErrorName
from engine.runtime.driver import finished_row, result_event
from engine.runtime.outages import outages
from engine.runtime.outcomes import storable
from engine.runtime.ports import (
    AttemptRow,
    Claim,
    Clock,
    Dispatcher,
    FinishedAttempt,
    Integrations,
    OpenAttempt,
    Outcome,
    Store,
    Submission,
    Work,
)

logger = logging.getLogger(__name__)
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_CANCEL_TRIES = 20
_LOOK_AGAIN_SECONDS = 30.0
_LONG_AGO_SECONDS = 2.0
"""Much less than a lease: whoever goes on sooner cannot have been called lost."""


class _Broken:
    """The Work port: an attempt whose integration failed before there was any."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def wait(self, seconds: float | None) -> Outcome | None:
        raise self._error

    def cancel(self) -> None:
        pass


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
        self._unstored: dict[str, tuple[AttemptRow, Outcome]] = {}
        self._gone = threading.Event()

    def run(self, attempt_id: str) -> None:
        """Answer an attempt's doorbell: take its next step, if there is one to take."""
        if self._closing:
            return  # it stays as it is, and the sweeper rings for the next worker
        taken_at = self._clock.monotonic()
        claim = self._store.claim(attempt_id, self._worker, self._clock.now())
        if claim is None:
            return
        match claim.action:
            case "BEGIN":
                self._begin(claim.attempt, taken_at)
            case "POLL":
                self._poll(claim)
            case "CANCEL":
                self._cancel_job(claim)
            case _:
                assert_never(claim.action)

    def _begin(self, attempt: AttemptRow, taken_at: float) -> None:
        """Begin an attempt and see it through."""
        with self.holding() as held:
            held.add(attempt.id)
            if attempt.timeout_seconds is not None or attempt.heartbeat_seconds is not None:
                self._dispatcher.ring_execution(attempt.execution_id)  # their clocks start now
            if not self.may_start(attempt, taken_at):
                return
            work = self._started(attempt)
            with self._lock:
                self._running[attempt.id] = work
        self._see_through(attempt, work)

    def _started(self, attempt: AttemptRow) -> Work:
        try:
            return self._integrations.start(attempt)
        except Exception as error:
            logger.exception("the task of %s could not be started", attempt.id)
            return _Broken(error)

    def _poll(self, claim: Claim) -> None:
        """Look at a job that nobody waits for, once."""
        attempt = claim.attempt
        with self.holding() as held:
            held.add(attempt.id)
            try:
                outcome = self._integrations.poll(claim)
            except Exception:
                logger.exception("the job of %s could not be looked at", attempt.id)
                outcome = _LOOK_AGAIN_SECONDS  # the job goes on; the state's timeout bounds the waiting
            if isinstance(outcome, Outcome):
                self._report(attempt, outcome)
            else:
                now = self._clock.now()
                self._store.wait_on(attempt, now + int(outcome * 1000), now)

    def _cancel_job(self, claim: Claim) -> None:
        """Nobody waits for a job any more. What cannot be cancelled in many tries is left alone."""
        try:
            gone = self._integrations.cancel(claim)
        except Exception:
            logger.exception("the job of %s could not be cancelled", claim.attempt.id)
            gone = False
        if gone or claim.polls >= _CANCEL_TRIES:
            self._store.job_cancelled(claim.attempt.id)
            if not gone:
                logger.warning("the job %s of %s could not be cancelled", claim.handle, claim.attempt.id)

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

    def may_start(self, attempt: AttemptRow, taken_at: float) -> bool:
        """Whoever stood still for long since it took the attempt asks whether it was called lost meanwhile."""
        if self._clock.monotonic() - taken_at < _LONG_AGO_SECONDS:
            return True
        if any(row.id == attempt.id for row in self._store.begun_by(self._worker)):
            return True
        logger.warning("attempt %s was called lost before this worker came to start it", attempt.id)
        return False

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
        try:
            outcome = work.wait(None)
        except Exception as error:  # an answer that nobody foresaw fails its task, never the worker
            logger.exception("the task of %s failed in its integration", attempt.id)
            cause = f"The integration of {attempt.resource} failed: {type(error).__name__}: {error}"
            outcome = Outcome(failed=True, error=ErrorName.TASK_FAILED, cause=cause)
        if outcome is None:
            outcome = Outcome(failed=True, error=ErrorName.TASK_FAILED, cause="The task ended without an outcome")
        try:
            self._report(attempt, outcome)
        finally:
            with self._lock:
                self._running.pop(attempt.id, None)

    def _report(self, attempt: AttemptRow, outcome: Outcome) -> None:
        """Hold the result until the store has answered, however long the database is away.

        It is taken as long as this worker's lease was not called lost, and late results change nothing. A worker
        that leaves meanwhile stores it as its last act, or takes it along: then the attempt is lost with its worker.
        """
        outcome = storable(outcome)
        subject = f"storing the result of {attempt.id}"
        pause = _FIRST_PAUSE_SECONDS
        with self._lock:
            self._unstored[attempt.id] = (attempt, outcome)
        while True:
            try:
                self._deliver(attempt, outcome)
                outages.worked(subject)
                break
            except Exception as error:
                outages.failed(subject, error)
            if self._gone.wait(pause):
                return  # ``close`` has seen to it
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        with self._lock:
            self._unstored.pop(attempt.id, None)

    def _deliver(self, attempt: AttemptRow, outcome: Outcome) -> None:
        """Store an outcome and ring for whoever waits for it; a second time it changes nothing."""
        taken = self._store_outcome(attempt, outcome)
        if taken is None:
            logger.info("the result of %s came too late: nobody waits for it", attempt.id)
            self._cancel_forgotten(attempt, outcome.submission)
        else:
            self._dispatcher.ring_execution(taken)

    def _cancel_forgotten(self, attempt: AttemptRow, submission: Submission | None) -> None:
        """A job that began while its machine was deleted: only this worker knows of it."""
        if submission is None or submission.handle is None or self._store.knows(attempt.id):
            return
        try:
            self._integrations.cancel(Claim(action="CANCEL", attempt=attempt, handle=submission.handle))
        except Exception:
            logger.exception("the job %s of a deleted execution could not be cancelled", submission.handle)

    def _store_outcome(self, attempt: AttemptRow, outcome: Outcome) -> str | None:
        now = self._clock.now()
        submission = outcome.submission
        if submission is None:
            finished = finished_row(attempt, self._worker, outcome)
            return self._store.finish(finished, encode_event(result_event(attempt, outcome)), now)
        event = TaskSubmitted(scope=attempt.scope, attempt=attempt.key, output=submission.output)
        poll_at = None if submission.poll_seconds is None else now + int(submission.poll_seconds * 1000)
        return self._store.submit(attempt, encode_event(event), submission.handle, poll_at, now)

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
            self.lose(rows[attempt_id])
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
        try:
            for row in self._store.begun_by(self._worker):
                self._let_go(row)
        finally:
            self._gone.set()
            with self._lock:
                works, kept = list(self._running.values()), sorted(self._unstored)
            for work in works:
                work.cancel()
            for attempt_id in kept:
                logger.error("the worker leaves with the result of %s, which could not be stored", attempt_id)

    def _let_go(self, row: OpenAttempt) -> None:
        """What has a result, for which the database came back just now, has not failed."""
        with self._lock:
            held = self._unstored.pop(row.id, None)
        if held is None:
            self.lose(row)
        else:
            self._deliver(*held)

    @property
    def busy(self) -> int:
        with self._lock:
            return len(set(self._running).union(*self._held.values()))

    def lose(self, row: OpenAttempt) -> None:
        """See to an attempt whose worker is lost.

        It may have begun, so it is begun again only where the service knows it by its id and does it once all the
        same. Otherwise it fails with an error that the machine's own Retry can match.
        """
        now = self._clock.now()
        if row.polling or self._integrations.repeatable(row.resource):
            if self._store.requeue(row.id, row.worker, now):
                self._dispatcher.ring_attempt(row.id)
            return
        error = "Lambda.SdkClientException" if ":lambda:" in row.resource else ErrorName.TASK_FAILED
        cause = (
            f"The worker {row.worker} was lost while it ran this task: it may have started. "
            f"Where it may run twice, a Retry for {error} has it run again; a redrive does so once."
        )
        finished = FinishedAttempt(id=row.id, worker=row.worker, status="LOST", error=error, cause=cause)
        event = encode_event(TaskFailed(scope=row.scope, attempt=row.key, error=error, cause=cause))
        taken = self._store.finish(finished, event, now)
        if taken is not None:
            logger.warning("attempt %s is lost with its worker %s", row.id, row.worker)
            self._dispatcher.ring_execution(taken)

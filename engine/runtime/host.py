"""A worker process put together: driver, attempts and upkeep over the given ports."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import traceback
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from engine.runtime.attempts import Attempts
from engine.runtime.driver import Driver
from engine.runtime.evaluating import ChildEvaluator
from engine.runtime.mapruns import MapRuns, ReadSource, WriteResult
from engine.runtime.outages import outages
from engine.runtime.ports import Clock, Dispatcher, Integrations, Notifier, Store, WorkerRow
from engine.runtime.turns import Turns
from engine.runtime.upkeep import (
    CRASHES_ALLOWED,
    RENEWAL_SECONDS,
    SWEEP_SECONDS,
    CrashMarks,
    Leases,
    Loop,
    Sweeper,
    TimerPoller,
    renew,
)

logger = logging.getLogger(__name__)

_MAP_RUNS_AT_ONCE = 2
"""A Map Run waits for storage somewhere while it reads its items and writes its results; the other threads do not."""
_ADVANCING, _TAKING = "advancing executions", "taking up tasks"
_LAST_STEP_SECONDS = 1.0
"""A sweep that is under way ends soon, or with its process: either is well."""
_FIRST_RENEWALS = 20
_FIRST_RENEWALS_SECONDS = 0.25

Kind = Literal["advance", "tasks"]


def process_space() -> str:
    """Where process ids mean the same processes: this boot of this machine, and this container on it."""
    found = [socket.gethostname()]
    with contextlib.suppress(OSError):
        found.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        found.append(str(Path("/proc/self/ns/pid").stat().st_ino))
    return ":".join(found)[:255]


def _traced(error: Exception) -> str:
    return "".join(traceback.format_exception(error))


class RenewableIntegrations(Integrations, Protocol):
    def renew(self) -> None: ...

    def close(self) -> None: ...


class Host:
    """One worker process. ``advance`` workers take executions on, fire timers and sweep; ``tasks`` workers do tasks."""

    def __init__(
        self,
        kind: Kind,
        *,
        store: Store,
        dispatcher: Dispatcher,
        notifier: Notifier,
        clock: Clock,
        integrations: RenewableIntegrations,
        read_items: ReadSource,
        write_results: WriteResult,
        marks: Path,
        concurrency: int,
        release: Callable[[], None],
    ) -> None:
        name = socket.gethostname()
        self.row = WorkerRow(
            id=f"{kind}-{name[:20]}-{os.getpid()}-{uuid.uuid4().hex[:8]}",
            kind=kind,
            host=process_space(),
            process=os.getpid(),
            beat=0,
        )
        self._store = store
        self._dispatcher = dispatcher
        self._clock = clock
        self._integrations = integrations
        self._release = release
        marks.mkdir(parents=True, exist_ok=True)
        self._marks = CrashMarks(marks)
        self.attempts = Attempts(
            store=store,
            dispatcher=dispatcher,
            clock=clock,
            integrations=integrations,
            worker=self.row.id,
            room=concurrency,
        )
        self._evaluator = ChildEvaluator()
        self._driver = Driver(
            store=store,
            dispatcher=dispatcher,
            notifier=notifier,
            clock=clock,
            integrations=integrations,
            evaluator=self._evaluator,
            worker=self.row.id,
            late=self.attempts,
        )
        self._map_runs = MapRuns(
            store=store,
            dispatcher=dispatcher,
            clock=clock,
            evaluator=self._evaluator,
            machine=self._driver.machine,
            read=read_items,
            write=write_results,
        )
        self._turns = Turns(_MAP_RUNS_AT_ONCE, self._take_on_map_run)
        self._renewals = 0
        self._poller = TimerPoller(store, dispatcher, clock)
        self._leases = Leases(store, self.attempts, clock, own=self.row)
        self._sweeper = Sweeper(store, dispatcher, clock)
        self._loops = {"lease": Loop("lease", self._renew)}
        if kind == "advance":
            self._loops["timers"] = Loop("timers", self._poll)
            self._loops["sweeper"] = Loop("sweeper", self._sweep)

    def start(self) -> None:
        """Register the lease before any work is taken, then start the loops."""
        self._store.beat(self.row, self._clock.now())
        for loop in self._loops.values():
            loop.start()

    def stop(self, seconds: float) -> None:
        """Leave: give running tasks ``seconds``, fail the rest, let the lease go.

        Everything is let go of also while the database is away; others find the worker's lease and attempts then. The
        lease goes as soon as nobody here renews it: a sweep that takes its time, or a child, is no reason to keep it.
        """
        others = [loop for name, loop in self._loops.items() if name != "lease"]
        for loop in others:
            loop.leave()
        with contextlib.ExitStack() as leaving:  # the last is done first
            for loop in others:
                leaving.callback(loop.stop, _LAST_STEP_SECONDS)
            leaving.callback(self._evaluator.close)
            leaving.callback(self._integrations.close)
            leaving.callback(self._forget)
            leaving.callback(self._loops["lease"].stop)
            try:
                self.attempts.close(seconds)
            except Exception:
                logger.exception("what the worker %s had begun could not be ended: others will", self.row.id)

    def _forget(self) -> None:
        try:
            self._store.forget_worker(self.row.id)
        except Exception:
            logger.exception("the lease of %s could not be let go: it will run out", self.row.id)

    def advance(self, execution_id: str) -> None:
        """Doorway of the execution's doorbell. A failing activation is counted, never repeated for ever."""
        try:
            with self._marks.advancing(execution_id):
                self._driver.activate(execution_id)
            outages.worked(_ADVANCING)
        except Exception as error:
            self._crashed(execution_id, "its activation", error)

    def map_run(self, map_run_id: str) -> None:
        """Doorway of a Map Run's doorbell, which the sweeper rings again while it is answered, too."""
        self._turns.take(map_run_id)

    def _take_on_map_run(self, map_run_id: str) -> None:
        """What fails is logged and tried again when the sweeper rings."""
        execution_id = map_run_id.partition(":")[0]
        try:
            with self._marks.advancing(execution_id):
                self._map_runs.activate(map_run_id)
            outages.worked(_ADVANCING)
        except Exception as error:
            self._crashed(execution_id, f"the Map Run {map_run_id}", error)

    def _crashed(self, execution_id: str, what: str, error: Exception) -> None:
        """Where the crash cannot even be counted, it is the store that is away, not the execution that fails."""
        try:
            parked = self._store.note_crash(execution_id, _traced(error), CRASHES_ALLOWED)
        except Exception as away:
            outages.failed(_ADVANCING, away)  # the sweeper rings again
            return
        outages.worked(_ADVANCING)
        logger.error("execution %s: %s failed", execution_id, what, exc_info=error)
        if parked:
            logger.error("execution %s is stuck: parked after %d failures", execution_id, CRASHES_ALLOWED)

    def attempt(self, attempt_id: str) -> None:
        """Doorway of an attempt's doorbell. What fails before anything has begun is rung again by the sweeper."""
        try:
            self.attempts.run(attempt_id)
            outages.worked(_TAKING)
        except Exception as error:
            outages.failed(_TAKING, error)

    def ring_timers(self) -> None:
        if "timers" in self._loops:
            self._loops["timers"].wake()

    def _renew(self) -> float:
        """Quickly at first, so that whoever watches sees a new worker live without waiting for its second beat."""
        self._renewals += 1
        pause = _FIRST_RENEWALS_SECONDS if self._renewals < _FIRST_RENEWALS else RENEWAL_SECONDS
        try:
            renew(self._store, self.attempts, self.row, self._clock.now(), self._integrations.renew)
            self._evaluator.tidy()
            return pause
        finally:
            self._release()

    def _poll(self) -> float:
        try:
            return self._poller.poll()
        finally:
            self._release()

    def _sweep(self) -> float:
        try:
            self._marks.count_dead(self._note_crash)
            self._leases.check()
            self._sweeper.sweep()
            return SWEEP_SECONDS
        finally:
            self._release()

    def _note_crash(self, execution_id: str, reason: str) -> None:
        if self._store.note_crash(execution_id, reason, CRASHES_ALLOWED):
            logger.error("execution %s is stuck: its workers died %d times", execution_id, CRASHES_ALLOWED)
        else:
            self._dispatcher.ring_execution(execution_id)  # no need to wait until it counts as unanswered

"""What every worker does beside its work: renew its lease, fire timers, find what nobody answered for."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.runtime.attempts import Attempts
from engine.runtime.outages import Outages, outages
from engine.runtime.ports import Clock, Dispatcher, Store, WorkerRow

LEASE_SECONDS = 10.0
RENEWAL_SECONDS = 2.0
BLIND_SECONDS = LEASE_SECONDS / 2
"""Who did not look for longer has not seen the counters stand still."""
SWEEP_SECONDS = 2.0
UNANSWERED_MS = 5_000
CRASHES_ALLOWED = 5
_BATCH = 500
_LONGEST_SLEEP = 1.0


class TimerPoller:
    """Fires due timers and has due jobs looked at; sleeps until the next one is due."""

    def __init__(self, store: Store, dispatcher: Dispatcher, clock: Clock) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._clock = clock

    def poll(self) -> float:
        """Move what is due into the mailboxes. Seconds until it is worth polling again."""
        now = self._clock.now()
        claimed, following = self._store.claim_due(now, _BATCH)
        for execution_id in dict.fromkeys(timer.execution_id for timer in claimed):
            self._dispatcher.ring_execution(execution_id)
        jobs, following_job = self._store.due_attempts(now, _BATCH)
        for attempt_id in jobs:
            self._dispatcher.ring_attempt(attempt_id)
        upcoming = [due for due in (following, following_job) if due is not None]
        if not upcoming:
            return _LONGEST_SLEEP
        return min(_LONGEST_SLEEP, max(0.0, (min(upcoming) - self._clock.now()) / 1000))


class Leases:
    """Tells which workers are lost: their counters stood still for LEASE_SECONDS on *this* process's own clock."""

    def __init__(self, store: Store, attempts: Attempts, clock: Clock, *, own: WorkerRow) -> None:
        self._store = store
        self._attempts = attempts
        self._clock = clock
        self._own = own
        self._looked_at = clock.monotonic()
        self._failed = False
        self._late = False
        self._seen: dict[str, tuple[int, float]] = {}

    def check(self) -> None:
        failed_before, self._failed = self._failed, True
        rows = [*self._store.workers(), *map(_without_lease, self._store.strays())]
        self._failed = False
        now = self._clock.monotonic()
        late_before, self._late = self._late, now - self._looked_at > BLIND_SECONDS
        # The database was away or this process stood still: nobody could renew, or nobody has watched. An observer
        # who is late each time only has much to do, and must find the lost all the same.
        if failed_before or (self._late and not late_before):
            self._seen.clear()
        self._looked_at = now
        self._seen = {row.id: self._seen.get(row.id, (-1, now)) for row in rows}
        for row in rows:
            beat, since = self._seen[row.id]
            if beat != row.beat:
                self._seen[row.id] = (row.beat, now)
            elif now - since >= LEASE_SECONDS and row.id != self._own.id:
                self._lose(row)
            if row.host == self._own.host and row.id != self._own.id and not _alive(row.process):
                self._lose(row)  # no need to wait for a lease: its process is gone, and its children with it

    def _lose(self, row: WorkerRow) -> None:
        for attempt in self._store.begun_by(row.id):
            self._attempts.lose(attempt)
        self._store.forget_worker(row.id)


def _without_lease(worker: str) -> WorkerRow:
    """As long as it has none, nothing of it moves; the first renewal does."""
    return WorkerRow(id=worker, kind="", host="", process=0, beat=0)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # A zombie has ended, only nobody has asked how yet.
        return b") Z " not in Path(f"/proc/{process}/stat").read_bytes()
    except OSError:
        return True


class Sweeper:
    """Rings again for whatever nobody answered: a lost message, a dead worker, an emptied broker."""

    def __init__(self, store: Store, dispatcher: Dispatcher, clock: Clock) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._clock = clock
        self._after = ""

    def sweep(self) -> None:
        now = self._clock.now()
        executions, attempts = self._store.unanswered(now - UNANSWERED_MS, now, _BATCH, after=self._after)
        # One batch after the other: those at the front may have been rung often enough and wait for a free worker.
        self._after = executions[-1] if len(executions) == _BATCH else ""
        for execution_id in executions:
            self._dispatcher.ring_execution(execution_id)
        for attempt_id in attempts:
            self._dispatcher.ring_attempt(attempt_id)
        for map_run_id in self._store.quiet_map_runs(now - UNANSWERED_MS, now, _BATCH):
            self._dispatcher.ring_map_run(map_run_id)


_own_marks: set[Path] = set()
"""Written by this very process: an older one may have had its id, as the first of a restarted container has."""


@dataclass(slots=True)
class CrashMarks:
    """Remembers, outside any transaction, which execution each thread is advancing, so that a death is counted.

    One small file a process under ``folder``, one line a thread, written without fsync: it must outlive the process,
    not the machine. The next worker on this host counts the marks of the dead.
    """

    folder: Path

    @contextmanager
    def advancing(self, execution_id: str) -> Iterator[None]:
        path = self.folder / f"advancing-{os.getpid()}-{threading.get_ident()}"
        _own_marks.add(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, execution_id.ljust(36).encode(), 0)
            yield
        finally:
            # Also after an exception, which is counted where it is caught: what is left behind is left by the dead.
            os.ftruncate(descriptor, 0)
            os.close(descriptor)

    def count_dead(self, note: Callable[[str, str], None]) -> None:
        """Call ``note(execution_id, reason)`` for every activation that died with its process."""
        for path in self.folder.glob("advancing-*"):
            process = int(path.name.split("-")[1])
            if path in _own_marks or (process != os.getpid() and _alive(process)):
                continue
            try:
                execution_id = path.read_text(encoding="ascii").strip()
                path.unlink()
            except FileNotFoundError:
                continue  # another worker was faster
            if execution_id:
                note(execution_id, f"The worker process {process} died while it advanced this execution")


class Loop:
    """Runs ``step`` in a thread of its own, again after the seconds it returns or when ``wake`` is called; a second
    after it failed.
    """

    def __init__(self, name: str, step: Callable[[], float], told: Outages = outages) -> None:
        self._step = step
        self._told = told
        self._wake = threading.Event()
        self._stopped = False
        self._name = name
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def leave(self) -> None:
        """Begin no other step; the one that is under way may go on."""
        self._stopped = True
        self._wake.set()

    def stop(self, seconds: float = 5.0) -> None:
        """Leave, and wait for the end of the step that is under way."""
        self.leave()
        if self._thread.ident is not None:  # a worker may be told to leave before it was ready
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopped:
            try:
                pause = self._step()
                self._told.worked(self._name)
            except Exception as error:
                self._told.failed(self._name, error)
                pause = 1.0
            self._wake.wait(pause)
            self._wake.clear()


def renew(store: Store, attempts: Attempts, own: WorkerRow, now: int, confirmed: Callable[[], None]) -> None:
    """Renew this worker's lease; ``confirmed`` lets its children go on."""
    store.beat(own, now)
    confirmed()
    attempts.check_open()

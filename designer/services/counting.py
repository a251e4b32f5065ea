"""Counting against quotas, exactly, whoever else is at it.

What is created seldom is counted each time, one creation after the other: 100,000 rows take some milliseconds.
Executions are started a thousand times as often, and counting those that are open takes time by their number; so one
count serves many starts. Each start posts a letter, and the ids of letters only grow: since a count of N when the
newest letter was X, no more than Y - X executions can have begun when a start's own letter is Y. As long as N + Y - X
is within the quota there is nothing to count.

PostgreSQL: who counts excludes who creates, by advisory locks until the end of the transaction; else what is about to
be committed would be missed. SQLite has one writer at a time anyhow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from designer.services.errors import QuotaExceeded
from designer.services.quotas import Quota
from designer.store.connection import Session, writing

_LOCKS: Final = 0x71756F74
"""The first half of the key of our advisory locks; the second names the quota."""
_NUMBERS: Final = {Quota.STATE_MACHINES: 1, Quota.ACTIVITIES: 2, Quota.OPEN_EXECUTIONS: 3}
_ALL_OPEN = "SELECT count(*) FROM designer_execution WHERE status = 'RUNNING'"
_OPEN = f"{_ALL_OPEN} AND NOT express AND map_run_id IS NULL"
_SLOW_TO_COUNT = 10_000
_REMEMBER_SECONDS = 1.0


@contextmanager
def one_more(quota: Quota, rows: QuerySet[Any]) -> Iterator[None]:
    """Around the insert of one of ``rows``, in the caller's transaction. Raises QuotaExceeded, which is to end it."""
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _NUMBERS[quota]))
    yield
    if rows.count() > quota.most:
        raise QuotaExceeded(quota)


class _CountAgain(Exception):
    """What is known of the open executions does not rule out that there are too many."""


class OpenExecutions:
    """What this process knows of the executions that are open: all but those of EXPRESS machines (as with AWS) and
    the children of Map Runs, whose number their Map has limits for.
    """

    def __init__(self) -> None:
        self._known: tuple[int, int] | None = None  # how many there were when which letter was the newest
        self._full_until = 0.0  # seconds, monotonic

    def forget(self) -> None:
        """What was known is of another database."""
        self._known, self._full_until = None, 0.0

    @property
    def shared_lock(self) -> str:
        """A column to read in the transaction of a start, before its letter is posted: nobody counts meanwhile."""
        if connection.vendor == "sqlite":
            return ""
        return f", pg_advisory_xact_lock_shared({_LOCKS}, {_NUMBERS[Quota.OPEN_EXECUTIONS]})"

    def start(self, write: Callable[[Session], int]) -> None:
        """Have ``write`` store an execution with its first letter, whose id it answers. It reads ``shared_lock``.

        Raises QuotaExceeded, and what ``write`` raises; then nothing is stored.
        """
        # In the caller's transaction nothing can be taken back but all of it: there the count comes at once.
        if self._known is not None and not connection.in_atomic_block:
            try:
                with writing() as session:
                    self._check(self._known, write(session))
                    return
            except _CountAgain:
                pass
        with writing() as session:
            self.count_alone(session)
            self.count(session, write(session))

    @staticmethod
    def _check(known: tuple[int, int], letter: int) -> None:
        number, then = known
        # Letters with smaller ids are those of another database, or of one that was put back.
        if letter <= then or number + letter - then > Quota.OPEN_EXECUTIONS.most:
            raise _CountAgain

    def count_alone(self, session: Session) -> None:
        """Until the end of the transaction nobody else starts or redrives an execution."""
        if time.monotonic() < self._full_until:
            raise QuotaExceeded(Quota.OPEN_EXECUTIONS)
        if connection.vendor != "sqlite":
            session.run("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _NUMBERS[Quota.OPEN_EXECUTIONS]))

    def count(self, session: Session, letter: int | None = None) -> None:
        """Raises QuotaExceeded. ``letter`` is the newest, where it is known."""
        most = Quota.OPEN_EXECUTIONS.most
        number = session.row(_ALL_OPEN)[0]  # of an index alone
        if number > most:
            number = session.row(_OPEN)[0]
        if number > most:
            if most > _SLOW_TO_COUNT:  # who asks on and on is not to keep the database counting
                self._full_until = time.monotonic() + _REMEMBER_SECONDS
            raise QuotaExceeded(Quota.OPEN_EXECUTIONS)
        # What was counted in the caller's transaction may be taken back by it.
        if letter is not None and not connection.in_atomic_block:
            self._known = (number, letter)


OPEN = OpenExecutions()

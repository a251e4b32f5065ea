"""One write transaction, the same way on both databases, beneath Django's ORM but on its connections.

SQLite: writers queue at a file lock in TREADLE_DATA before BEGIN IMMEDIATE. SQLite's own busy handler sleeps and
starves some of them (p99 of a commit 333 ms against 14 ms with the lock). PostgreSQL: a plain transaction.
"""

from __future__ import annotations

import fcntl
import os
import select
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

_local = threading.local()


@lru_cache(maxsize=512)
def _question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


def _without_nul(values: Sequence[Any]) -> Sequence[Any]:
    """PostgreSQL keeps no NUL in texts, and names of errors, causes and roles come from outside; JSON escapes its own.

    An error that could not be stored would leave its execution without an end.
    """
    return [one.replace("\0", "\ufffd") if isinstance(one, str) and "\0" in one else one for one in values]


def mend_connection() -> None:
    """Let go of this thread's connection if the database has ended it (a restart, a failover), for a new one.

    Django looks only between its own requests and through its own cursors; here is neither. An idle connection on
    which there is something to read has most likely been ended: asking that costs microseconds, not a round trip.
    """
    raw = connection.connection
    if raw is None or connection.vendor == "sqlite" or connection.in_atomic_block:
        return
    if raw.closed or (_has_news(raw.fileno()) and not connection.is_usable()):
        connection.close()


def _has_news(descriptor: int) -> bool:
    waiter = select.poll()  # select.select cannot watch descriptors over 1,023
    waiter.register(descriptor, select.POLLIN)
    return bool(waiter.poll(0))


def release_thread() -> None:
    """Close this thread's connection and its descriptor of the write lock."""
    connection.close()
    _local.__dict__.pop("lock", None)


class Session:
    """Executes SQL with ``%s`` placeholders on the raw driver: Django's own cursor costs as much as the query."""

    __slots__ = ("_raw", "_sqlite")

    def __init__(self) -> None:
        mend_connection()
        connection.ensure_connection()
        self._raw: Any = connection.connection
        self._sqlite = connection.vendor == "sqlite"

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        if self._sqlite:
            return self._raw.execute(_question_marks(sql), parameters)
        return self._raw.execute(sql, _without_nul(parameters))

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        if self._sqlite:
            self._raw.executemany(_question_marks(sql), rows)
            return
        with self._raw.cursor() as cursor:
            cursor.executemany(sql, [_without_nul(row) for row in rows])

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        return self.run(sql, parameters).fetchone()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        found: list[Any] = self.run(sql, parameters).fetchall()
        return found

    @property
    def row_lock(self) -> str:
        """Locks a row against other activations but not against inserts that refer to it."""
        return "" if self._sqlite else " FOR NO KEY UPDATE"

    @property
    def key_lock(self) -> str:
        """Keeps a row from being deleted or changed until the end of the transaction; others may do the same."""
        return "" if self._sqlite else " FOR SHARE"

    @property
    def skip_locked(self) -> str:
        return "" if self._sqlite else " FOR UPDATE SKIP LOCKED"

    def skip_locked_of(self, table: str) -> str:
        """The same for one table of a join, named as the query names it."""
        return "" if self._sqlite else f" FOR UPDATE OF {table} SKIP LOCKED"


class _LockFile:
    """This thread's descriptor of the lock; closed when the thread is gone."""

    def __init__(self) -> None:
        self.process = os.getpid()
        path = settings.ENVIRONMENT.data / "write.lock"
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __del__(self) -> None:
        if hasattr(self, "descriptor"):
            os.close(self.descriptor)


def _lock_file() -> int:
    held: _LockFile | None = getattr(_local, "lock", None)
    if held is None or held.process != os.getpid():  # an inherited descriptor would share its lock with the parent
        held = _local.lock = _LockFile()
    return held.descriptor


@contextmanager
def writing() -> Iterator[Session]:
    """A write transaction: committed at the end, rolled back on any exception. Joins one that is open already."""
    session = Session()
    if connection.in_atomic_block:
        yield session
        return
    if connection.vendor != "sqlite":
        with connection.connection.transaction():
            yield session
        return
    lock = _lock_file()
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        session.run("BEGIN IMMEDIATE")
        try:
            yield session
        except BaseException:
            session.run("ROLLBACK")
            raise
        session.run("COMMIT")
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)

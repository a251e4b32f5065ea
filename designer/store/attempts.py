"""Attempts of Tasks in SQL: the part of the Store that ``engine.runtime.attempts`` needs, and the answers by token.

    QUEUED -> BEGUN -> (WAITING <-> POLLING) -> SUCCEEDED | FAILED | ABORTED | LOST
    OFFERED (to the workers of an activity) -> WAITING -> ...

BEGUN and POLLING are in a worker's hands. WAITING is somebody outside: whoever has the token, or a job that ``handle``
names and that is looked at when ``poll_at`` is due. Each step is one compare-and-set, so that it is taken once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.arns import activity_arn
from designer.store.connection import Session, writing
from engine.core.events import TaskHeartbeat, TaskStarted, encode_event
from engine.jsontypes import Document
from engine.runtime.ports import (
    CANCEL_AGAIN_MS,
    RING_AGAIN_MS,
    ActivityTask,
    AttemptRow,
    Claim,
    FinishedAttempt,
    OpenAttempt,
    TokenAnswer,
    TokenEvent,
)

_POST = "INSERT INTO designer_inbox (execution_id, event, at) VALUES (%s, %s, %s)"
_HELD = "status IN ('BEGUN', 'POLLING') AND worker = %s"
# Word for word the condition of the index attempt_open, else SQLite reads the whole table, payloads and all.
AT_WORK = "status IN ('QUEUED', 'BEGUN', 'POLLING')"
OPEN = "status IN ('QUEUED', 'OFFERED', 'BEGUN', 'WAITING', 'POLLING')"
# An aborted attempt's job is to be cancelled at once; a job that has ended by itself is not.
ABORT = (
    "UPDATE designer_taskattempt SET status = 'ABORTED', ended_at = %s, poll_at = NULL, polls = 0, "
    "rung_at = 0, cancel_at = CASE WHEN handle IS NULL THEN NULL ELSE %s END"
)
_CLOSE = """
    UPDATE designer_taskattempt
       SET status = %s, ended_at = %s, error = %s, cause = %s, logs = %s, logs_truncated = %s, poll_at = NULL
"""
_COLUMNS = (
    "id, execution_id, scope, state, attempt, resource, payload, timeout_seconds, heartbeat_seconds, role_arn, token, "
    "worker, handle, polls"
)


def close(session: Session, finished: FinishedAttempt, at: int) -> bool:
    """Close an attempt that is in the hands of ``finished.worker``; False when it is not."""
    values = (*_ending(finished, at), finished.id, finished.worker)
    return bool(session.run(f"{_CLOSE} WHERE id = %s AND {_HELD}", values).rowcount == 1)


def _ending(finished: FinishedAttempt, at: int) -> tuple[Any, ...]:
    return (finished.status, at, finished.error, finished.cause, finished.logs, finished.logs_truncated)


def _read(session: Session, attempt_id: str) -> tuple[AttemptRow, str | None, int]:
    """The attempt, the handle of its job, and how often that was polled."""
    row = session.row(f"SELECT {_COLUMNS} FROM designer_taskattempt WHERE id = %s", (attempt_id,))
    found = AttemptRow(
        id=row[0],
        execution_id=row[1],
        scope=row[2],
        key=_key(row[0]),
        state=row[3],
        number=row[4],
        resource=row[5],
        payload=Document.stored(row[6]),
        timeout_seconds=row[7],
        heartbeat_seconds=row[8],
        role_arn=row[9],
        token=row[10],
        worker=row[11],
    )
    return found, row[12], row[13]


def _key(attempt_id: str) -> str:
    return attempt_id.rpartition(":")[2]


class SqlAttempts:
    """Steps of attempts, each one transaction."""

    def claim(self, attempt_id: str, worker: str, at: int) -> Claim | None:
        with writing() as session:
            if _changed(
                session,
                "SET status = 'BEGUN', worker = %s, begun_at = %s WHERE id = %s AND status = 'QUEUED'",
                (worker, at, attempt_id),
            ):
                attempt, _, _ = _read(session, attempt_id)
                started = TaskStarted(scope=attempt.scope, attempt=attempt.key)
                session.run(_POST, (attempt.execution_id, encode_event(started), at))
                return Claim(action="BEGIN", attempt=attempt)
            if _changed(
                session,
                "SET status = 'POLLING', worker = %s WHERE id = %s AND status = 'WAITING' AND poll_at <= %s",
                (worker, attempt_id, at),
            ):
                attempt, handle, polls = _read(session, attempt_id)
                return Claim(action="POLL", attempt=attempt, handle=handle, polls=polls)
            if _changed(
                session,
                "SET cancel_at = %s, polls = polls + 1 WHERE id = %s AND cancel_at <= %s",
                (at + CANCEL_AGAIN_MS, attempt_id, at),
            ):
                attempt, handle, polls = _read(session, attempt_id)
                return Claim(action="CANCEL", attempt=attempt, handle=handle, polls=polls - 1)
        return None

    def finish(self, finished: FinishedAttempt, event: str, at: int) -> str | None:
        with writing() as session:
            if not close(session, finished, at):
                return None
            row = session.row("SELECT execution_id FROM designer_taskattempt WHERE id = %s", (finished.id,))
            session.run(_POST, (row[0], event, at))
            return str(row[0])

    def submit(self, attempt: AttemptRow, event: str, handle: str | None, poll_at: int | None, at: int) -> str | None:
        with writing() as session:
            if _changed(
                session,
                "SET status = 'WAITING', worker = NULL, handle = %s, poll_at = %s, rung_at = 0 "
                f"WHERE id = %s AND {_HELD}",
                (handle, poll_at, attempt.id, attempt.worker),
            ):
                session.run(_POST, (attempt.execution_id, event, at))
                return attempt.execution_id
            if handle is not None:
                _changed(
                    session,
                    "SET handle = %s, cancel_at = %s, rung_at = 0 WHERE id = %s AND status IN ('ABORTED', 'LOST')",
                    (handle, at, attempt.id),
                )
        return None

    def wait_on(self, attempt: AttemptRow, poll_at: int, at: int) -> bool:
        with writing() as session:
            return _changed(
                session,
                "SET status = 'WAITING', worker = NULL, poll_at = %s, polls = polls + 1, rung_at = 0 "
                f"WHERE id = %s AND {_HELD}",
                (poll_at, attempt.id, attempt.worker),
            )

    def requeue(self, attempt_id: str, worker: str, at: int) -> bool:
        with writing() as session:
            return _changed(
                session,
                "SET status = 'QUEUED', worker = NULL, rung_at = %s WHERE id = %s AND status = 'BEGUN' AND worker = %s",
                (at, attempt_id, worker),
            ) or _changed(
                session,
                "SET status = 'WAITING', worker = NULL, poll_at = %s, rung_at = 0 "
                "WHERE id = %s AND status = 'POLLING' AND worker = %s",
                (at, attempt_id, worker),
            )

    def knows(self, attempt_id: str) -> bool:
        return Session().row("SELECT 1 FROM designer_taskattempt WHERE id = %s", (attempt_id,)) is not None

    def job_cancelled(self, attempt_id: str) -> None:
        with writing() as session:
            _changed(session, "SET cancel_at = NULL WHERE id = %s", (attempt_id,))

    def due_attempts(self, now: int, limit: int) -> tuple[Sequence[str], int | None]:
        session = Session()
        polls = session.row("SELECT min(poll_at) FROM designer_taskattempt WHERE poll_at IS NOT NULL")[0]
        cancels = session.row("SELECT min(cancel_at) FROM designer_taskattempt WHERE cancel_at IS NOT NULL")[0]
        upcoming = [due for due in (polls, cancels) if due is not None]
        if not upcoming or min(upcoming) > now:
            return (), min(upcoming, default=None)
        found: list[str] = []
        with writing() as writer:
            for column, status in (("poll_at", "status = 'WAITING'"), ("cancel_at", "NOT " + OPEN)):
                rows = writer.rows(
                    f"SELECT id FROM designer_taskattempt WHERE {column} <= %s AND rung_at < %s AND {status} "
                    f"ORDER BY rung_at LIMIT %s{writer.skip_locked}",
                    (now, now - RING_AGAIN_MS, limit),
                )
                found += [row[0] for row in rows]
            writer.many("UPDATE designer_taskattempt SET rung_at = %s WHERE id = %s", [(now, one) for one in found])
            later = [
                writer.row(f"SELECT min({column}) FROM designer_taskattempt WHERE {column} > %s", (now,))[0]
                for column in ("poll_at", "cancel_at")
            ]
        return found, min((due for due in later if due is not None), default=None)

    def poll_now(self, attempt_id: str, at: int) -> None:
        with writing() as session:
            _changed(
                session,
                "SET poll_at = %s, rung_at = 0 WHERE id = %s AND status = 'WAITING' AND poll_at IS NOT NULL",
                (at, attempt_id),
            )

    def answer(self, token: str, finished: FinishedAttempt, event: TokenEvent, at: int) -> tuple[TokenAnswer, str]:
        with writing() as session:
            row = _of_token(session, token)
            if row is None:
                return TokenAnswer.UNKNOWN, ""
            attempt_id, execution_id, scope = row
            if session.run(f"{_CLOSE} WHERE id = %s AND {OPEN}", (*_ending(finished, at), attempt_id)).rowcount != 1:
                return TokenAnswer.CLOSED, ""
            session.run(_POST, (execution_id, event(scope, _key(attempt_id)), at))
            return TokenAnswer.TAKEN, execution_id

    def heartbeat(self, token: str, at: int) -> tuple[TokenAnswer, str]:
        with writing() as session:
            row = _of_token(session, token)
            if row is None:
                return TokenAnswer.UNKNOWN, ""
            attempt_id, execution_id, scope = row
            if session.row(f"SELECT 1 FROM designer_taskattempt WHERE id = %s AND {OPEN}", (attempt_id,)) is None:
                return TokenAnswer.CLOSED, ""
            beat = TaskHeartbeat(scope=scope, attempt=_key(attempt_id))
            session.run(_POST, (execution_id, encode_event(beat), at))
            return TokenAnswer.TAKEN, execution_id

    def missing_activities(self, execution_id: str, arns: Sequence[str]) -> frozenset[str]:
        marks = ", ".join(["%s"] * len(arns))
        rows = Session().rows(
            f"SELECT a.name FROM designer_activity a JOIN designer_machine m ON m.owner_id = a.owner_id "
            f"JOIN designer_execution e ON e.machine_id = m.id WHERE e.id = %s AND a.name IN ({marks})",
            (execution_id, *map(_activity_name, arns)),
        )
        return frozenset(arns) - {activity_arn(row[0]) for row in rows}

    def claim_activity(self, arn: str, worker_name: str | None, at: int) -> tuple[ActivityTask, str] | None:
        look = Session().row(f"SELECT t.id {_OFFERED} LIMIT 1", (_activity_name(arn), arn))
        if look is None:
            return None  # those who ask again and again take no lock
        with writing() as session:
            row = session.row(
                f"SELECT t.id, t.execution_id, t.scope, t.token, t.payload {_OFFERED} "
                f"ORDER BY t.scheduled_at, t.id LIMIT 1{session.skip_locked_of('t')}",
                (_activity_name(arn), arn),
            )
            if row is None:
                return None
            attempt_id, execution_id, scope, token, payload = row
            _changed(session, "SET status = 'WAITING', begun_at = %s WHERE id = %s", (at, attempt_id))
            started = TaskStarted(scope=scope, attempt=_key(attempt_id), worker_name=worker_name)
            session.run(_POST, (execution_id, encode_event(started), at))
        return ActivityTask(token=token, input=Document.stored(payload)), execution_id

    def begun_by(self, worker: str) -> Sequence[OpenAttempt]:
        rows = Session().rows(
            f"SELECT id, execution_id, scope, resource, status FROM designer_taskattempt WHERE {AT_WORK} AND {_HELD}",
            (worker,),
        )
        return [
            OpenAttempt(
                id=number,
                execution_id=execution_id,
                scope=scope,
                key=_key(number),
                resource=resource,
                worker=worker,
                polling=status == "POLLING",
            )
            for number, execution_id, scope, resource, status in rows
        ]

    def strays(self) -> Sequence[str]:
        rows = Session().rows(
            f"SELECT DISTINCT worker FROM designer_taskattempt WHERE {AT_WORK} AND status IN ('BEGUN', 'POLLING') "
            "AND worker IS NOT NULL AND worker NOT IN (SELECT id FROM designer_worker)"
        )
        return [row[0] for row in rows]


# An activity's tasks are those of its owner's machines: whoever takes a name that is free again gets no other's input.
_OFFERED = (
    "FROM designer_taskattempt t JOIN designer_execution e ON e.id = t.execution_id "
    "JOIN designer_machine m ON m.id = e.machine_id "
    "JOIN designer_activity a ON a.name = %s AND a.owner_id = m.owner_id "
    "WHERE t.resource = %s AND t.status = 'OFFERED'"
)


def _activity_name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _of_token(session: Session, token: str) -> Any:
    return session.row(
        f"SELECT id, execution_id, scope FROM designer_taskattempt WHERE token = %s{session.row_lock}", (token,)
    )


def _changed(session: Session, change: str, values: Sequence[Any]) -> bool:
    return bool(session.run(f"UPDATE designer_taskattempt {change}", values).rowcount == 1)

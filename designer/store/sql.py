"""The Store: executions, mailboxes, attempts, timers and leases in SQL that SQLite and PostgreSQL both speak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.arns import alias_arn, execution_arn, express_arn, machine_arn, role_arn, version_arn
from designer.store.attempts import ABORT, AT_WORK, OPEN, SqlAttempts, close
from designer.store.connection import Session, release_thread, writing
from designer.store.mapruns import SqlMapRuns, count_end, end_map_runs, start_map_runs
from designer.store.outbox import note_status
from engine.core.commands import EndExecution
from engine.core.execution import Execution, Facts, Root, Scope, Status
from engine.core.items import child_facts
from engine.jsontypes import Document
from engine.runtime.ports import (
    AttemptRow,
    Commit,
    Definition,
    DueTimer,
    Letter,
    Loaded,
    WorkerRow,
)

_LOAD = """
    SELECT e.version, e.last_event_id, e.status, e.state, e.input, e.started_at, e.name, e.stuck_reason,
           e.revision_id, m.name, e.processor, e.map_run_id, r.arn, v.role_arn, e.express, e.published, e.alias,
           e.parent_attempt
      FROM designer_execution e JOIN designer_machine m ON m.id = e.machine_id
      JOIN designer_revision v ON v.id = e.revision_id
      LEFT JOIN designer_maprun r ON r.id = e.map_run_id WHERE e.id = %s
"""
_MAIL = "SELECT id, event FROM designer_inbox WHERE execution_id = %s ORDER BY id"
_POST = "INSERT INTO designer_inbox (execution_id, event, at) VALUES (%s, %s, %s)"
_SCOPE = """
    INSERT INTO designer_scope (execution_id, path, data) VALUES (%s, %s, %s)
    ON CONFLICT (execution_id, path) DO UPDATE SET data = excluded.data
"""
_BLOB = """
    INSERT INTO designer_blob (execution_id, key, data) VALUES (%s, %s, %s)
    ON CONFLICT (execution_id, key) DO UPDATE SET data = excluded.data
"""
_HISTORY = """
    INSERT INTO designer_historyevent
        (execution_id, event_id, previous_event_id, type, at, scope, state, note, details)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ATTEMPT = """
    INSERT INTO designer_taskattempt
        (id, execution_id, scope, state, attempt, resource, payload, timeout_seconds, heartbeat_seconds,
         status, worker, scheduled_at, rung_at, begun_at, role_arn, token, logs, logs_truncated, polls)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s, 0)
"""
_UNANSWERED = """
    SELECT i.execution_id AS id
      FROM designer_inbox i JOIN designer_execution e ON e.id = i.execution_id
     WHERE i.at < %s AND e.stuck_reason IS NULL AND i.execution_id > %s
     UNION
    SELECT id
      FROM designer_execution
     WHERE status = 'RUNNING' AND resume_at < %s AND stuck_reason IS NULL AND id > %s
     ORDER BY id LIMIT %s
"""
_QUEUED = f"SELECT id FROM designer_taskattempt WHERE {AT_WORK} AND status = 'QUEUED' AND rung_at < %s"
_TIMER = """
    INSERT INTO designer_timer (execution_id, key, due, event) VALUES (%s, %s, %s, %s)
    ON CONFLICT (execution_id, key) DO UPDATE SET due = excluded.due, event = excluded.event
"""


def _upper(prefix: str) -> str:
    """The first text after all that begin with the prefix."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


class _StoredScopes:
    """Reads scopes one by one as the interpreter asks for them."""

    def __init__(self, execution_id: str) -> None:
        self._id = execution_id

    def scope(self, path: str) -> Scope | None:
        row = Session().row("SELECT data FROM designer_scope WHERE execution_id = %s AND path = %s", (self._id, path))
        return None if row is None else Scope.loaded(path, row[0])

    def below(self, prefix: str) -> list[Scope]:
        rows = Session().rows(
            "SELECT path, data FROM designer_scope WHERE execution_id = %s AND path >= %s AND path < %s",
            (self._id, prefix, _upper(prefix)),
        )
        return [Scope.loaded(path, data) for path, data in rows]

    def blob(self, key: str) -> Document:
        row = Session().row("SELECT data FROM designer_blob WHERE execution_id = %s AND key = %s", (self._id, key))
        return Document.stored(row[0])


class SqlStore(SqlMapRuns, SqlAttempts):
    """One instance serves all threads; each uses its own connection of Django's."""

    def load(self, execution_id: str) -> Loaded | None:
        session = Session()
        row = session.row(_LOAD, (execution_id,))
        if row is None:
            return None
        version, last_event_id, status, state, text, started_at, name, stuck, revision, machine = row[:10]
        processor, map_run, map_run_arn, role, express, published, alias, parent_attempt = row[10:]
        facts = Facts(
            arn=express_arn(machine, name, execution_id) if express else execution_arn(machine, name),
            name=name,
            machine_arn=machine_arn(machine),
            machine_name=machine,
            role_arn=role or role_arn(),
            input=Document.stored(text),
            started_at=started_at,
            version_arn=None if published is None else version_arn(machine, published),
            alias_arn=None if alias is None else alias_arn(machine, alias),
            express=bool(express),
        )
        if map_run_arn is not None:
            facts = child_facts(facts, map_run_arn, name, facts.input, started_at)
        scopes = _StoredScopes(execution_id)
        return Loaded(
            execution_id=execution_id,
            definition_id=str(revision),
            version=version,
            execution=Execution(
                facts=facts,
                root=Root.loaded(state, status=status, last_event_id=last_event_id),
                scopes=scopes,
            ),
            stored_scopes=scopes,
            letters=self.mail(execution_id),
            parked=stuck is not None,
            processor=processor,
            map_run_id=map_run,
            parent_attempt=parent_attempt,
        )

    def definition(self, definition_id: str) -> Definition:
        row = Session().row(
            "SELECT r.definition, r.format, m.type FROM designer_revision r "
            "JOIN designer_machine m ON m.id = r.machine_id WHERE r.id = %s",
            (int(definition_id),),
        )
        return Definition(id=definition_id, text=row[0], format=row[1], express=row[2] == "EXPRESS")

    def commit(self, commit: Commit) -> bool:
        with writing() as session:
            row = session.row(
                f"SELECT version FROM designer_execution WHERE id = %s{session.row_lock}",
                (commit.execution_id,),
            )
            if row is None or row[0] != commit.version:
                return False
            if commit.finished is not None and not close(session, commit.finished, commit.at):
                return False
            _write(session, commit)
            return True

    def redrive(self, execution_id: str, event: str, at: int) -> bool:
        with writing() as session:
            changed = session.run(
                "UPDATE designer_execution SET status = 'RUNNING', output = NULL, error = NULL, cause = NULL, "
                "idle = idle + CASE WHEN stopped_at < %s THEN %s - stopped_at ELSE 0 END, stopped_at = NULL, "
                "version = version + 1, redrive_count = redrive_count + 1, redriven_at = %s "
                "WHERE id = %s AND status IN ('FAILED', 'ABORTED', 'TIMED_OUT') AND map_run_id IS NULL "
                "AND EXISTS (SELECT 1 FROM designer_scope WHERE execution_id = designer_execution.id)",
                (at, at, at, execution_id),
            )
            if changed.rowcount != 1:
                return False
            session.run("DELETE FROM designer_inbox WHERE execution_id = %s", (execution_id,))
            session.run(_POST, (execution_id, event, at))
            note_status(session, execution_id, "RUNNING", at)
            return True

    def post(self, execution_id: str, event: str, at: int) -> None:
        with writing() as session:
            session.run(_POST, (execution_id, event, at))

    def mail(self, execution_id: str) -> tuple[Letter, ...]:
        rows = Session().rows(_MAIL, (execution_id,))
        return tuple(Letter(id=number, event=event) for number, event in rows)

    def discard_mail(self, execution_id: str, letters: Sequence[int]) -> None:
        with writing() as session:
            session.many(
                "DELETE FROM designer_inbox WHERE execution_id = %s AND id = %s",
                [(execution_id, number) for number in letters],
            )

    def claim_due(self, now: int, limit: int) -> tuple[Sequence[DueTimer], int | None]:
        due = Session().row("SELECT min(due) FROM designer_timer")[0]
        if due is None or due > now:
            return (), due
        with writing() as session:
            rows = session.rows(
                "SELECT execution_id, key, event FROM designer_timer WHERE due <= %s "
                f"ORDER BY due, execution_id, key LIMIT %s{session.skip_locked}",
                (now, limit),
            )
            session.many(
                "DELETE FROM designer_timer WHERE execution_id = %s AND key = %s", [(row[0], row[1]) for row in rows]
            )
            session.many(_POST, [(row[0], row[2], now) for row in rows])
            following = session.row("SELECT min(due) FROM designer_timer")[0]
        return [DueTimer(execution_id=row[0], key=row[1], event=row[2]) for row in rows], following

    def unanswered(self, before: int, now: int, limit: int, *, after: str = "") -> tuple[Sequence[str], Sequence[str]]:
        session = Session()
        rows = session.rows(_UNANSWERED, (before, after, before, after, limit))
        queued: list[Any] = []
        if session.row(f"{_QUEUED} LIMIT 1", (before,)) is not None:
            with writing() as writer:
                # All at once or not at all: two that take many rows one by one may each wait for the other.
                queued = writer.rows(f"{_QUEUED} ORDER BY rung_at LIMIT %s{writer.skip_locked}", (before, limit))
                writer.many(
                    "UPDATE designer_taskattempt SET rung_at = %s WHERE id = %s", [(now, row[0]) for row in queued]
                )
        return [row[0] for row in rows], [row[0] for row in queued]

    def beat(self, worker: WorkerRow, at: int) -> None:
        with writing() as session:
            session.run(
                "INSERT INTO designer_worker (id, kind, host, process, beat, started_at) "
                "VALUES (%s, %s, %s, %s, 1, %s) "
                "ON CONFLICT (id) DO UPDATE SET beat = designer_worker.beat + 1",
                (worker.id, worker.kind, worker.host, worker.process, at),
            )

    def workers(self) -> Sequence[WorkerRow]:
        rows = Session().rows("SELECT id, kind, host, process, beat FROM designer_worker")
        return [WorkerRow(id=row[0], kind=row[1], host=row[2], process=row[3], beat=row[4]) for row in rows]

    def forget_worker(self, worker: str) -> None:
        with writing() as session:
            session.run("DELETE FROM designer_worker WHERE id = %s", (worker,))

    def release(self) -> None:
        release_thread()

    def note_crash(self, execution_id: str, reason: str, limit: int) -> bool:
        reason = reason.encode("utf-8", "backslashreplace").decode()  # an error may quote half a surrogate pair
        with writing() as session:
            changed = session.run(
                "UPDATE designer_execution SET crashes = crashes + 1, "
                "stuck_reason = CASE WHEN crashes + 1 >= %s THEN %s ELSE stuck_reason END "
                "WHERE id = %s AND status = 'RUNNING'",
                (limit, reason, execution_id),
            )
            if changed.rowcount != 1:
                return False
            row = session.row("SELECT stuck_reason FROM designer_execution WHERE id = %s", (execution_id,))
            return row[0] is not None

    def _write_children(self, session: Session, commits: Sequence[Commit]) -> None:
        """Many new executions at once: each table is written in one go."""
        session.many(_HISTORY, [_history_row(one.execution_id, event) for one in commits for event in one.history])
        alive = [one for one in commits if one.end is None]
        session.many(_ATTEMPT, [_attempt_values(row, one.at) for one in alive for row in one.attempts])
        kept = [one for one in commits if one.end is None or one.end.status != Status.SUCCEEDED]  # for a redrive
        session.many(
            _SCOPE, [(one.execution_id, scope.path, scope.dumped()) for one in kept for scope in one.changes.scopes]
        )
        session.many(_BLOB, [(one.execution_id, key, blob.text) for one in kept for key, blob in one.changes.blobs])
        session.many(
            _TIMER,
            [(one.execution_id, timer.key, timer.due, timer.event) for one in alive for timer in one.timers],
        )
        for one in alive:
            start_map_runs(session, one)


def _write(session: Session, commit: Commit) -> None:
    execution_id = commit.execution_id
    root = commit.root
    session.run(
        "UPDATE designer_execution SET version = version + 1, crashes = 0, last_event_id = %s, state = %s, "
        "resume_at = %s WHERE id = %s",
        (root.last_event_id, root.dumped(), commit.at if root.ready else None, execution_id),
    )
    session.many(_HISTORY, [_history_row(execution_id, event) for event in commit.history])
    if commit.drained:
        session.many("DELETE FROM designer_inbox WHERE id = %s", [(number,) for number in commit.drained])
    session.many(_ATTEMPT, [_attempt_values(row, commit.at) for row in commit.attempts])
    if commit.cancelled_attempts:
        gone = [(commit.at, commit.at, one) for one in commit.cancelled_attempts]
        session.many(f"{ABORT} WHERE id = %s AND {OPEN}", gone)
    if commit.map_runs or commit.cancelled_map_runs or commit.redriven_map_runs:
        start_map_runs(session, commit)
    if commit.end is not None:
        _end(session, execution_id, commit.end, commit.at)
        if commit.end.status == Status.SUCCEEDED:
            return
    for prefix in commit.changes.removed_below:
        for table, column in (("designer_scope", "path"), ("designer_blob", "key")):
            session.run(
                f"DELETE FROM {table} WHERE execution_id = %s AND {column} >= %s AND {column} < %s",
                (execution_id, prefix, _upper(prefix)),
            )
    session.many(_SCOPE, [(execution_id, scope.path, scope.dumped()) for scope in commit.changes.scopes])
    session.many(_BLOB, [(execution_id, key, blob.text) for key, blob in commit.changes.blobs])
    session.many(
        "DELETE FROM designer_timer WHERE execution_id = %s AND key = %s",
        [(execution_id, key) for key in commit.cancelled_timers],
    )
    if commit.end is None:
        session.many(_TIMER, [(execution_id, timer.key, timer.due, timer.event) for timer in commit.timers])


def _end(session: Session, execution_id: str, end: EndExecution, at: int) -> None:
    output = None if end.output is None else end.output.text
    map_run, items = session.row(
        "UPDATE designer_execution SET status = %s, output = %s, error = %s, cause = %s, stopped_at = %s WHERE id = %s "
        "RETURNING map_run_id, child_items",
        (str(end.status), output, end.error, end.cause, at, execution_id),
    )
    if map_run is not None:
        count_end(session, map_run, items, str(end.status))
    note_status(session, execution_id, str(end.status), at, output=output, error=end.error, cause=end.cause)
    session.run(f"{ABORT} WHERE execution_id = %s AND {OPEN}", (at, at, execution_id))
    end_map_runs(session, execution_id, at)
    session.run("DELETE FROM designer_timer WHERE execution_id = %s", (execution_id,))
    if end.status != Status.SUCCEEDED:
        return  # a redrive takes the scopes up again
    for table in ("designer_scope", "designer_blob"):
        session.run(f"DELETE FROM {table} WHERE execution_id = %s", (execution_id,))


def _history_row(execution_id: str, event: Any) -> tuple[Any, ...]:
    return (
        execution_id,
        event.id,
        event.previous,
        event.type,
        event.at,
        event.scope,
        event.state,
        event.note,
        event.details_text,
    )


def _attempt_values(row: AttemptRow, at: int) -> tuple[Any, ...]:
    begun = row.worker is not None
    return (
        row.id,
        row.execution_id,
        row.scope,
        row.state,
        row.number,
        row.resource,
        row.payload.text,
        row.timeout_seconds,
        row.heartbeat_seconds,
        "OFFERED" if row.offered else "BEGUN" if begun else "QUEUED",
        row.worker,
        at,
        at,
        at if begun else None,
        row.role_arn,
        row.token,
        False,
    )

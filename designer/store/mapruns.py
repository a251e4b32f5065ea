"""Map Runs in SQL: the part of the Store that ``engine.runtime.mapruns`` needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from designer.store.connection import Session, writing
from designer.store.outbox import note_begun, note_status
from engine.core.commands import StartMapRun, decode_map_run, encode_map_run
from engine.core.events import Redriven, Started, StopRequested, encode_event
from engine.core.execution import Root, Status
from engine.core.items import ChildInput
from engine.errors import Failure
from engine.jsontypes import Document
from engine.runtime.ports import ChildResult, Commit, MapRunRow, NewChild, map_run_id

_COLUMNS = (
    "id, execution_id, command, status, concurrency, tolerated_count, tolerated_percentage, items, read, complete, "
    "made, running, pending, succeeded, failed, timed_out, aborted"
)
_QUIET = (
    "SELECT r.id FROM designer_maprun r JOIN designer_execution e ON e.id = r.execution_id "
    "WHERE r.status = 'RUNNING' AND r.looked_at < %s AND e.stuck_reason IS NULL"
)
_PAGE = 500
_POST = "INSERT INTO designer_inbox (execution_id, event, at) VALUES (%s, %s, %s)"
_START = """
    INSERT INTO designer_maprun
        (id, execution_id, arn, command, status, concurrency, tolerated_count, tolerated_percentage, items, read,
         complete, made, running, pending, succeeded, failed, timed_out, aborted, started_at, looked_at, redrive_count)
    VALUES (%s, %s, %s, %s, 'RUNNING', %s, %s, %s, 0, 0, %s, 0, 0, 0, 0, 0, 0, 0, %s, %s, 0)
"""
_REDRIVE = """
    UPDATE designer_maprun
       SET status = 'RUNNING', error = NULL, cause = NULL, stopped_at = NULL, looked_at = %s, complete = %s,
           read = made, running = %s, pending = %s, failed = 0, timed_out = 0, aborted = 0,
           items = (SELECT COALESCE(SUM(child_items), 0) FROM designer_execution WHERE map_run_id = designer_maprun.id),
           redrive_count = redrive_count + 1, redriven_at = %s
     WHERE id = %s
"""
_RUN_AGAIN = """
    UPDATE designer_execution
       SET status = 'RUNNING', output = NULL, error = NULL, cause = NULL,
           idle = idle + CASE WHEN stopped_at < %s THEN %s - stopped_at ELSE 0 END,
           stopped_at = NULL, redrive_due = NULL,
           version = version + 1, redrive_count = redrive_count + 1, redriven_at = %s
     WHERE id = %s
"""
_OF_ITS_RUN = ("designer_scope", "designer_blob", "designer_historyevent", "designer_taskattempt", "designer_timer")
_CHILD = """
    INSERT INTO designer_execution
        (id, machine_id, revision_id, name, status, input, output, error, cause, started_at, stopped_at, version,
         last_event_id, state, crashes, resume_at, map_run_id, processor, child_index, child_items)
    SELECT %s, machine_id, revision_id, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, %s, 0, %s, %s, %s, %s, %s
      FROM designer_execution WHERE id = %s
"""
_LOG = "INSERT INTO designer_executionlog (execution_id, level, with_data, written) VALUES (%s, %s, %s, 0)"
_COUNTERS = {"SUCCEEDED": "succeeded", "FAILED": "failed", "TIMED_OUT": "timed_out", "ABORTED": "aborted"}
_STOP = encode_event(StopRequested(error=None, cause=None))
_GO_ON = encode_event(Redriven())
_BEGIN = encode_event(Started())


def _anew(redrives: int, at: int) -> str:
    """The state of a child that begins again."""
    return Root(status=Status.RUNNING, last_event_id=0, last_at=0, redrives=redrives, redriven_at=at).dumped()


def start_map_runs(session: Session, commit: Commit) -> None:
    """The Map Runs that a commit begins, takes up again, and ends."""
    session.many(_START, [_start_values(commit, one) for one in commit.map_runs])
    for attempt in commit.redriven_map_runs:
        _redrive(session, map_run_id(commit.execution_id, attempt), commit.at)
    for attempt in commit.cancelled_map_runs:
        _abort(session, "id = %s", map_run_id(commit.execution_id, attempt), commit.at)


def end_map_runs(session: Session, execution_id: str, at: int) -> None:
    """An execution has ended: its Map Runs go no further, and their children are to stop."""
    _abort(session, "execution_id = %s", execution_id, at)


def count_end(session: Session, number: str, items: int, status: str) -> None:
    """A child has ended: its Map Run counts its items."""
    column = _COUNTERS[status]
    session.run(
        f"UPDATE designer_maprun SET running = running - 1, {column} = {column} + %s WHERE id = %s", (items, number)
    )


def _start_values(commit: Commit, command: StartMapRun) -> tuple[object, ...]:
    return (
        map_run_id(commit.execution_id, command.attempt),
        commit.execution_id,
        command.arn,
        encode_map_run(command),
        command.concurrency,
        command.tolerated_count,
        command.tolerated_percentage,
        False,
        commit.at,
        commit.at,
    )


def _abort(session: Session, where: str, key: str, at: int) -> None:
    rows = session.rows(f"SELECT id FROM designer_maprun WHERE {where} AND status = 'RUNNING'", (key,))
    for (number,) in rows:
        changed = session.run(
            "UPDATE designer_maprun SET status = 'ABORTED', stopped_at = %s WHERE id = %s AND status = 'RUNNING'",
            (at, number),
        )
        if changed.rowcount == 1:  # else it has just ended by itself
            _stop_children(session, number, at)


def _redrive(session: Session, number: str, at: int) -> None:
    """Children that have not yet heard that they are to stop go on; those that ended badly wait for their turn."""
    running = "SELECT id FROM designer_execution WHERE map_run_id = %s AND status = 'RUNNING'"
    session.run(f"DELETE FROM designer_inbox WHERE event = %s AND execution_id IN ({running})", (_STOP, number))
    alive = session.run(  # whoever has read the letter already stores nothing of it
        "UPDATE designer_execution SET version = version + 1 WHERE map_run_id = %s AND status = 'RUNNING'", (number,)
    ).rowcount
    pending = session.run(
        "UPDATE designer_execution SET redrive_due = %s "
        "WHERE map_run_id = %s AND status IN ('FAILED', 'TIMED_OUT', 'ABORTED')",
        (at, number),
    ).rowcount
    session.run(_REDRIVE, (at, False, alive, pending, at, number))


def _stop_children(session: Session, number: str, at: int) -> None:
    session.run("DELETE FROM designer_mapitem WHERE map_run_id = %s", (number,))
    session.run(
        "UPDATE designer_execution SET redrive_due = NULL WHERE map_run_id = %s AND redrive_due IS NOT NULL", (number,)
    )
    session.run("UPDATE designer_maprun SET pending = 0 WHERE id = %s", (number,))
    session.run(
        "INSERT INTO designer_inbox (execution_id, event, at) "
        "SELECT id, %s, %s FROM designer_execution WHERE map_run_id = %s AND status = 'RUNNING'",
        (_STOP, at, number),
    )


def _log_children(session: Session, execution_id: str, children: list[NewChild]) -> None:
    """Children are logged as the execution around them is."""
    wish = session.row("SELECT level, with_data FROM designer_executionlog WHERE execution_id = %s", (execution_id,))
    if wish is not None:
        session.many(_LOG, [(child.id, *wish) for child in children])


def _log_redriven(session: Session, execution_id: str, children: list[str]) -> None:
    """The log of children that had ended goes on where it ended."""
    wish = session.row("SELECT level, with_data FROM designer_executionlog WHERE execution_id = %s", (execution_id,))
    if wish is not None:
        session.many(
            "INSERT INTO designer_executionlog (execution_id, level, with_data, written) "
            "SELECT id, %s, %s, last_event_id FROM designer_execution WHERE id = %s "
            "ON CONFLICT (execution_id) DO NOTHING",
            [(*wish, child) for child in children],
        )


def _forgive(execution_id: str) -> None:
    """A Map Run got on: crashes before count no more, as after a commit of the execution around it.

    In a transaction of its own: that execution's commits take its row before its Map Run's.
    """
    if Session().row("SELECT 1 FROM designer_execution WHERE id = %s AND crashes > 0", (execution_id,)) is not None:
        with writing() as session:
            session.run("UPDATE designer_execution SET crashes = 0 WHERE id = %s", (execution_id,))


class SqlMapRuns:
    """Mixed into SqlStore, which stores what the commits of children hold beside their own rows."""

    def map_run(self, number: str) -> MapRunRow | None:
        row = Session().row(f"SELECT {_COLUMNS} FROM designer_maprun WHERE id = %s", (number,))
        if row is None:
            return None
        return MapRunRow(
            id=row[0],
            execution_id=row[1],
            command=decode_map_run(row[2]),
            status=row[3],
            concurrency=row[4],
            tolerated_count=row[5],
            tolerated_percentage=row[6],
            items=row[7],
            read=row[8],
            complete=bool(row[9]),
            made=row[10],
            running=row[11],
            pending=row[12],
            succeeded=row[13],
            failed=row[14],
            timed_out=row[15],
            aborted=row[16],
        )

    def add_items(self, run: MapRunRow, inputs: list[ChildInput], *, complete: bool) -> bool:
        with writing() as session:
            changed = session.run(
                "UPDATE designer_maprun SET read = read + %s, items = items + %s, complete = %s "
                "WHERE id = %s AND status = 'RUNNING' AND read = %s AND complete = %s",
                (len(inputs), sum(one.items for one in inputs), complete, run.id, run.read, False),
            )
            if changed.rowcount != 1:
                return False
            session.many(
                'INSERT INTO designer_mapitem (map_run_id, "index", input, items) VALUES (%s, %s, %s, %s)',
                [(run.id, run.read + number, one.input.text, one.items) for number, one in enumerate(inputs)],
            )
        _forgive(run.execution_id)
        return True

    def waiting_items(self, run: MapRunRow, limit: int) -> list[ChildInput]:
        rows = Session().rows(
            'SELECT input, items FROM designer_mapitem WHERE map_run_id = %s AND "index" >= %s ORDER BY "index" '
            "LIMIT %s",
            (run.id, run.made, limit),
        )
        return [ChildInput(Document.stored(text), items) for text, items in rows]

    def add_children(self, run: MapRunRow, children: list[NewChild]) -> bool:
        ended: dict[str, int] = {}
        for child in children:
            if child.commit.end is not None:
                column = _COUNTERS[str(child.commit.end.status)]
                ended[column] = ended.get(column, 0) + child.items
        alive = sum(child.commit.end is None for child in children)
        counts = "".join(f", {column} = {column} + {items}" for column, items in ended.items())
        with writing() as session:
            changed = session.run(
                f"UPDATE designer_maprun SET made = made + %s, running = running + %s{counts} "
                "WHERE id = %s AND status = 'RUNNING' AND made = %s",
                (len(children), alive, run.id, run.made),
            )
            if changed.rowcount != 1:
                return False
            session.many(_CHILD, [_child_values(run, child) for child in children])
            self._write_children(session, [child.commit for child in children])
            _log_children(session, run.execution_id, children)
            note_begun(session, [(child.id, child.started_at) for child in children])
            for one in (child.commit for child in children):
                if one.end is not None:
                    output = None if one.end.output is None else one.end.output.text
                    status, error, cause = str(one.end.status), one.end.error, one.end.cause
                    note_status(session, one.execution_id, status, one.at, output=output, error=error, cause=cause)
            session.run(
                'DELETE FROM designer_mapitem WHERE map_run_id = %s AND "index" < %s',
                (run.id, run.made + len(children)),
            )
        _forgive(run.execution_id)
        return True

    def _write_children(self, session: Session, commits: Sequence[Commit]) -> None:
        """SqlStore's own, into which this class is mixed: only there is it known what else a commit holds."""
        raise NotImplementedError

    def redrive_children(self, run: MapRunRow, limit: int, at: int, *, afresh: bool) -> list[str]:
        with writing() as session:
            rows = session.rows(
                "SELECT id, EXISTS (SELECT 1 FROM designer_scope WHERE execution_id = designer_execution.id), "
                "redrive_count FROM designer_execution WHERE map_run_id = %s AND redrive_due IS NOT NULL "
                "ORDER BY child_index LIMIT %s",
                (run.id, limit),
            )
            changed = session.run(
                "UPDATE designer_maprun SET pending = %s, running = running + %s "
                "WHERE id = %s AND status = 'RUNNING' AND pending = %s",
                (run.pending - len(rows) if rows else 0, len(rows), run.id, run.pending),
            )
            if changed.rowcount != 1:
                return []
            found = [row[0] for row in rows]
            # The number of the run is in the names of its attempts: none is taken for one of an earlier run.
            again = {row[0]: _anew(row[2] + 1, at) for row in rows if afresh or not row[1]}
            session.many(_RUN_AGAIN, [(at, at, at, child) for child in found])
            session.many("DELETE FROM designer_inbox WHERE execution_id = %s", [(child,) for child in found])
            for table in _OF_ITS_RUN:
                session.many(f"DELETE FROM {table} WHERE execution_id = %s", [(child,) for child in sorted(again)])
            session.many(
                "UPDATE designer_execution SET last_event_id = 0, state = %s WHERE id = %s",
                [(again[child], child) for child in sorted(again)],
            )
            session.many(_POST, [(child, _BEGIN if child in again else _GO_ON, at) for child in found])
            _log_redriven(session, run.execution_id, found)
            note_begun(session, [(child, at) for child in found])
            return found

    def finish_map_run(self, run: MapRunRow, status: str, event: str, failure: Failure | None, at: int) -> bool:
        with writing() as session:
            changed = session.run(
                "UPDATE designer_maprun SET status = %s, error = %s, cause = %s, stopped_at = %s "
                "WHERE id = %s AND status = 'RUNNING'",
                (status, failure and failure.error, failure and failure.cause, at, run.id),
            )
            if changed.rowcount != 1:
                return False
            session.run(_POST, (run.execution_id, event, at))
            _stop_children(session, run.id, at)
            return True

    def map_runs_of(self, execution_id: str) -> Sequence[str]:
        rows = Session().rows("SELECT id FROM designer_maprun WHERE execution_id = %s", (execution_id,))
        return [row[0] for row in rows]

    def children_running(self, number: str) -> list[str]:
        rows = Session().rows(
            "SELECT id FROM designer_execution WHERE map_run_id = %s AND status = 'RUNNING'", (number,)
        )
        return [row[0] for row in rows]

    def results_size(self, number: str) -> int:
        row = Session().row(
            "SELECT sum(length(output)) FROM designer_execution WHERE map_run_id = %s AND status = 'SUCCEEDED'",
            (number,),
        )
        return int(row[0] or 0)

    def results(self, number: str) -> Iterator[ChildResult]:
        after = -1
        while True:
            rows = Session().rows(
                "SELECT child_index, id, name, status, input, output, error, cause, started_at, stopped_at "
                "FROM designer_execution WHERE map_run_id = %s AND child_index > %s ORDER BY child_index LIMIT %s",
                (number, after, _PAGE),
            )
            for row in rows:
                after = row[0]
                yield ChildResult(
                    id=row[1],
                    name=row[2],
                    status=row[3],
                    input=row[4],
                    output=row[5],
                    error=row[6],
                    cause=row[7],
                    started_at=row[8],
                    stopped_at=row[9],
                )
            if len(rows) < _PAGE:
                return

    def quiet_map_runs(self, before: int, now: int, limit: int) -> Sequence[str]:
        if Session().row(f"{_QUIET} LIMIT 1", (before,)) is None:
            return ()
        with writing() as session:
            rows = session.rows(f"{_QUIET} ORDER BY r.looked_at LIMIT %s{session.skip_locked_of('r')}", (before, limit))
            session.many("UPDATE designer_maprun SET looked_at = %s WHERE id = %s", [(now, row[0]) for row in rows])
        return [row[0] for row in rows]


def _child_values(run: MapRunRow, child: NewChild) -> tuple[object, ...]:
    commit, end = child.commit, child.commit.end
    return (
        child.id,
        child.name,
        "RUNNING" if end is None else str(end.status),
        child.input.text,
        None if end is None or end.output is None else end.output.text,
        None if end is None else end.error,
        None if end is None else end.cause,
        child.started_at,
        None if end is None else commit.at,
        commit.root.last_event_id,
        commit.root.dumped(),
        commit.at if commit.root.ready and end is None else None,
        run.id,
        run.command.state,
        child.index,
        child.items,
        run.execution_id,
    )

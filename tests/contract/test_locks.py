"""Two transactions that want the same rows: one waits for the other, never both."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from designer.models import Execution, ExecutionLog, TaskAttempt
from designer.services.deletion import delete_executions
from designer.store.attempts import ABORT, OPEN
from designer.store.connection import release_thread, writing
from designer.store.sql import SqlStore
from tests.contract.conftest import NOW, SqlBench
from tests.contract.test_store import TASK, commit_of, load, stepped

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time"),
]


class Beside:
    """Something in a thread of its own, with a connection of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.error: BaseException | None = None

        def run() -> None:
            try:
                work()
            except BaseException as error:  # told to the test, whatever it is
                self.error = error
            finally:
                release_thread()

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def is_over_or_waits(self) -> None:
        """Return when it has ended, or waits for a lock."""
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        other = connection.copy()
        try:
            while self._thread.is_alive():
                with other.cursor() as cursor:
                    cursor.execute(waiting)
                    if cursor.fetchone()[0]:
                        return
                self._thread.join(0.01)
        finally:
            other.close()

    def ended(self) -> None:
        self._thread.join()
        if self.error is not None:
            raise self.error


def _execution(queued: int) -> str:
    bench = SqlBench(SqlStore())
    task = TASK["States"]["T"]
    branches = [{"StartAt": f"T{number}", "States": {f"T{number}": task}} for number in range(queued)]
    parallel = {"Type": "Parallel", "Branches": branches, "End": True}
    execution_id = bench.create({"StartAt": "P", "States": {"P": parallel}})
    loaded = load(bench.store, execution_id)
    assert bench.store.commit(commit_of(loaded, stepped(bench.store, loaded)))
    return execution_id


def test_the_sweeper_and_a_commit_that_aborts_attempts_never_wait_for_each_other() -> None:
    execution_id = _execution(2)
    rows = TaskAttempt.objects.filter(execution=execution_id)
    first, second = rows.order_by("rung_at").values_list("pk", flat=True)
    with writing() as session:
        session.run(f"{ABORT} WHERE id = %s AND {OPEN}", (NOW, NOW, second))
        sweeper = Beside(lambda: SqlStore().unanswered(NOW + 1, NOW + 1, 10))
        sweeper.is_over_or_waits()
        session.run(f"{ABORT} WHERE id = %s AND {OPEN}", (NOW, NOW, first))
    sweeper.ended()


def test_deleting_an_execution_waits_for_whoever_has_its_row_before_it_takes_anything() -> None:
    execution_id = _execution(1)
    Execution.objects.filter(pk=execution_id).update(status="FAILED", stopped_at=NOW)
    ExecutionLog.objects.create(execution_id=execution_id, level="ALL", with_data=True, written=0)
    with transaction.atomic():
        Execution.objects.select_for_update().get(pk=execution_id)
        deletion = Beside(lambda: delete_executions([execution_id]))
        deletion.is_over_or_waits()
        ExecutionLog.objects.filter(execution=execution_id).delete()
    deletion.ended()
    assert not Execution.objects.filter(pk=execution_id).exists()


def test_an_execution_that_is_redriven_while_it_is_to_be_deleted_stays_whole() -> None:
    execution_id = _execution(1)
    Execution.objects.filter(pk=execution_id).update(status="FAILED", stopped_at=NOW)
    with transaction.atomic():
        Execution.objects.select_for_update().get(pk=execution_id)
        deletion = Beside(lambda: delete_executions([execution_id]))
        deletion.is_over_or_waits()
        Execution.objects.filter(pk=execution_id).update(status="RUNNING", stopped_at=None)
    deletion.ended()
    assert TaskAttempt.objects.filter(execution=execution_id).count() == 1

"""What every worker asks every second or two costs the same however many attempts of old executions are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from designer.models import Machine
from designer.services.overview import summarise
from designer.services.retention import delete_old_executions
from designer.store.connection import Session
from designer.store.sql import SqlStore
from tests.contract.conftest import NOW

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL proves more, and decides by the sizes"),
]


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.begun_by("worker"),
        lambda store: store.strays(),
        lambda store: store.unanswered(NOW, NOW, 10),
        lambda store: store.due_attempts(NOW, 10),
        lambda store: store.claim_due(NOW, 10),
        lambda store: store.quiet_map_runs(NOW, NOW, 10),
        lambda store: delete_old_executions(),
    ],
)
def test_upkeep_reads_no_table_of_what_is_over(ask: Callable[[SqlStore], object]) -> None:
    asked: list[str] = []
    Session()  # connects
    connection.connection.set_trace_callback(asked.append)
    try:
        ask(SqlStore())
    finally:
        connection.connection.set_trace_callback(None)
    asked = [one for one in asked if one.lstrip().startswith("SELECT")]
    assert asked
    for query in asked:
        for *_, step in Session().rows(f"EXPLAIN QUERY PLAN {query}"):
            whole = step.startswith("SCAN ") and "USING" not in step
            assert not whole or "inbox" in step, (step, query)


def test_a_list_of_machines_counts_executions_by_an_index_alone() -> None:
    asked: list[str] = []
    Session()  # connects
    connection.connection.set_trace_callback(asked.append)
    try:
        summarise([Machine(pk="m")])
    finally:
        connection.connection.set_trace_callback(None)
    (counting,) = (one for one in asked if "COUNT(" in one)
    steps = [step for *_, step in Session().rows(f"EXPLAIN QUERY PLAN {counting}")]
    assert any("COVERING INDEX execution_counts" in step for step in steps), steps

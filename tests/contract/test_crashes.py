"""Random machines, random outcomes, crashes at random commits: the same history in the memory twin and the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from designer.store.sql import SqlStore
from engine.asl.parse import parse_definition
from engine.jsontypes import Document
from engine.runtime.memory import MemoryStore
from engine.runtime.ports import AttemptRow, Claim, Outcome
from tests.contract.conftest import Bench, MemoryBench, SqlBench
from tests.contract.test_driver import Done, World
from tests.core.test_laws import _OUTCOMES, definitions

WRITES = ("commit", "begin", "finish", "claim_due", "add_items", "add_children", "finish_map_run")


class Crash(BaseException):
    """The process ends here, at this very instruction."""


class Crashing:
    """A store whose process dies before or after the writes whose numbers are given."""

    def __init__(self, store: Any, deaths: dict[int, bool]) -> None:
        self._store = store
        self._deaths = deaths
        self._writes = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return self._dying(found) if name in WRITES else found

    def _dying(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            self._writes += 1
            after = self._deaths.get(self._writes)
            if after is False:
                raise Crash
            answer = write(*given, **named)
            if after is True:
                raise Crash
            return answer

        return run


class ByAttempt:
    """Integrations that answer an attempt by its key alone, so that every run gets the same answers."""

    def __init__(self, outcomes: Any) -> None:
        self._outcomes = outcomes

    def quick(self, resource: str, payload: Document) -> bool:
        return False

    def repeatable(self, resource: str) -> bool:
        return False

    def poll(self, claim: Claim) -> Outcome | float:
        raise AssertionError("there are no jobs here")

    def cancel(self, claim: Claim) -> bool:
        return True

    def start(self, attempt: AttemptRow) -> Done:
        _, (end, value) = self._outcomes[sum(map(ord, attempt.key + attempt.scope)) % len(self._outcomes)]
        if end == "failed":
            return Done(Outcome(failed=True, error=str(value), cause=None))
        return Done(Outcome(output=Document(value if end == "ok" else None)))


def lived(bench: Bench, definition: Any, outcomes: Any, deaths: dict[int, bool]) -> tuple[str, list[Any]]:
    world = World(bench)
    tasks = ByAttempt(outcomes)
    store = Crashing(bench.store, deaths)
    for part in (world.driver, world.attempts, world.map_runs, world.poller, world.sweeper):
        part._store = store  # the process that dies is this one
    world.driver._integrations = tasks
    world.attempts._integrations = tasks
    execution_id = bench.create(definition, {"a": [1, [2]]})
    for _ in range(400):
        try:
            world.sweeper.sweep()
            world.answer_doorbells()
            if bench.status(execution_id) != "RUNNING":
                break
            world.clock.advance(1)
            world.poller.poll()
        except Crash:
            # A worker is gone: its doorbells with it. What it had begun is found by its lease, as in the real thing.
            world.bells.executions.clear()
            world.bells.attempts.clear()
            world.bells.map_runs.clear()
            world.lose_begun()
            world.clock.advance(60)
    return bench.status(execution_id), bench.history(execution_id)


@pytest.mark.django_db(transaction=True)
@given(definitions(), _OUTCOMES, st.dictionaries(st.integers(1, 40), st.booleans(), max_size=4))
@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_both_stores_come_to_the_same_history_whatever_dies(
    definition: Any, outcomes: Any, deaths: dict[int, bool]
) -> None:
    assume("FULL" not in json.dumps(definition))  # jitter is drawn anew in every process
    assert parse_definition(json.dumps(definition), "json").machine is not None
    kept = lived(cast("Bench", MemoryBench(MemoryStore())), definition, outcomes, deaths)
    stored = lived(cast("Bench", SqlBench(SqlStore())), definition, outcomes, deaths)
    assert kept == stored
    assert kept[0] != "RUNNING"
    assert [number for number, _, _ in kept[1]] == list(range(1, len(kept[1]) + 1))

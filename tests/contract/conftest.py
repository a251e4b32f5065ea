"""Every implementation of the Store port, one after the other, behind one face."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, cast

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from designer.models import Activity, Machine, Revision, TaskAttempt
from designer.models import Execution as ExecutionRow
from designer.models import HistoryEvent as HistoryRow
from designer.store.sql import SqlStore
from engine.core.events import Started, encode_event
from engine.core.execution import Facts
from engine.jsontypes import Document, dump
from engine.runtime.memory import MemoryStore
from engine.runtime.ports import Definition, Store

NOW = 1_700_000_000_000


class Bench(Protocol):
    """A store with the few things a test must do besides the port: make an execution, look at what is kept."""

    store: Store

    def create(self, definition: dict[str, Any], value: Any = None) -> str: ...

    def create_activity(self, arn: str) -> None: ...

    def history(self, execution_id: str) -> list[tuple[int, int, str]]: ...

    def status(self, execution_id: str) -> str: ...

    def attempt_status(self, attempt_id: str) -> str: ...

    def stuck_reason(self, execution_id: str) -> str | None: ...

    def output(self, execution_id: str) -> Any: ...

    def delete(self, execution_id: str) -> None: ...


@dataclass
class MemoryBench:
    store: MemoryStore

    def create_activity(self, arn: str) -> None:
        self.store.activities.add(arn)

    def create(self, definition: dict[str, Any], value: Any = None) -> str:
        execution_id = str(uuid.uuid4())
        facts = Facts(
            arn=f"arn:{execution_id}",
            name=execution_id,
            machine_arn="arn:machine",
            machine_name="machine",
            role_arn="arn:role",
            input=Document(value if value is not None else {}),
            started_at=NOW,
        )
        stored = Definition(id=str(uuid.uuid4()), text=dump(definition), format="json")
        self.store.create(execution_id, facts, stored, encode_event(Started()), NOW)
        return execution_id

    def history(self, execution_id: str) -> list[tuple[int, int, str]]:
        return [(event.id, event.previous, event.type) for event in self.store.history(execution_id)]

    def status(self, execution_id: str) -> str:
        return str(self.store.status(execution_id))

    def attempt_status(self, attempt_id: str) -> str:
        return self.store.attempt_status(attempt_id)

    def stuck_reason(self, execution_id: str) -> str | None:
        return self.store.stuck_reason(execution_id)

    def output(self, execution_id: str) -> Any:
        return self.store.output(execution_id)

    def delete(self, execution_id: str) -> None:
        self.store.delete(execution_id)


@dataclass
class SqlBench:
    store: SqlStore

    def create_activity(self, arn: str) -> None:
        user, _ = User.objects.get_or_create(username="alice")
        Activity.objects.create(owner=user, name=arn.rpartition(":")[2], created_at=timezone.now())

    def create(self, definition: dict[str, Any], value: Any = None) -> str:
        user, _ = User.objects.get_or_create(username="alice")
        machine = Machine.objects.create(owner=user, name=str(uuid.uuid4()), updated_at=timezone.now())
        revision = Revision.objects.create(machine=machine, number=1, definition=dump(definition))
        row = ExecutionRow.objects.create(
            machine=machine,
            revision=revision,
            name=str(uuid.uuid4()),
            input=dump(value if value is not None else {}),
            started_at=NOW,
        )
        self.store.post(row.pk, encode_event(Started()), NOW)
        return str(row.pk)

    def history(self, execution_id: str) -> list[tuple[int, int, str]]:
        rows = HistoryRow.objects.filter(execution_id=execution_id).order_by("event_id")
        return list(rows.values_list("event_id", "previous_event_id", "type"))

    def status(self, execution_id: str) -> str:
        return ExecutionRow.objects.get(pk=execution_id).status

    def attempt_status(self, attempt_id: str) -> str:
        return TaskAttempt.objects.get(pk=attempt_id).status

    def stuck_reason(self, execution_id: str) -> str | None:
        return ExecutionRow.objects.get(pk=execution_id).stuck_reason

    def output(self, execution_id: str) -> Any:
        text = ExecutionRow.objects.get(pk=execution_id).output
        return None if text is None else json.loads(text)

    def delete(self, execution_id: str) -> None:
        ExecutionRow.objects.get(pk=execution_id).delete()


@pytest.fixture(params=["memory", pytest.param("database", marks=pytest.mark.django_db(transaction=True))])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The database is whatever the settings name: the suite runs once on SQLite and once on PostgreSQL."""
    if request.param == "memory":
        yield cast(Bench, MemoryBench(MemoryStore()))
        return
    yield cast(Bench, SqlBench(SqlStore()))


Make = Callable[[dict[str, Any]], str]

"""The door from the app to the engine: start, stop and retry executions, and wait for their end.

Starting writes the execution and its first letter in one transaction, then rings a worker's doorbell.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from designer.models import (
    Execution,
    ExecutionLog,
    ExecutionStatus,
    Machine,
    MachineStatus,
    MachineType,
    Revision,
)
from designer.services import counting
from designer.services.configuration import LogWish, log_wish
from designer.services.listening import Run, in_own_thread, listener, pause
from designer.services.runtime_channels import ENDED_CHANNEL
from designer.store.connection import Session, writing
from designer.store.outbox import note_status
from designer.store.sql import SqlStore
from engine.core.events import Redriven, Started, StopRequested, encode_event
from engine.runtime.ports import Dispatcher

_INSERT = """
    INSERT INTO designer_execution
        (id, machine_id, revision_id, name, status, input, started_at, version, last_event_id, state, crashes,
         express, published, alias, trace_header, parent_attempt)
    VALUES (%s, %s, %s, %s, 'RUNNING', %s, %s, 0, 0, '', 0, %s, %s, %s, %s, %s)
"""
_LOG = "INSERT INTO designer_executionlog (execution_id, level, with_data, written) VALUES (%s, %s, %s, %s)"
_POST = "INSERT INTO designer_inbox (execution_id, event, at) VALUES (%s, %s, %s)"
_STARTED = encode_event(Started())


class ExecutionAlreadyExists(Exception):
    """The machine has an execution of that name."""

    def __init__(self, machine: str, name: str) -> None:
        super().__init__(name)
        self.machine = machine
        self.name = name


class MachineIsDeleting(Exception):
    """A machine that is being deleted starts nothing more."""


@lru_cache(maxsize=1)
def _dispatcher() -> Dispatcher:
    made: Dispatcher = import_string(settings.TREADLE_DISPATCHER)()
    return made


def ring_execution(execution_id: str) -> None:
    """Have a worker look at an execution: there is mail for it."""
    _dispatcher().ring_execution(execution_id)


def ring_map_run(map_run_id: str) -> None:
    """Have a worker look at a Map Run: its limits have changed."""
    _dispatcher().ring_map_run(map_run_id)


@lru_cache(maxsize=1)
def _store() -> SqlStore:
    return SqlStore()


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A run to be started. ``published`` and ``alias`` are the version and the alias that it was asked for by.

    ``parent_attempt`` is the attempt of another execution that starts it: one execution an attempt, whatever happens.
    """

    machine: Machine
    revision: Revision
    name: str
    input_text: str
    published: int | None = None
    alias: str | None = None
    trace_header: str | None = None
    log: LogWish | None = None
    parent_attempt: str | None = None


def start(wanted: Start) -> Execution:
    """Start a run of a revision. Raises ExecutionAlreadyExists, MachineIsDeleting or QuotaExceeded; then nothing has
    changed.
    """
    machine = wanted.machine
    execution = Execution(
        id=str(uuid.uuid4()),
        machine=machine,
        revision=wanted.revision,
        name=wanted.name,
        input=wanted.input_text,
        started_at=now(),
        status=ExecutionStatus.RUNNING,
        redrive_count=0,
        express=machine.type == MachineType.EXPRESS,
        published=wanted.published,
        alias=wanted.alias,
        trace_header=wanted.trace_header,
        parent_attempt=wanted.parent_attempt,
    )
    try:
        if execution.express:
            with writing() as session:
                _write(session, execution, wanted.log)
        else:
            counting.OPEN.start(lambda session: _write(session, execution, wanted.log))
    except Exception as error:
        if _is_unique_violation(error):
            raise ExecutionAlreadyExists(machine.name, wanted.name) from None
        raise
    _dispatcher().ring_execution(execution.id)
    return execution


def _write(session: Session, execution: Execution, log: LogWish | None) -> int:
    """The id of its first letter."""
    lock = "" if execution.express else counting.OPEN.shared_lock  # nobody counts EXPRESS executions
    row = session.row(
        f"SELECT status{lock} FROM designer_machine WHERE id = %s{session.key_lock}",  # noqa: S608
        (execution.machine_id,),
    )
    if row is None or row[0] != "ACTIVE":
        raise MachineIsDeleting
    session.run(_INSERT, _values(execution))
    letter: int = session.row(f"{_POST} RETURNING id", (execution.id, _STARTED, execution.started_at))[0]
    note_status(session, execution.id, "RUNNING", execution.started_at)
    if log is not None:
        session.run(_LOG, (execution.id, log.level, log.with_data, 0))
    return letter


def _values(one: Execution) -> tuple[object, ...]:
    """The columns of ``_INSERT``."""
    head = (one.id, one.machine_id, one.revision_id, one.name, one.input, one.started_at)
    return (*head, one.express, one.published, one.alias, one.trace_header, one.parent_attempt)


def _is_unique_violation(error: Exception) -> bool:
    return isinstance(error, IntegrityError) or type(error).__name__ in {"IntegrityError", "UniqueViolation"}


def stop(execution_id: str, *, error: str | None, cause: str | None) -> None:
    """Ask an execution to end as ABORTED. A parked one is taken up again for it."""
    with writing() as session:
        session.run(
            "UPDATE designer_execution SET stuck_reason = NULL, crashes = 0 WHERE id = %s AND stuck_reason IS NOT NULL",
            (execution_id,),
        )
        session.run(_POST, (execution_id, encode_event(StopRequested(error=error, cause=cause)), now()))
    _dispatcher().ring_execution(execution_id)


_STOP_ALL = """
    INSERT INTO designer_inbox (execution_id, event, at)
    SELECT id, %s, %s FROM designer_execution WHERE machine_id = %s AND status = 'RUNNING'
"""
_RUNG_AT_ONCE = 100


def stop_all(machine_id: str) -> None:
    """Ask all executions of a machine to end as ABORTED. Those that are not rung here the sweeper rings."""
    event = encode_event(StopRequested(error=None, cause=None))
    with writing() as session:
        session.run(
            "UPDATE designer_execution SET stuck_reason = NULL, crashes = 0 "
            "WHERE machine_id = %s AND stuck_reason IS NOT NULL",
            (machine_id,),
        )
        session.run(_STOP_ALL, (event, now(), machine_id))
    running = Execution.objects.filter(machine=machine_id, status=ExecutionStatus.RUNNING)
    for execution_id in running.values_list("pk", flat=True)[:_RUNG_AT_ONCE]:
        _dispatcher().ring_execution(execution_id)


def retry(execution_id: str) -> bool:
    """Take a stuck execution up again. False when it is not stuck."""
    with writing() as session:
        changed = session.run(
            "UPDATE designer_execution SET stuck_reason = NULL, crashes = 0 WHERE id = %s AND stuck_reason IS NOT NULL",
            (execution_id,),
        )
        found = bool(changed.rowcount == 1)
    if found:
        _dispatcher().ring_execution(execution_id)
    return found


_TOKENS_KEPT = 10
_TOKEN_MS = 15 * 60 * 1000
"""AWS: the last ten client tokens count, for 15 minutes."""


def was_redriven_by(execution: Execution, client_token: str) -> bool:
    """Whether this very request was answered before."""
    return client_token in _tokens(execution)


def _tokens(execution: Execution) -> dict[str, int]:
    """The client tokens that still count, oldest first, and when they came."""
    held = json.loads(execution.redrive_tokens or "{}")
    return {token: at for token, at in held.items() if at > now() - _TOKEN_MS}


def redrive(execution_id: str, *, client_token: str | None = None) -> bool:
    """Take an execution that ended badly up again where it ended. False when it cannot be. Raises QuotaExceeded."""
    event = encode_event(Redriven())
    with transaction.atomic():
        counting.OPEN.count_alone(Session())
        rows = Execution.objects.select_for_update(of=("self",)).select_related("revision")
        execution = (
            rows.only("redrive_tokens", "last_event_id", "machine", "revision__logging").filter(pk=execution_id).first()
        )
        if execution is None or not _takes_work(execution):
            return False
        tokens = _tokens(execution)
        if client_token is not None and client_token in tokens:
            return True
        if not _store().redrive(execution_id, event, now()):
            return False
        counting.OPEN.count(Session())
        if client_token is not None:
            kept = list({**tokens, client_token: now()}.items())[-_TOKENS_KEPT:]
            Execution.objects.filter(pk=execution_id).update(redrive_tokens=json.dumps(dict(kept)))
        _log_again(execution)
    _dispatcher().ring_execution(execution_id)
    return True


def _takes_work(execution: Execution) -> bool:
    """Not while its machine is being deleted: whoever deletes it looks for what runs once this transaction is over."""
    session = Session()
    row = session.row(
        f"SELECT status FROM designer_machine WHERE id = %s{session.key_lock}",  # noqa: S608
        (execution.machine_id,),
    )
    return row is not None and row[0] == MachineStatus.ACTIVE


def _log_again(execution: Execution) -> None:
    """The log of an execution that had ended goes on where it ended."""
    wish = log_wish(execution.revision.logging)
    if wish is not None:
        defaults = {"level": wish.level, "with_data": wish.with_data, "written": execution.last_event_id}
        ExecutionLog.objects.get_or_create(execution=execution, defaults=defaults)


def _ended_in_store(execution_id: str) -> bool:
    status = Execution.objects.filter(pk=execution_id).values_list("status", flat=True).first()
    return status != ExecutionStatus.RUNNING


async def wait_until_ended(execution_id: str, seconds: float, *, new: bool = False, run: Run = in_own_thread) -> None:
    """Return when the execution has ended, or after ``seconds``. Holds no thread. A ``new`` one was never redriven."""
    loop = asyncio.get_running_loop()
    ends = listener(ENDED_CHANNEL)
    until = loop.time() + seconds
    with ends.waiter(execution_id, remembered=new) as ended:
        await ends.listen()
        while not ended.is_set():
            if await run(_ended_in_store, execution_id):
                return
            left = until - loop.time()
            if left <= 0:
                return
            await pause(ended, left)

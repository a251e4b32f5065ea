"""What the runtime needs of the world. Each port has a shipped in-memory twin (``engine.runtime.memory``) and one
contract suite for all its implementations (``tests/contract``).

All times are milliseconds since 1970, except a MonotonicClock's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from engine.asl.text import Format
from engine.core.commands import EndExecution, StartMapRun
from engine.core.execution import Changes, Execution, Root, Scopes
from engine.core.history import HistoryEvent
from engine.core.items import ChildInput, Tolerance
from engine.errors import Failure
from engine.jsontypes import Document, Json

CANCEL_AGAIN_MS = 10_000
"""Between two tries to cancel a job."""
RING_AGAIN_MS = 5_000
"""A doorbell that nobody answered for so long is rung again."""

AttemptEnd = Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "LOST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A stored definition; ``id`` names it for ever, so that what it compiles to can be cached."""

    id: str
    text: str
    format: Format
    express: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mailbox row: an event in the form of ``engine.core.events``."""

    id: int
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """An execution with its mail. ``version`` counts its commits; ``stored_scopes`` always reads what is stored."""

    execution_id: str
    definition_id: str
    version: int
    execution: Execution
    stored_scopes: Scopes
    letters: tuple[Letter, ...]
    parked: bool
    processor: str = ""
    """The Distributed Map whose item processor a child runs; empty for any other execution."""
    map_run_id: str | None = None
    parent_attempt: str | None = None
    """The attempt of another execution that started this one and may wait for its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A test of a state, in behalf of the user ``owner``; its HTTP exchange is told where it is ``traced``."""

    owner: int
    traced: bool = False
    reveal_secrets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One attempt of a Task. ``worker`` is set when it begins in the same commit (hand-over). Whoever holds ``token``
    may end it from outside. ``offered`` is the ARN of the activity whose workers ask for it. A ``trial`` has no
    execution and is not stored."""

    id: str
    execution_id: str
    scope: str
    key: str
    state: str
    number: int
    resource: str
    payload: Document
    timeout_seconds: int | None
    heartbeat_seconds: int | None
    role_arn: str | None = None
    token: str | None = None
    offered: str | None = None
    worker: str | None = None
    trial: Trial | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a worker is to do with an attempt: BEGIN it, POLL the job that ``handle`` names, or CANCEL that job.

    ``polls`` counts how often it was polled, or its cancellation tried, before.
    """

    action: Literal["BEGIN", "POLL", "CANCEL"]
    attempt: AttemptRow
    handle: str | None = None
    polls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityTask:
    """What a worker of an activity gets: the token to answer with, and the input."""

    token: str
    input: Document


class TokenAnswer(StrEnum):
    """What became of an answer by token. CLOSED: the task has ended, or its execution has."""

    TAKEN = "TAKEN"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    key: str
    due: int
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One change of an execution: all of it becomes true at once, or nothing.

    It holds only if the stored version is still ``version`` and every drained letter is still there. ``finished``
    is the attempt whose result this commit takes up (hand-over): its row is closed in the same transaction.
    """

    execution_id: str
    version: int
    at: int
    root: Root
    changes: Changes
    history: Sequence[HistoryEvent]
    drained: Sequence[int]
    attempts: Sequence[AttemptRow]
    cancelled_attempts: Sequence[str]
    timers: Sequence[TimerRow]
    cancelled_timers: Sequence[str]
    end: EndExecution | None
    finished: FinishedAttempt | None = None
    map_runs: Sequence[StartMapRun] = ()
    cancelled_map_runs: Sequence[str] = ()
    redriven_map_runs: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedAttempt:
    """How an attempt ended on its worker, and what it printed. Taken only while the row is BEGUN by ``worker``."""

    id: str
    worker: str
    status: AttemptEnd
    error: str | None = None
    cause: str | None = None
    logs: str = ""
    logs_truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    execution_id: str
    key: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAttempt:
    id: str
    execution_id: str
    scope: str
    key: str
    resource: str
    worker: str
    polling: bool = False
    """Only a look at a job: it may be looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """A worker process and its lease: ``beat`` changes while it lives."""

    id: str
    kind: str
    host: str
    process: int
    beat: int


MOST_CONCURRENT = 10_000
"""Children that run at a time when a Map sets no limit (AWS quota)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRunRow:
    """A Map Run as it is stored.

    Counts are of items, but ``read``, ``made``, ``running`` and ``pending``, which are of children. ``complete`` is set
    when all items are read. ``command`` is its StartMapRun. A redrive lets the ``pending`` children run again as there
    is room, counts failures anew, and reads the items again that no child was made for.
    """

    id: str
    execution_id: str
    command: StartMapRun
    status: str
    concurrency: int
    tolerated_count: int | None
    tolerated_percentage: float | None
    items: int = 0
    read: int = 0
    complete: bool = False
    made: int = 0
    running: int = 0
    pending: int = 0
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    aborted: int = 0

    @property
    def unsuccessful(self) -> int:
        return self.failed + self.timed_out

    @property
    def room(self) -> int:
        """How many more children may run now."""
        return (self.concurrency or MOST_CONCURRENT) - self.running

    @property
    def broken(self) -> bool:
        """Whether more items have failed than may. A percentage is of all items, so they must be known."""
        tolerance = Tolerance(self.tolerated_count, self.tolerated_percentage)
        total = self.items if self.complete else max(self.items, MOST_CONCURRENT)
        return tolerance.exceeded(self.unsuccessful, total)

    @property
    def done(self) -> bool:
        return self.complete and self.made == self.read and self.running == self.pending == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChild:
    """A child as it is first stored: what it has come to without waiting for anything."""

    id: str
    name: str
    index: int
    items: int
    commit: Commit
    input: Document
    started_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildResult:
    """What a child ended with, for a ResultWriter."""

    id: str
    name: str
    status: str
    input: str
    output: str | None
    error: str | None
    cause: str | None
    started_at: int
    stopped_at: int | None


def map_run_id(execution_id: str, attempt: str) -> str:
    """The key of a Map Run: unique for ever, as an attempt's token is."""
    return f"{execution_id}:{attempt}"


class Store(Protocol):
    """The truth. Every method is one transaction of its own, safe to call again after a crash."""

    def load(self, execution_id: str) -> Loaded | None:
        """The execution and its mail; None when there is no such execution."""
        ...

    def definition(self, definition_id: str) -> Definition: ...

    def commit(self, commit: Commit) -> bool:
        """Make it true. False, and nothing changed, when somebody else was faster."""
        ...

    def redrive(self, execution_id: str, event: str, at: int) -> bool:
        """Take an execution that ended badly up again, with ``event`` as its first letter. False when it cannot be."""
        ...

    def post(self, execution_id: str, event: str, at: int) -> None:
        """Put an event into the mailbox. Takes no lock that an activation holds."""
        ...

    def mail(self, execution_id: str) -> tuple[Letter, ...]:
        """What lies in the mailbox now, in order."""
        ...

    def discard_mail(self, execution_id: str, letters: Sequence[int]) -> None:
        """Forget letters to an execution that had ended when they were read; one that came since may redrive it."""
        ...

    def claim(self, attempt_id: str, worker: str, at: int) -> Claim | None:
        """Take an attempt's next step upon oneself; None when there is none, or somebody else has it.

        QUEUED -> BEGUN, once, with a TaskStarted letter; WAITING -> POLLING when a look at its job is due; of a closed
        attempt the job that is still to be cancelled, which is due again by and by until ``job_cancelled``.
        """
        ...

    def finish(self, finished: FinishedAttempt, event: str, at: int) -> str | None:
        """Close an attempt and post its result. The execution's id, or None when that worker does not have it."""
        ...

    def submit(self, attempt: AttemptRow, event: str, handle: str | None, poll_at: int | None, at: int) -> str | None:
        """BEGUN -> WAITING for somebody outside, and post the event: no worker holds it any more.

        ``handle`` names the job for polls and cancellation; ``poll_at`` is when to look at it. The execution's id, or
        None when the attempt was closed meanwhile: then the job is to be cancelled, unless the attempt was answered.
        """
        ...

    def wait_on(self, attempt: AttemptRow, poll_at: int, at: int) -> bool:
        """POLLING -> WAITING: the job goes on. False when the attempt was closed meanwhile."""
        ...

    def requeue(self, attempt_id: str, worker: str, at: int) -> bool:
        """Give back what a lost worker had: BEGUN -> QUEUED (only what may begin twice), POLLING -> WAITING."""
        ...

    def knows(self, attempt_id: str) -> bool:
        """Whether it is stored: it goes with its execution."""
        ...

    def job_cancelled(self, attempt_id: str) -> None:
        """Nothing is left to be cancelled."""
        ...

    def due_attempts(self, now: int, limit: int) -> tuple[Sequence[str], int | None]:
        """Attempts whose job is to be looked at or cancelled; and when the next one after them is due."""
        ...

    def poll_now(self, attempt_id: str, at: int) -> None:
        """There is news of the job: look at it at once."""
        ...

    def answer(self, token: str, finished: FinishedAttempt, event: TokenEvent, at: int) -> tuple[TokenAnswer, str]:
        """Close the attempt of a token from outside and post its end; the execution's id with TAKEN.

        ``finished.id`` and ``finished.worker`` play no part.
        """
        ...

    def heartbeat(self, token: str, at: int) -> tuple[TokenAnswer, str]:
        """Post a TaskHeartbeat for the attempt of a token; the execution's id with TAKEN."""
        ...

    def missing_activities(self, execution_id: str, arns: Sequence[str]) -> frozenset[str]:
        """Those activities that do not exist, or belong to somebody else than the execution does."""
        ...

    def claim_activity(self, arn: str, worker_name: str | None, at: int) -> tuple[ActivityTask, str] | None:
        """The oldest task offered to an activity's workers, once, with a TaskStarted letter; and its execution's id."""
        ...

    def begun_by(self, worker: str) -> Sequence[OpenAttempt]:
        """What a worker has in its hands: BEGUN or POLLING."""
        ...

    def claim_due(self, now: int, limit: int) -> tuple[Sequence[DueTimer], int | None]:
        """Move due timers into mailboxes; who must be rung, and when the next timer after them is due."""
        ...

    def quiet_map_runs(self, before: int, now: int, limit: int) -> Sequence[str]:
        """Map Runs that nobody looked at since ``before``: ring them again. Those of parked executions rest."""
        ...

    def unanswered(self, before: int, now: int, limit: int, *, after: str = "") -> tuple[Sequence[str], Sequence[str]]:
        """Executions with work and attempts still QUEUED that nobody answered for since ``before``: ring them again.

        Executions come in the order of their ids from the one that follows ``after``: ringing changes nothing of
        them. Attempts come as they were rung, the longest ago first. Of each kind no more than ``limit``.
        """
        ...

    def beat(self, worker: WorkerRow, at: int) -> None:
        """Renew (or first register) a worker's lease."""
        ...

    def workers(self) -> Sequence[WorkerRow]: ...

    def strays(self) -> Sequence[str]:
        """Who has attempts in hand and no lease: a worker that was taken for lost, and came back for a moment."""
        ...

    def forget_worker(self, worker: str) -> None: ...

    def release(self) -> None:
        """Let go of what this thread holds of the store, a connection say: the thread is about to end."""
        ...

    def note_crash(self, execution_id: str, reason: str, limit: int) -> bool:
        """Count a crash of an activation; True when that parked the execution."""
        ...

    # -- Map Runs (engine.runtime.mapruns) ---------------------------------------------------------------------

    def map_run(self, map_run_id: str) -> MapRunRow | None: ...

    def map_runs_of(self, execution_id: str) -> Sequence[str]:
        """The Map Runs whose children may still run though the execution has ended."""
        ...

    def add_items(self, run: MapRunRow, inputs: list[ChildInput], *, complete: bool) -> bool:
        """Keep the inputs of children still to be made. False when the row is no longer as ``run`` says."""
        ...

    def waiting_items(self, run: MapRunRow, limit: int) -> list[ChildInput]:
        """The inputs of the next children."""
        ...

    def add_children(self, run: MapRunRow, children: list[NewChild]) -> bool:
        """Store children and count them. False when the row is no longer as ``run`` says."""
        ...

    def redrive_children(self, run: MapRunRow, limit: int, at: int, *, afresh: bool) -> list[str]:
        """Let the next children of a redriven Map Run run again, where they ended or ``afresh``, from the beginning.

        Answers which; none when the row is no longer as ``run`` says.
        """
        ...

    def finish_map_run(self, run: MapRunRow, status: str, event: str, failure: Failure | None, at: int) -> bool:
        """End it once: tell the parent, and stop the children that still run. False when it had ended."""
        ...

    def children_running(self, map_run_id: str) -> list[str]: ...

    def results_size(self, map_run_id: str) -> int:
        """Characters of all outputs together."""
        ...

    def results(self, map_run_id: str) -> Iterator[ChildResult]:
        """All ended children in the order of their items, a page at a time."""
        ...


TokenEvent = Callable[[str, str], str]
"""Makes the event of an attempt from its scope and key."""


class Dispatcher(Protocol):
    """Rings doorbells. A ring may be lost, doubled or late: the store's rows are the truth."""

    def ring_execution(self, execution_id: str) -> None: ...

    def ring_attempt(self, attempt_id: str) -> None: ...

    def ring_map_run(self, map_run_id: str) -> None: ...

    def ring_timers(self, due: int) -> None:
        """A timer earlier than any known may have been stored."""
        ...

    def cancel_attempts(self, attempt_ids: Iterable[str]) -> None: ...

    def offer_activity(self, arn: str) -> None:
        """An activity has a task to give: wake who asks for it."""
        ...

    def waiting(self) -> bool:
        """Whether another execution's doorbell waits for a free worker."""
        ...


class Notifier(Protocol):
    """Tells whoever watches. Never fails the caller, never waits."""

    def committed(self, execution_id: str, root: Root, history: Sequence[HistoryEvent], at: int) -> None: ...


class Clock(Protocol):
    def now(self) -> int: ...

    def monotonic(self) -> float:
        """Seconds on a clock that nobody can set."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an attempt came to: ``output`` of success, ``error`` and ``cause`` of what ``failed``, or a Submission.

    ``exchange`` is the HTTP ``request`` and ``response`` of a trial that is traced, as TestState tells them.
    """

    output: Document | None = None
    error: str | None = None
    cause: str | None = None
    failed: bool = False
    logs: str = ""
    logs_truncated: bool = False
    submission: Submission | None = None
    exchange: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The service has taken the request: the attempt's end comes by token or from the job that ``handle`` names.

    ``output`` is the service's answer. ``poll_seconds`` is when to look at the job for the first time; None for never.
    """

    output: Document
    handle: str | None = None
    poll_seconds: float | None = None


class Work(Protocol):
    """An attempt under way."""

    def wait(self, seconds: float | None) -> Outcome | None:
        """The outcome, or None when the time is over first."""
        ...

    def cancel(self) -> None: ...


class Integrations(Protocol):
    """What Tasks can do."""

    def quick(self, resource: str, payload: Document) -> bool:
        """Whether the attempt is worth doing on the spot: its like took well under the hand-over's time lately."""
        ...

    def repeatable(self, resource: str) -> bool:
        """Whether an attempt that may have begun can be begun again: the service knows it by the attempt's id."""
        ...

    def start(self, attempt: AttemptRow) -> Work: ...

    def poll(self, claim: Claim) -> Outcome | float:
        """Look at a job once: what it came to, or after how many seconds to look again."""
        ...

    def cancel(self, claim: Claim) -> bool:
        """Cancel a job; False when that is worth another try later. Safe to call again."""
        ...

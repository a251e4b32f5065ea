"""The contract of the Store port: what every implementation promises the runtime."""

from __future__ import annotations

from typing import Any

import pytest

from engine.asl.parse import parse_definition
from engine.core.advance import Step, advance
from engine.core.commands import EndExecution, ScheduleTask
from engine.core.events import Event, StopRequested, decode_event, encode_event
from engine.query.evaluator import Direct
from engine.runtime import upkeep
from engine.runtime.clock import ManualClock
from engine.runtime.driver import attempt_row
from engine.runtime.memory import MemoryDispatcher
from engine.runtime.ports import AttemptRow, Commit, FinishedAttempt, Loaded, Store, TimerRow, WorkerRow
from tests.contract.conftest import NOW, Bench
from tests.harness import FUNCTION

TASK: dict[str, Any] = {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": FUNCTION + "F", "End": True}}}
HELLO = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
MAP: dict[str, Any] = {
    "StartAt": "M",
    "States": {"M": {"Type": "Map", "End": True, "ItemProcessor": TASK}},
}
STOP = encode_event(StopRequested(error=None, cause=None))


def load(store: Store, execution_id: str) -> Loaded:
    loaded = store.load(execution_id)
    assert loaded is not None
    return loaded


def stepped(store: Store, loaded: Loaded, *events: Event) -> Step:
    stored = store.definition(loaded.definition_id)
    machine = parse_definition(stored.text, stored.format).machine
    assert machine is not None
    found = [decode_event(letter.event) for letter in loaded.letters]
    return advance(machine, loaded.execution, [*found, *events], at=NOW, seed="seed", evaluator=Direct())


def commit_of(loaded: Loaded, step: Step, **more: Any) -> Commit:
    ends = [command for command in step.commands if isinstance(command, EndExecution)]
    scheduled = [command for command in step.commands if isinstance(command, ScheduleTask)]
    given: dict[str, Any] = {
        "attempts": [attempt_row(loaded.execution_id, command) for command in scheduled],
        "cancelled_attempts": [],
        "timers": [],
        "cancelled_timers": [],
        "end": ends[0] if ends else None,
        **more,
    }
    return Commit(
        execution_id=loaded.execution_id,
        version=loaded.version,
        at=NOW,
        root=step.execution.root,
        changes=step.changes,
        history=step.history,
        drained=[letter.id for letter in loaded.letters],
        **given,
    )


def begun(bench: Bench, definition: dict[str, Any] | None = None) -> tuple[str, AttemptRow]:
    """An execution whose first task is queued."""
    execution_id = bench.create(definition or TASK)
    loaded = load(bench.store, execution_id)
    commit = commit_of(loaded, stepped(bench.store, loaded))
    assert bench.store.commit(commit)
    return execution_id, commit.attempts[0]


def test_an_execution_that_is_not_there_loads_as_nothing(bench: Bench) -> None:
    assert bench.store.load("00000000-0000-0000-0000-000000000000") is None


def test_a_commit_makes_history_status_and_empty_mailbox_true_at_once(bench: Bench) -> None:
    execution_id = bench.create(HELLO)
    loaded = load(bench.store, execution_id)
    assert bench.store.commit(commit_of(loaded, stepped(bench.store, loaded)))
    types = [event_type for _, _, event_type in bench.history(execution_id)]
    assert types == ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    assert bench.status(execution_id) == "SUCCEEDED"
    assert bench.store.mail(execution_id) == ()


def test_of_two_commits_on_one_version_the_second_changes_nothing(bench: Bench) -> None:
    execution_id = bench.create(HELLO)
    loaded = load(bench.store, execution_id)
    commit = commit_of(loaded, stepped(bench.store, loaded))
    assert bench.store.commit(commit)
    before = bench.history(execution_id)
    assert not bench.store.commit(commit)
    assert bench.history(execution_id) == before


def test_a_letter_posted_while_an_activation_runs_is_not_drained_by_it(bench: Bench) -> None:
    execution_id = bench.create(TASK)
    loaded = load(bench.store, execution_id)
    bench.store.post(execution_id, STOP, NOW)
    assert bench.store.commit(commit_of(loaded, stepped(bench.store, loaded)))
    assert [letter.event for letter in bench.store.mail(execution_id)] == [STOP]


def test_letters_come_in_the_order_they_were_posted(bench: Bench) -> None:
    execution_id = bench.create(TASK)
    for number in range(5):
        bench.store.post(execution_id, encode_event(StopRequested(error=str(number), cause=None)), NOW)
    letters = load(bench.store, execution_id).letters[1:]
    found = [decode_event(letter.event) for letter in letters]
    assert found == [StopRequested(error=str(number), cause=None) for number in range(5)]


def test_scopes_come_back_as_they_were_stored(bench: Bench) -> None:
    execution_id = bench.create(MAP, [1, "zwei", None])
    loaded = load(bench.store, execution_id)
    step = stepped(bench.store, loaded)
    assert bench.store.commit(commit_of(loaded, step))
    stored = load(bench.store, execution_id).execution.scopes
    assert sorted(scope.path for scope in stored.below("2.")) == ["2.0", "2.1", "2.2"]
    for path in ("", "2.0", "2.2"):
        kept, wanted = stored.scope(path), step.execution.scopes.scope(path)
        assert kept is not None
        assert wanted is not None
        assert kept.dumped() == wanted.dumped()
    assert stored.blob("#2:items").value == [1, "zwei", None]
    assert list(stored.below("1.")) == []


def test_an_attempt_is_begun_once(bench: Bench) -> None:
    _, attempt = begun(bench)
    first = bench.store.claim(attempt.id, "worker-1", NOW)
    assert first is not None
    assert (first.action, first.attempt.payload.value) == ("BEGIN", {})
    assert bench.store.claim(attempt.id, "worker-2", NOW) is None
    assert [row.id for row in bench.store.begun_by("worker-1")] == [attempt.id]


def test_beginning_an_attempt_posts_that_it_has_begun(bench: Bench) -> None:
    execution_id, attempt = begun(bench)
    bench.store.claim(attempt.id, "worker-1", NOW)
    assert ["TaskStarted" in letter.event for letter in bench.store.mail(execution_id)] == [True]


def test_only_the_worker_that_began_an_attempt_can_finish_it_and_only_once(bench: Bench) -> None:
    execution_id, attempt = begun(bench)
    bench.store.claim(attempt.id, "worker-1", NOW)
    wrong = FinishedAttempt(id=attempt.id, worker="worker-2", status="SUCCEEDED")
    right = FinishedAttempt(id=attempt.id, worker="worker-1", status="SUCCEEDED", logs="done\n")
    assert bench.store.finish(wrong, STOP, NOW) is None
    assert bench.store.finish(right, STOP, NOW) == execution_id
    assert bench.store.finish(right, STOP, NOW) is None
    assert bench.attempt_status(attempt.id) == "SUCCEEDED"
    assert len(bench.store.mail(execution_id)) == 2


def test_a_commit_that_takes_up_a_lost_attempts_result_changes_nothing(bench: Bench) -> None:
    execution_id, attempt = begun(bench)
    bench.store.claim(attempt.id, "worker-1", NOW)
    bench.store.finish(FinishedAttempt(id=attempt.id, worker="worker-1", status="LOST"), STOP, NOW)
    loaded = load(bench.store, execution_id)
    late = FinishedAttempt(id=attempt.id, worker="worker-1", status="SUCCEEDED")
    assert not bench.store.commit(commit_of(loaded, stepped(bench.store, loaded), finished=late))
    assert bench.attempt_status(attempt.id) == "LOST"


def test_a_cancelled_attempt_can_neither_begin_nor_finish(bench: Bench) -> None:
    execution_id, attempt = begun(bench)
    loaded = load(bench.store, execution_id)
    step = stepped(bench.store, loaded)
    assert bench.store.commit(commit_of(loaded, step, cancelled_attempts=[attempt.id]))
    assert bench.attempt_status(attempt.id) == "ABORTED"
    assert bench.store.claim(attempt.id, "worker-1", NOW) is None


def test_the_end_of_an_execution_aborts_its_attempts_and_forgets_its_timers(bench: Bench) -> None:
    execution_id, attempt = begun(bench)
    loaded = load(bench.store, execution_id)
    timer = TimerRow(key="wait:9", due=NOW, event=STOP)
    assert bench.store.commit(commit_of(loaded, stepped(bench.store, loaded), timers=[timer]))
    bench.store.post(execution_id, STOP, NOW)
    loaded = load(bench.store, execution_id)
    assert bench.store.commit(commit_of(loaded, stepped(bench.store, loaded)))
    assert bench.status(execution_id) == "ABORTED"
    assert bench.attempt_status(attempt.id) == "ABORTED"
    assert load(bench.store, execution_id).execution.scopes.scope("") is not None  # a redrive would want it
    assert bench.store.claim_due(NOW + 1, 10)[0] == () or list(bench.store.claim_due(NOW + 1, 10)[0]) == []


def test_due_timers_move_into_mailboxes_earliest_first_and_once(bench: Bench) -> None:
    execution_id = bench.create(TASK)
    loaded = load(bench.store, execution_id)
    timers = [TimerRow(key=f"wait:{number}", due=NOW + number, event=STOP) for number in (3, 1, 2)]
    assert bench.store.commit(commit_of(loaded, stepped(bench.store, loaded), timers=timers))
    assert list(bench.store.claim_due(NOW, 10)[0]) == []
    assert bench.store.claim_due(NOW, 10)[1] == NOW + 1
    claimed, following = bench.store.claim_due(NOW + 2, 10)
    assert [timer.key for timer in claimed] == ["wait:1", "wait:2"]
    assert following == NOW + 3
    assert len(bench.store.mail(execution_id)) == 2
    assert list(bench.store.claim_due(NOW + 2, 10)[0]) == []


def test_a_timer_of_the_same_key_replaces_the_earlier_one(bench: Bench) -> None:
    execution_id = bench.create(TASK)
    for due in (NOW + 5, NOW + 9):
        loaded = load(bench.store, execution_id)
        step = stepped(bench.store, loaded)
        timers = [TimerRow(key="heartbeat:2.0", due=due, event=STOP)]
        assert bench.store.commit(commit_of(loaded, step, timers=timers))
    assert list(bench.store.claim_due(NOW + 5, 10)[0]) == []
    assert len(bench.store.claim_due(NOW + 9, 10)[0]) == 1


def test_unanswered_mail_and_attempts_are_found_and_attempts_only_after_another_while(bench: Bench) -> None:
    execution_id, attempt = begun(bench)
    bench.store.post(execution_id, STOP, NOW)
    assert bench.store.unanswered(NOW - 1, NOW, 10) == ([], [])
    executions, attempts = bench.store.unanswered(NOW + 1, NOW + 1000, 10)
    assert (list(executions), list(attempts)) == ([execution_id], [attempt.id])
    assert list(bench.store.unanswered(NOW + 2, NOW + 1000, 10)[1]) == []


def test_unanswered_executions_come_one_batch_after_the_other(bench: Bench) -> None:
    loop = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "P"}}}
    executions = sorted(bench.create(loop) for _ in range(5))
    for execution_id in executions[1::2]:  # those have work of a spent budget, the others mail
        loaded = load(bench.store, execution_id)
        assert bench.store.commit(commit_of(loaded, stepped(bench.store, loaded)))
    found: list[str] = []
    for _ in range(3):
        batch = bench.store.unanswered(NOW + 1, NOW + 1, 2, after=found[-1] if found else "")[0]
        found += batch
    assert found == executions


def test_a_sweeper_rings_for_all_though_nobody_answers(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_BATCH", 2)
    executions = {bench.create(TASK) for _ in range(5)}
    bells, clock = MemoryDispatcher(), ManualClock(NOW + upkeep.UNANSWERED_MS + 1)
    sweeper = upkeep.Sweeper(bench.store, bells, clock)
    for _ in range(3):
        sweeper.sweep()
    assert set(bells.executions) == executions
    sweeper.sweep()
    assert len(bells.executions) == 7, "and begins again"


def test_attempts_that_nobody_takes_are_rung_in_turn(bench: Bench) -> None:
    attempts = {begun(bench)[1].id for _ in range(3)}
    rung: list[str] = []
    for second in range(1, 4):  # each time all of them count as unanswered
        now = NOW + 1000 * second
        rung += bench.store.unanswered(now, now - 1, 1)[1]
    assert set(rung) == attempts


def test_work_that_a_spent_budget_left_is_found(bench: Bench) -> None:
    loop = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Next": "P"}}}
    execution_id = bench.create(loop)
    loaded = load(bench.store, execution_id)
    step = stepped(bench.store, loaded)
    assert step.more
    assert bench.store.commit(commit_of(loaded, step))
    assert list(bench.store.unanswered(NOW + 1, NOW + 1, 10)[0]) == [execution_id]


def test_a_beat_registers_a_worker_and_then_moves(bench: Bench) -> None:
    row = WorkerRow(id="w", kind="advance", host="here", process=7, beat=0)
    bench.store.beat(row, NOW)
    first = bench.store.workers()[0]
    bench.store.beat(row, NOW + 1)
    assert bench.store.workers()[0].beat > first.beat
    assert (first.host, first.process, first.kind) == ("here", 7, "advance")
    bench.store.forget_worker("w")
    assert list(bench.store.workers()) == []


def test_crashes_park_an_execution_at_the_limit_and_progress_forgives_them(bench: Bench) -> None:
    execution_id = bench.create(TASK)
    assert not bench.store.note_crash(execution_id, "why", 2)
    loaded = load(bench.store, execution_id)
    assert bench.store.commit(commit_of(loaded, stepped(bench.store, loaded)))
    assert not bench.store.note_crash(execution_id, "why", 2)
    assert bench.store.note_crash(execution_id, "why", 2)
    assert bench.stuck_reason(execution_id) == "why"
    assert load(bench.store, execution_id).parked


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
def test_a_crash_is_counted_whatever_its_error_says(bench: Bench, odd: str) -> None:
    """Else it would look like a store that is away, and the execution would be advanced for ever."""
    execution_id = bench.create(TASK)
    assert bench.store.note_crash(execution_id, f"why {odd}!", 1)
    assert str(bench.stuck_reason(execution_id)).startswith("why ")


def test_a_parked_execution_is_not_rung_again(bench: Bench) -> None:
    execution_id = bench.create(TASK)
    assert bench.store.note_crash(execution_id, "why", 1)
    assert list(bench.store.unanswered(NOW + 1, NOW + 1, 10)[0]) == []


def test_text_of_every_script_survives(bench: Bench) -> None:
    value = {"名前": "状態 🎉", "quote": '"\\', "zero": 0, "null": None}
    execution_id = bench.create(HELLO, value)
    assert load(bench.store, execution_id).execution.facts.input.value == value

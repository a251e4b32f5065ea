"""What fails again and again while something is away is told once, once a minute, and when it is over."""

from __future__ import annotations

import errno
import logging
import threading

import pytest
import redis
from celery import Celery

from config.celery import app
from engine.runtime.clock import ManualClock
from engine.runtime.doorbells import CeleryDispatcher
from engine.runtime.outages import Outages
from engine.runtime.upkeep import Loop
from tests.harness import free_port


class Away(Exception):
    """The database is away."""


class TurnedOff(Away):
    """It told us so."""


class Wrapped(Exception):
    """What a library makes of it."""


class Told:
    """The records of the loggers of ours."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog

    def new(self) -> list[str]:
        found = [one.getMessage() for one in self._caplog.records]
        self._caplog.clear()
        return found


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    caplog.set_level(logging.INFO)
    return Told(caplog)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def outages(clock: ManualClock) -> Outages:
    return Outages(clock)


def test_an_outage_is_told_once_with_its_reason_then_each_minute_with_a_count_then_when_it_is_over(
    outages: Outages, clock: ManualClock, told: Told
) -> None:
    outages.failed("lease", Away("connection refused"))
    assert told.new() == ["lease failed and is tried again until it works: connection refused"]
    for _ in range(59):
        clock.advance(1)
        outages.failed("lease", Away("connection refused"))
    assert told.new() == []
    clock.advance(1)
    outages.failed("lease", Away("still refused"))
    assert told.new() == ["lease: 61 failures in 60 s, the last: still refused"]
    clock.advance(30)
    outages.failed("lease", Away("refused"))
    assert told.new() == []
    outages.worked("lease")
    assert told.new() == ["lease works again after 62 failures in 90 s"]
    outages.worked("lease")
    assert told.new() == []


def test_what_fails_for_the_same_reason_meanwhile_is_only_counted_and_it_is_over_when_all_of_it_works(
    outages: Outages, told: Told
) -> None:
    outages.failed("timers", TurnedOff("shutting down"))
    told.new()
    outages.failed("lease", Away("connection refused"))
    try:
        raise Wrapped("refused") from Away("connection refused")
    except Wrapped as error:
        outages.failed("sweeper", error)
    assert told.new() == []
    outages.worked("lease")
    outages.worked("timers")
    assert told.new() == []
    outages.worked("sweeper")
    assert told.new() == ["lease, sweeper, timers work again after 3 failures in 0 s"]


def test_another_reason_is_told_at_once_too(outages: Outages, told: Told) -> None:
    outages.failed("lease", Away("connection refused"))
    outages.failed("log", KeyError("a bug"))
    assert told.new()[1:] == ["log failed and is tried again until it works: KeyError: 'a bug'"]
    outages.worked("lease")
    assert told.new() == ["lease works again after 1 failure in 0 s"]


def test_a_full_disk_is_told_while_the_broker_refuses_connections(outages: Outages, told: Told) -> None:
    outages.failed("log", OSError(errno.ENOSPC, "No space left on device"))
    outages.failed("ringing doorbells", ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))
    outages.failed("old-logs", PermissionError(errno.EACCES, "Permission denied"))
    outages.failed("retention", OSError(errno.EIO, "Input/output error"))
    assert [line.partition(" failed")[0] for line in told.new()] == [
        "log",
        "ringing doorbells",
        "old-logs",
        "retention",
    ]


def test_a_connection_that_is_reset_and_one_that_is_refused_may_be_one_outage(outages: Outages, told: Told) -> None:
    outages.failed("bells", ConnectionError("gone"))
    outages.failed("offers", ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"))
    assert len(told.new()) == 1


def _bug(number: int) -> None:
    if number == 1:
        raise ValueError("the first bug")
    raise ValueError("the second bug")


def _fail_with_bug(outages: Outages, subject: str, number: int) -> None:
    try:
        _bug(number)
    except ValueError as error:
        outages.failed(subject, error)


def test_faults_of_the_program_are_one_where_they_come_from_one_line_of_it(outages: Outages, told: Told) -> None:
    _fail_with_bug(outages, "retention", 1)
    _fail_with_bug(outages, "deletions", 1)
    _fail_with_bug(outages, "log", 2)
    assert [line.rpartition(": ")[2] for line in told.new()] == ["the first bug", "the second bug"]


def test_what_is_not_tried_any_more_hides_nothing_that_fails_later(
    outages: Outages, clock: ManualClock, told: Told
) -> None:
    """The log of an execution that was deleted meanwhile never works again."""
    outages.failed("the log of one", Away("a row is missing"))
    clock.advance(901)
    outages.worked("lease")
    assert told.new()[1:] == ["the log of one: not tried for 15 minutes, after 1 failure in 0 s"]
    outages.failed("the log of another", Away("a row is missing"))
    assert told.new() == ["the log of another failed and is tried again until it works: a row is missing"]


def test_what_is_not_tried_any_more_does_not_keep_an_outage_from_being_over(
    outages: Outages, clock: ManualClock, told: Told
) -> None:
    outages.failed("the log of one", Away("away"))
    for _ in range(901):
        clock.advance(1)
        outages.failed("lease", Away("away"))
    told.new()
    outages.worked("lease")
    assert told.new() == ["lease works again after 902 failures in 901 s"]


def test_the_first_of_its_kind_comes_with_its_traceback_and_no_other(
    outages: Outages, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        outages.failed("lease", Away("connection refused"))
    outages.worked("lease")
    outages.failed("lease", Away("connection refused"))
    assert [record.exc_info is not None for record in caplog.records] == [True, False, True]


def test_loops_that_fail_for_the_same_reason_tell_of_it_once(outages: Outages, told: Told) -> None:
    turns = threading.Semaphore(0)
    failed = threading.Semaphore(0)
    back = threading.Event()

    def step() -> float:
        if back.is_set():
            turns.release()
            return 60.0
        failed.release()
        raise Away("connection refused")

    loops = [Loop(name, step, outages) for name in ("first", "second", "third")]
    for loop in loops:
        loop.start()
    for _ in range(6):
        assert failed.acquire(timeout=30)
        for loop in loops:
            loop.wake()
    back.set()
    for loop in loops:
        loop.wake()
    for _ in loops:
        assert turns.acquire(timeout=30)
    for loop in loops:
        loop.stop()
    found = told.new()
    assert len(found) == 2
    assert found[0].endswith("failed and is tried again until it works: connection refused")
    assert found[1].startswith("first, second, third work again")


def test_a_thousand_doorbells_that_cannot_be_rung_are_one_line(outages: Outages, told: Told) -> None:
    nobody = Celery("nobody", broker="redis://127.0.0.1:1/0")
    nobody.conf.broker_transport_options = {"max_retries": 0, "interval_start": 0, "interval_max": 0}
    bells = CeleryDispatcher(nobody, "redis://127.0.0.1:1/0", lambda: None, outages)
    for number in range(10):
        bells.ring_execution(str(number))
        bells.cancel_attempts([str(number)])
        bells.offer_activity(str(number))
    assert len(told.new()) == 1


def test_a_worker_asks_for_its_broker_every_few_seconds_however_long_it_is_away_and_tells_of_it_once(
    outages: Outages, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.doorbells.outages", outages)
    pauses: list[float] = []

    def pausing(seconds: float) -> None:
        pauses[-1] += seconds

    monkeypatch.setattr("kombu.utils.functional.sleep", pausing)
    with app.connection_for_read(f"redis://127.0.0.1:{free_port()}/0") as connection:
        connect = connection._connection_factory

        def connecting() -> object:
            pauses.append(0.0)
            if len(pauses) > 100:
                raise KeyboardInterrupt
            return connect()

        monkeypatch.setattr(connection, "_connection_factory", connecting)
        with pytest.raises(KeyboardInterrupt):
            connection.ensure_connection(lambda error, pause: None)
    assert 1 <= min(pauses[:-1]) <= max(pauses) <= 5
    assert len(told.new()) == 1


def test_failures_are_counted_whoever_fails_at_the_same_time(outages: Outages, told: Told) -> None:
    def fail(name: str) -> None:
        for _ in range(100):
            outages.failed(name, redis.ConnectionError("away"))

    threads = [threading.Thread(target=fail, args=(name,)) for name in "abcd"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for name in "abcd":
        outages.worked(name)
    assert told.new()[1:] == ["a, b, c, d work again after 400 failures in 0 s"]


def test_many_subjects_are_told_by_their_number(outages: Outages, clock: ManualClock, told: Told) -> None:
    for number in range(8):
        outages.failed(f"r{number}", Away("away"))
    told.new()
    clock.advance(60)
    outages.failed("r0", Away("away"))
    assert told.new() == ["r0, r1, r2, r3, r4 and 3 more: 9 failures in 60 s, the last: away"]

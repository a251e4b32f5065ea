"""What fails again and again while something that it needs is away: told once with its reason, then once a minute
with a count, then once that it is over. A process has many loops, and an outage of the database fails all of them
once a second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.runtime.clock import SystemClock
from engine.runtime.ports import Clock

logger = logging.getLogger(__name__)

_TELL_AGAIN_SECONDS = 60.0
_FORGET_MINUTES = 15
"""Longer than anything that fails waits until it is tried again."""
_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Reason:
    """Errors of libraries (a driver's OperationalError) tell by their kind what is away; those of Python's own do not.

    ``detail`` tells errors of one kind apart: the number of an OSError (a full disk is no broker that is away), and
    the line of any other of Python's own, which is a fault of the program.
    """

    kind: type[BaseException]
    detail: object

    @classmethod
    def of(cls, error: BaseException) -> _Reason:
        kind = type(error)
        if isinstance(error, ConnectionError | TimeoutError) or not (isinstance(error, OSError) or _own(kind)):
            return cls(kind, None)
        return cls(kind, error.errno if isinstance(error, OSError) else _line(error))

    def is_like(self, other: _Reason) -> bool:
        if self.kind is other.kind:
            return self.detail == other.detail
        return self._is_below(other) or other._is_below(self)

    def _is_below(self, other: _Reason) -> bool:
        return issubclass(self.kind, other.kind) and (other.kind is ConnectionError or not _own(other.kind))


@dataclass(slots=True)
class _Outage:
    """What fails for one reason: ``failing`` now, ``subjects`` lately. Times are seconds, monotonic."""

    first_at: float
    told_at: float
    last_at: float = 0.0
    count: int = 0
    reasons: set[_Reason] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    subjects: dict[str, float] = field(default_factory=dict)  # when each failed last, in this order

    def is_for(self, reason: _Reason) -> bool:
        return any(reason.is_like(known) for known in self.reasons)

    def note(self, subject: str, reason: _Reason, now: float) -> None:
        self.reasons.add(reason)
        self.failing.add(subject)
        self.subjects.pop(subject, None)
        self.subjects[subject] = now
        self.count += 1
        self.last_at = now

    def not_tried_since(self, then: float) -> set[str]:
        """Forget what failed last before ``then``, and answer what of it has never worked since."""
        old = set()
        for subject, at in self.subjects.items():
            if at >= then:
                break
            old.add(subject)
        for subject in old:
            del self.subjects[subject]
        left = self.failing & old
        self.failing -= old
        return left

    def __str__(self) -> str:
        failures = "1 failure" if self.count == 1 else f"{self.count} failures"
        return f"{failures} in {self.last_at - self.first_at:.0f} s"


class Outages:
    """All that fails now. Failures have the same reason if their causes are of one family of errors."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._all: list[_Outage] = []

    def failed(self, subject: str, error: BaseException) -> None:
        """``subject`` is something that will be tried again, named so that its next success ends the outage."""
        cause = _cause(error)
        reason = _Reason.of(cause)
        with self._lock:
            now = self._clock.monotonic()
            self._forget(now)
            found = next((one for one in self._all if one.is_for(reason)), None)
            if found is None:
                found = _Outage(first_at=now, told_at=now)
                self._all.append(found)
                logger.error("%s failed and is tried again until it works: %s", subject, _said(cause), exc_info=error)
            found.note(subject, reason, now)
            if now - found.told_at >= _TELL_AGAIN_SECONDS:
                found.told_at = now
                logger.error("%s: %s, the last: %s", _named(found.failing), found, _said(cause))

    def worked(self, subject: str) -> None:
        """Costs next to nothing while nothing fails."""
        if not self._all:
            return
        with self._lock:
            self._forget(self._clock.monotonic())
            for one in self._all:
                one.failing.discard(subject)
            over = [one for one in self._all if not one.failing]
            self._all = [one for one in self._all if one.failing]
            for one in over:
                verb = "works" if len(one.subjects) == 1 else "work"
                logger.warning("%s %s again after %s", _named(one.subjects), verb, one)

    def _forget(self, now: float) -> None:
        """What nobody tries any more never works again: the log of an execution that was deleted, for one."""
        for one in self._all:
            left = one.not_tried_since(now - _FORGET_MINUTES * 60)
            if left and not one.failing:
                logger.warning("%s: not tried for %d minutes, after %s", _named(left), _FORGET_MINUTES, one)
        self._all = [one for one in self._all if one.failing]


def _cause(error: BaseException) -> BaseException:
    """Libraries wrap what the driver said."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _own(kind: type[BaseException]) -> bool:
    """Whether it is Python's own: ``OSError`` and ``ValueError`` are above errors that have nothing in common."""
    return kind.__module__ == "builtins"


def _line(error: BaseException) -> tuple[str, int] | None:
    """Where it was raised."""
    trace = error.__traceback__
    if trace is None:
        return None
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename, trace.tb_lineno


def _said(error: BaseException) -> str:
    """Its text in one line; of one that says little alone, the name of its kind too."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if isinstance(error, LookupError) or not text else text


def _named(subjects: Iterable[str]) -> str:
    names = sorted(subjects)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


outages = Outages(SystemClock())
"""Of this process."""

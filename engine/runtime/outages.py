"""What fails again and again while something that it needs is away: told once with its reason, then once a minute
with a count, then once that it is over. A process has many loops, and an outage of the database fails all of them
once a second.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from engine.runtime.clock import SystemClock
from engine.runtime.ports import Clock

logger = logging.getLogger(__name__)

_TELL_AGAIN_SECONDS = 60.0
_NAMED = 5


@dataclass(slots=True)
class _Outage:
    """What fails for one reason: ``failing`` now, ``subjects`` since it began. Times are seconds, monotonic."""

    family: set[type[BaseException]]
    first_at: float
    told_at: float
    last_at: float = 0.0
    count: int = 0
    failing: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)

    def is_for(self, kind: type[BaseException]) -> bool:
        return any(
            kind is known or ((issubclass(kind, known) or issubclass(known, kind)) and Exception not in {kind, known})
            for known in self.family
        )

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
        with self._lock:
            now = self._clock.monotonic()
            found = next((one for one in self._all if one.is_for(type(cause))), None)
            if found is None:
                found = _Outage(family=set(), first_at=now, told_at=now)
                self._all.append(found)
                logger.error("%s failed and is tried again until it works: %s", subject, _said(cause), exc_info=error)
            found.family.add(type(cause))
            found.failing.add(subject)
            found.subjects.add(subject)
            found.count += 1
            found.last_at = now
            if now - found.told_at >= _TELL_AGAIN_SECONDS:
                found.told_at = now
                logger.error("%s: %s, the last: %s", _named(found.failing), found, _said(cause))

    def worked(self, subject: str) -> None:
        """Costs next to nothing while nothing fails."""
        if not self._all:
            return
        with self._lock:
            for one in self._all:
                one.failing.discard(subject)
            over = [one for one in self._all if not one.failing]
            self._all = [one for one in self._all if one.failing]
            for one in over:
                verb = "works" if len(one.subjects) == 1 else "work"
                logger.warning("%s %s again after %s", _named(one.subjects), verb, one)


def _cause(error: BaseException) -> BaseException:
    """Libraries wrap what the driver said."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _said(error: BaseException) -> str:
    """Its text in one line; of one that says little alone, the name of its kind too."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if isinstance(error, LookupError) or not text else text


def _named(subjects: set[str]) -> str:
    names = sorted(subjects)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


outages = Outages(SystemClock())
"""Of this process."""

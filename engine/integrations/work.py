"""Forms of the Work port that integrations share."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.runtime.ports import Outcome, Work


class Done:
    """An attempt that ended before it began."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def wait(self, seconds: float | None) -> Outcome | None:
        return self._outcome

    def cancel(self) -> None:
        pass


class Call:
    """An attempt that is one call, made on the thread that waits for it. Never for a hand-over: it knows no time.

    A call that is under way cannot be taken back; one that was cancelled before is not made.
    """

    def __init__(self, call: Callable[[], Outcome]) -> None:
        self._call = call
        self._lock = threading.Lock()
        self._outcome: Outcome | None = None
        self._cancelled = False

    def wait(self, seconds: float | None) -> Outcome | None:
        with self._lock:
            if self._outcome is None and not self._cancelled:
                self._outcome = self._call()
            return self._outcome

    def cancel(self) -> None:
        self._cancelled = True


def failed(error: str, cause: str) -> Outcome:
    """The outcome of an attempt that failed."""
    return Outcome(failed=True, error=error, cause=cause)


def failure(error: str, cause: str) -> Work:
    """An attempt that could not even begin."""
    return Done(failed(error, cause))

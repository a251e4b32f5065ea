"""How a state's work can fail inside the interpreter, and the sentences AWS says about it."""

from __future__ import annotations

from engine.errors import ErrorName, Failure


class StateFailed(Exception):
    """Carries a Failure from deep in the data flow to the one place that lets Retry and Catch see it.

    Raised and caught inside ``engine.core`` only: outside, a workflow's failure is data.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.error)
        self.failure = failure


class HistoryFull(Exception):
    """The next event would be one too many."""


def runtime_error(state: str, entered: int, reason: str) -> StateFailed:
    """States.Runtime with the prefix AWS gives every such cause."""
    prefix = f"An error occurred while executing the state '{state}' (entered at the event id #{entered}). "
    return StateFailed(Failure(error=ErrorName.RUNTIME, cause=prefix + reason))


def too_large(state: str) -> Failure:
    return Failure(
        error=ErrorName.DATA_LIMIT_EXCEEDED,
        cause=f"The state/task '{state}' returned a result with a size exceeding the maximum number of bytes "
        "service limit.",
    )

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


class EvaluationFailed(StateFailed):
    """A JSONata field could not be evaluated; ``location`` names it as ``Output/total``, if it was one field."""

    def __init__(self, state: str, entered: int, reason: str, location: str | None) -> None:
        super().__init__(Failure(error=ErrorName.QUERY_EVALUATION, cause=_prefix(state, entered) + reason))
        self.state = state
        self.location = location


class MapRunBroken(StateFailed):
    """A Map Run failed: its items could not be read, its results not written, or too many items failed."""


class HistoryFull(Exception):
    """The next event would be one too many."""


def runtime_error(state: str, entered: int, reason: str) -> StateFailed:
    """States.Runtime with the prefix AWS gives every such cause."""
    return StateFailed(Failure(error=ErrorName.RUNTIME, cause=_prefix(state, entered) + reason))


def variables_too_large(state: str) -> Failure:
    return Failure(
        error=ErrorName.DATA_LIMIT_EXCEEDED,
        cause=f"The variables that the state '{state}' can see would exceed the maximum number of bytes service limit.",
    )


def intrinsic_failed(state: str, entered: int, reason: str) -> StateFailed:
    return StateFailed(Failure(error=ErrorName.INTRINSIC_FAILURE, cause=_prefix(state, entered) + reason))


def _prefix(state: str, entered: int) -> str:
    return f"An error occurred while executing the state '{state}' (entered at the event id #{entered}). "


def no_choice_matched(state: str, entered: int) -> Failure:
    reason = "Failed to transition out of the state. The state does not point to a next state."
    return Failure(error=ErrorName.NO_CHOICE_MATCHED, cause=_prefix(state, entered) + reason)


def too_large(state: str) -> Failure:
    return Failure(
        error=ErrorName.DATA_LIMIT_EXCEEDED,
        cause=f"The state/task '{state}' returned a result with a size exceeding the maximum number of bytes "
        "service limit.",
    )

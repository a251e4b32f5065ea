"""Errors of a running machine are data: a name the machine's own Retry and Catch can match, and a cause in words."""

from __future__ import annotations

from dataclasses import dataclass


class ErrorName:
    """The predefined names (ASL, "Appendix A: Predefined Error Codes")."""

    ALL = "States.ALL"
    TASK_FAILED = "States.TaskFailed"
    TIMEOUT = "States.Timeout"
    HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
    DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
    RUNTIME = "States.Runtime"
    PERMISSIONS = "States.Permissions"
    INTRINSIC_FAILURE = "States.IntrinsicFailure"
    QUERY_EVALUATION = "States.QueryEvaluationError"
    ITEM_READER_FAILED = "States.ItemReaderFailed"
    RESULT_WRITER_FAILED = "States.ResultWriterFailed"
    TOLERATED_FAILURES_EXCEEDED = "States.ExceedToleratedFailureThreshold"
    NO_CHOICE_MATCHED = "States.NoChoiceMatched"


# What AWS was recorded to do, which is not what the specification says: the wildcards skip these.
NOT_MATCHED_BY_ALL = frozenset({ErrorName.DATA_LIMIT_EXCEEDED})
NOT_MATCHED_BY_TASK_FAILED = NOT_MATCHED_BY_ALL | {ErrorName.TIMEOUT}


def matches(error_equals: tuple[str, ...], error: str | None) -> bool:
    """Whether a Retrier or Catcher with these names handles this error. An error without a name has the name ""."""
    name = error or ""
    if name == ErrorName.RUNTIME:
        return False  # AWS was recorded to pass even a Catcher that names it
    for candidate in error_equals:
        if candidate == name:
            return True
        if candidate == ErrorName.ALL and name not in NOT_MATCHED_BY_ALL:
            return True
        if candidate == ErrorName.TASK_FAILED and name not in NOT_MATCHED_BY_TASK_FAILED:
            return True
        # A missed heartbeat is recorded as States.Timeout; guides tell users to match States.HeartbeatTimeout.
        if candidate == ErrorName.HEARTBEAT_TIMEOUT and name == ErrorName.TIMEOUT:
            return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a state, a branch or an execution failed. Both parts may be absent, as a Fail state may omit them."""

    error: str | None = None
    cause: str | None = None

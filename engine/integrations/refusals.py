"""What may come instead of a result."""

from __future__ import annotations


class ServiceRefused(Exception):
    """A service answered with an error."""

    def __init__(self, code: str, message: str, *, status: int, request_id: str, extended_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.request_id = request_id
        self.extended_id = extended_id


class NoAnswer(Exception):
    """A service could not be reached, or its answer could not be read."""


class NotAllowed(Exception):
    """The operator does not let machines call this; the message says what to set."""


class AnswerUnclear(NoAnswer):
    """There is an answer, but none that the service could give."""

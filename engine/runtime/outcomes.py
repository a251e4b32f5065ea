"""What comes of attempts, made fit to be kept.

Services and exceptions may have half surrogate pairs in their texts (JSON can escape them, Python keeps odd file names
in them). No UTF-8 can hold them, so no store could take the outcome, and its task would have no end.
"""

from __future__ import annotations

import re
from dataclasses import replace

from engine.errors import ErrorName
from engine.jsontypes import Document
from engine.runtime.ports import Outcome

_HALVES = re.compile("[\ud800-\udfff]")


def storable(outcome: Outcome) -> Outcome:
    """The same outcome, with U+FFFD for each half of a surrogate pair; a failure when its output is not JSON."""
    submission = outcome.submission
    try:
        output = None if outcome.output is None else _document(outcome.output)
        submission = None if submission is None else replace(submission, output=_document(submission.output))
    except (ValueError, TypeError, RecursionError) as error:
        return Outcome(failed=True, error=ErrorName.TASK_FAILED, cause=f"The task answered what is not JSON: {error}")
    return replace(
        outcome,
        output=output,
        error=None if outcome.error is None else _whole(outcome.error),
        cause=None if outcome.cause is None else _whole(outcome.cause),
        logs=_whole(outcome.logs),
        submission=submission,
    )


def _document(document: Document) -> Document:
    text = document.text
    whole = _whole(text)
    return document if whole is text else Document.stored(whole)


def _whole(text: str) -> str:
    return text if text.isascii() or _HALVES.search(text) is None else _HALVES.sub("\ufffd", text)

"""The outbox of status changes: a row in the transaction of the change, where anybody wants to hear of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from designer.store.connection import Session

_INSERT = """
    INSERT INTO designer_statusevent (execution_id, status, at, due, tries, output, error, cause)
    SELECT e.id, %s, %s, %s, 0, %s, %s, %s FROM designer_execution e WHERE e.id = %s AND NOT e.express
"""


def note_status(
    session: Session,
    execution_id: str,
    status: str,
    at: int,
    *,
    output: str | None = None,
    error: str | None = None,
    cause: str | None = None,
) -> None:
    """EXPRESS executions have no such events, as with AWS."""
    if settings.ENVIRONMENT.events_url is not None:
        session.run(_INSERT, (status, at, at, output, error, cause, execution_id))


def note_begun(session: Session, executions: Iterable[tuple[str, int]]) -> None:
    """Many that begin together: ids and when."""
    if settings.ENVIRONMENT.events_url is not None:
        rows = [("RUNNING", at, at, None, None, None, execution_id) for execution_id, at in executions]
        session.many(_INSERT, rows)

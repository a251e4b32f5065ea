"""The Django app."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

IDLE_IN_TRANSACTION = "60s"


def _give_up_who_stands_still(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """A process that is frozen in the middle of a transaction keeps its locks, and its host answers for it.

    By a statement: poolers refuse it among the options of a new connection.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = %s", [IDLE_IN_TRANSACTION])


class DesignerConfig(AppConfig):
    name = "designer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(_give_up_who_stands_still)

"""What Tasks can reach here: the catalogue of integrations and the operator's Celery tasks."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from designer.services.errors import CatalogueUnavailable, DoesNotExist
from engine.integrations import catalogue
from engine.integrations.catalogue import Entry
from engine.integrations.celery_tasks import CelerySettings, CeleryTasks, CeleryUnavailable, KnownTask


@lru_cache(maxsize=1)
def list_entries() -> list[Entry]:
    return catalogue.entries()


def list_sdk_services() -> list[str]:
    return catalogue.sdk_services()


def list_sdk_actions(service: str) -> list[str]:
    """Raises DoesNotExist."""
    found = catalogue.sdk_actions(service)
    if found is None:
        raise DoesNotExist("Service", service)
    return found


@lru_cache(maxsize=256)
def search_sdk_actions(text: str) -> list[tuple[str, str]]:
    """(service, action), the likeliest first."""
    return catalogue.search_sdk(text)


def sdk_entry(service: str, action: str) -> Entry:
    """Raises DoesNotExist."""
    found = catalogue.sdk_entry(service, action)
    if found is None:
        raise DoesNotExist("Action", f"{service}:{action}")
    return found


@lru_cache(maxsize=1)
def _celery() -> CeleryTasks:
    environment = settings.ENVIRONMENT
    return CeleryTasks(CelerySettings(app=environment.celery_app, allow=environment.celery_allow))


def list_celery_tasks() -> list[KnownTask]:
    """Of TREADLE_CELERY_APP, which is imported for it; none where there is no such app. Raises CatalogueUnavailable."""
    if settings.ENVIRONMENT.celery_app is None:
        return []
    try:
        return _celery().known()
    except CeleryUnavailable as error:
        raise CatalogueUnavailable(error.reason) from None

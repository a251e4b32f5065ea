"""Tags of machines and activities: some, by AWS's rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from django.db import transaction

from designer.models import Activity, Machine
from designer.services.errors import DoesNotExist, InvalidConfiguration, QuotaExceeded
from designer.services.quotas import Quota
from engine.sentences import say

Tagged: TypeAlias = Machine | Activity
Tags: TypeAlias = dict[str, str]


def check_tags(tags: Mapping[str, str]) -> Tags:
    """Raises QuotaExceeded, InvalidConfiguration."""
    for key in tags:
        if key.lower().startswith("aws:"):
            raise InvalidConfiguration(
                "tags", say("The tag key {key!r} begins with aws:, which is AWS's own.", key=key)
            )
    if len(tags) > Quota.TAGS.most:
        raise QuotaExceeded(Quota.TAGS)
    return dict(tags)


def add_tags(resource: Tagged, tags: Mapping[str, str]) -> None:
    """Those of the same key are replaced. Raises DoesNotExist, QuotaExceeded, InvalidConfiguration."""
    with transaction.atomic():
        row = _locked(resource)
        row.tags = check_tags({**row.tags, **tags})
        row.save(update_fields=["tags"])


def remove_tags(resource: Tagged, keys: Iterable[str]) -> None:
    """Keys that are not there change nothing. Raises DoesNotExist."""
    gone = set(keys)
    with transaction.atomic():
        row = _locked(resource)
        row.tags = {key: value for key, value in row.tags.items() if key not in gone}
        row.save(update_fields=["tags"])


def _locked(resource: Tagged) -> Tagged:
    model: type[Tagged] = type(resource)
    row = model._default_manager.select_for_update().filter(pk=resource.pk).first()
    if row is None:
        raise DoesNotExist("Resource", resource.name)
    return row

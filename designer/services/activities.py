"""Activities: work that programs outside ask for by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from designer.models import Activity
from designer.services.configuration import check_encryption
from designer.services.counting import one_more
from designer.services.errors import ActivityNameTaken, DoesNotExist
from designer.services.names import check_name
from designer.services.quotas import Quota
from designer.services.tags import check_tags

if TYPE_CHECKING:
    from django.contrib.auth.models import User


_TRIES = 10


def create_activity(user: User, *, name: str, tags: Mapping[str, str], encryption: dict[str, Any] | None) -> Activity:
    """A new activity, or the one of that name; its tags stay as they are.

    Raises InvalidName, InvalidConfiguration, QuotaExceeded, ActivityNameTaken (encrypted otherwise, or not one's own).
    """
    check_name(name)
    wanted = check_encryption(encryption) if encryption else ""
    checked = check_tags(tags)
    for _ in range(_TRIES):
        try:
            with transaction.atomic(), one_more(Quota.ACTIVITIES, Activity.objects.all()):
                return Activity.objects.create(
                    owner=user, name=name, tags=checked, encryption=wanted, created_at=timezone.now()
                )
        except IntegrityError:
            known = list_activities(user).filter(name=name, encryption=wanted).first()
            if known is not None:
                return known
            if Activity.objects.filter(name=name).exists():
                break  # else it has just gone
    raise ActivityNameTaken(name)


def list_activities(user: User) -> QuerySet[Activity]:
    return Activity.objects.filter(owner=user)


def get_activity(user: User, name: str) -> Activity:
    """Raises DoesNotExist."""
    found = list_activities(user).filter(name=name).first()
    if found is None:
        raise DoesNotExist("Activity", name)
    return found


def delete_activity(user: User, name: str) -> None:
    """Deleting one that is gone changes nothing."""
    list_activities(user).filter(name=name).delete()

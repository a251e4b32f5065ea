"""AWS's quotas of an account: an installation is one account. A setting raises what AWS raises for those who ask."""

from __future__ import annotations

from enum import Enum
from typing import Final

from django.conf import settings

from engine.sentences import Sentence, say

_MOST_TAGS: Final = 50
"""AWS raises it for nobody."""


class Quota(Enum):
    """Each by the name it has in the settings."""

    STATE_MACHINES = "state_machines"
    ACTIVITIES = "activities"
    OPEN_EXECUTIONS = "open_executions"
    VERSIONS = "versions"
    ALIASES = "aliases"
    ACTIVITY_POLLERS = "activity_pollers"
    TAGS = "tags"

    @property
    def most(self) -> int:
        return _MOST_TAGS if self is Quota.TAGS else int(getattr(settings.ENVIRONMENT.quotas, self.value))

    @property
    def setting(self) -> str | None:
        """The environment variable that raises it."""
        return None if self is Quota.TAGS else f"TREADLE_QUOTA_{self.name}"

    @property
    def what(self) -> Sentence:
        return _WHAT[self]


_WHAT: Final[dict[Quota, Sentence]] = {
    Quota.STATE_MACHINES: say("state machines"),
    Quota.ACTIVITIES: say("activities"),
    Quota.OPEN_EXECUTIONS: say("open executions"),
    Quota.VERSIONS: say("versions of a machine"),
    Quota.ALIASES: say("aliases of a machine"),
    Quota.ACTIVITY_POLLERS: say("workers that ask for tasks of an activity"),
    Quota.TAGS: say("tags"),
}

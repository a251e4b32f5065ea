"""Tasks of a state that is tested: carried out for real, here and now, as AWS's TestState does without a mock.

Functions run in children of this process's own, as guarded as a worker's. What belongs to an execution (nested ones,
callbacks, jobs, connections) cannot be tested without a mock.
"""

from __future__ import annotations

import threading
import time
import uuid
from functools import lru_cache

from django.conf import settings

from designer.arns import function_arn
from engine.core.commands import ScheduleTask
from engine.core.events import TaskFailed, TaskSucceeded
from engine.errors import ErrorName
from engine.integrations.aws import Aws, AwsSettings
from engine.integrations.functions import Functions, Settings
from engine.integrations.router import Router
from engine.runtime.driver import attempt_row, result_event
from engine.runtime.ports import AttemptRow, Outcome

LONGEST_SECONDS = 300.0
"""AWS: a test lasts five minutes at most."""
_RENEWAL_SECONDS = 1.0


class Performer:
    """Carries tasks out. One serves all threads of a process."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._lock = threading.Lock()

    def __call__(self, command: ScheduleTask) -> TaskSucceeded | TaskFailed:
        attempt = attempt_row(f"test-{uuid.uuid4()}", command)
        return result_event(attempt, self._outcome(attempt))

    def _outcome(self, attempt: AttemptRow) -> Outcome:
        work = self._router.start(attempt)
        until = time.monotonic() + min(LONGEST_SECONDS, attempt.timeout_seconds or LONGEST_SECONDS)
        while time.monotonic() < until:
            with self._lock:
                self._router.renew()  # children end when nobody says that they are wanted
            outcome = work.wait(min(_RENEWAL_SECONDS, max(0.0, until - time.monotonic())))
            if outcome is not None:
                return _ended(outcome)
        work.cancel()
        return Outcome(failed=True, error=ErrorName.TIMEOUT)


def _ended(outcome: Outcome) -> Outcome:
    if outcome.submission is None:
        return outcome
    return Outcome(output=outcome.submission.output)


@lru_cache(maxsize=1)
def performer() -> Performer:
    environment = settings.ENVIRONMENT
    functions = Functions(
        Settings(
            folder=environment.functions,
            python=environment.functions_python,
            memory_mb=environment.function_memory_mb,
            timeout_seconds=LONGEST_SECONDS,
            arn_prefix=function_arn(""),
        )
    )
    aws = AwsSettings(
        region=environment.region, endpoint_url=environment.aws_endpoint_url, allow=environment.aws_allow or None
    )
    return Performer(Router([functions, Aws(aws)]))

"""TestState: one state run once, without an execution."""

from __future__ import annotations

import atexit
import secrets
import time
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.module_loading import import_string

from engine.integrations.testing import answer_test
from engine.jsontypes import Json
from engine.runtime.evaluating import ChildEvaluator
from engine.runtime.ports import Trial
from engine.runtime.trials import CeleryTrials


@lru_cache(maxsize=1)
def _evaluator() -> ChildEvaluator:
    found = ChildEvaluator()
    atexit.register(found.close)  # its children end with this process, in good order
    return found


@lru_cache(maxsize=1)
def _trials() -> CeleryTrials:
    made: CeleryTrials = import_string(settings.TREADLE_TRIALS)()
    return made


def run_test(user: User, given: Mapping[str, Any]) -> dict[str, Json]:
    """What AWS's TestState answers to ``given``. Raises InvalidTest."""
    environment = settings.ENVIRONMENT
    traced = given.get("inspectionLevel") == "TRACE"
    trial = Trial(owner=user.pk, traced=traced, reveal_secrets=bool(given.get("revealSecrets")))
    return answer_test(
        given,
        account=environment.account_id,
        region=environment.region,
        at=time.time_ns() // 1_000_000,
        seed=secrets.token_hex(16),
        evaluator=_evaluator(),
        perform=partial(_trials().perform, trial=trial),
    )

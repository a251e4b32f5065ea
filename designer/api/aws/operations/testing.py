"""Definitions without executions: ValidateStateMachineDefinition and TestState."""

from __future__ import annotations

from typing import Any

from designer.api.aws.caller import Caller, Given
from designer.api.aws.threads import in_test_thread
from designer.services import state_tests
from designer.services.definitions import accepted_by_aws, parse
from engine.asl.diagnostics import Diagnostic, Severity

_MOST_DIAGNOSTICS = 100


def validate_definition(caller: Caller, given: Given) -> dict[str, Any]:
    del caller
    parsed = parse(given["definition"], "json", express=given.get("type") == "EXPRESS")
    found = accepted_by_aws(parsed.diagnostics)
    if given.get("severity") != "WARNING":
        found = tuple(one for one in found if one.severity is Severity.ERROR)
    most = given.get("maxResults") or _MOST_DIAGNOSTICS
    failed = any(one.severity is Severity.ERROR for one in found)
    return {
        "result": "FAIL" if failed else "OK",
        "diagnostics": [_told(one) for one in found[:most]],
        "truncated": len(found) > most,
    }


def _told(one: Diagnostic) -> dict[str, str]:
    return {
        "severity": str(one.severity),
        "code": str(one.code),
        "message": one.message,
        "location": one.pointer,
    }


async def test_state(caller: Caller, given: Given) -> dict[str, Any]:
    """Bounded: what is to be evaluated runs as guarded as in a worker, and a few at a time."""
    return await in_test_thread(state_tests.run_test, caller.user, given)

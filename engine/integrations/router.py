"""The Integrations port over all kinds of resources: each attempt goes to the integration that takes its resource."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from engine.asl.resource import Resource, UnknownResource, parse_resource
from engine.errors import ErrorName
from engine.integrations.work import failed, failure
from engine.jsontypes import Document
from engine.runtime.ports import AttemptRow, Claim, Integrations, Outcome, Work


class Integration(Integrations, Protocol):
    """One kind of resource. It may hold processes or connections."""

    def takes(self, resource: Resource) -> bool: ...

    def renew(self) -> None:
        """The worker's lease was renewed: what it holds may go on."""
        ...

    def close(self) -> None: ...


class Router:
    """Knows all integrations; they know nothing of each other."""

    def __init__(self, integrations: Sequence[Integration]) -> None:
        self._integrations = tuple(integrations)
        self._of = lru_cache(maxsize=4096)(self._find)

    def _find(self, text: str) -> Integration | None:
        try:
            resource = parse_resource(text)
        except UnknownResource:
            return None
        return next((one for one in self._integrations if one.takes(resource)), None)

    def quick(self, resource: str, payload: Document) -> bool:
        found = self._of(resource)
        return found is None or found.quick(resource, payload)

    def repeatable(self, resource: str) -> bool:
        found = self._of(resource)
        return found is not None and found.repeatable(resource)

    def start(self, attempt: AttemptRow) -> Work:
        found = self._of(attempt.resource)
        if found is None:
            return failure(ErrorName.RUNTIME, f"Tasks of {attempt.resource} cannot run here")
        return found.start(attempt)

    def poll(self, claim: Claim) -> Outcome | float:
        found = self._of(claim.attempt.resource)
        if found is None:
            return failed(ErrorName.RUNTIME, f"Tasks of {claim.attempt.resource} cannot run here")
        return found.poll(claim)

    def cancel(self, claim: Claim) -> bool:
        found = self._of(claim.attempt.resource)
        return found is None or found.cancel(claim)

    def renew(self) -> None:
        for one in self._integrations:
            one.renew()

    def close(self) -> None:
        for one in self._integrations:
            one.close()

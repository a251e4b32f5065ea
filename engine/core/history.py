"""History events as AWS shapes them (API reference, "HistoryEvent")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.asl.resource import LambdaInvoke, Placeholder, Resource, ServiceCall
from engine.jsontypes import Document, dump

LIMIT = 25_000
"""Events an execution may have (AWS quota); the last one is kept for ExecutionFailed."""

Details: TypeAlias = Mapping[str, "str | int | Document | dict[str, str] | dict[str, bool]"]

NOT_TRUNCATED = {"truncated": False}


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """``scope``, ``state`` and ``note`` are ours: they tell viewers what the event belongs to (docs/reference)."""

    id: int
    previous: int
    type: str
    at: int
    scope: str
    state: str | None
    note: str | None
    details: Details

    @property
    def details_text(self) -> str:
        """The detail object as JSON text; payloads in it are strings of JSON text, as AWS gives them."""
        plain: dict[str, Any] = {
            key: value.text if isinstance(value, Document) else value for key, value in self.details.items()
        }
        return dump(plain) if plain else "{}"


def payload(name: str, document: Document) -> dict[str, str | int | Document | dict[str, str] | dict[str, bool]]:
    """A payload field with its ``...Details``."""
    return {name: document, f"{name}Details": NOT_TRUNCATED}


def resource_names(resource: Resource) -> dict[str, str]:
    """``resource`` and ``resourceType`` of Task events; nothing for functions by ARN and activities."""
    match resource:
        case LambdaInvoke():
            return {"resource": "invoke", "resourceType": "lambda"}
        case ServiceCall():
            return {"resource": resource.name, "resourceType": resource.service}
        case Placeholder():
            return {"resource": resource.arn, "resourceType": "placeholder"}
        case _:
            return {}


_DETAIL_KEYS = {
    "StateEntered": "stateEnteredEventDetails",
    "StateExited": "stateExitedEventDetails",
}


def detail_key(event_type: str) -> str:
    """The name of the detail object of an event type in GetExecutionHistory."""
    for suffix, key in _DETAIL_KEYS.items():
        if event_type.endswith(suffix):
            return key
    return event_type[0].lower() + event_type[1:] + "EventDetails"

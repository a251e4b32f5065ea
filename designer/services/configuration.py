"""How a machine runs besides its definition: role, logging, tracing, encryption. Part of each revision.

A role and a key have no effect here (Treadle asks no AWS for leave); they are checked, kept and told as AWS does.
Logging is honoured by ``designer.services.execution_logs``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from designer.arns import role_arn
from designer.models import Revision
from designer.services.errors import InvalidConfiguration
from designer.services.log_groups import is_missing
from engine import jsontypes
from engine.sentences import say

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+\Z")
_LOG_GROUP = re.compile(r"arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[^:*\s]+:\*\Z")
OWNED_KEY = "AWS_OWNED_KEY"
_LOGGING_OFF: dict[str, Any] = {"level": "OFF", "includeExecutionData": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """``logging`` and ``encryption`` are JSON text of AWS's shapes; empty for the defaults."""

    role_arn: str = ""
    logging: str = ""
    tracing: bool = False
    encryption: str = ""

    @classmethod
    def of(cls, revision: Revision) -> Configuration:
        return cls(
            role_arn=revision.role_arn,
            logging=revision.logging,
            tracing=revision.tracing,
            encryption=revision.encryption,
        )

    def columns(self) -> dict[str, Any]:
        """As the fields of a Revision."""
        return {
            "role_arn": self.role_arn,
            "logging": self.logging,
            "tracing": self.tracing,
            "encryption": self.encryption,
        }

    def told(self) -> dict[str, Any]:
        """As the API describes it."""
        return {
            "roleArn": self.role_arn or role_arn(),
            "loggingConfiguration": logging_told(self.logging),
            "tracingConfiguration": {"enabled": self.tracing},
            "encryptionConfiguration": encryption_told(self.encryption),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWish:
    """What the execution log is to hold: AWS's level, and whether payloads too."""

    level: str
    with_data: bool


def log_wish(text: str) -> LogWish | None:
    """What the ``logging`` of a revision asks for; None for nothing."""
    if not text:
        return None
    wish = logging_told(text)
    return None if wish["level"] == "OFF" else LogWish(level=wish["level"], with_data=wish["includeExecutionData"])


def logging_told(text: str) -> dict[str, Any]:
    found = jsontypes.parse(text) if text else _LOGGING_OFF
    assert isinstance(found, dict)
    return dict(found)


def encryption_told(text: str) -> dict[str, Any]:
    found = jsontypes.parse(text) if text else {"type": OWNED_KEY}
    assert isinstance(found, dict)
    return dict(found)


def check_role(arn: str) -> str:
    """Raises InvalidConfiguration."""
    if not _ROLE.match(arn):
        raise InvalidConfiguration("role", say("Invalid Role Arn: '{arn}'", arn=arn))
    return arn


def check_logging(given: dict[str, Any]) -> str:
    """The loggingConfiguration as it is stored. Raises InvalidConfiguration, in AWS's words."""
    level = given.get("level") or "OFF"
    destinations = given.get("destinations") or []
    if len(destinations) > 1 or (level != "OFF" and not destinations):
        raise InvalidConfiguration("logging", say("Must specify exactly one Log Destination."))
    for one in destinations:
        arn = (one.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn") or ""
        if not _LOG_GROUP.match(arn) or is_missing(arn):
            raise InvalidConfiguration("logging", say("Log Destination not found."))
    found = {"level": level, "includeExecutionData": bool(given.get("includeExecutionData"))}
    if destinations:
        found["destinations"] = destinations
    return "" if found == _LOGGING_OFF else jsontypes.dump(found)


def check_encryption(given: dict[str, Any]) -> str:
    """The encryptionConfiguration as it is stored. Raises InvalidConfiguration."""
    own = given["type"] == OWNED_KEY
    if own and given.keys() & {"kmsKeyId", "kmsDataKeyReusePeriodSeconds"}:
        raise InvalidConfiguration("encryption", say("kmsKeyId cannot be set when the type is {type}.", type=OWNED_KEY))
    if not own and not given.get("kmsKeyId"):
        raise InvalidConfiguration(
            "encryption", say("kmsKeyId must be set when the type is {type}.", type="CUSTOMER_MANAGED_KMS_KEY")
        )
    return "" if own else jsontypes.dump(given)

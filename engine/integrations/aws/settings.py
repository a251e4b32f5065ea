"""Which AWS there is to call, and which of its actions machines may."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """``allow`` holds patterns of SERVICE:ACTION (``sqs:SendMessage``, ``dynamodb:*``) in botocore's names.

    None allows everything when there is an endpoint of one's own, and nothing otherwise: whoever can edit a machine
    must not get at the operator's account.
    """

    region: str
    endpoint_url: str | None = None
    allow: tuple[str, ...] | None = None

    @property
    def configured(self) -> bool:
        return self.endpoint_url is not None or bool(self.allow)

    def allows(self, service: str, operation: str) -> bool:
        if self.allow is None:
            return self.endpoint_url is not None
        call = f"{service}:{operation}".lower()
        return any(fnmatchcase(call, pattern.lower()) for pattern in self.allow)


NOT_CONFIGURED = (
    "AWS is not configured here: set TREADLE_AWS_ENDPOINT_URL to a compatible endpoint, "
    "or TREADLE_AWS_ALLOW to the actions that machines may call with the server's AWS credentials"
)


def not_allowed(service: str, operation: str) -> str:
    return f"{service}:{operation} is not among the actions that TREADLE_AWS_ALLOW lets machines call"

"""Log groups, where there is an AWS of one's own to ask for them."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from engine.integrations.aws import AwsSettings
from engine.integrations.aws.client import Clients
from engine.integrations.refusals import NoAnswer, ServiceRefused


@lru_cache(maxsize=1)
def _clients() -> Clients:
    environment = settings.ENVIRONMENT
    return Clients(AwsSettings(region=environment.region, endpoint_url=environment.aws_endpoint_url))


def is_missing(arn: str) -> bool:
    """Whether the endpoint says that it has no such log group. What cannot be asked is not missing: the execution log
    is written to files here, whatever its group is called."""
    if settings.ENVIRONMENT.aws_endpoint_url is None:
        return False
    name = arn.partition(":log-group:")[2].removesuffix(":*")
    try:
        found = _clients().call("logs", "DescribeLogGroups", {"logGroupNamePrefix": name}, None)
    except (NoAnswer, ServiceRefused):
        return False
    return all(one.get("logGroupName") != name for one in found.get("logGroups", ()))

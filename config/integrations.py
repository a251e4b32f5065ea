"""What Tasks can reach on this installation, as the environment says."""

from __future__ import annotations

from config.environment import Environment
from engine.integrations.aws import AwsSettings


def aws_settings(environment: Environment) -> AwsSettings:
    return AwsSettings(
        region=environment.region,
        endpoint_url=environment.aws_endpoint_url,
        allow=environment.aws_allow or None,
    )

"""AWS services as tasks: optimised integrations, ``aws-sdk:*`` for the rest, and jobs whose end is waited for."""

from engine.integrations.aws.integration import Aws
from engine.integrations.aws.settings import AwsSettings

__all__ = ["Aws", "AwsSettings"]

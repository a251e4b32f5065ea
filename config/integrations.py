"""What Tasks can reach on this installation, as the environment says."""

from __future__ import annotations

from config.environment import Environment
from designer.api.aws.inside import OwnApi
from designer.services.connections import StoredConnections
from engine.integrations.aws import Aws, AwsSettings
from engine.integrations.aws.cluster_token import ClusterTokens
from engine.integrations.aws.lambda_functions import LambdaFunctions
from engine.integrations.celery_tasks import CelerySettings, CeleryTasks
from engine.integrations.egress import Egress
from engine.integrations.eks import Eks
from engine.integrations.functions import Functions, Settings
from engine.integrations.http import HttpTasks
from engine.integrations.item_files import ConfiguredFiles
from engine.integrations.nested import NestedExecutions
from engine.integrations.router import Router


def aws_settings(environment: Environment) -> AwsSettings:
    return AwsSettings(
        region=environment.region,
        endpoint_url=environment.aws_endpoint_url,
        allow=environment.aws_allow or None,
    )


def files(environment: Environment) -> ConfiguredFiles:
    """What Distributed Maps read and write: S3 within the same limits as Tasks."""
    aws = aws_settings(environment)
    return ConfiguredFiles(
        environment.files_root,
        environment.aws_endpoint_url,
        environment.region,
        allows=lambda action: aws.allows("s3", action),
    )


def integrations(environment: Environment) -> Router:
    """All of them, put together."""
    own = OwnApi()
    egress = Egress(allow=environment.http_allow)
    aws = aws_settings(environment)
    functions = Functions(
        Settings(
            folder=environment.functions,
            python=environment.functions_python,
            memory_mb=environment.function_memory_mb,
            arn_prefix=f"arn:aws:lambda:{environment.region}:{environment.account_id}:function:",
        ),
        LambdaFunctions(aws) if aws.configured else None,
    )
    return Router(
        [
            functions,
            NestedExecutions(own),
            HttpTasks(egress, StoredConnections(), region=environment.region),
            CeleryTasks(CelerySettings(app=environment.celery_app, allow=environment.celery_allow)),
            Eks(egress, ClusterTokens(aws)),
            Aws(aws, own),
        ]
    )

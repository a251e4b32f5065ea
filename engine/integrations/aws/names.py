"""AWS's names for its services: botocore's, the Java SDK's, and those in the errors of optimised integrations.

Step Functions names services and errors of ``aws-sdk:*`` as the AWS SDK for Java 2 does ("DynamoDb"), those of
optimised integrations as its version 1 did ("AmazonDynamoDBv2"): developer guide, "AWS SDK service integrations".
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.session
from botocore.model import OperationModel, ServiceModel

_SERVICE_ID = re.compile(rb'"serviceId"\s*:\s*"([^"]+)"')
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|[0-9]+")
_HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Optimised:
    """An optimised integration: botocore's service, the prefix of its errors, and its name and class in causes."""

    service: str
    prefix: str
    cause_name: str
    exception: str


OPTIMISED = {
    "athena": Optimised("athena", "Athena", "AmazonAthena", "AmazonAthenaException"),
    "batch": Optimised("batch", "Batch", "AWSBatch", "AWSBatchException"),
    "codebuild": Optimised("codebuild", "CodeBuild", "AWSCodeBuild", "AWSCodeBuildException"),
    "dynamodb": Optimised("dynamodb", "DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException"),
    "ecs": Optimised("ecs", "ECS", "AmazonECS", "AmazonECSException"),
    "eks": Optimised("eks", "EKS", "AmazonEKS", "AmazonEKSException"),
    "events": Optimised("events", "EventBridge", "AmazonEventBridge", "AmazonEventBridgeException"),
    "glue": Optimised("glue", "Glue", "AWSGlue", "AWSGlueException"),
    "lambda": Optimised("lambda", "Lambda", "AWSLambda", "AWSLambdaException"),
    "s3": Optimised("s3", "S3", "Amazon S3", "AmazonS3Exception"),
    "sns": Optimised("sns", "SNS", "AmazonSNS", "AmazonSNSException"),
    "sqs": Optimised("sqs", "SQS", "AmazonSQS", "AmazonSQSException"),
}


@lru_cache(maxsize=1)
def session() -> botocore.session.Session:
    """One session: service models are read once."""
    return botocore.session.get_session()


@lru_cache(maxsize=256)
def service_model(name: str) -> ServiceModel | None:
    """The model of botocore's service, by botocore's name."""
    if name not in _services():
        return None
    return session().get_service_model(name)


@lru_cache(maxsize=1)
def _services() -> frozenset[str]:
    return frozenset(session().get_available_services())


@lru_cache(maxsize=512)
def sdk_service(name: str) -> str | None:
    """botocore's name of the service that ``aws-sdk:NAME`` means, or None: SDKs name services by their serviceId."""
    found = services_by_sdk_name().get(name.lower())
    return found if found is not None else (name if name in _services() else None)


@lru_cache(maxsize=1)
def services_by_sdk_name() -> dict[str, str]:
    """Lower-case service ids without blanks. Only the head of each model is read: whole they are hundreds of MB."""
    found: dict[str, str] = {}
    for folder in botocore.loaders.Loader(include_default_search_paths=True).search_paths:
        for path in sorted(Path(folder).glob("*/*/service-2.json*")):
            match = _SERVICE_ID.search(_head(path))
            if match is not None:
                found[match[1].decode().replace(" ", "").replace("-", "").lower()] = path.parent.parent.name
    return found


@lru_cache(maxsize=1)
def sdk_operations() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each SDK name of a service with the names of its operations; takes a second, and keeps no more than the names."""
    names = {service: sdk_name for sdk_name, service in services_by_sdk_name().items()}
    latest: dict[str, Path] = {}
    for folder in botocore.loaders.Loader(include_default_search_paths=True).search_paths:
        for path in sorted(Path(folder).glob("*/*/service-2.json*")):
            latest[path.parent.parent.name] = path
    return tuple(
        (names[service], tuple(sorted(_whole(path)["operations"])))
        for service, path in sorted(latest.items())
        if service in names
    )


def _whole(path: Path) -> dict[str, Any]:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found: dict[str, Any] = json.loads(text)
    return found


def _head(path: Path) -> bytes:
    if path.suffix == ".gz":
        with gzip.open(path) as packed:
            return packed.read(_HEAD_BYTES)
    with path.open("rb") as plain:
        return plain.read(_HEAD_BYTES)


@lru_cache(maxsize=2048)
def operation(service: str, action: str) -> OperationModel | None:
    """The operation of botocore's service that an action (in any casing: ``putItem``, ``describeDbClusters``) names."""
    model = service_model(service)
    if model is None:
        return None
    names = {name.lower(): name for name in model.operation_names}
    found = names.get(action.lower())
    return None if found is None else model.operation_model(found)


def sdk_class(service: str) -> str:
    """What SDK errors of a service begin with: ``DynamoDb``, ``SecretsManager``, ``Sfn``, ``S3``, ``AcmPca``."""
    model = service_model(service)
    service_id = str(model.service_id) if model is not None else service
    return "".join(word.capitalize() for part in service_id.split() for word in _WORD.findall(part))


def pascal(name: str) -> str:
    """Step Functions writes every field in PascalCase, whatever the service does."""
    return name[:1].upper() + name[1:]

"""Signing in to an EKS cluster, as ``aws eks get-token`` does: a presigned GetCallerIdentity that names the cluster."""

from __future__ import annotations

import base64
from typing import Any

from botocore.signers import RequestSigner

from engine.integrations.aws.client import Clients
from engine.integrations.aws.settings import NOT_CONFIGURED, AwsSettings, not_allowed
from engine.integrations.refusals import NotAllowed

_SECONDS = 60


class ClusterTokens:
    """``engine.integrations.eks.SignIn`` with the server's AWS credentials."""

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._clients = Clients(settings)

    def __call__(self, cluster: str, role: str | None) -> str:
        """Raises NotAllowed."""
        if not self._settings.configured:
            raise NotAllowed(NOT_CONFIGURED)
        if not self._settings.allows("eks", "AccessKubernetesApi"):
            raise NotAllowed(not_allowed("eks", "AccessKubernetesApi"))
        client: Any = self._clients.of("sts", role)
        signer: RequestSigner = client._request_signer
        region = self._settings.region
        request = {
            "method": "GET",
            "url": f"https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": cluster},
            "context": {},
        }
        url = signer.generate_presigned_url(
            request, region_name=region, expires_in=_SECONDS, operation_name="GetCallerIdentity"
        )
        return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")

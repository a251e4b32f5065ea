"""EKS jobs against a Kubernetes API over TLS whose certificate only the parameters vouch for."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engine.integrations.aws.cluster_token import ClusterTokens
from engine.integrations.aws.settings import AwsSettings
from engine.integrations.egress import Egress
from engine.integrations.eks import Eks
from engine.integrations.refusals import NotAllowed
from engine.runtime.ports import Outcome
from tests.integrations.conftest import REGION, attempt_of, done, poll_claim
from tests.integrations.recording import Asked, Recording, Reply, recording

JOBS = "/apis/batch/v1/namespaces/default/jobs"
MANIFEST = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "count"}, "spec": {"template": {}}}


class Cluster:
    """Jobs by name, and what is said of them."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.loses_answers = False
        self.says: bytes | None = None

    def answer(self, asked: Asked) -> Reply:
        path = asked.path.partition("?")[0]
        if asked.method == "POST" and path == JOBS:
            job = json.loads(asked.body)
            name = job["metadata"]["name"]
            if name in self.jobs:
                return Reply(409, b'{"kind": "Status", "reason": "AlreadyExists"}')
            self.jobs[name] = job
            return Reply(201, json.dumps(job).encode())
        if path.endswith("/log"):
            return Reply(200, b'{"counted": 3}\n', {"Content-Type": "text/plain"})
        if path == "/api/v1/namespaces/default/pods":
            pod = {"metadata": {"name": "count-1"}, "spec": {"containers": [{"name": "main"}]}}
            return Reply(200, json.dumps({"items": [pod]}).encode())
        if self.says is not None:
            return Reply(200, self.says)
        found = self.jobs.get(path.rpartition("/")[2])
        if found is None:
            return Reply(404, b'{"kind": "Status", "code": 404}')
        if asked.method == "DELETE":
            del self.jobs[path.rpartition("/")[2]]
        return Reply(200, json.dumps(found).encode())

    def end(self, kind: str) -> None:
        self.jobs["count"]["status"] = {"conditions": [{"type": kind, "status": "True"}]}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cluster")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder: Path = tmp_path_factory.mktemp("cluster")
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, base64.b64encode(pem).decode()


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def server(cluster: Cluster, certificate: tuple[ssl.SSLContext, str]) -> Iterator[Recording]:
    with recording(cluster.answer, tls=certificate[0]) as found:
        yield found


@pytest.fixture
def eks() -> Eks:
    return Eks(Egress(allow=("127.0.0.1",)), lambda cluster, role: f"token of {cluster} {role}")


@pytest.fixture
def where(server: Recording, certificate: tuple[ssl.SSLContext, str]) -> dict[str, Any]:
    return {"ClusterName": "c", "CertificateAuthority": certificate[1], "Endpoint": server.address}


def test_a_call_reaches_the_cluster_and_its_error_is_named_by_its_status(
    eks: Eks, server: Recording, where: dict[str, Any]
) -> None:
    listing = attempt_of("eks:call", {**where, "Method": "GET", "Path": "/api/v1/namespaces/default/pods"})
    assert done(eks.start(listing).wait(None))["ResponseBody"]["items"]
    assert server.asked[0].headers["Authorization"] == "Bearer token of c None"
    missing = eks.start(attempt_of("eks:call", {**where, "Method": "GET", "Path": "/nothing"})).wait(None)
    assert missing is not None
    assert missing.error == "EKS.404"
    assert json.loads(missing.cause or "")["StatusCode"] == 404


def run(eks: Eks, where: dict[str, Any], **more: Any) -> tuple[Any, Outcome | None]:
    attempt = attempt_of("eks:runJob.sync", {**where, "Job": MANIFEST, **more})
    return attempt, eks.start(attempt).wait(None)


def test_a_job_is_waited_for_and_its_logs_come_with_the_result(
    eks: Eks, cluster: Cluster, where: dict[str, Any]
) -> None:
    options = {"RetrieveLogs": True, "LogParameters": {"tailLines": ["6"]}}
    claim = poll_claim(*run(eks, where, LogOptions=options))
    assert isinstance(eks.poll(claim), float)
    cluster.end("Complete")
    job = done(eks.poll(claim))
    assert job["status"]["conditions"][0]["type"] == "Complete"
    assert job["logs"] == {"pods": {"count-1": {"containers": {"main": {"log": {"counted": 3}}}}}}


def test_a_job_that_fails_fails_the_task_with_the_job_as_its_cause(
    eks: Eks, cluster: Cluster, where: dict[str, Any]
) -> None:
    claim = poll_claim(*run(eks, where))
    cluster.end("Failed")
    outcome = eks.poll(claim)
    assert isinstance(outcome, Outcome)
    assert outcome.error == "States.TaskFailed"
    assert json.loads(outcome.cause or "")["metadata"]["name"] == "count"


@pytest.mark.parametrize("said", [b"<html>", b"[]", b'{"status": {"conditions": ["Complete"]}}'])
def test_a_look_that_is_answered_with_no_job_fails_the_task(
    eks: Eks, cluster: Cluster, where: dict[str, Any], said: bytes
) -> None:
    attempt = attempt_of("eks:runJob.sync", {**where, "Job": MANIFEST})
    claim = poll_claim(attempt, eks.start(attempt).wait(None))
    cluster.says = said
    outcome = eks.poll(claim)
    assert isinstance(outcome, Outcome)
    assert outcome.error == "States.TaskFailed"


def test_an_attempt_begun_again_finds_the_job_it_made(eks: Eks, cluster: Cluster, where: dict[str, Any]) -> None:
    assert eks.repeatable("arn:aws:states:::eks:runJob.sync")
    first = poll_claim(*run(eks, where))
    again = poll_claim(*run(eks, where))
    assert first.handle == again.handle
    assert list(cluster.jobs) == ["count"]


def test_a_job_of_that_name_by_somebody_else_is_an_error(eks: Eks, cluster: Cluster, where: dict[str, Any]) -> None:
    cluster.jobs["count"] = MANIFEST
    _, outcome = run(eks, where)
    assert outcome is not None
    assert outcome.error == "EKS.409"


def test_a_job_that_nobody_waits_for_is_deleted(eks: Eks, cluster: Cluster, where: dict[str, Any]) -> None:
    claim = poll_claim(*run(eks, where))
    assert eks.cancel(claim)
    assert cluster.jobs == {}
    assert eks.cancel(claim)


def test_a_cluster_with_another_certificate_is_not_trusted(
    eks: Eks, server: Recording, where: dict[str, Any], certificate: tuple[ssl.SSLContext, str]
) -> None:
    other = {**where, "CertificateAuthority": "bm90IGEgY2VydGlmaWNhdGU="}
    outcome = eks.start(attempt_of("eks:call", {**other, "Method": "GET", "Path": "/"})).wait(None)
    assert outcome is not None
    assert outcome.failed
    assert server.asked == []


@pytest.mark.parametrize("missing", ["ClusterName", "CertificateAuthority", "Endpoint", "Job"])
def test_what_is_missing_is_named(eks: Eks, where: dict[str, Any], missing: str) -> None:
    given = {**where, "Job": MANIFEST}
    del given[missing]
    outcome = eks.start(attempt_of("eks:runJob", given)).wait(None)
    assert outcome is not None
    assert outcome.error == "States.Runtime"
    assert missing in (outcome.cause or "")


def test_the_bearer_token_is_a_presigned_address_that_names_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    token = ClusterTokens(AwsSettings(region=REGION, endpoint_url="http://127.0.0.1:9"))("main", None)
    head, _, body = token.partition(".")
    url = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    assert head == "k8s-aws-v1"
    assert url.startswith(f"https://sts.{REGION}.amazonaws.com/?Action=GetCallerIdentity")
    assert "x-k8s-aws-id" in url
    assert "X-Amz-Signature=" in url


def test_a_cluster_is_not_called_where_the_operator_has_not_allowed_it() -> None:
    with pytest.raises(NotAllowed, match="TREADLE_AWS_ENDPOINT_URL"):
        ClusterTokens(AwsSettings(region=REGION))("main", None)
    with pytest.raises(NotAllowed, match="eks:AccessKubernetesApi"):
        ClusterTokens(AwsSettings(region=REGION, endpoint_url="http://x", allow=("sqs:*",)))("main", None)

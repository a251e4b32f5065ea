"""Amazon EKS: ``eks:call`` and ``eks:runJob`` (alone and ``.sync``) on the Kubernetes API of a cluster.

Requests are authorised as kubectl's are: with a presigned GetCallerIdentity in a bearer token. A job has its name from
its own manifest or from the attempt, so that an attempt begun again finds the job that it made.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from engine.asl.resource import Pattern, Resource, ServiceCall, parse_resource
from engine.errors import ErrorName
from engine.integrations.egress import Answer, Egress, Refused, TooLarge, Unreachable
from engine.integrations.refusals import NotAllowed
from engine.integrations.work import Call, failed
from engine.jsontypes import Document, Json, dump
from engine.runtime.ports import AttemptRow, Claim, Outcome, Submission, Work

SignIn = Callable[[str, str | None], str]
"""A bearer token for a cluster's name and a role. Raises NotAllowed."""

_FIRST_LOOK_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 60.0
_GROWTH = 1.5
_MALFORMED = (ValueError, TypeError, AttributeError, KeyError)
"""What reading an answer raises that is not what Kubernetes answers."""
_CLUSTER = ("ClusterName", "CertificateAuthority", "Endpoint")


class InvalidCall(Exception):
    """Parameters that make no request."""


class Eks:
    """The Integrations port for Kubernetes jobs on EKS clusters."""

    def __init__(self, egress: Egress, sign_in: SignIn) -> None:
        self._egress = egress
        self._sign_in = sign_in

    def takes(self, resource: Resource) -> bool:
        return isinstance(resource, ServiceCall) and resource.service == "eks" and resource.action in {"call", "runJob"}

    def quick(self, resource: str, payload: Document) -> bool:
        return False

    def repeatable(self, resource: str) -> bool:
        """A job is known by its name; a call may be anything."""
        call = parse_resource(resource)
        return isinstance(call, ServiceCall) and call.action == "runJob"

    def start(self, attempt: AttemptRow) -> Work:
        return Call(lambda: self._guarded(attempt, lambda given: self._perform(attempt, given)))

    def _guarded(self, attempt: AttemptRow, work: Callable[[Mapping[str, Any]], Outcome]) -> Outcome:
        given = attempt.payload.value
        try:
            if not isinstance(given, dict):
                raise InvalidCall("The parameters must be an object")
            for name in _CLUSTER:
                if not isinstance(given.get(name), str) or not given[name]:
                    raise InvalidCall(f"The field '{name}' is required but was missing")
            return work(given)
        except InvalidCall as error:
            return failed(ErrorName.RUNTIME, str(error))
        except (NotAllowed, Refused) as error:
            return failed(ErrorName.PERMISSIONS, str(error))
        except Unreachable as error:
            return failed("EKS.SdkClientException", str(error))
        except TooLarge:
            return failed(
                ErrorName.DATA_LIMIT_EXCEEDED, f"The answer to '{attempt.state}' is larger than a result may be"
            )

    def _perform(self, attempt: AttemptRow, given: Mapping[str, Any]) -> Outcome:
        resource = parse_resource(attempt.resource)
        assert isinstance(resource, ServiceCall)
        if resource.action == "call":
            query = urlencode(
                [(name, one) for name, many in (given.get("QueryParameters") or {}).items() for one in many]
            )
            path = str(given.get("Path") or "/") + (f"?{query}" if query else "")
            answer = self._send(
                attempt, given, str(given.get("Method") or "GET").upper(), path, given.get("RequestBody")
            )
            return _told(answer)
        return self._run_job(attempt, given, waits=resource.pattern in {Pattern.SYNC, Pattern.SYNC_2})

    def _run_job(self, attempt: AttemptRow, given: Mapping[str, Any], *, waits: bool) -> Outcome:
        manifest = given.get("Job")
        if not isinstance(manifest, dict):
            raise InvalidCall("The field 'Job' is required: the manifest of a Kubernetes job")
        metadata = dict(manifest.get("metadata") or {})
        namespace = str(given.get("Namespace") or metadata.get("namespace") or "default")
        if "name" not in metadata:
            metadata["name"] = f"{metadata.pop('generateName', 'treadle-')}{_mark(attempt.id)[:20]}"
        annotations = {**(metadata.get("annotations") or {}), "treadle/attempt": _mark(attempt.id)}
        metadata = {**metadata, "namespace": namespace, "annotations": annotations}
        path = f"/apis/batch/v1/namespaces/{quote(namespace, safe='')}/jobs"
        answer = self._send(attempt, given, "POST", path, {**manifest, "metadata": metadata})
        own = f"{path}/{quote(str(metadata['name']), safe='')}"
        if answer.status == 409:
            found = self._send(attempt, given, "GET", own, None)
            if _attempt_of(found) == _mark(attempt.id):
                answer = found  # we made it, and were lost before we could say so
        outcome = _told(answer)
        if outcome.failed or not waits:
            return outcome
        assert outcome.output is not None
        handle = json.dumps({"path": own, "namespace": namespace, "name": metadata["name"]})
        return Outcome(submission=Submission(output=outcome.output, handle=handle, poll_seconds=_FIRST_LOOK_SECONDS))

    def poll(self, claim: Claim) -> Outcome | float:
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_LOOK_SECONDS * _GROWTH ** min(claim.polls, 20))
        handle: Any = json.loads(claim.handle or "{}")

        def look(given: Mapping[str, Any]) -> Outcome:
            answer = self._send(claim.attempt, given, "GET", handle["path"], None)
            if answer.status >= 500:
                raise Unreachable(answer.reason)
            if answer.status >= 400:
                return _told(answer)
            try:
                job = json.loads(answer.body)
                ended = _ended(job)
            except _MALFORMED:
                return failed(ErrorName.TASK_FAILED, f"The cluster answered what is no job: {_begin_of(answer)}")
            if ended is None:
                raise Unreachable("the job goes on")
            return self._finished(claim, given, handle, job, well=ended)

        outcome = self._guarded(claim.attempt, look)
        if outcome.error == "EKS.SdkClientException":
            return pause  # it goes on, or cannot be seen now
        return outcome

    def _finished(
        self, claim: Claim, given: Mapping[str, Any], handle: Mapping[str, Any], job: dict[str, Json], *, well: bool
    ) -> Outcome:
        options = given.get("LogOptions") or {}
        if isinstance(options, dict) and options.get("RetrieveLogs"):
            try:
                logs = self._logs(claim, given, handle, options)
            except _MALFORMED as error:
                logs = {"error": ErrorName.TASK_FAILED, "cause": f"The logs could not be read: {error!r}"}
            job = {**job, "logs": logs}
        if well:
            return Outcome(output=Document(job))
        return failed(ErrorName.TASK_FAILED, Document(job).text)

    def _logs(
        self, claim: Claim, given: Mapping[str, Any], handle: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Json:
        """By pod and container, as AWS gives them; what cannot be read says why in its place."""
        pods_path = f"/api/v1/namespaces/{quote(handle['namespace'], safe='')}/pods"
        chosen = urlencode({"labelSelector": f"job-name={handle['name']}"})
        listed = self._send(claim.attempt, given, "GET", f"{pods_path}?{chosen}", None)
        if listed.status >= 400:
            return {"error": f"EKS.{listed.status}", "cause": listed.body.decode("utf-8", "replace")}
        parameters = {name: many[0] for name, many in (options.get("LogParameters") or {}).items() if many}
        pods: dict[str, Json] = {}
        for pod in json.loads(listed.body).get("items", []):
            name = pod["metadata"]["name"]
            containers: dict[str, Json] = {}
            for container in pod.get("spec", {}).get("containers", []):
                query = urlencode({"container": container["name"], **parameters})
                answer = self._send(
                    claim.attempt, given, "GET", f"{pods_path}/{quote(name, safe='')}/log?{query}", None
                )
                containers[container["name"]] = _log_of(answer, raw=bool(options.get("RawLogs")))
            pods[name] = {"containers": containers}
        return {"pods": pods}

    def cancel(self, claim: Claim) -> bool:
        """Delete the job and its pods."""
        handle: Any = json.loads(claim.handle or "{}")

        def delete(given: Mapping[str, Any]) -> Outcome:
            policy = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
            answer = self._send(claim.attempt, given, "DELETE", handle["path"], policy)
            return Outcome() if answer.status < 500 else failed("EKS.SdkClientException", answer.reason)

        return self._guarded(claim.attempt, delete).error != "EKS.SdkClientException"

    def _send(self, attempt: AttemptRow, given: Mapping[str, Any], method: str, path: str, body: Any) -> Answer:
        token = self._sign_in(str(given["ClusterName"]), attempt.role_arn)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, */*"}
        if body is not None:
            patch = method == "PATCH"
            headers["Content-Type"] = "application/strategic-merge-patch+json" if patch else "application/json"
        return self._egress.fetch(
            method,
            str(given["Endpoint"]).rstrip("/") + path,
            headers=headers,
            body=None if body is None else dump(body).encode(),
            certificate_authority=_authority(str(given["CertificateAuthority"])),
            redirects=False,
        )

    def renew(self) -> None:
        """Nothing that runs here needs the lease."""

    def close(self) -> None:
        """Connections end with their requests."""


def _mark(attempt_id: str) -> str:
    return hashlib.sha256(attempt_id.encode()).hexdigest()[:40]


def _authority(text: str) -> str:
    """EKS gives the certificate of a cluster as PEM in Base64."""
    if "-----BEGIN" in text:
        return text
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidCall("CertificateAuthority must be the Base64 text that DescribeCluster gives") from None


def _told(answer: Answer) -> Outcome:
    text = answer.body.decode("utf-8", "replace")
    try:
        body: Json = json.loads(text) if text else None
    except ValueError:
        body = text
    told: dict[str, Json] = {"ResponseBody": body, "StatusCode": answer.status, "StatusText": answer.reason}
    headers: dict[str, Json] = {name: [value] for name, value in answer.headers}
    if answer.status >= 400:
        return failed(f"EKS.{answer.status}", Document(told).text)
    return Outcome(output=Document({**told, "Headers": headers}))


def _begin_of(answer: Answer) -> str:
    return answer.body[:200].decode("utf-8", "replace")


def _attempt_of(answer: Answer) -> str:
    if answer.status >= 400:
        return ""
    annotations = json.loads(answer.body).get("metadata", {}).get("annotations") or {}
    return str(annotations.get("treadle/attempt", ""))


def _ended(job: Mapping[str, Any]) -> bool | None:
    """Whether the job ended well; None while it goes on."""
    for condition in (job.get("status") or {}).get("conditions") or ():
        if condition.get("status") == "True" and condition.get("type") in {"Complete", "Failed"}:
            return bool(condition["type"] == "Complete")
    return None


def _log_of(answer: Answer, *, raw: bool) -> Json:
    text = answer.body.decode("utf-8", "replace")
    if answer.status >= 400:
        return {"error": f"EKS.{answer.status}", "cause": text}
    if raw:
        return {"log": text}
    try:
        parsed: Json = json.loads(text)
    except ValueError:
        parsed = text
    return {"log": parsed}

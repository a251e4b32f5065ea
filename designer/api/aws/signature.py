"""Signature Version 4, verified with botocore's own signer (AWS, "Create a signed AWS API request").

A request is signed with a key derived from the caller's secret, the day, the region and the service. All of these, the
moment (five minutes either way), the host and the hash of the body are checked. There is no memory of signatures: two
equal requests of the same second carry the same one.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from designer.api.aws.errors import ApiError
from designer.api.aws.model import SIGNING_NAME
from designer.services.access_keys import KeyOwner, find_key
from designer.services.encryption import Unreadable, decrypt

logger = logging.getLogger(__name__)

SKEW = timedelta(minutes=5)
ALGORITHM = "AWS4-HMAC-SHA256"
_STAMP = "%Y%m%dT%H%M%SZ"
_PART = re.compile(r"\s*([A-Za-z]+)=([^,\s]+)\s*\Z")
_UNKNOWN = "The security token included in the request is invalid."
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """What came in. ``headers`` have lower-case names; those that came twice are joined by commas."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """What the Authorization header says."""

    key_id: str
    date: str
    signed: tuple[str, ...]
    signature: str
    stamp: str


class _Signer(SigV4Auth):  # type: ignore[misc]  # botocore has no types
    """botocore's signer over exactly the headers that the caller signed."""

    def __init__(self, signed: tuple[str, ...], region: str) -> None:
        super().__init__(Credentials("", ""), SIGNING_NAME, region)
        self._signed = signed

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        found = HTTPHeaders()
        for name in self._signed:
            found[name] = request.headers[name]
        return found

    def payload(self, request: AWSRequest) -> str:
        """Always the body's own hash: nothing is taken unsigned."""
        return sha256(request.body or b"").hexdigest()

    def derive(self, secret: str, date: str) -> bytes:
        key: bytes = f"AWS4{secret}".encode()
        for part in (date, self._region_name, self._service_name, "aws4_request"):
            key = self._sign(key, part)
        return key


def verify(request: SignedRequest, *, region: str, now: datetime) -> int:
    """The id of the user whose key signed it. Raises ApiError, in AWS's words."""
    claim = _read_claim(request, region, now)
    owner = find_key(claim.key_id)
    if owner is None or "x-amz-security-token" in request.headers:  # there are no temporary keys here
        raise ApiError("UnrecognizedClientException", _UNKNOWN)
    expected = hmac.new(_signing_key(owner, claim, region), _string_to_sign(request, claim, region), sha256)
    if not hmac.compare_digest(expected.hexdigest().encode(), claim.signature.encode()):
        raise ApiError("InvalidSignatureException", _MISMATCH)
    return owner.user_id


def _signing_key(owner: KeyOwner, claim: _Claim, region: str) -> bytes:
    try:
        return _derived(owner.secret, claim.date, region)
    except Unreadable:
        logger.error("access key %s was encrypted under another secret key: make a new one", claim.key_id)
        raise ApiError("UnrecognizedClientException", _UNKNOWN) from None


@lru_cache(maxsize=1024)
def _derived(encrypted: str, date: str, region: str) -> bytes:
    """The key of a day. Keyed by the encrypted secret: a key that was made anew is another one."""
    return _Signer((), region).derive(decrypt(encrypted), date)


def _string_to_sign(request: SignedRequest, claim: _Claim, region: str) -> bytes:
    signer = _Signer(claim.signed, region)
    query = f"?{request.query}" if request.query else ""
    signed = AWSRequest(
        method=request.method, url=f"http://host{request.path}{query}", headers=dict(request.headers), data=request.body
    )
    # The header may say UNSIGNED-PAYLOAD; ``payload`` takes the body's hash whatever it says.
    stated = signed.headers.get("x-amz-content-sha256")
    if stated is not None and stated != signer.payload(signed):
        raise ApiError("InvalidSignatureException", _MISMATCH)
    signed.context["timestamp"] = claim.stamp
    text: str = signer.string_to_sign(signed, signer.canonical_request(signed))
    return text.encode()


def _read_claim(request: SignedRequest, region: str, now: datetime) -> _Claim:
    header = request.headers.get("authorization")
    if header is None:
        raise ApiError("MissingAuthenticationTokenException", "Missing Authentication Token")
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise ApiError("IncompleteSignatureException", f"Unsupported AWS 'algorithm': '{algorithm}'.")
    parts = {match[1]: match[2] for part in rest.split(",") if (match := _PART.match(part))}
    stamp = _stamp(request.headers)
    absent = [name for name in ("Credential", "Signature", "SignedHeaders") if name not in parts]
    said = [f"Authorization header requires '{name}' parameter." for name in absent]
    if stamp is None:
        said.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if said or stamp is None:
        raise ApiError("IncompleteSignatureException", f"{' '.join(said)} Authorization={algorithm}")
    key_id, date = _read_credential(parts["Credential"], region, stamp)
    _check_moment(stamp, now)
    return _Claim(
        key_id=key_id,
        date=date,
        signed=_signed_headers(parts["SignedHeaders"], request.headers),
        signature=parts["Signature"],
        stamp=stamp,
    )


def _stamp(headers: Mapping[str, str]) -> str | None:
    """The moment of signing as X-Amz-Date has it; None where there is none that can be read."""
    try:
        if (given := headers.get("x-amz-date")) is not None:
            return _stamped(datetime.strptime(given, _STAMP).replace(tzinfo=UTC))
        if (given := headers.get("date")) is not None:
            return _stamped(parsedate_to_datetime(given).astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    return None


def _stamped(moment: datetime) -> str:
    """``strftime`` writes the years before 1000 with fewer digits than ``strptime`` reads."""
    return moment.strftime(_STAMP).zfill(16)


def _read_credential(text: str, region: str, stamp: str) -> tuple[str, str]:
    """Key and date of ``KEY/DATE/REGION/SERVICE/aws4_request``."""
    scope = text.rsplit("/", 4)
    if len(scope) != 5 or not scope[0]:
        form = "exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term"
        raise ApiError("IncompleteSignatureException", f"Credential must have {form}, got '{text}'")
    key_id, date, given_region, service, term = scope
    said = []
    if given_region != region:
        said.append(f"Credential should be scoped to a valid region, not '{given_region}'. ")
    if service != SIGNING_NAME:
        said.append(f"Credential should be scoped to correct service: '{SIGNING_NAME}'. ")
    if term != "aws4_request":
        said.append(f"Credential should be scoped with a valid terminator: 'aws4_request', not '{term}'. ")
    if date != stamp[:8]:
        said.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{date}' != '{stamp[:8]}', from '{stamp}'."
        )
    if said:
        raise ApiError("InvalidSignatureException", "".join(said))
    return key_id, date


def _check_moment(stamp: str, now: datetime) -> None:
    signed = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    here = now.strftime(_STAMP)
    if signed < now - SKEW:
        edge = (now - SKEW).strftime(_STAMP)
        message = f"Signature expired: {stamp} is now earlier than {edge} ({here} - 5 min.)"
        raise ApiError("InvalidSignatureException", message)
    if signed > now + SKEW:
        edge = (now + SKEW).strftime(_STAMP)
        message = f"Signature not yet current: {stamp} is still later than {edge} ({here} + 5 min.)"
        raise ApiError("InvalidSignatureException", message)


def _signed_headers(text: str, headers: Mapping[str, str]) -> tuple[str, ...]:
    """What was signed: the host, the operation, the moment and all else that AWS gives a meaning to must be in it."""
    signed = tuple(text.split(";"))
    present = set(signed)
    needed = {"host"} | {name for name in headers if name.startswith("x-amz-")}
    if "x-amz-date" not in headers:
        needed.add("date")
    if not needed <= present or not present <= headers.keys():
        raise ApiError("InvalidSignatureException", _MISMATCH)
    return signed


def header_map(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """ASGI's headers by name; what came twice is joined as the signature has it."""
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def request_of(scope: Mapping[str, Any], headers: Mapping[str, str], body: bytes) -> SignedRequest:
    return SignedRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=body,
    )

"""HTTP tasks: ``http:invoke`` (developer guide, "Call HTTPS APIs") and ``apigateway:invoke``."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from engine.asl.resource import Pattern, Resource, ServiceCall, parse_resource
from engine.errors import ErrorName
from engine.integrations.connections import Connection, ConnectionFailed, Connections
from engine.integrations.egress import Answer, Egress, Refused, TooLarge, Unreachable
from engine.integrations.work import Call, failed
from engine.jsontypes import Document, InvalidJson, Json, dump, parse
from engine.runtime.ports import AttemptRow, Claim, Outcome, Submission, Trial, Work

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"})
_BANNED = frozenset(
    {
        *(
            "a-im",
            "accept-charset",
            "accept-datetime",
            "accept-encoding",
            "authorization",
            "cache-control",
            "connection",
        ),
        *(
            "content-encoding",
            "content-md5",
            "date",
            "expect",
            "forwarded",
            "from",
            "host",
            "http2-settings",
            "if-match",
            "if-modified-since",
        ),
        *("if-none-match", "if-range", "if-unmodified-since", "max-forwards", "origin", "pragma"),
        *(
            "proxy-authorization",
            "referer",
            "server",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "warning",
        ),
    }
)
_BANNED_PREFIXES = ("x-forwarded", "x-amz", "x-amzn")
_MOST_CAUSE = 32_768
_EARLY_SECONDS = 30.0
_DEFAULT_TOKEN_SECONDS = 300.0


class InvalidRequest(Exception):
    """Parameters that make no request."""


class HttpTasks:
    """The Integrations port for requests to any address that may be called."""

    def __init__(self, egress: Egress, connections: Connections, *, region: str) -> None:
        self._egress = egress
        self._connections = connections
        self._region = region
        self._tokens = _Tokens(egress)

    def takes(self, resource: Resource) -> bool:
        return isinstance(resource, ServiceCall) and (resource.service, resource.action) in {
            ("http", "invoke"),
            ("apigateway", "invoke"),
        }

    def quick(self, resource: str, payload: Document) -> bool:
        return False

    def repeatable(self, resource: str) -> bool:
        return False

    def start(self, attempt: AttemptRow) -> Work:
        return Call(lambda: self._perform(attempt))

    def _perform(self, attempt: AttemptRow) -> Outcome:
        call = parse_resource(attempt.resource)
        assert isinstance(call, ServiceCall)
        gateway = call.service == "apigateway"
        try:
            given = attempt.payload.value
            if not isinstance(given, dict):
                raise InvalidRequest("The parameters must be an object")
            connection = None if gateway else self._connections.find(attempt, _connection_arn(given))
            wanted = _gateway(given) if gateway else given
            sent = self._send(wanted, connection)
            answer = sent.answer
            output = _told(answer)
        except InvalidRequest as error:
            return failed(ErrorName.RUNTIME, str(error))
        except ConnectionFailed as error:
            return failed(f"Events.ConnectionResource.{error.code}", str(error))
        except Refused as error:
            return failed(ErrorName.PERMISSIONS, str(error))
        except Unreachable as error:
            return failed("ApiGateway.SdkClientException" if gateway else "States.Http.Socket", str(error))
        except TooLarge:
            return failed(
                ErrorName.DATA_LIMIT_EXCEEDED, f"The answer to '{attempt.state}' is larger than a result may be"
            )
        exchange = self._exchange(wanted, sent, attempt.trial)
        if answer.status >= 400:
            name = f"ApiGateway.{answer.status}" if gateway else f"States.Http.StatusCode.{answer.status}"
            cause = answer.body.decode("utf-8", "replace")[:_MOST_CAUSE]
            return Outcome(failed=True, error=name, cause=cause, exchange=exchange)
        if call.pattern is Pattern.CALLBACK:
            return Outcome(submission=Submission(output=output))
        return Outcome(output=output, exchange=exchange)

    def _send(self, given: Mapping[str, Json], connection: Connection | None) -> _Sent:
        request = _Request(given, connection, self._region)
        if connection is None:
            return _Sent(request, {}, self._asked(request, {}, secret_body=False))
        secret_body = bool(connection.body)
        own = self._authorised(connection, renew=False)
        answer = self._asked(request, own, secret_body=secret_body)
        if answer.status == 401 and connection.kind == "OAUTH_CLIENT_CREDENTIALS":
            own = self._authorised(connection, renew=True)
            answer = self._asked(request, own, secret_body=secret_body)
        return _Sent(request, own, answer)

    def _exchange(self, given: Mapping[str, Json], sent: _Sent, trial: Trial | None) -> dict[str, Json] | None:
        """What was sent and answered, for whoever tests the state; what the connection added only on request."""
        if trial is None or not trial.traced:
            return None
        revealed = trial.reveal_secrets
        request = sent.request if revealed else _Request(given, None, self._region)
        headers = {**request.headers, **(sent.own if revealed else {})}
        answer = sent.answer
        protocol = urlsplit(request.url).scheme
        return {
            "request": {
                "protocol": protocol,
                "method": request.method,
                "url": request.url,
                "headers": dump(dict(headers)),
                **({} if request.body is None else {"body": request.body.decode("utf-8", "replace")}),
            },
            "response": {
                "protocol": protocol,
                "statusCode": str(answer.status),
                "statusMessage": answer.reason,
                "headers": dump(_listed_headers(answer)),
                "body": answer.body.decode("utf-8", "replace"),
            },
        }

    def _asked(self, request: _Request, own: Mapping[str, str], *, secret_body: bool) -> Answer:
        """``own`` are the connection's headers."""
        return self._egress.fetch(
            request.method,
            request.url,
            headers={**request.headers, **own},
            body=request.body,
            secret_headers=own.keys(),
            secret_body=secret_body,
        )

    def _authorised(self, connection: Connection, *, renew: bool) -> dict[str, str]:
        match connection.kind:
            case "BASIC":
                pair = base64.b64encode(f"{connection.name}:{connection.secret}".encode()).decode()
                return {"Authorization": f"Basic {pair}", **connection.headers}
            case "API_KEY":
                return {connection.name: connection.secret, **connection.headers}
            case "OAUTH_CLIENT_CREDENTIALS":
                return {"Authorization": f"Bearer {self._tokens.of(connection, renew=renew)}", **connection.headers}

    def poll(self, claim: Claim) -> Outcome | float:
        raise AssertionError("a request leaves no job behind")

    def cancel(self, claim: Claim) -> bool:
        return True

    def renew(self) -> None:
        """Nothing that runs here needs the lease."""

    def close(self) -> None:
        """Connections end with their requests."""


class _Request:
    """What goes out. Raises InvalidRequest."""

    def __init__(self, given: Mapping[str, Json], connection: Connection | None, region: str) -> None:
        self.method = str(given.get("Method") or "").upper()
        if self.method not in _METHODS:
            raise InvalidRequest(f"Method must be one of {', '.join(sorted(_METHODS))}")
        endpoint = given.get("ApiEndpoint")
        if not isinstance(endpoint, str) or not endpoint:
            raise InvalidRequest("The field 'ApiEndpoint' is required but was missing")
        transform = _object(given, "Transform")
        query = {**_object(given, "QueryParameters"), **(connection.query if connection else {})}
        self.url = _with_query(endpoint, query)
        self.headers = _headers(_object(given, "Headers"), region)
        self.body = _body(given.get("RequestBody"), connection, transform, self.headers)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request, the headers that the connection added, and the answer."""

    request: _Request
    own: Mapping[str, str]
    answer: Answer


def _object(given: Mapping[str, Json], name: str) -> dict[str, Any]:
    found = given.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InvalidRequest(f"{name} must be an object")
    return found


def _connection_arn(given: Mapping[str, Json]) -> str:
    for name in ("InvocationConfig", "Authentication"):
        found = given.get(name)
        if isinstance(found, dict) and isinstance(found.get("ConnectionArn"), str):
            return str(found["ConnectionArn"])
    raise InvalidRequest("The field 'ConnectionArn' of InvocationConfig is required but was missing")


def _with_query(endpoint: str, query: Mapping[str, Any]) -> str:
    parts = urlsplit(endpoint)
    more = urlencode([(name, _text(one)) for name, value in query.items() for one in _listed(value)])
    joined = "&".join(text for text in (parts.query, more) if text)
    return urlunsplit((parts.scheme, parts.netloc, quote(parts.path, safe="/%:@!$&'()*+,;=~-._"), joined, ""))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else dump(value)


def _headers(given: Mapping[str, Any], region: str) -> dict[str, str]:
    found = {"User-Agent": f"Amazon|StepFunctions|HttpInvoke|{region}", "Range": "bytes=0-262144"}
    for name, value in given.items():
        lower = name.strip().lower()  # a server may take "Host " for the host
        if lower in _BANNED or lower.startswith(_BANNED_PREFIXES):
            raise InvalidRequest(f"The header '{name}' cannot be set by a task")
        text = ",".join(_text(one) for one in _listed(value))
        if "\r" in text or "\n" in text or "\r" in name or "\n" in name:
            raise InvalidRequest(f"The header '{name.strip()}' has a line break in it")
        found[name] = text
    return found


def _body(
    given: Json, connection: Connection | None, transform: Mapping[str, Any], headers: dict[str, str]
) -> bytes | None:
    if connection is not None and connection.body:
        given = {**(given if isinstance(given, dict) else {}), **connection.body}
    if given is None:
        return None
    names = {name.lower() for name in headers}
    if transform.get("RequestBodyEncoding") == "URL_ENCODED":
        if not isinstance(given, dict):
            raise InvalidRequest("RequestBody must be an object to be URL-encoded")
        options = transform.get("RequestEncodingOptions")
        form = str(options.get("ArrayFormat", "INDICES")) if isinstance(options, dict) else "INDICES"
        if "content-type" not in names:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return urlencode(list(_pairs(given, form))).encode()
    if "content-type" not in names:
        headers["Content-Type"] = "application/json" if not isinstance(given, str) else "text/plain"
    return _text(given).encode()


def _pairs(value: Mapping[str, Json], form: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, one in value.items():
        yield from _pair(f"{prefix}[{name}]" if prefix else name, one, form)


def _pair(key: str, value: Json, form: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from _pairs(value, form, key)
    elif isinstance(value, list):
        if form == "COMMAS":
            yield key, ",".join(_text(one) for one in value)
            return
        for index, one in enumerate(value):
            name = {"REPEAT": key, "BRACKETS": f"{key}[]"}.get(form, f"{key}[{index}]")
            yield from _pair(name, one, form)
    elif value is not None:
        yield key, _text(value)


def _gateway(given: Mapping[str, Json]) -> dict[str, Json]:
    """An API Gateway call as a request to its address."""
    if given.get("AuthType", "NO_AUTH") not in {"NO_AUTH", "RESOURCE_POLICY"}:
        raise InvalidRequest("AuthType IAM_ROLE needs an AWS role, which requests from here do not have")
    endpoint = str(given.get("ApiEndpoint") or "")
    if not endpoint:
        raise InvalidRequest("The field 'ApiEndpoint' is required but was missing")
    base = endpoint if "://" in endpoint else f"https://{endpoint}"
    parts = [str(given[name]).strip("/") for name in ("Stage", "Path") if given.get(name)]
    return {**given, "ApiEndpoint": "/".join([base.rstrip("/"), *parts])}


def _listed_headers(answer: Answer) -> dict[str, Json]:
    headers: dict[str, Json] = {}
    for name, value in answer.headers:
        known = headers.setdefault(name, [])
        assert isinstance(known, list)
        known.append(value)
    return headers


def _told(answer: Answer) -> Document:
    return Document(
        {
            "ResponseBody": _read_body(answer),
            "Headers": _listed_headers(answer),
            "StatusCode": answer.status,
            "StatusText": answer.reason,
        }
    )


def _read_body(answer: Answer) -> Json:
    try:
        text = answer.body.decode()
    except UnicodeDecodeError:
        raise InvalidRequest("The answer is binary: a task can take text and JSON only") from None
    if "json" in answer.header("Content-Type"):
        try:
            return parse(text)
        except InvalidJson:
            return text
    return text


class _Tokens:
    """Access tokens of OAuth connections, kept until shortly before they expire."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._lock = threading.Lock()
        self._known: dict[str, tuple[str, float]] = {}

    def of(self, connection: Connection, *, renew: bool) -> str:
        """Raises ConnectionFailed, Refused, Unreachable."""
        with self._lock:
            token, until = self._known.get(connection.id, ("", 0.0))
        if not renew and time.monotonic() < until:
            return token
        token, seconds = self._ask(connection)
        with self._lock:
            self._known[connection.id] = (token, time.monotonic() + seconds - _EARLY_SECONDS)
        return token

    def _ask(self, connection: Connection) -> tuple[str, float]:
        form = {"grant_type": "client_credentials", "client_id": connection.name, "client_secret": connection.secret}
        if connection.scope:
            form["scope"] = connection.scope
        sent = urlencode(form)
        get = connection.method == "GET"
        url = f"{connection.token_url}?{sent}" if get else connection.token_url
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        answer = self._egress.fetch(
            connection.method, url, headers=headers, body=None if get else sent.encode(), redirects=False
        )
        try:
            found: Any = json.loads(answer.body) if answer.status < 300 else None
            token = found["access_token"]
            seconds = float(found.get("expires_in") or _DEFAULT_TOKEN_SECONDS)
        except (ValueError, TypeError, KeyError, AttributeError):
            message = f"The authorisation server answered {answer.status} {answer.reason} without an access token"
            raise ConnectionFailed("InvalidConnectionState", message) from None
        return str(token), seconds

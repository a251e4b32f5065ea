"""The one way out to addresses that users name: HTTP tasks, OAuth, webhooks.

A name is resolved once and the very addresses that were checked are connected to, so that it cannot mean others a
moment later. Redirects are followed a few times, each checked anew. Answers are bounded in size and time.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

MOST_BYTES = 262_144
SECONDS = 60.0
_CONNECT_SECONDS = 10.0
_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_SECRETS = frozenset({"authorization", "cookie", "proxy-authorization"})


class Refused(Exception):
    """The address may not be called from here; the message says why and what the operator can set."""


class Unreachable(Exception):
    """No connection, no answer in time, or none that is HTTP."""


class _NotConnected(Unreachable):
    """Nobody listens at this address of a name; at another somebody may."""


class TooLarge(Exception):
    """The answer has more bytes than any task may return."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers`` may name one header several times. ``body`` is decoded of its transfer and content codings."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Egress:
    """``allow`` names what may be called though it is private or has no TLS: hosts, HOST:PORT, networks in CIDR."""

    allow: tuple[str, ...] = ()
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES
    _networks: tuple[Any, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        networks = []
        for text in self.allow:
            try:
                networks.append(ipaddress.ip_network(text, strict=False))
            except ValueError:
                continue  # a name
        object.__setattr__(self, "_networks", tuple(networks))

    def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        certificate_authority: str | None = None,
        redirects: bool = True,
        secret_headers: Collection[str] = (),
        secret_body: bool = False,
    ) -> Answer:
        """Raises Refused, Unreachable, TooLarge. ``certificate_authority`` is PEM text to trust instead of others.

        What is secret goes to the server that was asked for and to none that it redirects to.
        """
        secrets = _SECRETS | {name.lower() for name in secret_headers}
        until = time.monotonic() + self.seconds
        given = dict(headers)
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._once(method, url, given, body, certificate_authority, until)
            target = answer.header("Location")
            if not redirects or answer.status not in _REDIRECTS or not target:
                return answer
            following = urljoin(url, target)
            if answer.status == 303 or (answer.status in {301, 302} and method == "POST"):
                method, body = "GET", None
            if _leaves(url, following):
                given = {name: value for name, value in given.items() if name.lower() not in secrets}
                if body is not None and secret_body:
                    raise Refused(f"A redirect to {urlsplit(following).netloc} would take the connection's body along")
            url = following
        raise Unreachable(f"More than {_MOST_REDIRECTS} redirects, the last to {_shown(url)}")

    def _once(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, authority: str | None, until: float
    ) -> Answer:
        target = _Target.parse(url)
        missed: _NotConnected | None = None
        for address in self._addresses(target):
            try:
                return self._at(address, method, target, headers, body, authority, until)
            except _NotConnected as error:
                missed = missed or error
        raise missed or Unreachable(f"The name {target.host} has no address")

    def _at(
        self,
        address: str,
        method: str,
        target: _Target,
        headers: dict[str, str],
        body: bytes | None,
        authority: str | None,
        until: float,
    ) -> Answer:
        """Raises _NotConnected where nothing of the request has left."""
        pool = _pool(target, address, authority)
        try:
            with _cut_at(until) as watch:
                pool.ConnectionCls = _watched(pool.ConnectionCls, watch)
                answer = self._asked(pool, method, target, headers, body, until)
        except (HTTPError, OSError, ValueError) as error:
            if time.monotonic() >= until:
                raise self._too_slow() from None
            # A ValueError is about what was to be sent and quotes it: a header may hold a secret.
            said = "this request cannot be sent: check its headers" if isinstance(error, ValueError) else error
            kind = _NotConnected if isinstance(error, NewConnectionError | ConnectTimeoutError) else Unreachable
            raise kind(f"{target.authority} did not answer: {said}") from None
        finally:
            pool.close()
        if time.monotonic() >= until:
            raise self._too_slow()  # it was cut off, which can look like its end
        return answer

    def _asked(
        self, pool: Any, method: str, target: _Target, headers: dict[str, str], body: bytes | None, until: float
    ) -> Answer:
        left = max(0.1, until - time.monotonic())
        response = pool.urlopen(
            method,
            target.path,
            body=body,
            headers={"Host": target.authority, **headers},
            redirect=False,
            retries=False,
            preload_content=False,
            timeout=urllib3.Timeout(connect=min(_CONNECT_SECONDS, left), read=left),
        )
        try:
            content = self._read(response, until)
        finally:
            response.release_conn()
        found = tuple((str(name), str(value)) for name, value in response.headers.iteritems())
        return Answer(response.status, response.reason or "", found, content)

    def _too_slow(self) -> Unreachable:
        return Unreachable(f"The answer took longer than {self.seconds:.0f} seconds")

    def _read(self, response: Any, until: float) -> bytes:
        """In pieces: what is too large is given up in time."""
        parts, size = [], 0
        for part in response.stream(16_384, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > self.most_bytes:
                raise TooLarge
            if time.monotonic() > until:
                raise self._too_slow()
        return b"".join(parts)

    def _addresses(self, target: _Target) -> list[str]:
        """The addresses to connect to, the first that lets us. Raises Refused, Unreachable."""
        named = target.host in self.allow or f"{target.host}:{target.port}" in self.allow
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"The name {target.host} is not known: {error}") from None
        addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
        good = addresses if named else [text for text in addresses if self._may_be_called(target.scheme, text)]
        if good:
            return good
        if target.scheme == "http":
            raise Refused(f"{target.host} may be called by https only, or must be in TREADLE_HTTP_ALLOW")
        raise Refused(f"{target.host} is a private address ({addresses[0]}): TREADLE_HTTP_ALLOW does not name it")

    def _may_be_called(self, scheme: str, text: str) -> bool:
        address = ipaddress.ip_address(text.partition("%")[0])
        return any(address in network for network in self._networks) or (scheme != "http" and _is_public(address))


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Also by the IPv4 address that a gateway would make of an IPv6 address (NAT64, 6to4, IPv4-compatible)."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    inner = address.sixtofour
    if address in _NAT64 or address in _COMPATIBLE:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner is None or _is_public(inner)


def _leaves(url: str, following: str) -> bool:
    """Whether a redirect leads to another server, or out of TLS."""
    there, here = urlsplit(following), urlsplit(url)
    return there.netloc != here.netloc or (here.scheme == "https" and there.scheme != "https")


def _shown(url: str) -> str:
    """Without the query, in which a connection's secrets may be."""
    return url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str
    authority: str

    @classmethod
    def parse(cls, url: str) -> _Target:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Refused(f"'{_shown(url)}' is not an address: {error}") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Refused(f"'{_shown(url)}' is not an https:// address")
        if parts.username is not None:
            raise Refused("An address with a user name or a password in it is not called")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        authority = parts.netloc
        return cls(parts.scheme, parts.hostname, port or {"http": 80, "https": 443}[parts.scheme], path, authority)


def _pool(target: _Target, address: str, authority: str | None) -> Any:
    """A pool of one connection to the address itself; the name is for TLS and the Host header."""
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(address, target.port, maxsize=1)
    try:
        context = ssl.create_default_context(cadata=authority)
    except ssl.SSLError as error:
        raise Unreachable(f"The certificate given for {target.authority} cannot be read: {error}") from None
    return urllib3.HTTPSConnectionPool(
        address,
        target.port,
        maxsize=1,
        ssl_context=context,
        server_hostname=target.host,
        assert_hostname=target.host,
    )


@contextmanager
def _cut_at(until: float) -> Iterator[Callable[[Any], None]]:
    """Gives what watches a socket. A server that sends a byte now and then lets no single read run out of its time."""
    timers: list[threading.Timer] = []

    def watch(sock: Any) -> None:
        timer = threading.Timer(max(0.0, until - time.monotonic()), _cut, (sock,))
        timer.daemon = True
        timer.start()
        timers.append(timer)

    try:
        yield watch
    finally:
        for timer in timers:
            timer.cancel()


def _cut(sock: Any) -> None:
    with suppress(OSError):  # it may be closed already
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # beneath TLS, whose own goodbye might wait


def _watched(kind: Any, watch: Callable[[Any], None]) -> Any:
    """A class of connections like ``kind`` that are watched as soon as they stand."""

    class Watched(kind):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            watch(self.sock)

    return Watched

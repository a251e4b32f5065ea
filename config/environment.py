"""Reading the environment: every variable Treadle honours, parsed once.

Each secret can also be given as ``NAME_FILE``, the path of a file that holds it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit


class ConfigurationError(Exception):
    """The environment says something that cannot be; the text names the variable and the mend."""


SECRETS = (
    "TREADLE_DATABASE_URL",
    "TREADLE_REDIS_URL",
    "TREADLE_ACCESS_KEY_ID",
    "TREADLE_SECRET_ACCESS_KEY",
    "TREADLE_API_TOKEN",
    "TREADLE_SECRET_KEY",
)
_SEALED = "TREADLE_SEALED_FD"


@lru_cache(maxsize=1)
def _sealed() -> dict[str, str]:
    """Secrets handed down by the supervisor through a pipe: an environment can be read in /proc by any child."""
    descriptor = os.environ.pop(_SEALED, None)
    if descriptor is None:
        return {}
    with os.fdopen(int(descriptor), "rb") as pipe:
        found: dict[str, str] = json.loads(pipe.read())
    return found


def seal(secrets_by_name: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """A pipe that holds secrets, to be inherited by a process, and the variable that tells it where to read."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as pipe:
        pipe.write(json.dumps(dict(secrets_by_name)).encode())
    return read, {_SEALED: str(read)}


def take_secrets() -> dict[str, str]:
    """This process's secrets, and none of them in os.environ any more."""
    found = dict(_sealed())
    found.update({name: os.environ.pop(name) for name in SECRETS if os.environ.get(name)})
    return found


def _secret(name: str) -> str | None:
    if name in _sealed():
        return _sealed()[name]
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(f"{name}_FILE={path} cannot be read: {error.strerror}") from error
    return os.environ.get(name) or None


def _integer(name: str, default: int, *, least: int, most: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or not least <= int(text) <= most:
        raise ConfigurationError(f"{name}={text} must be a whole number from {least} to {most}")
    return int(text)


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in os.environ.get(name, "").replace(",", " ").split() if word)


def _address(name: str) -> str | None:
    url = os.environ.get(name) or None
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise ConfigurationError(f"{name}={url} must be an http:// or https:// address")
    return url


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How many there may be: AWS's defaults, which ``TREADLE_QUOTA_`` and the name in capitals change."""

    state_machines: int = 100_000
    activities: int = 100_000
    open_executions: int = 1_000_000
    versions: int = 1000
    aliases: int = 100
    activity_pollers: int = 1000


def _quotas() -> Quotas:
    defaults = asdict(Quotas())
    return Quotas(
        **{
            name: _integer(f"TREADLE_QUOTA_{name.upper()}", default, least=1, most=1_000_000_000)
            for name, default in defaults.items()
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the operator configured. Paths are absolute."""

    host: str
    port: int
    data: Path
    functions: Path
    database_url: str | None
    redis_url: str | None
    account_id: str
    region: str
    aws_endpoint_url: str | None
    access_key_id: str | None
    secret_access_key: str | None
    api_token: str | None
    secret_key: str | None
    public_url: str | None
    events_url: str | None
    concurrency: int
    files_root: Path | None
    celery_app: str | None
    celery_allow: tuple[str, ...]
    aws_allow: tuple[str, ...]
    http_allow: tuple[str, ...]
    sqlite_sync: str
    retention_days: int
    functions_python: str | None
    function_memory_mb: int
    quotas: Quotas

    @property
    def public_host(self) -> str | None:
        return urlsplit(self.public_url).hostname if self.public_url else None


def read_environment() -> Environment:
    """Parse the process environment; raises ConfigurationError on the first thing that cannot be."""
    account = os.environ.get("TREADLE_ACCOUNT_ID", "000000000000")
    if not (account.isdigit() and len(account) == 12):
        raise ConfigurationError(f"TREADLE_ACCOUNT_ID={account} must be 12 digits")
    public_url = _address("TREADLE_PUBLIC_URL")
    sync = os.environ.get("TREADLE_SQLITE_SYNC", "full").lower()
    if sync not in {"full", "normal"}:
        raise ConfigurationError(f"TREADLE_SQLITE_SYNC={sync} must be full or normal")
    files_root = os.environ.get("TREADLE_FILES_ROOT")
    key_id, secret = _secret("TREADLE_ACCESS_KEY_ID"), _secret("TREADLE_SECRET_ACCESS_KEY")
    if (key_id is None) != (secret is None):
        raise ConfigurationError("TREADLE_ACCESS_KEY_ID and TREADLE_SECRET_ACCESS_KEY must be given together")
    return Environment(
        host=os.environ.get("HOST") or "127.0.0.1",
        port=_integer("PORT", 8000, least=1, most=65535),
        data=Path(os.environ.get("TREADLE_DATA") or ".treadle").absolute(),
        functions=Path(os.environ.get("TREADLE_FUNCTIONS_DIR") or "functions").absolute(),
        database_url=_secret("TREADLE_DATABASE_URL"),
        redis_url=_secret("TREADLE_REDIS_URL"),
        account_id=account,
        region=os.environ.get("TREADLE_REGION") or "us-east-1",
        aws_endpoint_url=os.environ.get("TREADLE_AWS_ENDPOINT_URL") or None,
        access_key_id=key_id,
        secret_access_key=secret,
        api_token=_secret("TREADLE_API_TOKEN"),
        secret_key=_secret("TREADLE_SECRET_KEY"),
        public_url=public_url,
        events_url=_address("TREADLE_EVENTS_URL"),
        concurrency=_integer("TREADLE_CONCURRENCY", 8, least=1, most=256),
        files_root=Path(files_root).absolute() if files_root else None,
        celery_app=os.environ.get("TREADLE_CELERY_APP") or None,
        celery_allow=_words("TREADLE_CELERY_ALLOW"),
        aws_allow=_words("TREADLE_AWS_ALLOW"),
        http_allow=_words("TREADLE_HTTP_ALLOW"),
        sqlite_sync=sync,
        retention_days=_integer("TREADLE_RETENTION_DAYS", 90, least=1, most=36500),
        functions_python=os.environ.get("TREADLE_FUNCTIONS_PYTHON") or None,
        function_memory_mb=_integer("TREADLE_FUNCTION_MEMORY_MB", 512, least=32, most=1_048_576),
        quotas=_quotas(),
    )


_LONGEST_SOCKET_PATH = 100  # the system's limit is 104 to 108 bytes


def broker_socket(data: Path) -> Path:
    """Where the embedded Valkey listens: in the data folder, or in a short private one where that path is too long."""
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    private = f"treadle-{os.getuid()}-{digest}"
    places = (data, Path(tempfile.gettempdir()) / private, Path("/tmp") / private)  # noqa: S108 - it is our user's alone
    paths = [place / "valkey.sock" for place in places]
    return next((path for path in paths if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH), paths[-1])


def stored_secret_key(data: Path) -> str:
    """The installation's own secret key, made at first use and kept in TREADLE_DATA (mode 0600)."""
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = data / f".secret-key-{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # atomic, and the first of two starters wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")

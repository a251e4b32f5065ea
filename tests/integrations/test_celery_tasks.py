"""Tasks of another Celery project: a real broker, a real worker, a real result backend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from engine.integrations.celery_tasks import CelerySettings, CeleryTasks, CeleryUnavailable
from engine.runtime.ports import Outcome
from tests.harness import ROOT, until
from tests.integrations.conftest import attempt_of, done, poll_claim

APP = "tests.integrations.celery_project:app"
ALLOW = ("shop.add", "shop.fail", "shop.sleep", "shop.odd")


@pytest.fixture(scope="module")
def project(installation: Path) -> Iterator[CeleryTasks]:
    """The project's app with a worker of its own."""
    path = settings.REDIS_URL.removeprefix("unix://")
    shop = {
        "SHOP_BROKER": f"redis+socket://{path}?virtual_host=5",
        "SHOP_BACKEND": f"redis+socket://{path}?virtual_host=6",
    }
    os.environ.update(shop)
    sys.modules.pop("tests.integrations.celery_project", None)
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", APP, "--quiet", "worker", "--pool", "prefork", "-c", "1"),
            *("--loglevel", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        cwd=ROOT,
        env={**os.environ, **shop},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    tasks = CeleryTasks(CelerySettings(app=APP, allow=ALLOW))
    yield tasks
    worker.terminate()
    worker.wait()
    tasks.close()
    for name in shop:
        os.environ.pop(name)


def ended(tasks: CeleryTasks, payload: dict[str, Any], number: str) -> Outcome:
    attempt = attempt_of("celery:sendTask.sync", payload, number=number)
    claim = poll_claim(attempt, tasks.start(attempt).wait(None))

    def look() -> Outcome | None:
        found = tasks.poll(claim)
        return found if isinstance(found, Outcome) else None

    found: Outcome = until(look, 30, f"the end of {payload}")
    return found


def test_a_task_is_sent_and_its_result_is_the_result(project: CeleryTasks) -> None:
    outcome = ended(project, {"Task": "shop.add", "Args": [2], "Kwargs": {"second": 3}}, "add-1")
    assert done(outcome) == 5


def test_request_response_does_not_wait(project: CeleryTasks) -> None:
    sent = done(
        project.start(attempt_of("celery:sendTask", {"Task": "shop.add", "Args": [1]}, number="add-2")).wait(None)
    )
    assert sent == {"TaskId": "add-2", "Task": "shop.add"}


def test_a_failure_has_the_type_of_its_exception_and_its_message(project: CeleryTasks) -> None:
    outcome = ended(project, {"Task": "shop.fail", "Args": ["out of stock"]}, "fail-1")
    assert outcome.error == "ValueError"
    assert json.loads(outcome.cause or "")["errorMessage"] == "out of stock"


def test_a_result_that_is_no_json_fails_the_task(project: CeleryTasks) -> None:
    assert ended(project, {"Task": "shop.odd"}, "odd-1").error == "Celery.ResultNotJson"


def test_a_task_that_nobody_waits_for_is_revoked_and_ended(project: CeleryTasks, tmp_path: Path) -> None:
    note = tmp_path / "note"
    attempt = attempt_of("celery:sendTask.sync", {"Task": "shop.sleep", "Args": [3600, str(note)]}, number="sleep-1")
    claim = poll_claim(attempt, project.start(attempt).wait(None))
    until(note.exists, 30, "the task's beginning")
    assert project.cancel(claim)

    def look() -> Outcome | None:
        found = project.poll(claim)
        return found if isinstance(found, Outcome) else None

    assert until(look, 30, "the revocation").error == "Celery.TaskRevoked"
    assert ended(project, {"Task": "shop.add", "Args": [1]}, "add-3").output is not None  # by the only process
    assert note.read_text() == "begun"


def test_only_tasks_that_the_operator_allows_are_sent(project: CeleryTasks) -> None:
    for name in ("shop.secret", "celery.backend_cleanup", "treadle.advance", "os.system"):
        outcome = project.start(attempt_of("celery:sendTask", {"Task": name})).wait(None)
        assert outcome is not None
        assert outcome.error == "Celery.NotRegistered", name


def test_the_catalogue_tells_names_signatures_and_first_lines(project: CeleryTasks) -> None:
    known = {one.name: one for one in project.known()}
    assert set(known) == set(ALLOW)
    assert known["shop.add"].description == "Adds two numbers."
    assert "second" in known["shop.add"].signature


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({}, "'Task' is required"),
        ({"Task": "shop.add", "Argz": []}, "'Argz' is not supported"),
        ({"Task": "shop.add", "Args": {"a": 1}}, "'Args' must be an array"),
        ({"Task": "shop.add", "Countdown": "soon"}, "'Countdown' must be"),
    ],
)
def test_parameters_that_cannot_be_are_named(project: CeleryTasks, payload: dict[str, Any], words: str) -> None:
    outcome = project.start(attempt_of("celery:sendTask", payload)).wait(None)
    assert outcome is not None
    assert outcome.error == "States.Runtime"
    assert words in (outcome.cause or "")


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (None, "TREADLE_CELERY_APP"),
        ("no.such.module:app", "cannot be imported"),
        ("json:dumps", "names no Celery app"),
        ("config.celery:app", "has to be yours"),
    ],
)
def test_an_app_that_cannot_be_used_says_what_to_set(app: str | None, words: str) -> None:
    tasks = CeleryTasks(CelerySettings(app=app))
    with pytest.raises(CeleryUnavailable, match=words):
        tasks.known()
    outcome = tasks.start(attempt_of("celery:sendTask", {"Task": "a.b"})).wait(None)
    assert outcome is not None
    assert outcome.error == "States.TaskFailed"

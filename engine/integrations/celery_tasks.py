"""Tasks of the operator's own Celery project: ``celery:sendTask``, alone, ``.sync`` and ``.waitForTaskToken``.

Their workers run them as ever; here they are only sent, looked at through the project's result backend, and revoked
when nobody waits for them any more. Treadle's own Celery app is another one and cannot be named.
"""

from __future__ import annotations

import importlib
import inspect
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from celery import Celery
from celery.backends.base import DisabledBackend
from celery.result import AsyncResult
from kombu.exceptions import OperationalError

from engine.asl.resource import Pattern, Resource, ServiceCall, parse_resource
from engine.errors import ErrorName
from engine.integrations.work import Call, failed
from engine.jsontypes import Document, Json
from engine.runtime.ports import AttemptRow, Claim, Outcome, Submission, Work
from engine.sentences import Sentence, say

_FIRST_LOOK_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 15.0
_GROWTH = 1.4
_PARAMETERS = frozenset({"Task", "Args", "Kwargs", "Queue", "Countdown", "Priority"})
_NOT_SENT = "The task could not be sent; it may have started: "


class CeleryUnavailable(Exception):
    """The operator's app cannot be used; the reason says why and what to set."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class CelerySettings:
    """``app`` is MODULE:NAME as for ``celery -A``; ``allow`` holds patterns of task names, empty for all of the app."""

    app: str | None = None
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTask:
    """A registered task, for the catalogue."""

    name: str
    signature: str
    description: str


class CeleryTasks:
    """The Integrations port for another Celery project."""

    def __init__(self, settings: CelerySettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._app: Celery | None = None

    def takes(self, resource: Resource) -> bool:
        return isinstance(resource, ServiceCall) and (resource.service, resource.action) == ("celery", "sendTask")

    def quick(self, resource: str, payload: Document) -> bool:
        return False

    def repeatable(self, resource: str) -> bool:
        return False

    def start(self, attempt: AttemptRow) -> Work:
        return Call(lambda: self._send(attempt))

    def known(self) -> list[KnownTask]:
        """The tasks that machines may send. Raises CeleryUnavailable."""
        app = self.app()
        names = sorted(name for name in app.tasks if not name.startswith("celery.") and self._allows(name))
        return [_known(name, app.tasks[name]) for name in names]

    def app(self) -> Celery:
        """The operator's app, imported once. Raises CeleryUnavailable."""
        with self._lock:
            if self._app is None:
                self._app = _load(self._settings.app)
            return self._app

    def _allows(self, name: str) -> bool:
        allow = self._settings.allow
        return not allow or any(fnmatchcase(name, pattern) for pattern in allow)

    def _send(self, attempt: AttemptRow) -> Outcome:
        given: Any = attempt.payload.value
        wrong = _wrong(given)
        if wrong is not None:
            return failed(ErrorName.RUNTIME, wrong)
        name = str(given["Task"])
        try:
            app = self.app()
        except CeleryUnavailable as error:
            return failed(ErrorName.TASK_FAILED, str(error))
        if not self._allows(name) or name.startswith("celery.") or name not in app.tasks:
            return failed("Celery.NotRegistered", f"{name!r} is not among the tasks that machines may send")
        pattern = _pattern(attempt)
        waits = pattern is Pattern.SYNC
        if waits and isinstance(app.backend, DisabledBackend):
            return failed(
                "Celery.NoResultBackend", f"{self._settings.app} has no result backend: without one no end is known"
            )
        try:
            sent = app.send_task(
                name,
                args=given.get("Args") or [],
                kwargs=given.get("Kwargs") or {},
                queue=given.get("Queue"),
                countdown=given.get("Countdown"),
                priority=given.get("Priority"),
                task_id=attempt.id,
                retry=False,
            )
        except (OperationalError, OSError) as error:
            return failed("Celery.BrokerUnavailable", f"{_NOT_SENT}{error}")
        output = Document({"TaskId": str(sent.id), "Task": name})
        if waits:
            handle = json.dumps({"task": sent.id})
            return Outcome(submission=Submission(output=output, handle=handle, poll_seconds=_FIRST_LOOK_SECONDS))
        return Outcome(submission=Submission(output=output)) if pattern is Pattern.CALLBACK else Outcome(output=output)

    def poll(self, claim: Claim) -> Outcome | float:
        pause = min(_LONGEST_PAUSE_SECONDS, _FIRST_LOOK_SECONDS * _GROWTH ** min(claim.polls, 20))
        try:
            result = self._result(claim)
            state, value = str(result.state), result.result
        except CeleryUnavailable as error:
            return failed(ErrorName.TASK_FAILED, str(error))
        except Exception:  # result backends have exceptions of their own; the state's timeout bounds the waiting
            return pause
        if state == "SUCCESS":
            return _returned(value)
        if state == "FAILURE":
            cause: dict[str, Json] = {
                "errorMessage": str(value),
                "errorType": type(value).__name__,
                "taskId": str(result.id),
            }
            return failed(type(value).__name__, Document(cause).text)
        if state == "REVOKED":
            return failed("Celery.TaskRevoked", f"The task {result.id} was revoked")
        return pause

    def _result(self, claim: Claim) -> AsyncResult[Any]:
        handle: Any = json.loads(claim.handle or "{}")
        return self.app().AsyncResult(handle["task"])

    def cancel(self, claim: Claim) -> bool:
        """Revoke it: one that runs is terminated where its pool can do that (prefork)."""
        try:
            self._result(claim).revoke(terminate=True)
        except CeleryUnavailable:
            return True
        except (OperationalError, OSError):
            return False
        return True

    def renew(self) -> None:
        """Nothing that runs here needs the lease."""

    def close(self) -> None:
        if self._app is not None:
            self._app.close()


def _load(path: str | None) -> Celery:
    if not path:
        raise CeleryUnavailable(
            say("Celery tasks need TREADLE_CELERY_APP: the MODULE:NAME of the app whose tasks may be sent")
        )
    module, _, name = path.partition(":")
    try:
        loaded = importlib.import_module(module)
    except Exception as error:  # whatever the operator's module raises
        raise CeleryUnavailable(
            say(
                "TREADLE_CELERY_APP={path} cannot be imported ({reason}): is it on PYTHONPATH?",
                path=path,
                reason=f"{type(error).__name__}: {error}",
            )
        ) from None
    found = getattr(loaded, name, None) if name else _only_app(loaded)
    if not isinstance(found, Celery):
        raise CeleryUnavailable(say("TREADLE_CELERY_APP={path} names no Celery app", path=path))
    if found.main == "treadle":
        raise CeleryUnavailable(say("TREADLE_CELERY_APP names Treadle's own app; it has to be yours"))
    found.loader.import_default_modules()
    return found


def _only_app(module: Any) -> Any:
    return next((one for one in vars(module).values() if isinstance(one, Celery)), None)


def _known(name: str, task: Any) -> KnownTask:
    run: Callable[..., Any] = task.run
    try:
        signature = str(inspect.signature(run))
    except (TypeError, ValueError):
        signature = "(...)"
    text = inspect.getdoc(run) or ""
    return KnownTask(name=name, signature=signature, description=text.splitlines()[0] if text else "")


def _wrong(given: Json) -> str | None:
    if not isinstance(given, dict) or not isinstance(given.get("Task"), str):
        return "The field 'Task' is required: the name of a registered task"
    unknown = sorted(given.keys() - _PARAMETERS)
    if unknown:
        return f"The field '{unknown[0]}' is not supported: use {', '.join(sorted(_PARAMETERS))}"
    kinds: dict[str, tuple[type, ...]] = {
        "Args": (list,),
        "Kwargs": (dict,),
        "Queue": (str,),
        "Countdown": (int, float),
        "Priority": (int,),
    }
    for name, kind in kinds.items():
        value = given.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            return f"The field '{name}' must be {'an array' if kind == (list,) else f'of the type {kind[0].__name__}'}"
    return None


def _pattern(attempt: AttemptRow) -> Pattern:
    resource = parse_resource(attempt.resource)
    assert isinstance(resource, ServiceCall)
    return resource.pattern


def _returned(value: Any) -> Outcome:
    try:
        return Outcome(output=Document(json.loads(json.dumps(value, allow_nan=False))))
    except (TypeError, ValueError, RecursionError) as error:
        return failed("Celery.ResultNotJson", f"The task returned what is not JSON: {error}")

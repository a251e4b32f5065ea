"""A whole Treadle in a folder of its own, started the way users start it, for tests from outside."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "a-token-for-automation"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"


_reserved: list[socket.socket] = []


def free_port() -> int:
    """A port that nobody but a server which is started on it gets while this process lives.

    Between a probe and the start of a server (and while it is started again) the system would give its port to the
    next program that connects to anywhere. Linux gives nobody a port that is bound, and lets who sets SO_REUSEADDR, as
    servers do, listen on one that is bound with it and that nobody listens on.
    """
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    port = int(probe.getsockname()[1])
    if sys.platform == "linux":
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _reserved.append(probe)
    else:
        probe.close()
    return port


def until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true answer of ``condition``; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not in {seconds} s: {what}")


@dataclass
class Server:
    """Use as a context manager. ``lines`` holds what the supervisor printed."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None
    link: str = ""
    reader: threading.Thread | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def functions(self) -> Path:
        return self.folder / "functions"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def variables(self) -> dict[str, str]:
        """The environment of its processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TREADLE_")}
        return {
            **kept,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "TREADLE_DATA": str(self.data),
            "TREADLE_FUNCTIONS_DIR": str(self.functions),
            "TREADLE_API_TOKEN": TOKEN,
            **self.environment,
        }

    def another_link(self) -> str:
        """To sign in once more: each link works once."""
        command = [sys.executable, "manage.py", "signin"]
        done = subprocess.run(command, cwd=ROOT, env=self.variables(), capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def start(self) -> Server:
        """Start, and wait for the line that says it is ready."""
        self.functions.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=ROOT,
            env=self.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        ready: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read, args=(self.process, ready), daemon=True)
        self.reader.start()
        try:
            self.link = ready.get(timeout=120)
        except queue.Empty:
            self.link = ""
        if not self.link:
            self.stop()
            raise AssertionError("Treadle did not start:\n" + "\n".join(self.lines[-40:]))
        return self

    def _read(self, process: subprocess.Popen[str], ready: queue.Queue[str]) -> None:
        if process.stdout is not None:
            with process.stdout as stream:
                for line in stream:
                    self.lines.append(line.rstrip())
                    if line.startswith("Treadle is ready at "):
                        ready.put(line.split()[-1])
        ready.put("")

    def stop(self, number: int = signal.SIGTERM, seconds: float = 40) -> int:
        """Stop it and wait; the exit code. All that it printed is in ``lines`` then."""
        process = self.process
        if process is None or self.reader is None:
            return 0
        if process.poll() is None:
            process.send_signal(number)
        try:
            code = process.wait(seconds)
            self.reader.join(seconds)
            return code
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError("Treadle did not stop:\n" + "\n".join(self.lines[-40:])) from None

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- its processes ------------------------------------------------------------------------------------------

    def descendants(self) -> list[int]:
        return descendants_of(self.process.pid) if self.process is not None else []

    def part(self, name: str) -> int | None:
        """The process of a part: web, advance, tasks or valkey."""
        marks = {"web": b"uvicorn", "advance": b"advance@", "tasks": b"tasks@", "valkey": b"valkey-server"}
        for pid in children_of(self.process.pid) if self.process is not None else []:
            if marks[name] in command_line(pid):
                return pid
        return None

    # -- its REST interface -------------------------------------------------------------------------------------

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON (None for no body)."""
        request = urllib.request.Request(
            self.address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {TOKEN}",
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                status, raw = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, raw = error.code, error.read()
        return status, json.loads(raw) if raw else None

    def machine(self, name: str, definition: dict[str, Any]) -> str:
        """Create a machine; its id."""
        status, made = self.call("POST", "/api/machines/", {"name": name, "definition": json.dumps(definition)})
        assert status == 201, made
        return str(made["id"])

    def begin(self, machine: str, value: Any = None, *, wait: int = 0) -> dict[str, Any]:
        headers = {"Prefer": f"wait={wait}"} if wait else {}
        status, made = self.call("POST", f"/api/machines/{machine}/executions/", {"input": value or {}}, **headers)
        assert status == 201, made
        return dict(made)

    def execution(self, execution: str) -> dict[str, Any]:
        status, found = self.call("GET", f"/api/executions/{execution}/")
        assert status == 200, found
        return dict(found)

    def ended(self, execution: str, seconds: float = 60) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            with contextlib.suppress(OSError):
                found = self.execution(execution)
                return found if found["status"] != "RUNNING" else None
            return None

        found: dict[str, Any] = until(look, seconds, f"the end of {execution}")
        return found

    def history(self, execution: str) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        while True:
            after = events[-1]["id"] if events else 0
            _, page = self.call("GET", f"/api/executions/{execution}/history/?after={after}&limit=1000")
            events.extend(page["events"])
            if not page["events"] or events[-1]["id"] >= page["last_event_id"]:
                return events

    def write_function(self, name: str, source: str) -> None:
        self.functions.mkdir(parents=True, exist_ok=True)
        (self.functions / f"{name}.py").write_text(source, encoding="utf-8")

    def copy_sample_functions(self) -> None:
        for path in (ROOT / "functions").glob("*.py"):
            self.write_function(path.stem, path.read_text(encoding="utf-8"))


def children_of(pid: int) -> list[int]:
    """Direct children, by /proc."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found.extend(int(one) for one in task.read_text().split())
    return found


def descendants_of(pid: int) -> list[int]:
    found: list[int] = []
    pending = [pid]
    while pending:
        children = children_of(pending.pop())
        found.extend(children)
        pending.extend(children)
    return found


def command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def alive(pid: int) -> bool:
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False


def all_end(processes: Iterable[int]) -> bool:
    """Whether they end, or have ended: one that was killed is there until the system comes to it."""
    try:
        until(lambda: not any(alive(pid) for pid in processes), 60, "the end of processes")
    except AssertionError:
        return False
    return True


def pass_chain(count: int) -> dict[str, Any]:
    """A machine of ``count`` Pass states in a row."""
    return _chain(count, {"Type": "Pass"})


def task_chain(count: int, function: str) -> dict[str, Any]:
    return _chain(count, {"Type": "Task", "Resource": FUNCTION + function})


def _chain(count: int, state: dict[str, Any]) -> dict[str, Any]:
    states = {
        f"S{index}": {**state, **({"Next": f"S{index + 1}"} if index < count - 1 else {"End": True})}
        for index in range(count)
    }
    return {"StartAt": "S0", "States": states}


@contextlib.contextmanager
def stopped(pid: int) -> Iterator[None]:
    """SIGSTOP for the time of the block."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)

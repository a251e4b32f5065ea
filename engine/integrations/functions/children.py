"""Warm child processes, a small pool a function, through the launcher beside this worker."""

from __future__ import annotations

import array
import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from engine.integrations.functions.folder import Folder, Function

_LAUNCHER = Path(__file__).with_name("launcher.py")
_LARGEST_ANSWER = 8 * 1024 * 1024
_LOG_BYTES = 64 * 1024
_IDLE_SECONDS = 120.0
_END_SECONDS = 5.0


class ChildGone(Exception):
    """The child ended before it answered. ``reason`` is the launcher's word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, eq=False)
class Child:
    """One process. Used by one invocation at a time."""

    id: int
    function: Function
    requests: int
    responses: int
    log: IO[bytes]
    channel: socket.socket
    """To the launcher that started it."""

    turn: int = 0
    """Counts its invocations, and their ends: who wants to end an invocation must not end the next one."""

    killed: bool = False
    idle_since: float = 0.0
    reason: str | None = None
    gone: threading.Event = field(default_factory=threading.Event)
    _unsent: memoryview = field(default_factory=lambda: memoryview(b""))
    _received: bytearray = field(default_factory=bytearray)
    _waiter: select.poll = field(default_factory=select.poll)

    def __post_init__(self) -> None:
        self._waiter.register(self.responses, select.POLLIN)

    def begin(self, request: bytes) -> None:
        """Hand over an invocation; ``answer`` brings it to its end."""
        if os.fstat(self.log.fileno()).st_size:
            self.log.truncate(0)
        self._unsent = memoryview(struct.pack(">I", len(request)) + request)
        self._received = bytearray()

    def answer(self, until: float | None) -> bytes | None:
        """The answer frame; None when ``until`` (monotonic seconds) comes first: call again. Raises ChildGone."""
        try:
            while (frame := self._frame()) is None:
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    return None
                if self._unsent:
                    self._send_more(left)
                elif self._readable(left) and not self._receive():
                    break
        except BrokenPipeError:
            frame = None
        if frame is None:
            self.gone.wait(5)
            raise ChildGone(self.reason or "exit")
        return frame

    def _send_more(self, left: float | None) -> None:
        """Write what the pipe takes; a child that answers before it has read all is read meanwhile."""
        try:
            self._unsent = self._unsent[os.write(self.requests, self._unsent[:65_536]) :]
        except BlockingIOError:
            waiter = select.poll()  # select.select cannot watch descriptors over 1,023
            waiter.register(self.requests, select.POLLOUT)
            waiter.register(self.responses, select.POLLIN)
            ready = [descriptor for descriptor, _ in waiter.poll(None if left is None else left * 1000)]
            if self.responses in ready:
                self._receive()

    def _readable(self, left: float | None) -> bool:
        """Whether there is something to read, or the end of it, within the time that is left."""
        return bool(self._waiter.poll(None if left is None else left * 1000))

    def _receive(self) -> bool:
        chunk = os.read(self.responses, 1 << 16)  # the room for it is made anew each time
        self._received += chunk
        return bool(chunk)

    def _frame(self) -> bytes | None:
        if len(self._received) < 4:
            return None
        size = struct.unpack(">I", self._received[:4])[0]
        if size > _LARGEST_ANSWER:
            raise ChildGone("answer too large")
        return bytes(self._received[4:]) if len(self._received) >= 4 + size else None

    def printed(self) -> tuple[str, bool]:
        """What the invocation wrote to stdout and stderr (the end of it), and whether that is not all."""
        size = os.fstat(self.log.fileno()).st_size
        if size == 0:
            return "", False
        self.log.seek(max(0, size - _LOG_BYTES))
        return self.log.read().decode("utf-8", "replace").replace("\x00", "\ufffd"), size > _LOG_BYTES

    def close(self) -> None:
        os.close(self.requests)
        os.close(self.responses)
        self.log.close()


class Children:
    """All children of this worker. Thread-safe."""

    def __init__(self, folder: Folder, *, python: str | None, memory_mb: int, lease_seconds: float) -> None:
        self._folder = folder
        self._python = python or sys.executable
        self._memory_mb = memory_mb
        self._lease_seconds = lease_seconds
        self._lock = threading.Lock()
        self._idle: dict[str, list[Child]] = {}
        self._all: dict[int, Child] = {}
        self._last_id = 0
        self._channel: socket.socket | None = None
        self._launcher: subprocess.Popen[bytes] | None = None

    def take(self, function: Function) -> Child:
        """A warm child of this very version of the function, or a new one."""
        with self._lock:
            idle = self._idle.get(function.name, [])
            stale = [child for child in idle if child.function.version != function.version]
            fresh = [child for child in idle if child.function.version == function.version]
            found = fresh.pop() if fresh else None
            self._idle[function.name] = fresh
            for child in stale:
                self._discard(child)
            child = found or self._spawn(function)
            child.turn += 1
            return child

    def give_back(self, child: Child) -> None:
        with self._lock:
            child.turn += 1
            if child.gone.is_set() or child.killed:
                child.close()
                return
            child.idle_since = time.monotonic()
            self._idle.setdefault(child.function.name, []).append(child)

    def kill(self, child: Child, turn: int) -> None:
        """End a child and its process group, unless that turn is over; who waits for its answer gets ChildGone."""
        with self._lock:
            if child.turn == turn:
                child.killed = True
                self._kill(child)

    def renew(self) -> None:
        """The worker's lease was renewed: its children may go on. Also lets go of those idle for long."""
        with self._lock:
            if self._channel is not None:
                self._send({"op": "renew"})
            limit = time.monotonic() - _IDLE_SECONDS
            for name, idle in self._idle.items():
                old = [child for child in idle if child.idle_since < limit]
                self._idle[name] = [child for child in idle if child.idle_since >= limit]
                for child in old:
                    self._discard(child)

    def close(self) -> None:
        with self._lock:
            if self._channel is not None:
                self._channel.close()
                self._channel = None
            launcher, self._launcher = self._launcher, None
        if launcher is not None:
            launcher.terminate()
            try:
                launcher.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                launcher.kill()  # the kernel ends its children with it
                launcher.wait()

    def _discard(self, child: Child) -> None:
        """End a child that nobody waits for and that is not idle any more: nobody else would close its descriptors."""
        self._kill(child)
        child.close()

    def _kill(self, child: Child) -> None:
        self._send({"op": "kill", "id": child.id})

    def _spawn(self, function: Function) -> Child:
        channel = self._ensure_launcher()
        self._last_id += 1
        message = {
            "op": "spawn",
            "id": self._last_id,
            "path": str(function.path),
            "name": function.name,
            "environment": self._folder.environment(function.name),  # may fail: before anything is opened
        }
        requests_out, requests_in = os.pipe()
        responses_out, responses_in = os.pipe()
        log = tempfile.TemporaryFile(mode="w+b", buffering=0)  # noqa: SIM115 - lives as long as the child
        append = (
            os.open(f"/proc/self/fd/{log.fileno()}", os.O_WRONLY | os.O_APPEND)
            if sys.platform == "linux"
            else os.dup(log.fileno())
        )
        try:
            self._send(message, [requests_out, responses_in, append])
        finally:
            for descriptor in (requests_out, responses_in, append):
                os.close(descriptor)
        os.set_blocking(requests_in, False)
        child = Child(self._last_id, function, requests_in, responses_out, log, channel)
        self._all[child.id] = child
        return child

    def _send(self, message: dict[str, object], descriptors: list[int] | None = None) -> None:
        if self._channel is None:
            return
        ancillary = []
        if descriptors:
            ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        try:
            self._channel.sendmsg([json.dumps(message).encode()], ancillary)
        except OSError:
            # The launcher died: its children died with it, and the listener tells those who wait.
            self._channel = None

    def _ensure_launcher(self) -> socket.socket:
        if self._channel is not None and self._launcher is not None and self._launcher.poll() is None:
            return self._channel
        started = threading.Event()
        problem: list[Exception] = []
        # PDEATHSIG fires when the *thread* that spawned ends, so a thread that lives as long as the launcher spawns it.
        thread = threading.Thread(target=self._host, args=(started.set, problem), name="launcher", daemon=True)
        thread.start()
        started.wait(30)
        if problem:
            raise problem[0]
        if self._channel is None:
            raise OSError("the launcher of functions did not start")
        return self._channel

    def _host(self, started: Callable[[], None], problem: list[Exception]) -> None:
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            self._launcher = subprocess.Popen(  # noqa: S603 - our own program
                [
                    self._python,
                    "-u",
                    str(_LAUNCHER),
                    str(theirs.fileno()),
                    str(self._memory_mb),
                    str(self._lease_seconds),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=self._folder.environment(""),
            )
            theirs.close()
            self._channel = ours
        except Exception as error:
            problem.append(error)
            return
        finally:
            started()
        self._listen(ours)

    def _listen(self, channel: socket.socket) -> None:
        while True:
            try:
                data = channel.recv(65_536)
            except OSError:
                data = b""
            if not data:
                break
            message = json.loads(data)
            self._forget(message["id"], message["reason"])
        with self._lock:
            if self._channel is channel:
                self._channel = None
            left = [number for number, child in self._all.items() if child.channel is channel]
        for number in left:
            self._forget(number, "launcher gone")

    def _forget(self, number: int, reason: str) -> None:
        with self._lock:
            child = self._all.pop(number, None)
            if child is None:
                return
            child.reason = reason
            child.gone.set()
            idle = self._idle.get(child.function.name, [])
            was_idle = child in idle
            if was_idle:
                idle.remove(child)
        if was_idle:
            child.close()

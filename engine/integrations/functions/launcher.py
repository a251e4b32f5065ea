"""The launcher: a small process beside each worker that forks function children, watches them and kills them.

A program of its own, for the standard library alone: it runs under TREADLE_FUNCTIONS_PYTHON. It speaks JSON over a
seqpacket socket (fd given as the first argument) and gets the children's descriptors with each spawn:

    worker -> {"op": "spawn", "id", "path", "name", "environment"} + [requests, responses, log]
              {"op": "kill", "id"}   {"op": "renew"}
    launcher -> {"op": "gone", "id", "reason"}       reason: "exit N", "signal N", "memory", "lease"

Three things end all children: the socket's end (the worker is gone), SIGTERM (sent by the kernel when the worker
dies), and ``lease`` seconds without "renew": the worker may be stopped, and its lease is about to be called lost, so
nothing that it started may go on. Each child leads a process group of its own, which dies with it.
"""

import array
import ctypes
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
import traceback

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
LONGEST_MESSAGE = 200_000
LARGEST_FRAME = 8 * 1024 * 1024
TICK = 0.25


def die_with_parent(number):
    """Have the kernel send ``number`` when the parent ends (Linux; elsewhere the socket's end does the work)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


# -- the child ------------------------------------------------------------------------------------------------------


def read_exactly(descriptor, size):
    chunks = []
    while size:
        chunk = os.read(descriptor, min(size, 1 << 20))
        if not chunk:
            return None
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def read_frame(descriptor):
    head = read_exactly(descriptor, 4)
    return None if head is None else read_exactly(descriptor, struct.unpack(">I", head)[0])


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def write_frame(descriptor, text):
    data = text.encode("utf-8", "backslashreplace")
    write_all(descriptor, struct.pack(">I", len(data)) + data)


class Context:
    """What handlers get as their second argument; the names are Lambda's."""

    def __init__(self, fields):
        self.function_name = fields["function_name"]
        self.function_version = "$LATEST"
        self.invoked_function_arn = fields["arn"]
        self.memory_limit_in_mb = str(fields["memory_mb"])
        self.aws_request_id = fields["request_id"]
        self.log_group_name = f"/treadle/{self.function_name}"
        self.log_stream_name = str(os.getpid())
        self.attempt_id = fields["attempt_id"]
        self._deadline = time.monotonic() + fields["timeout"]

    def get_remaining_time_in_millis(self):
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def load_handler(path, name):
    import importlib.util

    is_package = os.path.isdir(path)
    sys.path.insert(0, os.path.dirname(path))
    if is_package:
        sys.path.insert(0, path)
    file = os.path.join(path, "__init__.py") if is_package else path
    where = [path] if is_package else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=where)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return getattr(module, "handler", None)


def own_frames(error, path):
    """The stack from the function's own file on, as Lambda shows it: no path of this machine reaches a machine's data.

    The whole truth goes to the log, as Lambda's does.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    kind = type(error).__name__
    print(f"[ERROR] {kind}: {error}\nTraceback (most recent call last):", file=sys.stderr)
    print("".join(traceback.format_list(frames)), end="", file=sys.stderr)
    shown = [
        traceback.FrameSummary(task_path(frame.filename, path), frame.lineno, frame.name, line=frame.line)
        for frame in frames
    ]
    return traceback.format_list(shown)


def task_path(filename, path):
    """Where Lambda would have a file: a function's own is /var/task/handler.py."""
    root = path if os.path.isdir(path) else os.path.dirname(path)
    if filename in (path, os.path.join(path, "__init__.py")):
        return "/var/task/handler.py"
    inside = os.path.relpath(filename, root)
    return filename if inside.startswith("..") else f"/var/task/{inside}"


def failure(kind, message, stack=()):
    return {"errorMessage": message, "errorType": kind, "stackTrace": list(stack)}


def prepare(path, name):
    """The handler, and no failure; or the failure every invocation is to be answered with."""
    try:
        handler = load_handler(path, name)
    except SyntaxError as error:
        return None, failure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{name}': {error}")
    except BaseException as error:
        message = f"Unable to import module '{name}': {error}"
        return None, failure("Runtime.ImportModuleError", message, own_frames(error, path))
    if not callable(handler):
        return None, failure("Runtime.HandlerNotFound", f"Handler 'handler' missing on module '{name}'")
    return handler, None


def invoke(handler, request, path):
    """One invocation: the text of the answer frame."""
    try:
        result = handler(request["event"], Context(request["context"]))
    except Exception as error:
        found = failure(type(error).__name__, str(error), own_frames(error, path))
        return json.dumps({"failed": found})
    try:
        text = json.dumps(result, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return json.dumps({"failed": failure("Runtime.MarshalError", f"Unable to marshal response: {error}")})
    if len(text) > LARGEST_FRAME - 100:
        message = f"Response payload size ({len(text)} bytes) exceeded maximum allowed payload size (6291556 bytes)."
        return json.dumps({"failed": failure("Function.ResponseSizeTooLarge", message)})
    return '{"output":' + text + "}"


def serve(path, name):
    """The child's loop: a request frame on fd 3, an answer frame on fd 4, until the worker closes."""
    handler, broken = prepare(path, name)
    while True:
        frame = read_frame(3)
        if frame is None:
            return
        answer = json.dumps({"failed": broken}) if broken else invoke(handler, json.loads(frame), path)
        sys.stdout.flush()
        sys.stderr.flush()
        write_frame(4, answer)


def become_child(message, descriptors, memory_mb):
    """After the fork: own session, own descriptors, own environment, then serve. Never returns."""
    code = 1
    try:
        os.setsid()
        die_with_parent(signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        requests, responses, log = (os.dup(one) for one in descriptors)
        null = os.open(os.devnull, os.O_RDONLY)
        copies = [(null, 0), (log, 1), (log, 2), (requests, 3), (responses, 4)]
        high = [(os.dup2(source, 100 + target), target) for source, target in copies]
        for source, target in high:
            os.dup2(source, target)
        os.closerange(5, 4096)
        os.environ.clear()
        os.environ.update(message["environment"])
        # Address space is a coarse second fence: the launcher watches what is really resident.
        ceiling = (memory_mb + 2048) * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
        sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
        serve(message["path"], message["name"])
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


# -- the launcher ---------------------------------------------------------------------------------------------------


def resident_mb(pid):
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize() // (1024 * 1024)
    except (OSError, ValueError, IndexError):
        return 0


class Launcher:
    def __init__(self, channel, memory_mb, lease):
        self.channel = channel
        self.memory_mb = memory_mb
        self.lease = lease
        self.children = {}  # id -> pid
        self.reasons = {}  # id -> why it was killed
        self.renewed = time.monotonic()

    def run(self):
        poll = select.poll()
        poll.register(self.channel, select.POLLIN)
        while True:
            for _ in poll.poll(TICK * 1000):
                if not self.receive():
                    return
            self.watch()
            self.reap()

    def receive(self):
        data, ancillary, _, _ = self.channel.recvmsg(LONGEST_MESSAGE, socket.CMSG_SPACE(3 * 4))
        if not data:
            return False
        descriptors = []
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                found = array.array("i")
                found.frombytes(content[: len(content) - len(content) % found.itemsize])
                descriptors.extend(found)
        message = json.loads(data)
        if message["op"] == "spawn":
            self.spawn(message, descriptors)
        elif message["op"] == "kill":
            self.kill(message["id"], "killed")
        elif message["op"] == "renew":
            self.renewed = time.monotonic()
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def spawn(self, message, descriptors):
        pid = os.fork()
        if pid == 0:
            become_child(message, descriptors, self.memory_mb)
        self.children[message["id"]] = pid

    def kill(self, child, reason):
        pid = self.children.get(child)
        if pid is None:
            return
        self.reasons.setdefault(child, reason)
        for target in (lambda: os.killpg(pid, signal.SIGKILL), lambda: os.kill(pid, signal.SIGKILL)):
            try:
                target()
            except (ProcessLookupError, PermissionError):
                pass

    def watch(self):
        for child, pid in list(self.children.items()):
            if resident_mb(pid) > self.memory_mb:
                self.kill(child, "memory")
        if time.monotonic() - self.renewed > self.lease:
            for child in list(self.children):
                self.kill(child, "lease")

    def reap(self):
        for child, pid in list(self.children.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if not done:
                continue
            # Whatever the child started in its group goes with it.
            try:
                os.killpg(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
            del self.children[child]
            code = os.waitstatus_to_exitcode(status)
            reason = self.reasons.pop(child, None) or (f"exit {code}" if code >= 0 else f"signal {-code}")
            self.channel.send(json.dumps({"op": "gone", "id": child, "reason": reason}).encode())

    def end(self, *_):
        for child in list(self.children):
            self.kill(child, "end")
        os._exit(0)


def main():
    channel = socket.socket(fileno=int(sys.argv[1]))
    launcher = Launcher(channel, memory_mb=int(sys.argv[2]), lease=float(sys.argv[3]))
    signal.signal(signal.SIGTERM, launcher.end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal; the worker decides
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    die_with_parent(signal.SIGTERM)
    if os.getppid() == 1:
        launcher.end()
    try:
        launcher.run()
    except OSError:
        pass
    launcher.end()


if __name__ == "__main__":
    main()

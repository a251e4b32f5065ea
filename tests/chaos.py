"""``make chaos``: kill, stop and starve the parts of a running Treadle, and count what survives.

    python -m tests.chaos [--kills 50]

What is proved from outside: every execution ends as its machine says, every history is gapless, and an append-only
file written by the functions themselves shows that no attempt began twice and that no two attempts of one state
overlapped. The report says where the kills fell.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.harness import FUNCTION, ROOT, Server, alive, all_end, pass_chain, stopped, until

STOCK_RETRY = [
    {
        "ErrorEquals": [
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
        ],
        "IntervalSeconds": 1,
        "MaxAttempts": 3,
        "BackoffRate": 2,
    }
]

# Each function notes its begin and its end by appending one line: O_APPEND writes of this size are whole or absent.
FUNCTION_SOURCE = """
import json, os, time

LOG = {log!r}

def note(kind, context, event):
    found = {{"kind": kind, "attempt": context.attempt_id, "at": time.monotonic(), "pid": os.getpid()}}
    line = json.dumps(found) + "\\n"
    descriptor = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line.encode())
    os.close(descriptor)

def handler(event, context):
    note("begin", context, event)
    result = work(event)
    note("end", context, event)
    return result
"""

WORK = {
    "Submit": "def work(event):\n    time.sleep(0.15)\n    return {'id': event.get('id', 'job')}\n",
    # The status depends on what the machine hands in, not on how often it was asked: retries change nothing.
    "Status": "def work(event):\n    time.sleep(0.25)\n    return 'SUCCEEDED' if event['polls'] >= 3 else 'RUNNING'\n",
    "Final": "def work(event):\n    time.sleep(0.15)\n    return {'status': 'SUCCEEDED'}\n",
    "Item": "def work(event):\n    time.sleep(0.2)\n    return event * 2\n",
}


def _task(function: str, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": FUNCTION + function, "Retry": STOCK_RETRY, **more}


POLLER: dict[str, Any] = {
    "StartAt": "Submit Job",
    "States": {
        "Submit Job": _task("Submit", ResultPath="$.job", Next="Count"),
        "Count": {"Type": "Pass", "Result": 0, "ResultPath": "$.polls", "Next": "Wait X Seconds"},
        "Wait X Seconds": {"Type": "Wait", "Seconds": 1, "Next": "Get Job Status"},
        "Get Job Status": _task("Status", ResultPath="$.status", Next="Job Complete?"),
        "Job Complete?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.status", "StringEquals": "FAILED", "Next": "Job Failed"},
                {"Variable": "$.status", "StringEquals": "SUCCEEDED", "Next": "Get Final Job Status"},
                {"Variable": "$.polls", "NumericEquals": 0, "Next": "One"},
                {"Variable": "$.polls", "NumericEquals": 1, "Next": "Two"},
            ],
            "Default": "Three",
        },
        "One": {"Type": "Pass", "Result": 1, "ResultPath": "$.polls", "Next": "Wait X Seconds"},
        "Two": {"Type": "Pass", "Result": 2, "ResultPath": "$.polls", "Next": "Wait X Seconds"},
        "Three": {"Type": "Pass", "Result": 3, "ResultPath": "$.polls", "Next": "Wait X Seconds"},
        "Job Failed": {"Type": "Fail", "Error": "JobFailed", "Cause": "The job says FAILED"},
        "Get Final Job Status": _task("Final", End=True),
    },
}

NESTED: dict[str, Any] = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "End": True,
            "Branches": [
                {
                    "StartAt": "Each",
                    "States": {
                        "Each": {
                            "Type": "Map",
                            "ItemsPath": "$.items",
                            "MaxConcurrency": 3,
                            "ItemProcessor": {"StartAt": "Double", "States": {"Double": _task("Item", End=True)}},
                            "End": True,
                        }
                    },
                },
                {
                    "StartAt": "Rest",
                    "States": {
                        "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Close"},
                        "Close": _task("Final", End=True),
                    },
                },
            ],
        }
    },
}


@dataclass
class Report:
    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.lines.append(text)
        print(text, flush=True)

    def check(self, holds: bool, text: str) -> None:
        self.say(f"{'ok  ' if holds else 'FAIL'} {text}")
        if not holds:
            self.failures.append(text)


class Chaos:
    def __init__(self, server: Server, report: Report, seed: int) -> None:
        self.server = server
        self.report = report
        self.random = random.Random(seed)
        self.log = server.folder / "begins.jsonl"
        for name, work in WORK.items():
            server.write_function(name, FUNCTION_SOURCE.format(log=str(self.log)) + work)
        self.fell: Counter[str] = Counter()
        self.last = ""
        self._read = 0
        self._noted: list[dict[str, Any]] = []

    def prepare(self) -> None:
        self.poller = self.server.machine("Poller", POLLER)
        self.nested = self.server.machine("Nested", NESTED)

    def notes(self) -> list[dict[str, Any]]:
        """All that the functions wrote so far; only what is new is read, since this is asked every few milliseconds."""
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as file:
            file.seek(self._read)
            new = file.read()
            self._read += len(new)
            self._noted += [json.loads(line) for line in new.splitlines()]
        return self._noted

    # -- where a kill falls -------------------------------------------------------------------------------------

    def _inside(self) -> bool:
        """Whether a function is at work now."""
        notes = self.notes()
        open_attempts = Counter(note["attempt"] for note in notes if note["kind"] == "begin")
        open_attempts.subtract(note["attempt"] for note in notes if note["kind"] == "end")
        pids = {note["attempt"]: note["pid"] for note in notes}
        return any(count > 0 and alive(pids[attempt]) for attempt, count in open_attempts.items())

    def _committing(self, pid: int) -> bool:
        """Whether the process holds the write lock: the kernel's list of locks says who does."""
        inode = (self.server.data / "write.lock").stat().st_ino
        for line in Path("/proc/locks").read_text().splitlines():
            words = line.split()
            if "->" not in words and f":{inode} " in line and str(pid) in words:
                return True
        return False

    def _wait_for(self, moment: str, pid: int) -> str:
        """Wait (not for ever) until the process is in the wanted moment; what it really was."""
        end = time.monotonic() + 4
        while time.monotonic() < end:
            if moment == "commit" and self._committing(pid):
                return "commit"
            if moment == "function" and self._inside():
                return "function"
            if moment == "dispatch" and self._queued():
                return "dispatch"
            if moment == "idle" and not self._inside() and not self._committing(pid):
                return "idle"
            # Short beside a commit (milliseconds), long enough to leave the parts their processor.
            time.sleep(0.0005)
        return "idle" if not self._inside() else "function"

    def _queued(self) -> bool:
        """Whether an attempt is committed but not begun: between its commit and its doorbell's answer."""
        import sqlite3

        path = self.server.data / "treadle.sqlite3"
        opened = contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True))
        with opened as database, contextlib.suppress(sqlite3.OperationalError):
            row = database.execute(
                "SELECT (SELECT count(*) FROM designer_taskattempt WHERE status = 'QUEUED') + "
                "(SELECT count(*) FROM designer_inbox)"
            ).fetchone()
            return bool(row[0])
        return False

    # -- the faults ---------------------------------------------------------------------------------------------

    def kill_workers(self, kills: int) -> None:
        """kill -9 a worker at random moments while several executions run; one Job Poller for each kill."""
        self.report.say(f"-- {kills} kills of a worker")
        pollers: list[str] = []
        nested: list[str] = []
        moments = ["function", "commit", "dispatch", "idle"]
        for number in range(kills):
            pollers.append(self.server.begin(self.poller, {"id": f"job-{number}"})["id"])
            if number % 5 == 0:
                nested.append(self.server.begin(self.nested, {"items": [1, 2, 3, 4, 5, 6]})["id"])
            time.sleep(self.random.uniform(0.1, 1.2))
            moment = moments[number % 4]
            kind = "tasks" if self.random.random() < 0.4 and moment in {"function", "idle"} else "advance"
            pid = until(lambda kind=kind: self.server.part(kind), 20, f"a {kind} worker")  # type: ignore[misc]
            fell = self._wait_for(moment, pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self.fell[fell] += 1
        ends = [self.server.ended(one, 180) for one in pollers]
        good = sum(end["status"] == "SUCCEEDED" for end in ends)
        least = kills - max(1, kills * 2 // 50)
        self.report.check(good >= least, f"{good} of {kills} Job Pollers SUCCEEDED (at least {least})")
        for end in ends:
            if end["status"] != "SUCCEEDED":
                self.report.say(f"     {end['status']}: {end['error']}: {end['cause']}")
                said = end["error"] == "Lambda.SdkClientException"
                self.report.check(said, "one that failed did so because its retries were used up by kills")
        for one in nested:
            end = self.server.ended(one, 180)
            ok = end["status"] == "SUCCEEDED" and end["output"][0] == [2, 4, 6, 8, 10, 12]
            ok = ok or end["error"] == "Lambda.SdkClientException"
            self.report.check(ok, f"a Parallel+Map ended as its machine says: {end['status']}")
        fell = ", ".join(f"{name} {self.fell[name]}" for name in moments)
        self.report.say(f"     kills fell: {fell}")
        if kills >= 50:
            enough = all(self.fell[name] >= 5 for name in moments)
            self.report.check(enough, "at least 5 kills fell inside a function, a commit, a dispatch and idle each")
        for one in [*pollers, *nested]:
            self.check_history(one)

    def during(self, name: str, fault: Callable[[], None], *, pollers: int = 2, seconds: float = 120) -> None:
        """Let a fault happen in the middle of some executions; all must succeed."""
        self.report.say(f"-- {name}")
        begun = [self.server.begin(self.poller, {"id": name})["id"] for _ in range(pollers)]
        begun.append(self.server.begin(self.nested, {"items": [1, 2, 3]})["id"])
        self.last = begun[0]
        time.sleep(0.8)
        fault()
        ends = [self.server.ended(one, seconds) for one in begun]
        statuses = Counter(end["status"] for end in ends)
        self.report.check(statuses == {"SUCCEEDED": len(begun)}, f"{name}: {dict(statuses)}")
        for one in begun:
            self.check_history(one)

    def kill_broker(self) -> None:
        os.kill(until(lambda: self.server.part("valkey"), 10, "valkey"), signal.SIGKILL)

    def empty_broker(self) -> None:
        pid = until(lambda: self.server.part("valkey"), 10, "valkey")
        shutil.rmtree(self.server.data / "broker", ignore_errors=True)
        (self.server.data / "broker").mkdir(exist_ok=True)
        os.kill(pid, signal.SIGKILL)

    def stop_worker(self, kind: str) -> None:
        """SIGSTOP for three leases, then SIGCONT."""
        from engine.runtime.upkeep import LEASE_SECONDS

        pid = until(lambda: self.server.part(kind), 10, kind)
        with stopped(pid):
            time.sleep(3 * LEASE_SECONDS)

    def restart_in_mid_run(self) -> None:
        code = self.server.stop(signal.SIGINT)
        self.report.check(code == 0, f"Ctrl-C in mid-run: exit code {code}")
        self.server.start()

    # -- what must hold -----------------------------------------------------------------------------------------

    def check_history(self, execution: str) -> None:
        events = self.server.history(execution)
        ids = [event["id"] for event in events]
        if ids != list(range(1, len(ids) + 1)):
            self.report.check(False, f"the history of {execution} has gaps: {ids}")
        times = [event["timestamp"] for event in events]
        if times != sorted(times):
            self.report.check(False, f"the history of {execution} runs backwards")
        if (
            not events[-1]["type"].startswith("Execution")
            or sum(one["type"].startswith("Execution") for one in events) != 2
        ):
            self.report.check(False, f"the history of {execution} is not closed by one event")

    def check_begins(self) -> None:
        """The functions' own file: one begin a token; two attempts of one state never overlap."""
        notes = self.notes()
        begins = Counter(note["attempt"] for note in notes if note["kind"] == "begin")
        twice = [attempt for attempt, count in begins.items() if count > 1]
        self.report.check(not twice, f"one begin a token: {len(begins)} attempts, {len(twice)} begun twice")
        visits: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for note in notes:
            visits[note["attempt"].rpartition(".")[0]].append(note)
        overlaps = sum(self._overlap(found) for found in visits.values())
        self.report.check(
            overlaps == 0, f"attempts of one state never overlap: {overlaps} overlaps in {len(visits)} visits"
        )

    @staticmethod
    def _overlap(notes: list[dict[str, Any]]) -> int:
        """An end that is written after a later attempt's begin."""
        last_begin: dict[str, float] = {}
        found = 0
        for note in sorted(notes, key=lambda one: one["at"]):
            if note["kind"] == "begin":
                last_begin[note["attempt"]] = note["at"]
            elif any(at > last_begin[note["attempt"]] for other, at in last_begin.items() if other != note["attempt"]):
                found += 1
        return found


# Python imports this by itself at start: every process of Treadle's then reads a wall clock that a file moves.
MOVED_CLOCK = """
import time

def _moved(real, unit):
    def read():
        try:
            with open({offset!r}) as file:
                return real() + int(file.read()) * unit
        except (OSError, ValueError):
            return real()
    return read

time.time = _moved(time.time, 1)
time.time_ns = _moved(time.time_ns, 1_000_000_000)
"""


def clock_jump(report: Report, seed: int) -> None:
    """The wall clock jumps an hour forward in mid-run: no lease expires, waits end early at most, nothing is lost."""
    with tempfile.TemporaryDirectory() as folder:
        offset = Path(folder) / "offset"
        offset.write_text("0")
        fault = Path(folder) / "fault"
        fault.mkdir()
        (fault / "sitecustomize.py").write_text(MOVED_CLOCK.format(offset=str(offset)))
        server = Server(Path(folder), environment={"PYTHONPATH": f"{fault}{os.pathsep}{ROOT}"})
        chaos = Chaos(server, report, seed)
        with server:
            chaos.prepare()
            chaos.during("wall clock forward an hour", lambda: _write(offset, "3600"))
            began = datetime.fromisoformat(server.execution(chaos.last)["started_at"])
            later = server.begin(server.machine("Later", pass_chain(1)))["started_at"]
            jumped = datetime.fromisoformat(later) - began > timedelta(hours=1)
            report.check(jumped, "the clock really jumped")
            chaos.check_begins()


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


@contextlib.contextmanager
def running(report: Report, seed: int) -> Iterator[Chaos]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        chaos = Chaos(server, report, seed)
        with server:
            chaos.prepare()
            yield chaos


def run(kills: int, seed: int) -> Report:
    """The whole programme; the report has what failed."""
    report = Report()
    with running(report, seed) as chaos:
        chaos.kill_workers(kills)
        chaos.during("Valkey killed and restarted", chaos.kill_broker)
        chaos.during("Valkey's data deleted", chaos.empty_broker)
        chaos.during("advance worker stopped for three leases", lambda: chaos.stop_worker("advance"))
        chaos.during("tasks worker stopped for three leases", lambda: chaos.stop_worker("tasks"))
        chaos.during("Ctrl-C, then make run again", chaos.restart_in_mid_run)
        chaos.check_begins()
        processes = chaos.server.descendants()
        chaos.server.stop()
        report.check(all_end(processes), "no process is left behind")
    clock_jump(report, seed)
    return report


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    report = run(options.kills, options.seed)
    print(f"{len(report.failures)} failures")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())

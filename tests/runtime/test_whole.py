"""A whole Treadle, started as users start it: functions that misbehave, slots that are full, links, logs, ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import FUNCTION, ROOT, Server, all_end, free_port, pass_chain, task_chain, until

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(240)]

SLOTS = 4
FUNCTIONS = {
    "Hang": "import time\n\ndef handler(event, context):\n    time.sleep(3600)\n",
    "Echo": "def handler(event, context):\n    print('got', event)\n    return event\n",
    "Raise": "class Sour(Exception):\n    pass\n\ndef handler(event, context):\n    raise Sour('no lemons')\n",
    "Exit": "import os\n\ndef handler(event, context):\n    print('last words', flush=True)\n    os._exit(7)\n",
    "NotJson": "def handler(event, context):\n    return {1, 2}\n",
    "Nan": "def handler(event, context):\n    return float('nan')\n",
    "Broken": "def handler(event, context)\n    pass\n",
    "NoHandler": "x = 1\n",
    "Memory": "def handler(event, context):\n    return len(bytearray(1_500_000_000))\n",
    "Large": "def handler(event, context):\n    return 'x' * 300_000\n",
    "Environment": "import os\n\ndef handler(event, context):\n    return dict(os.environ)\n",
    "Spy": "import os\n\ndef handler(event, context):\n"
    "    found = []\n"
    "    pid = os.getppid()\n"
    "    while pid > 1:\n"
    "        try:\n            found.append(open(f'/proc/{pid}/environ').read())\n"
    "        except OSError:\n            pass\n"
    "        try:\n            pid = int(open(f'/proc/{pid}/stat').read().rpartition(')')[2].split()[1])\n"
    "        except OSError:\n            break\n"
    "    return [text for text in found if 'a-secret-of-the-operator' in text]\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    environment = {
        "TREADLE_CONCURRENCY": str(SLOTS),
        "TREADLE_FUNCTION_MEMORY_MB": "300",
        "TREADLE_SECRET_KEY": "a-secret-of-the-operator" * 3,
    }
    server = Server(tmp_path_factory.mktemp("treadle"), environment=environment)
    for name, source in FUNCTIONS.items():
        server.write_function(name, source)
    (server.functions / "Environment.env").write_text("# for this function alone\nGREETING=hello=world\n")
    with server:
        yield server


def run(server: Server, function: str, value: Any = None, **task: Any) -> dict[str, Any]:
    """One task, to its end."""
    state = {"Type": "Task", "Resource": FUNCTION + function, "End": True, **task}
    name = f"{function}-{time.monotonic_ns()}"
    machine = server.machine(name, {"StartAt": "T", "States": {"T": state}})
    return server.ended(server.begin(machine, value, wait=30)["id"], 40)


def test_what_a_function_prints_is_a_log_line_not_its_result(server: Server) -> None:
    ended = run(server, "Echo", {"emoji": "🎉", "text": "ü"})
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", {"emoji": "🎉", "text": "ü"})
    _, tasks = server.call("GET", f"/api/executions/{ended['id']}/tasks/")
    assert [task["logs"] for task in tasks["results"]] == ["got {'emoji': '🎉', 'text': 'ü'}\n"]


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("Raise", "Sour"),
        ("Exit", "Runtime.ExitError"),
        ("NotJson", "Runtime.MarshalError"),
        ("Nan", "Runtime.MarshalError"),
        ("Broken", "Runtime.UserCodeSyntaxError"),
        ("NoHandler", "Runtime.HandlerNotFound"),
        ("Missing", "Lambda.ResourceNotFoundException"),
        ("Memory", "Runtime.OutOfMemory"),
        ("Large", "States.DataLimitExceeded"),
    ],
)
def test_a_function_that_misbehaves_fails_its_task_with_a_name(server: Server, function: str, error: str) -> None:
    ended = run(server, function)
    # An allocation may be refused before the watcher sees it: then the function itself raises.
    names = {error, "MemoryError"} if function == "Memory" else {error}
    assert ended["status"] == "FAILED"
    assert ended["error"] in names
    assert ended["cause"]


def test_the_last_words_of_a_function_that_crashed_are_kept(server: Server) -> None:
    ended = run(server, "Exit")
    _, tasks = server.call("GET", f"/api/executions/{ended['id']}/tasks/")
    assert tasks["results"][0]["logs"] == "last words\n"


def test_a_function_sees_its_own_environment_and_no_secret(server: Server) -> None:
    found = run(server, "Environment")["output"]
    assert found["GREETING"] == "hello=world"
    assert not [name for name in found if name.startswith("TREADLE")]
    assert run(server, "Spy")["output"] == []


def test_a_function_is_reloaded_when_its_file_changes(server: Server) -> None:
    server.write_function("Changing", "def handler(event, context):\n    return 'old'\n")
    assert run(server, "Changing")["output"] == "old"
    server.write_function("Changing", "def handler(event, context):\n    return 'newer'\n")
    assert run(server, "Changing")["output"] == "newer"


def test_a_hanging_function_ends_with_its_timeout_and_its_process_is_gone(server: Server) -> None:
    ended = run(server, "Hang", TimeoutSeconds=1)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
    until(lambda: not hanging(server), 10, "the end of the hanging function's process")


def hanging(server: Server) -> list[int]:
    """Attempts of Hang that are still at work."""
    found = []
    for pid in server.descendants():
        try:
            sleeping = (
                "clock_nanosleep" in Path(f"/proc/{pid}/wchan").read_text()
                or "hrtimer" in Path(f"/proc/{pid}/wchan").read_text()
            )
        except OSError:
            continue
        if sleeping and b"launcher" in Path(f"/proc/{pid}/cmdline").read_bytes():
            found.append(pid)
    return found


def test_functions_that_hang_on_every_slot_slow_neither_a_pass_machine_nor_a_stop(server: Server) -> None:
    hang = server.machine("hang", task_chain(1, "Hang"))
    hello = server.machine("hello", pass_chain(3))
    hung = [server.begin(hang)["id"] for _ in range(8)]
    until(lambda: sum(begun(server, one) for one in hung) >= SLOTS, 60, "a function on every slot")
    assert server.begin(hello, wait=60)["status"] == "SUCCEEDED"  # the functions take an hour
    for execution in hung:
        status, answer = server.call("POST", f"/api/executions/{execution}/stop/", {})
        assert status == 200, answer
    for execution in hung:
        assert server.ended(execution)["status"] == "ABORTED"


def begun(server: Server, execution: str) -> bool:
    """Whether its only task is at work."""
    _, tasks = server.call("GET", f"/api/executions/{execution}/tasks/")
    return [task["status"] for task in tasks["results"]] == ["BEGUN"]


def test_a_payload_over_the_limit_fails_with_its_name(server: Server) -> None:
    machine = server.machine(
        "double",
        {
            "StartAt": "A",
            "States": {"A": {"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$"}, "Next": "A"}},
        },
    )
    ended = server.ended(server.begin(machine, {"text": "x" * 1000})["id"], 30)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.DataLimitExceeded")


def test_the_sign_in_link_works_once_and_is_in_no_log(server: Server) -> None:
    token = server.link.partition("#")[2]
    assert token
    for file in (server.data / "logs").glob("*"):
        assert token not in file.read_text()


def test_a_machine_is_deleted_when_its_last_execution_has_ended(server: Server) -> None:
    wait = {"Type": "Wait", "Seconds": 3600, "End": True}
    machine = server.machine("fleeting", {"StartAt": "W", "States": {"W": wait}})
    execution = server.begin(machine)["id"]
    status, answer = server.call("DELETE", f"/api/machines/{machine}/")
    assert (status, answer["status"]) == (202, "DELETING")
    assert server.call("POST", f"/api/executions/{execution}/stop/", {})[0] == 200
    until(lambda: server.call("GET", f"/api/machines/{machine}/")[0] == 404, 20, "the machine to go")


def test_a_crash_of_the_worker_in_every_activation_parks_the_execution_until_an_operator_retries(
    tmp_path: Path,
) -> None:
    """The fault is injected from outside: a sitecustomize that makes one state's handler end the process."""
    (tmp_path / "fault").mkdir()
    switch = tmp_path / "poison"
    switch.touch()
    (tmp_path / "fault" / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if any('advance@' in word for word in sys.argv):\n"
        "    from engine.core.states import HANDLERS\n"
        "    real = HANDLERS.enter['Pass']\n"
        "    def enter(run, scope, state):\n"
        f"        if state.name == 'Poison' and os.path.exists({str(switch)!r}):\n"
        "            os._exit(1)\n"
        "        real(run, scope, state)\n"
        "    HANDLERS.enter['Pass'] = enter\n"
    )
    environment = {"PYTHONPATH": f"{tmp_path / 'fault'}{os.pathsep}{ROOT}"}
    with Server(tmp_path, environment=environment) as server:
        poison = server.machine("poison", {"StartAt": "Poison", "States": {"Poison": {"Type": "Pass", "End": True}}})
        execution = server.begin(poison)["id"]
        until(lambda: server.execution(execution)["stuck"], 120, "the execution to be parked")
        found = server.execution(execution)
        assert found["status"] == "RUNNING"
        assert "died" in found["stuck_reason"]
        hello = server.machine("hello", pass_chain(2))
        assert server.ended(server.begin(hello)["id"], 60)["status"] == "SUCCEEDED"
        switch.unlink()
        assert server.call("POST", f"/api/executions/{execution}/retry/", {})[0] == 200
        assert server.ended(execution, 60)["status"] == "SUCCEEDED"


def test_sigterm_leaves_no_process_behind_and_a_backup_can_be_restored(tmp_path: Path) -> None:
    server = Server(tmp_path)
    with server:
        server.machine("kept", pass_chain(1))
        manage(server, "backup", str(tmp_path / "backup.tar.gz"))
        server.machine("lost", pass_chain(1))
        refused = manage(server, "restore", str(tmp_path / "backup.tar.gz"), fails=True)
        assert "stop it first" in refused
        processes = server.descendants()
        assert server.stop(signal.SIGTERM) == 0
        assert all_end(processes)
    manage(server, "restore", str(tmp_path / "backup.tar.gz"))
    with server:
        names = [one["name"] for one in server.call("GET", "/api/machines/")[1]["results"]]
        assert "kept" in names
        assert "lost" not in names


def manage(server: Server, *command: str, fails: bool = False) -> str:
    environment = {**os.environ, "TREADLE_DATA": str(server.data), "TREADLE_FUNCTIONS_DIR": str(server.functions)}
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("problem", ["port", "data", "variable", "newer"])
def test_what_keeps_it_from_starting_is_said_in_one_sentence(tmp_path: Path, problem: str, server: Server) -> None:
    environment = {"PORT": str(free_port()), "TREADLE_DATA": str(tmp_path / "data")}
    wanted = ""
    if problem == "port":
        environment["PORT"], wanted = str(server.port), "set PORT"
    elif problem == "data":
        environment["TREADLE_DATA"], wanted = str(server.data), "already runs"
    elif problem == "variable":
        environment["TREADLE_CONCURRENCY"], wanted = "many", "TREADLE_CONCURRENCY=many"
    else:
        wanted = "newer Treadle"
        other = Server(tmp_path)
        with other:
            pass
        add_migration(tmp_path / "data" / "treadle.sqlite3")
    done = subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=ROOT,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("TREADLE_")}, **environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 1
    assert wanted in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def add_migration(database: Path) -> None:
    import sqlite3

    with sqlite3.connect(database) as opened:
        opened.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('designer', '9999_later', '2026-01-01')"
        )
    opened.close()

"""How near the pure core comes to recorded executions: ``python -m tests.conformance [CASES_DIR] [--show N]``.

A case is one line of JSON: definition, input, behaviours of functions, and what was recorded. They are not part of the
repository; without the folder there is nothing to say. Cases that need an AWS service or an unsupported part of the
language are counted, never run.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import os
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import IO, Any, TypeAlias, cast

from engine.asl.diagnostics import Code
from engine.asl.model import StateMachine, TaskState
from engine.asl.parse import parse_definition
from engine.asl.resource import FunctionArn, LambdaInvoke, function_name
from engine.core.commands import ScheduleTask
from engine.core.events import Event, TaskFailed, TaskStarted, TaskSucceeded
from engine.core.execution import Facts
from engine.integrations.item_reader import read_items
from engine.integrations.testing import answer_test, invalid_definition
from engine.jsontypes import Document, Json, parse
from engine.query.evaluator import Direct
from engine.runtime.teststate import InvalidTest
from tests.simulation import FACTS, START, Simulator, as_recorded, simulation

Case: TypeAlias = dict[str, Any]
LEVELS = ("outcome", "types", "full")
DEFAULT = Path(__file__).resolve().parents[1] / ".." / "shared" / "conformance" / "cases"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("cases", nargs="?", type=Path, default=Path(os.environ.get("CONFORMANCE_CASES") or DEFAULT))
    options.add_argument("--show", type=int, default=0, help="print the differences of this many cases")
    options.add_argument("--match", default="", help="only cases whose id contains this text")
    given = options.parse_args()
    if not given.cases.is_dir():
        print(f"There is no folder {given.cases}: nothing to compare with.")
        return 0
    report = measure(given.cases, given.match)
    _print(report.table)
    for name, lines in report.wrong[: given.show]:
        print(name, *lines[:6], sep="\n    ")
    return 0


@dataclass
class Report:
    """By group, how many cases there are and agree at each level; and what is wrong with those that do not."""

    table: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def total(self) -> Counter[str]:
        return sum(self.table.values(), Counter())


def measure(folder: Path, text: str = "") -> Report:
    """Run all cases of a folder whose id contains ``text``."""
    compare = _matcher(folder.parent / "match.py")
    report = Report()
    for case in cases(folder, text):
        counts = report.table[case["id"].partition("/")[0]]
        counts["total"] += 1
        differences = _differences(case, compare)
        if differences is None:
            counts["unsupported"] += 1
            continue
        counts.update(level for level in LEVELS if not differences[level])
        if differences["full"]:
            report.wrong.append((case["id"], differences["full"]))
    return report


def _matcher(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("match", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases(folder: Path, text: str) -> Iterator[Case]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            case = json.loads(line)
            if text in case["id"]:
                yield case


def _differences(case: Case, compare: ModuleType) -> dict[str, list[str]] | None:
    """By level; None where the case cannot be run."""
    if case["kind"] != "execution":
        return _differences_of_call(case, compare)
    definition = case["definition"]
    text = definition if isinstance(definition, str) else json.dumps(definition)
    parsed = parse_definition(text, "json")
    if any(one.code is Code.UNSUPPORTED for one in parsed.diagnostics) or needs_more(case, parsed.machine):
        return None
    if parsed.machine is None:
        refused = [f"{one.pointer}: {one.message}" for one in parsed.diagnostics]
        return dict.fromkeys(LEVELS, refused)
    run = _run(parsed.machine, case)
    events = [as_recorded(event) for event in run.history]
    return _compared(case, compare, _outcome(run), events)


def simulated(case: Case) -> Simulator:
    """A case's machine, which must be valid, run with the case's functions and objects."""
    machine = parse_definition(json.dumps(case["definition"]), "json").machine
    assert machine is not None
    return _run(machine, case)


def _run(machine: StateMachine, case: Case) -> Simulator:
    return simulation(
        machine=machine,
        input=case["input"],
        answers=lambda command: _answers(case["functions"], command),
        facts=_facts(case),
        reader=lambda request: read_items(request, _Objects(case["setup"])),
    ).run()


class _Objects:
    """The storage that a case was recorded with."""

    def __init__(self, setup: list[dict[str, Any]]) -> None:
        self._found = [one["params"] for one in setup if one.get("op") == "PutObject"]

    def open(self, bucket: str, key: str) -> IO[bytes]:
        body = next(one["Body"] for one in self._found if (one["Bucket"], one["Key"]) == (bucket, key))
        return io.BytesIO(body.encode())

    def listed(self, bucket: str, prefix: str) -> Iterator[dict[str, Json]]:
        for one in self._found:
            if one["Bucket"] == bucket and one["Key"].startswith(prefix):
                yield {
                    "Etag": f"etag of {one['Key']}",
                    "LastModified": 0,
                    "Key": one["Key"],
                    "Size": len(one["Body"]),
                    "StorageClass": "STANDARD",
                }

    def write(self, bucket: str, key: str, content: bytes) -> None:
        raise NotImplementedError


def _differences_of_call(case: Case, compare: ModuleType) -> dict[str, list[str]] | None:
    """Calls that need no server: TestState, validation, what is wrong with a definition."""
    definition, kind = case.get("definition"), case["kind"]
    text = definition if isinstance(definition, str) else json.dumps(definition)
    expected = case["expected"]
    express = case.get("params", {}).get("type") == "EXPRESS"
    if kind == "test_state":
        observed = _tested(case, text)
    elif kind == "validate":
        found = [
            {"code": str(one.code), "location": one.pointer, "message": one.message, "severity": str(one.severity)}
            for one in parse_definition(text, "json", express=express).diagnostics
        ]
        result = "FAIL" if any(one["severity"] == "ERROR" for one in found) else "OK"
        observed = {"diagnostics": found, "result": result, "truncated": False}
    elif kind == "create_error" and expected["errorCode"] == "InvalidDefinition":
        parsed = parse_definition(text, "json", express=express)
        wrong = tuple(one for one in parsed.diagnostics if one.code is not Code.UNSUPPORTED)
        observed = {"errorCode": "InvalidDefinition" if wrong else None}
        observed["errorMessage"] = invalid_definition(wrong) if wrong else None
        expected = {key: expected[key] for key in observed}
    else:
        return None
    return dict.fromkeys(LEVELS, compare.diff(expected, observed, case))


def _tested(case: Case, text: str) -> dict[str, Any]:
    try:
        found = answer_test(
            {**case["params"], "definition": text},
            account="000000000000",
            region="us-east-1",
            at=START,
            seed=case["id"],
            evaluator=Direct(),
            perform=lambda command: (cast("Any", _answers(case["functions"], command)[-1][1]), {}),
        )
    except InvalidTest as error:
        said = f"An error occurred ({error.code}) when calling the TestState operation: {error}"
        told = {
            "errorCode": error.code,
            "errorMessage": str(error),
            "error": {"Code": error.code, "Message": str(error)},
            "exception": {"exception_typename": error.code, "exception_value": said},
        }
        return {name: value for name, value in told.items() if name in case["expected"]}
    return found


def needs_more(case: Case, machine: StateMachine | None) -> bool:
    """Somebody outside has to act while it runs: a person with a token, or a service. Functions are made up here."""
    if "interactive" in case["tags"]:
        return True
    states = machine.index.values() if machine is not None else ()
    tasks = (state for state in states if isinstance(state, TaskState))
    return any(not isinstance(task.resource, (FunctionArn, LambdaInvoke)) for task in tasks)


def _facts(case: Case) -> Facts:
    machine = case.get("stateMachineName", FACTS.machine_name)
    arn = f"{FACTS.machine_arn.rpartition(':')[0]}:{machine}"
    name = case.get("executionName") or str(uuid.UUID(int=0))
    return replace(
        FACTS,
        arn=f"{arn.replace(':stateMachine:', ':execution:')}:{name}",
        name=name,
        machine_arn=arn,
        machine_name=machine,
        role_arn=case.get("roleArn") or FACTS.role_arn,
    )


def _outcome(run: Simulator) -> dict[str, Json]:
    if run.status == "RUNNING":
        return {"status": "RUNNING"}
    end = run.end
    output = end.output.text if end.output else None
    return {"status": end.status, "output": output, "error": end.error, "cause": end.cause}


def _compared(
    case: Case, compare: ModuleType, outcome: dict[str, Json], events: list[dict[str, Json]]
) -> dict[str, list[str]]:
    expected = case["expected"]
    wanted = {key: expected[key] for key in outcome if expected.get(key) is not None}
    found = {"outcome": _real(compare.diff(wanted, {key: outcome[key] for key in wanted}, case))}
    if "events" not in expected:
        return dict.fromkeys(LEVELS, found["outcome"])
    kinds = [[str(event["type"]) for event in side] for side in (expected["events"], events)]
    if case.get("unordered_parallel"):
        kinds = [sorted(kind for kind in side if not kind.startswith("ParallelState")) for side in kinds]
    found["types"] = found["outcome"] + ([] if kinds[0] == kinds[1] else [f"types: {kinds[0]}", f"ours: {kinds[1]}"])
    found["full"] = found["types"] + _real(compare.diff({"events": expected["events"]}, {"events": events}, case))
    return found


_DIFFERENCE = re.compile(r"[^ ]+: expected (.*), observed (.*)\Z", re.DOTALL)


def _real(differences: list[str]) -> list[str]:
    """Without those of equal texts: the comparer takes what looks like a moment, but is none, for a difference."""
    found = ((line, _DIFFERENCE.match(line)) for line in differences)
    return [line for line, match in found if match is None or match[1] != match[2]]


def _answers(functions: dict[str, Any], command: ScheduleTask) -> list[tuple[int, Event]]:
    wrapped = not isinstance(command.resource, FunctionArn)
    payload: Json = command.payload.value
    if isinstance(command.resource, FunctionArn):
        name = command.resource.name
    else:
        parameters: Any = payload
        name = (function_name(parameters["FunctionName"]) or ("", None))[0]
        payload = {} if parameters.get("Payload") is None else parameters["Payload"]
        if isinstance(payload, str):
            payload = parse(payload)
    begun: tuple[int, Event] = (0, TaskStarted(scope=command.scope, attempt=command.attempt))
    return [begun, (1, _answer(command, functions.get(name), name, payload, wrapped=wrapped))]


def _answer(command: ScheduleTask, behaviour: Any, name: str, payload: Json, *, wrapped: bool) -> Event:
    """In Lambda's words, as the functions integration says them."""
    if behaviour is None:
        error = "Lambda.ResourceNotFoundException"
        arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}:$LATEST"
        service = "Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException"
        cause = f"Function not found: {arn} ({service}; Request ID: {uuid.UUID(int=1)}; Proxy: null)"
    elif behaviour["kind"] == "raise":
        error = behaviour["errorType"]
        cause = json.dumps(_raised(behaviour), separators=(",", ":") if wrapped else None)
    else:
        returned = _returned(payload if behaviour["kind"] == "echo" else behaviour["value"], wrapped=wrapped)
        parameters: Any = command.payload.value
        if isinstance(parameters, dict) and wrapped and parameters.get("LogType") == "Tail":
            returned["LogResult"] = "dGhlIGxvZw=="
        output = Document(returned)
        return TaskSucceeded(scope=command.scope, attempt=command.attempt, output=output)
    return TaskFailed(scope=command.scope, attempt=command.attempt, error=error, cause=cause)


def _raised(behaviour: Any) -> dict[str, Json]:
    line, source = behaviour.get("line", 2), behaviour.get("source")
    return {
        "errorMessage": behaviour["errorMessage"],
        "errorType": behaviour["errorType"],
        "requestId": str(uuid.UUID(int=1)),
        "stackTrace": [f'  File "/var/task/handler.py", line {line}, in handler\n    {source}\n'],
    }


def _returned(value: Json, *, wrapped: bool) -> Any:
    if not wrapped:
        return value
    return {
        "ExecutedVersion": "$LATEST",
        "Payload": value,
        "SdkHttpMetadata": {"HttpStatusCode": 200},
        "SdkResponseMetadata": {"RequestId": str(uuid.UUID(int=1))},
        "StatusCode": 200,
    }


def _print(table: dict[str, Counter[str]]) -> None:
    columns = (*LEVELS, "unsupported", "total")
    print(f"{'group':24}" + "".join(f"{column:>12}" for column in columns))
    for group, counts in [*sorted(table.items()), ("TOTAL", sum(table.values(), Counter()))]:
        print(f"{group:24}" + "".join(f"{counts[column]:12}" for column in columns))


if __name__ == "__main__":
    raise SystemExit(main())

"""Machines whose states were converted to JSONata do what they did: every vector, run before and after.

``python -m tests.core.test_conversion`` prints how many states were converted, and why others were not.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.asl.conversion.machine import convert_found, in_jsonata, states_of, with_converted
from engine.asl.parse import parse_definition
from engine.core.commands import ScheduleTask, StartMapRun, StartTimer
from engine.errors import ErrorName
from engine.jsontypes import Document, Json
from tests import conformance
from tests.core.test_vectors import VECTORS, _written_short, run
from tests.query.test_intrinsic_limits import INPUT as LIMITS_INPUT
from tests.simulation import Simulator

QUERY_FAILURES = frozenset(
    {
        ErrorName.RUNTIME,
        ErrorName.QUERY_EVALUATION,
        ErrorName.INTRINSIC_FAILURE,
        "States.ParameterPathFailure",
        "States.ResultPathMatchFailure",
    }
)


LIMITS_VARIABLES: dict[str, Json] = {"v": 7, "x": 7, "long": "x" * 99}
CAUGHT = frozenset(
    {
        "data_flow: Parameters of a Task that lead nowhere fail past its Catch",
        "errors: States.ALL does not match States.Runtime",
        "errors: States.TaskFailed does not match States.Runtime",
        "errors: States.IntrinsicFailure matches States.IntrinsicFailure",
    }
)
"""Where a handler sees a failed query, which has another name in JSONata: of this the conversion warns."""
UNLIKE = frozenset(
    {
        "States.Format('{}', $.o)",
        "States.Format('{} {}', $.o, $.l)",
        "States.ArrayContains($.l, 3.0)",
        "States.ArrayUnique($.u)",
    }
)
"""Java's text of objects, of which the conversion warns; and 1 and 1.0, which are one number to JSONata."""


def converted_definition(definition: Json, tally: Counter[str] | None = None) -> Json | None:
    """With every state converted that can be; None where none can."""
    if in_jsonata(definition):
        return None
    made: dict[str, dict[str, Json]] = {}
    for found in states_of(definition):
        if not found.convertible:
            continue
        conversion = convert_found(found)
        if conversion.chance:
            continue
        if conversion.state is not None:
            made[found.name] = conversion.state
        if tally is not None:
            tally["converted" if conversion.state is not None else "refused"] += 1
            for one in conversion.diagnostics:
                tally[f"{one.severity}: {one.message}"] += 1
    return with_converted(definition, made) if made else None


def outcome(done: Simulator) -> dict[str, Any]:
    """What a conversion must not change. Failures of queries have another name in each language, and other words."""
    end = done.end if done.status != "RUNNING" else None
    failed_query = end is not None and end.error in QUERY_FAILURES
    return {
        "status": str(done.status),
        "output": end.output.value if end and end.output else None,
        "error": "a query" if failed_query else end and end.error,
        "cause": None if failed_query else end and end.cause,
        "milliseconds": done.now,
        "exits": [
            (event.details.get("name"), _value(event.details.get("output")), event.details.get("assignedVariables"))
            for event in done.history
            if event.type.endswith("StateExited")
        ],
        "commands": [_told(command) for command in done.commands],
    }


def _value(document: Any) -> Json:
    """JSONata prints 1.0 as 1, which is the same value."""
    return document.value if isinstance(document, Document) else document


def _told(command: Any) -> Any:
    match command:
        case ScheduleTask():
            return (command.state, command.payload.value, command.timeout_seconds, command.heartbeat_seconds)
        case StartTimer():
            return command.due
        case StartMapRun():
            return (command.items and command.items.value, command.concurrency, command.batch_items, command.reader)
    return type(command).__name__


def every_vector() -> Iterator[Any]:
    """Machines, and made into machines: calls of intrinsic functions and rules of Choice states."""
    yield from VECTORS
    for name, constant in (("intrinsics", None), ("intrinsic_limits", _without_large(LIMITS_INPUT))):
        for vector in _read(name):
            if "invalid" not in vector and vector["call"] not in UNLIKE:
                yield pytest.param(_calling(vector["call"], vector.get("input", constant)), id=vector["call"][:60])
    for path in ("$.l[1:]", "$.l[0:2]", "$.l[2:9]", "$.none[1:]", "$.one[1:]", "$.deep[1:]", "$.l[0,2]", "$.l[*]"):
        lists: Json = {"l": [1, 2, 3], "one": [1], "deep": [[1], [2], [3, 4]]}
        yield pytest.param(_calling(path, lists), id=path)
    for vector in _read("choice"):
        yield pytest.param(_choosing(vector["rule"], vector["input"]), id=json.dumps(vector))


def _without_large(value: Json) -> Json:
    """No number that a double cannot hold: to JSONata all numbers are doubles."""
    return {name: 0 if name == "big" else one for name, one in value.items()} if isinstance(value, dict) else value


def _read(name: str) -> list[dict[str, Any]]:
    path = Path(__file__).parents[1] / "vectors" / f"{name}.json"
    found: list[dict[str, Any]] = json.loads(path.read_text(), object_hook=_written_short)
    return found


def _calling(call: str, value: Json) -> dict[str, Any]:
    """A call as a field of its own, and once more in the middle of an expression."""
    first = {"Type": "Pass", "Assign": LIMITS_VARIABLES, "Next": "A"}
    call_it = {"Type": "Pass", "Parameters": {"v.$": call}, "ResultPath": "$.below.here", "End": True}
    return {"definition": {"StartAt": "First", "States": {"First": first, "A": call_it}}, "input": value}


def _choosing(rule: dict[str, Json], value: Json) -> dict[str, Any]:
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"}
    ends = {name: {"Type": "Pass", "Result": name, "End": True} for name in ("Yes", "No")}
    return {"definition": {"StartAt": "A", "States": {"A": choice, **ends}}, "input": value}


def _convertible() -> Iterator[Any]:
    for parameters in every_vector():
        (vector,) = parameters.values
        if parameters.id in CAUGHT:
            continue
        if parse_definition(json.dumps(vector["definition"]), "json").valid and converted_definition(
            vector["definition"]
        ):
            yield parameters


@pytest.mark.parametrize("vector", list(_convertible()))
def test_a_converted_machine_does_what_it_did(vector: dict[str, Any]) -> None:
    assert differences(vector) == []


def differences(vector: dict[str, Any], run: Callable[[dict[str, Any]], Simulator] = run) -> list[str]:
    """What the converted machine does otherwise; ``run`` runs a vector, or whatever has a definition."""
    made = converted_definition(vector["definition"])
    parsed = parse_definition(json.dumps(made), "json")
    if not parsed.valid:
        return [f"{one.pointer}: {one.message}" for one in parsed.diagnostics]
    old = run(vector)
    if old.status == "FAILED" and old.end.error == ErrorName.INTRINSIC_FAILURE:
        return []  # the law leaves open what comes of arguments that do not suit a function
    before, after = outcome(old), outcome(run({**vector, "definition": made}))
    return [f"{name}: {before[name]} | {after[name]}" for name in before if before[name] != after[name]]


def recorded_cases(folder: Path) -> Iterator[tuple[str, dict[str, Any], Callable[[dict[str, Any]], Simulator]]]:
    for case in conformance.cases(folder, ""):
        definition = case.get("definition")
        if case["kind"] != "execution":
            continue
        read = json.loads(definition) if isinstance(definition, str) else definition
        parsed = parse_definition(json.dumps(read), "json")
        if parsed.machine is not None and not conformance.needs_more(case, parsed.machine):
            yield case["id"], {**case, "definition": read}, conformance.simulated


def main(folder: Path) -> None:
    tally: Counter[str] = Counter()
    every: list[tuple[str, dict[str, Any], Any]] = [(one.id or "", one.values[0], run) for one in every_vector()]
    for name, vector, runner in [*every, *(recorded_cases(folder) if folder.is_dir() else ())]:
        if not parse_definition(json.dumps(vector["definition"]), "json").valid:
            continue
        if converted_definition(vector["definition"], tally) is None:
            continue
        tally["machines"] += 1
        found = differences(vector, runner)
        tally["machines that differ"] += bool(found)
        if found:
            print(name, *(line[:300] for line in found), sep="\n    ")
    for text, count in tally.most_common():
        print(f"{count:6} {text}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else conformance.DEFAULT)

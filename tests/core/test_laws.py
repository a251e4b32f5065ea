"""Laws of the interpreter, over machines and happenings that nobody chose."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.asl.model import StateMachine, Working
from engine.asl.parse import parse_definition
from engine.core.advance import Step, advance
from engine.core.commands import EndExecution, ScheduleTask
from engine.core.events import (
    Event,
    Resumed,
    Started,
    StopRequested,
    TaskFailed,
    TaskHeartbeat,
    TaskStarted,
    TaskSucceeded,
    TimerFired,
)
from engine.core.execution import Execution, Root, Status
from engine.core.history import HistoryEvent
from engine.jsontypes import Document, Json, dump
from engine.query.evaluator import Direct
from engine.runtime.simulator import Held
from tests.simulation import FACTS, Answers, Simulator, simulation

BOUNDED = settings(
    max_examples=50, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:F"
DEPTH = 2
ERRORS = ("A", "B", "States.Timeout", "States.Runtime")
PATHS = ("$", "$", "$$.Execution.Input", "$$.State.Name", "$x", "$..a", "$.a")


def _recovery(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    errors = st.sampled_from(["A", "States.TaskFailed", "States.ALL"])
    retrier = st.fixed_dictionaries(
        {"ErrorEquals": errors.map(lambda one: [one])},
        optional={
            "MaxAttempts": st.integers(0, 2),
            "BackoffRate": st.floats(1, 3),
            "JitterStrategy": st.sampled_from(["FULL", "NONE"]),
        },
    )
    if not names:
        return st.fixed_dictionaries({"Retry": _one_or_none(retrier)})
    catcher = st.fixed_dictionaries(
        {"ErrorEquals": errors.map(lambda one: [one]), "Next": st.sampled_from(names)},
        optional={"ResultPath": st.sampled_from(["$.e", None]), "Assign": st.just({"x.$": "$.Error"})},
    )
    return st.fixed_dictionaries({"Retry": _one_or_none(retrier), "Catch": _one_or_none(catcher)})


def _one_or_none(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.one_of(st.tuples(strategy).map(list), st.just([]))


_DATA = st.fixed_dictionaries(
    {},
    optional={
        "InputPath": st.sampled_from([*PATHS, None]),
        "OutputPath": st.sampled_from(["$", "$", "$.a", None]),
        "Assign": st.sampled_from([{"x": 1}, {"x.$": "$"}]),
    },
)
_RESULT = st.fixed_dictionaries({}, optional={"ResultPath": st.sampled_from(["$", "$.a", "$.c.b", "$.a[0]", None])})
_PARAMETERS = st.fixed_dictionaries(
    {}, optional={"Parameters": st.sampled_from(PATHS).map(lambda path: {"a": [1], "p.$": path})}
)


@st.composite
def block(draw: st.DrawFn, prefix: str, depth: int) -> dict[str, Any]:
    """A States block. All ways lead forward: a loop runs to the history limit, which the vectors show."""
    names = [f"{prefix}{number}" for number in range(draw(st.integers(1, 4)))]
    states = {name: draw(state(name, names, index, depth)) for index, name in enumerate(names)}
    if depth < DEPTH:
        for one in states.values():
            for owner in (one, *one.get("Catch", ())):
                if "Assign" in owner:  # the names of scopes around are taken
                    owner["Assign"] = {name.replace("x", prefix): text for name, text in owner["Assign"].items()}
    return {"StartAt": names[0], "States": states}


@st.composite
def state(draw: st.DrawFn, name: str, names: list[str], index: int, depth: int) -> dict[str, Any]:
    after = names[index + 1 :]
    kinds = ["Task", "Task", "Task", "Wait", "Pass", "Fail", "JSONata"] + ["Succeed"] * (not after)
    containers = ["Parallel", "Map", "Parallel", "Map", "Distributed"] * bool(depth)
    kind = draw(st.sampled_from(kinds + ["Choice"] * bool(after) + containers))
    if kind in {"Succeed", "Fail"}:
        return {"Type": kind}
    if kind == "Choice":
        rule = {"Variable": "$.a", "IsPresent": True, "Next": draw(st.sampled_from(after))}
        rest: dict[str, Any] = {"Default": draw(st.sampled_from(after))} if draw(st.booleans()) else {}
        return {"Type": kind, "Choices": [rule], **rest}
    way: dict[str, Any] = {"Next": draw(st.sampled_from(after))} if after else {"End": True}
    if kind == "JSONata":
        return draw(_jsonata(way, after))
    common = {"Type": "Map" if kind == "Distributed" else kind, **way, **draw(_DATA)}
    if kind == "Pass":
        return {**common, **draw(_RESULT), **draw(_PARAMETERS)}
    if kind == "Wait":
        return {**common, "Seconds": draw(st.integers(0, 3))}
    working = {**common, **draw(_RESULT), **draw(_recovery(after))}
    if kind == "Task":
        limits = draw(st.sampled_from([{}, {"TimeoutSeconds": 3}, {"TimeoutSeconds": 9, "HeartbeatSeconds": 2}]))
        return {**working, "Resource": FUNCTION, **draw(_PARAMETERS), **limits}
    if kind == "Parallel":
        count = draw(st.integers(1, 3))
        branches = [draw(block(f"{name}{letter}", depth - 1)) for letter in "pqr"[:count]]
        return {**working, "Branches": branches}
    processor = draw(block(f"{name}m", depth - 1))
    if kind == "Distributed":
        processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
        working |= draw(st.sampled_from([{}, {"ToleratedFailureCount": 1}, {"ItemBatcher": {"MaxItemsPerBatch": 2}}]))
    return {
        **working,
        "ItemsPath": draw(st.sampled_from(["$$.Execution.Input.a", "$$.Execution.Input.a", "$"])),
        "ItemProcessor": processor,
        "MaxConcurrency": draw(st.integers(0, 2)),
    }


_EXPRESSIONS = (
    *("{% $states.input %}", "{% $x %}", "{% $states.input.a %}", "{% $states.context.State.Name %}", "{% 1 %}"),
    *("{% $type($states.input) = 'object' %}", "{% $count($states.input.a) > 1 %}", "{% {'a': [1, 2]} %}"),
)


@st.composite
def _jsonata(draw: st.DrawFn, way: dict[str, Any], after: list[str]) -> dict[str, Any]:
    expression = st.sampled_from(_EXPRESSIONS)
    fields = draw(
        st.fixed_dictionaries({}, optional={"Output": expression, "Assign": st.fixed_dictionaries({"x": expression})})
    )
    kinds: list[dict[str, Any]] = [
        {"Type": "Pass", **way},
        {"Type": "Wait", "Seconds": "{% $count($states.input.a) %}", **way},
        {"Type": "Task", "Resource": FUNCTION, "Arguments": {"p": draw(expression)}, **way},
    ]
    if after:
        target = draw(st.sampled_from(after))
        rule = {"Condition": draw(expression), "Next": target}
        kinds.append({"Type": "Choice", "Choices": [rule], "Default": draw(st.sampled_from(after))})
    return {"QueryLanguage": "JSONata", **draw(st.sampled_from(kinds)), **fields}


_OUTPUTS: st.SearchStrategy[Json] = st.sampled_from([{"a": [1, 2]}, {"a": {}}, [1, 2, 3], [], None, "text"])
_ENDS: st.SearchStrategy[tuple[str, Json]] = st.one_of(
    st.tuples(st.just("ok"), _OUTPUTS),
    st.tuples(st.just("failed"), st.sampled_from(ERRORS)),
    st.tuples(st.just("hangs"), st.none()),
)
_OUTCOMES = st.lists(st.tuples(st.integers(0, 5000), _ENDS), min_size=4, max_size=8)


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """All state types, nested, in both languages."""
    definition = {**draw(block("S", DEPTH)), "TimeoutSeconds": 200}
    definition["States"]["First"] = {"Type": "Pass", "Assign": {"x": [1]}, "Next": definition["StartAt"]}
    definition["StartAt"] = "First"
    return definition


@st.composite
def machines(draw: st.DrawFn) -> StateMachine:
    definition = draw(definitions())
    parsed = parse_definition(json.dumps(definition), "json")
    assert parsed.machine is not None, (definition, parsed.diagnostics)
    return parsed.machine


def answers(outcomes: list[tuple[int, tuple[str, Json]]]) -> Answers:
    """The same attempt gets the same answer in every run."""

    def answer(command: ScheduleTask) -> list[tuple[int, Event]]:
        where = {"scope": command.scope, "attempt": command.attempt}
        after, (end, value) = outcomes[sum(map(ord, command.attempt + command.scope)) % len(outcomes)]
        found: list[tuple[int, Event]] = [(after // 2, TaskStarted(**where)), (after, TaskHeartbeat(**where))]
        if end == "ok":
            found.append((after, TaskSucceeded(**where, output=Document(value))))
        elif end == "failed":
            found.append((after, TaskFailed(**where, error=str(value), cause=None)))
        return found

    return answer


def run(machine: StateMachine, outcomes: Any, **options: Any) -> Simulator:
    return simulation(machine=machine, input={"a": [1, [2]]}, answers=answers(outcomes), **options).run()


@given(machines(), _OUTCOMES)
@BOUNDED
def test_every_execution_ends_once_with_a_gapless_history(machine: StateMachine, outcomes: Any) -> None:
    done = run(machine, outcomes)
    assert done.status is not Status.RUNNING
    assert sum(isinstance(command, EndExecution) for command in done.commands) == 1
    assert [event.id for event in done.history] == list(range(1, len(done.history) + 1))
    assert all(0 <= event.previous < event.id for event in done.history)
    assert all(one.at <= other.at for one, other in zip(done.history, done.history[1:], strict=False))
    assert not done.execution.root.ready


@given(machines(), _OUTCOMES, st.data())
@BOUNDED
def test_after_the_end_nothing_changes(machine: StateMachine, outcomes: Any, data: st.DataObject) -> None:
    done = run(machine, outcomes)
    history, commands, execution = list(done.history), list(done.commands), done.execution
    tasks = [command for command in done.commands if isinstance(command, ScheduleTask)]
    done.apply(StopRequested(error="late", cause=None), TimerFired(scope="", key="machine"), Resumed())
    for task in tasks[:5]:
        done.apply(TaskSucceeded(scope=task.scope, attempt=task.attempt, output=Document(1)))
    assert (done.history, done.commands) == (history, commands)
    assert done.execution.root == execution.root


@given(machines(), _OUTCOMES)
@BOUNDED
def test_a_budget_of_one_state_gives_the_same_history(machine: StateMachine, outcomes: Any) -> None:
    # Jitter is drawn from the seed of the step, and the budget is what cuts an execution into steps.
    working = [state for state in machine.index.values() if isinstance(state, Working)]
    assume(not any(retrier.full_jitter for state in working for retrier in state.retry))
    assert told(run(machine, outcomes, budget=1)) == told(run(machine, outcomes, budget=1000))


@given(machines(), _OUTCOMES)
@BOUNDED
def test_storing_and_loading_between_steps_gives_the_same_history(machine: StateMachine, outcomes: Any) -> None:
    kept, stored = run(machine, outcomes), run(machine, outcomes, as_text=True)
    assert told(stored) == told(kept)
    assert stored.end == kept.end


@given(machines(), _OUTCOMES)
@BOUNDED
def test_events_that_come_twice_change_nothing_the_second_time(machine: StateMachine, outcomes: Any) -> None:
    def twice(command: ScheduleTask) -> list[tuple[int, Event]]:
        return [(after, event) for after, event in answers(outcomes)(command) for _ in range(2)]

    done = simulation(machine=machine, input={"a": [1, [2]]}, answers=twice).run()
    assert Counter(event.type for event in done.history) == Counter(run(machine, outcomes).types)


@given(machines(), _OUTCOMES, st.integers(0, 30))
@BOUNDED
def test_a_stop_ends_it_wherever_it_is(machine: StateMachine, outcomes: Any, steps: int) -> None:
    running = simulation(machine=machine, input={"a": [1]}, answers=answers(outcomes))
    running.later(steps * 100, StopRequested(error="E", cause="c"))
    running.run()
    if running.status is Status.ABORTED:
        assert running.types[-1] == "ExecutionAborted"
        assert running.end.error == "E"


@given(machines())
@BOUNDED
def test_events_nobody_waits_for_are_ignored(machine: StateMachine) -> None:
    running = simulation(machine=machine, input={"a": [1, 2]})
    running.apply(Started())
    before, waiting = list(running.history), {(scope.path, scope.waiting or "") for scope in running.store.below("")}
    for path, awaited in {*waiting, ("", "2.7"), ("2.0", "3.0"), ("9.9/9.9", "x")}:
        stranger = awaited if awaited.startswith("container:") else f"{awaited}7"
        running.apply(
            TaskStarted(scope=path, attempt=stranger),
            TaskHeartbeat(scope=path, attempt=stranger),
            TaskSucceeded(scope=path, attempt=stranger, output=Document(1)),
            TaskFailed(scope=path, attempt=stranger, error="E", cause=None),
            TimerFired(scope=path, key=stranger),
            TimerFired(scope=path, key=f"timeout:{stranger}"),
        )
    assert running.history == before


def told(done: Simulator) -> list[tuple[Any, ...]]:
    return [(one.id, one.previous, one.type, one.at, one.scope, one.note, _settled(one)) for one in done.history]


def _settled(event: HistoryEvent) -> str:
    """Without what is drawn from the seed of each activation."""
    return "" if event.type == "MapRunStarted" else event.details_text


def test_variables_hold_ten_mebibytes_together_and_no_more() -> None:
    # 250,000 characters each: the 42nd is one too many, unless it takes the place of another.
    def run_of(names: list[str]) -> Simulator:
        states: dict[str, Any] = {
            f"S{number}": {"Type": "Pass", "Assign": {f"{name}.$": "$.text"}, "Next": f"S{number + 1}"}
            for number, name in enumerate(names)
        }
        inner = {
            "StartAt": "I",
            "States": {"I": {"Type": "Pass", "Assign": {"last.$": "$$.Execution.Input.text"}, "End": True}},
        }
        states[f"S{len(names)}"] = {"Type": "Parallel", "Branches": [inner], "ResultPath": None, "End": True}
        parsed = parse_definition(json.dumps({"StartAt": "S0", "States": states}), "json")
        assert parsed.machine is not None, parsed.diagnostics
        return simulation(machine=parsed.machine, input={"text": "x" * 250_000}).run()

    assert run_of([f"v{number}" for number in range(40)]).status is Status.SUCCEEDED
    assert run_of(["v"] * 60).status is Status.SUCCEEDED
    full = run_of([f"v{number}" for number in range(41)])
    assert (full.end.error, full.status) == ("States.DataLimitExceeded", Status.FAILED)
    assert "variables that the state 'I' can see" in (full.end.cause or "")


@given(machines(), _OUTCOMES)
@BOUNDED
def test_replaying_what_happened_rebuilds_the_execution(machine: StateMachine, outcomes: Any) -> None:
    told_to: list[tuple[Sequence[Event], int, str]] = []

    class Recorded(Simulator):
        def _step(self, events: Sequence[Event]) -> Step:
            if self.depth == 0:  # children of a Map Run are executions of their own
                told_to.append((tuple(events), self.now, self._seed()))
            return super()._step(events)

    value: Json = {"a": [1, [2]]}
    done = Recorded(machine=machine, facts=replace(FACTS, input=Document(value)), answers=answers(outcomes)).run()
    store = Held(as_text=True)
    root = Root(status=Status.RUNNING, last_event_id=0, last_at=0)
    history: list[HistoryEvent] = []
    for events, at, seed in told_to:
        execution = Execution(facts=done.facts, root=root, scopes=store)
        step = advance(machine, execution, events, at=at, seed=seed, evaluator=Direct())
        store.write(step)
        root = step.execution.root
        history += step.history
    assert [event.details_text for event in history] == [event.details_text for event in done.history]
    assert (root, history) == (done.execution.root, done.history)


@given(definitions())
@BOUNDED
def test_a_definition_printed_and_read_again_means_the_same(definition: dict[str, Any]) -> None:
    written = parse_definition(json.dumps(definition), "json")
    printed = parse_definition(dump(written.document), "json")
    apart = json.loads(json.dumps(definition))  # nothing shared: definitions have no aliases
    as_yaml = parse_definition(yaml.safe_dump(apart, sort_keys=False), "yaml")
    assert written.document == printed.document == as_yaml.document == definition
    shape = [(name, state.type_name, state.next) for name, state in (written.machine or machine_of()).index.items()]
    for other in (printed.machine, as_yaml.machine):
        assert other is not None
        assert [(name, state.type_name, state.next) for name, state in other.index.items()] == shape


def machine_of() -> StateMachine:
    raise AssertionError("a definition of these strategies has a machine")

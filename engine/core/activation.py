"""One activation of an execution: follows it through every state that needs nothing from outside.

The mutable aggregate of the interpreter. It works on its own copies of scopes (``engine.core.workspace``), collects
history and commands, and hands everything out as a Step. State types plug in through ``engine.core.states``: they call
``block``, ``leave`` and ``open_container`` here and know nothing of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, assert_never

from engine.asl.model import (
    AnyState,
    AnyTemplate,
    AnyWorking,
    Catcher,
    ChoiceRule,
    MapState,
    ParallelState,
    QueryLanguage,
    StateMachine,
)
from engine.core.commands import (
    CancelMapRun,
    CancelTask,
    CancelTimer,
    Command,
    EndExecution,
    RedriveMapRun,
    StartMapRun,
    StartTimer,
)
from engine.core.context import context_object
from engine.core.dataflow import bounded, fill, put, select
from engine.core.events import MapRunFailed, MapRunSucceeded
from engine.core.execution import (
    Container,
    Execution,
    MapRunMade,
    Phase,
    Root,
    Scope,
    Status,
    child_path,
    child_prefix,
    parent_path,
)
from engine.core.expressions import Expressions
from engine.core.failing import EvaluationFailed, HistoryFull, MapRunBroken, StateFailed, variables_too_large
from engine.core.history import LIMIT, NOT_TRUNCATED, Details, HistoryEvent, payload
from engine.core.recovery import GiveUp, GoTo, Recovery, TryAgain, recover
from engine.core.workspace import Workspace
from engine.errors import ErrorName, Failure
from engine.jsontypes import Document, Json, dump, size
from engine.query.entropy import Entropy
from engine.query.environment import Environment
from engine.query.evaluator import Evaluator
from engine.query.jsonata import JsonataTemplate

MAP_RUN = "maprun:"
"""What the attempt of a Map Run begins with."""
VARIABLES_LIMIT = 10 * 1024 * 1024
DEFAULT_BUDGET = 500
"""States entered before an activation lets others have the worker."""

_NO_DETAILS: Details = {}
_EVALUATION_FAILED = "EvaluationFailed"
_MAP_RUN_FAILED = "MapRunFailed"
# AWS: a redrive begins another Map Run after one that failed so.
_ANOTHER_MAP_RUN = frozenset({ErrorName.DATA_LIMIT_EXCEEDED, ErrorName.RUNTIME})
_FAIL_THE_MAP = frozenset({_EVALUATION_FAILED, _MAP_RUN_FAILED})
_NOTHING: Mapping[str, Json] = {}


Handle: TypeAlias = "Callable[[Activation, Scope, Any], None]"


@dataclass(frozen=True, slots=True)
class Handlers:
    """By type of state: ``enter`` runs it up to its end or its first wait; ``resume`` takes it up when that is over."""

    enter: Mapping[str, Handle]
    resume: Mapping[str, Handle]


class Activation:
    """Use: ``apply`` events, then ``run``, then read what changed. Not for reuse after ``HistoryFull`` ended it."""

    def __init__(
        self,
        machine: StateMachine,
        execution: Execution,
        handlers: Handlers,
        *,
        at: int,
        seed: str,
        budget: int,
        evaluator: Evaluator,
        missing_activities: frozenset[str] = frozenset(),
    ) -> None:
        root = execution.root
        self.machine = machine
        self.facts = execution.facts
        self.at = max(at, root.last_at)
        self.entropy = Entropy(seed)
        self._evaluator = evaluator
        self.missing_activities = missing_activities
        self.status = root.status
        self.redrives = root.redrives
        self._redriven_at = root.redriven_at
        self.commands: list[Command] = []
        self.recovery: Recovery | None = None
        self.failure: Failure | None = None
        self.inspected: dict[str, Json] | None = None
        self.history: list[HistoryEvent] = []
        self._handlers = handlers
        self.work = Workspace(execution.scopes)
        self._ready = dict.fromkeys(root.ready)  # a stack: the last is followed next
        self._last_event_id = root.last_event_id
        self._budget = budget

    # -- what came out ------------------------------------------------------------------------------------------

    @property
    def root(self) -> Root:
        return Root(
            status=self.status,
            last_event_id=self._last_event_id,
            last_at=self.at,
            ready=tuple(self._ready),
            redrives=self.redrives,
            redriven_at=self._redriven_at,
        )

    def snapshot(self) -> Execution:
        return Execution(facts=self.facts, root=self.root, scopes=self.work.overlay())

    # -- what states ask for ------------------------------------------------------------------------------------

    def seen(self, name: str, value: Json) -> None:
        """A step of the data flow, for whoever inspects a state (TestState's ``inspectionData``)."""
        if self.inspected is not None:
            self.inspected[name] = value

    def state_of(self, scope: Scope) -> AnyState:
        return self.machine.index[scope.state]

    def input_of(self, scope: Scope) -> Document:
        return self.work.input_of(scope)

    def environment(self, scope: Scope, value: Json, item: dict[str, Json] | None = None) -> Environment:
        return Environment(
            value,
            self.work.variables(scope),
            lambda: context_object(self.facts, self.root, scope, self.state_of(scope), item),
            entropy=self.entropy,
            searcher=self._evaluator,
        )

    def expressions(
        self, scope: Scope, extra: Mapping[str, Json] = _NOTHING, item: dict[str, Json] | None = None
    ) -> Expressions:
        """JSONata for the state that the scope has entered; ``extra`` is what ``$states`` holds beside its input."""
        return Expressions(
            scope, self.at, self.environment(scope, self.input_of(scope).value, item), extra, self._evaluator
        )

    # -- what is to be followed ---------------------------------------------------------------------------------

    def _follow_next(self, path: str) -> None:
        """Once, however often it is asked for."""
        self._ready.pop(path, None)
        self._ready[path] = None

    def _drop_below(self, prefix: str) -> None:
        self.work.drop_below(prefix)
        self._ready = {path: None for path in self._ready if not path.startswith(prefix)}

    # -- history ------------------------------------------------------------------------------------------------

    def emit(
        self,
        scope: Scope,
        event_type: str,
        details: Details = _NO_DETAILS,
        *,
        note: str | None = None,
        previous: int | None = None,
        link: bool = True,
    ) -> int:
        """Write an event of the scope's state; ``link=False`` leaves the scope's chain where it was."""
        if self._last_event_id >= LIMIT - 1:
            raise HistoryFull
        self._last_event_id = number = self._last_event_id + 1
        linked = scope.previous if previous is None else previous
        self.history.append(
            HistoryEvent(number, linked, event_type, self.at, scope.path, scope.state or None, note, details)
        )
        if link:
            scope.previous = number
        return number

    def _close(self, event_type: str, details: Details, previous: int) -> None:
        """An event of the execution itself."""
        self._last_event_id += 1
        self.history.append(HistoryEvent(self._last_event_id, previous, event_type, self.at, "", None, None, details))

    # -- the life of an execution -------------------------------------------------------------------------------

    def start(self) -> Scope:
        """The execution begins: its first state is ready."""
        facts = self.facts
        details = {**payload("input", facts.input), "roleArn": facts.role_arn}
        if facts.version_arn is not None:
            details["stateMachineVersionArn"] = facts.version_arn
        if facts.alias_arn is not None:
            details["stateMachineAliasArn"] = facts.alias_arn
        self._close("ExecutionStarted", details, 0)
        self._start_machine_clock()
        scope = self.work.open("", self.machine.top, self.facts.input, previous=0)
        self._follow_next("")
        return scope

    def _start_machine_clock(self) -> None:
        if self.machine.timeout_seconds is not None:
            due = self.at + self.machine.timeout_seconds * 1000
            self.commands.append(StartTimer(scope="", key="machine", due=due))

    def redrive(self) -> None:
        """Take the execution up where it ended badly; what had succeeded stays (AWS, "Redriving executions")."""
        self.redrives += 1
        self._redriven_at = self.at
        self._close("ExecutionRedriven", {"redriveCount": self.redrives}, self._last_event_id)
        self._start_machine_clock()
        self._revive(self.work.known(""))

    def _revive(self, scope: Scope) -> None:
        scope.retries, scope.attempt, scope.begun, scope.clocks, scope.waiting = {}, 0, False, {}, None
        scope.previous = self._last_event_id
        children = self.work.children(scope) if scope.container is not None else []
        if scope.container is not None and children:
            self.block(scope, f"container:{scope.container.started}")
            for child in sorted(children, key=lambda one: one.index):
                if child.phase is not Phase.DONE:
                    self._revive(child)
            if scope.container.launched < scope.container.total:
                self._follow_next(scope.path)
            return
        scope.container = None
        entered = scope.phase is not Phase.READY and scope.entered > 0
        if entered and scope.map_run is not None:
            self._redrive_map_run(scope, scope.map_run)
            return
        scope.phase = Phase.READY
        if not entered:
            self._begin_anew(scope)
            return
        state = self.state_of(scope)
        try:
            self._handlers.enter[state.type_name](self, scope, state)
        except StateFailed as error:
            self.fail_state(scope, error)

    def _begin_anew(self, scope: Scope) -> None:
        """The scope's next state was never entered, nor, it may be, its item selected."""
        if scope.input is None and scope.path:
            parent = self.work.known(parent_path(scope.path))
            state = self.state_of(parent)
            assert isinstance(state, MapState)
            if not self._give_item(parent, state, scope):
                return
        self._follow_next(scope.path)

    def run(self) -> None:
        """Follow every scope that can move, until all wait, the execution ends or the budget is spent."""
        while self._ready and self._budget > 0 and self.status is Status.RUNNING:
            path, _ = self._ready.popitem()
            self._follow(self.work.known(path))

    def enter_alone(self, scope: Scope) -> None:
        """Enter a Map or Parallel, but let none of its parts begin (TestState)."""
        self._enter(scope)
        self._ready.clear()

    def _follow(self, scope: Scope) -> None:
        if scope.container is not None:
            self._launch_next(scope)
            return
        while scope.phase is Phase.READY and self.status is Status.RUNNING:
            if self._budget <= 0:
                self._follow_next(scope.path)
                return
            self._budget -= 1
            self._enter(scope)

    def _enter(self, scope: Scope) -> None:
        state = self.state_of(scope)
        document = self.input_of(scope)
        scope.before = scope.previous
        scope.entered = self.emit(
            scope, f"{state.type_name}StateEntered", {"name": state.name, **payload("input", document)}
        )
        scope.entered_at = self.at
        try:
            self._handlers.enter[state.type_name](self, scope, state)
        except StateFailed as error:
            self.fail_state(scope, error)

    def attempt_again(self, scope: Scope) -> None:
        """A retry's back-off or a Wait is over."""
        state = self.state_of(scope)
        try:
            self._handlers.resume[state.type_name](self, scope, state)
        except StateFailed as error:
            self.fail_state(scope, error)

    def attempt_key(self, scope: Scope) -> str:
        """What names an attempt of the scope's state for ever, over all retries and redrives."""
        key = f"{scope.entered}.{scope.attempt}"
        return f"{key}.{self.redrives}" if self.redrives else key

    def block(self, scope: Scope, waiting: str) -> None:
        """The scope goes on when an event for ``waiting`` comes."""
        scope.phase = Phase.BLOCKED
        scope.waiting = waiting

    def leave(self, scope: Scope, output: Json, *, assigned: Json = None, next_state: str | None = None) -> None:
        """The state is done: write its exit, keep its variables, go on or finish the scope."""
        raw = scope.input
        document = raw if raw is not None and raw.value is output else bounded(scope, output)
        details: dict[str, str | int | Document | dict[str, str] | dict[str, bool]] = {
            "name": scope.state,
            **payload("output", document),
        }
        if isinstance(assigned, dict) and assigned:
            bounded(scope, assigned)
            texts = {name: dump(value) for name, value in assigned.items()}
            self._weigh(scope, texts)
            details["assignedVariables"] = texts
            details["assignedVariablesDetails"] = NOT_TRUNCATED
            scope.variables = {**scope.variables, **assigned}
        self.emit(scope, f"{self.state_of(scope).type_name}StateExited", details)
        if raw is None:
            self._drop_below(self.work.blob_key(scope, ""))
        scope.waiting = None
        scope.begun = False
        scope.clocks = {}
        scope.token = None
        scope.container = None
        scope.map_run = None
        scope.attempt = 0
        scope.retries = {}
        scope.input = document
        if next_state is None:
            self._finish(scope, document)
            return
        if scope.phase is not Phase.READY:
            scope.phase = Phase.READY
            self._follow_next(scope.path)
        scope.state = next_state

    def _weigh(self, scope: Scope, texts: Mapping[str, str]) -> None:
        """Keep account of what the variables that a state can see hold together (AWS quota: 10 MiB)."""
        replaced = sum(size(dump(scope.variables[name])) for name in texts if name in scope.variables)
        weight = scope.weight - replaced + sum(map(size, texts.values()))
        if weight + self.work.weight_around(scope) > VARIABLES_LIMIT:
            raise StateFailed(variables_too_large(scope.state))
        scope.weight = weight

    def leave_with_result(self, scope: Scope, state: AnyWorking, result: Json) -> None:
        """Task, Parallel and Map: what has come of the work goes out. ``$`` of a JSONPath Assign is the result."""
        self.seen("result", result)
        if state.language is QueryLanguage.JSONATA:
            self.conclude(scope, state, self.expressions(scope, {"result": result}), result, state.next)
            return
        raw = self.input_of(scope).value
        environment = self.environment(scope, result)
        assigned = self.assigned(scope, state.assign, environment)
        if state.result_selector is not None:
            result = fill(scope, state.result_selector, environment)
        self.seen("afterResultSelector", result)
        output = put(scope, state.result_path, raw, result)
        self.seen("afterResultPath", output)
        self.leave(
            scope,
            select(scope, state.output_path, environment.over(output)),
            assigned=assigned,
            next_state=state.next,
        )

    def conclude(
        self,
        scope: Scope,
        ending: AnyState | ChoiceRule | Catcher,
        expressions: Expressions,
        default: Json,
        next_state: str | None,
        place: str = "",
    ) -> None:
        """JSONata: Assign and Output of a state, a rule or a catcher (whose ``place`` is given), then out."""
        assigned = None
        if ending.assign is not None:
            assert isinstance(ending.assign, JsonataTemplate)
            assigned = expressions.fill(ending.assign, f"{place}Assign")
        output = default if ending.output is None else expressions.fill(ending.output, f"{place}Output")
        self.leave(scope, output, assigned=assigned, next_state=next_state)

    def assigned(self, scope: Scope, template: AnyTemplate | None, environment: Environment) -> Json:
        """JSONPath's Assign."""
        return None if template is None else fill(scope, template, environment)

    def _finish(self, scope: Scope, output: Document) -> None:
        scope.phase = Phase.DONE
        if not scope.path:
            self._close("ExecutionSucceeded", payload("output", output), scope.previous)
            self._end(EndExecution(status=Status.SUCCEEDED, output=output))
            return
        parent = self.work.known(parent_path(scope.path))
        container = self._container(parent)
        container.done += 1
        last = container.done == container.total
        parent.previous = scope.previous
        if isinstance(self.state_of(parent), MapState):
            details: Details = {"name": parent.state, "index": scope.index}
            # The event that follows shares its predecessor with MapIterationSucceeded, but the last one's does not.
            self.emit(parent, "MapIterationSucceeded", details, link=last)
        container.link = scope.previous
        if last:
            self._complete(parent)
        elif container.launched < container.total and parent.path not in self._ready:
            self._follow_next(parent.path)

    @staticmethod
    def _container(scope: Scope) -> Container:
        assert scope.container is not None, f"scope {scope.path!r} holds no container"
        return scope.container

    # -- containers ---------------------------------------------------------------------------------------------

    def open_container(self, scope: Scope, details: Details, *, total: int, concurrency: int, items: Document) -> None:
        """A Map or Parallel begins its work (or begins it again): ``items`` has the input of each part."""
        state = self.state_of(scope)
        if scope.input is not None:
            self.work.keep(scope, "input", scope.input)
            scope.input = None
        self.work.keep(scope, "items", items)
        started = self.emit(scope, f"{state.type_name}StateStarted", details)
        scope.container = Container(total=total, concurrency=concurrency, started=started, link=started)
        if total == 0:
            self._complete(scope)
            return
        self.block(scope, f"container:{started}")
        self._follow_next(scope.path)

    def _launch_next(self, parent: Scope) -> None:
        """Start one more part, then let it run before the next: a Map of Pass states needs memory for one at a time."""
        container = self._container(parent)
        running = container.launched - container.done
        if container.launched >= container.total or (container.concurrency and running >= container.concurrency):
            return
        index = container.launched
        container.launched += 1
        state = self.state_of(parent)
        link = container.link if container.done else container.started
        if isinstance(state, MapState):
            details: Details = {"name": parent.state, "index": index}
            link = self.emit(parent, "MapIterationStarted", details, previous=link, link=False)
            states = state.processor
        else:
            assert isinstance(state, ParallelState)
            link = container.started
            states = state.branches[index]
        items = self.work.blob(self.work.blob_key(parent, "items"))
        child = self.work.open(child_path(parent.path, parent.entered, index), states, items, previous=link)
        self._follow_next(parent.path)
        self._budget -= 1
        if not isinstance(state, MapState) or self._give_item(parent, state, child):
            self._follow(child)

    def _give_item(self, parent: Scope, state: MapState, child: Scope) -> bool:
        """Its item becomes the iteration's input; False when ItemSelector failed, and the iteration with it."""
        items = self.work.blob(self.work.blob_key(parent, "items"))
        child.input = None  # a redrive sees by this that the item is still to be selected
        try:
            child.input = self._item(parent, state, child.index, items.value)
        except StateFailed as error:
            if (told := evaluation_event(error)) is not None:
                self.emit(child, *told)
            self._fail_scope(child, error.failure)
            return False
        return True

    def _item(self, parent: Scope, state: MapState, index: int, items: Json) -> Document:
        """Made when the iteration starts: ItemSelector may put much more into each than the Map's own input."""
        assert isinstance(items, list)
        if state.parameters is None:
            return Document(items[index])
        item: dict[str, Json] = {"Index": index, "Value": items[index]}
        if isinstance(state.parameters, JsonataTemplate):
            return bounded(parent, self.expressions(parent, item=item).fill(state.parameters, "ItemSelector"))
        environment = self.environment(parent, self.input_of(parent).value, item)
        selected = environment.over(select(parent, state.input_path, environment))
        return bounded(parent, fill(parent, state.parameters, selected))

    def _complete(self, scope: Scope) -> None:
        state = self.state_of(scope)
        assert isinstance(state, (MapState, ParallelState))
        outputs = [
            self.input_of(child).value for child in sorted(self.work.children(scope), key=lambda child: child.index)
        ]
        self._drop_below(child_prefix(scope.path, scope.entered))
        self.emit(scope, f"{state.type_name}StateSucceeded", link=False)
        try:
            self.leave_with_result(scope, state, outputs)
        except StateFailed as error:
            self.fail_state(scope, error)

    # -- Map Runs -----------------------------------------------------------------------------------------------

    def start_map_run(self, scope: Scope, command: StartMapRun) -> None:
        """The items of a Distributed Map become executions of their own."""
        self.commands.append(command)
        scope.map_run = MapRunMade(command.attempt, command.arn)
        self.block(scope, command.attempt)

    def _redrive_map_run(self, scope: Scope, made: MapRunMade) -> None:
        """The same Map Run goes on, with the children that have not succeeded."""
        scope.map_run = replace(made, redrives=made.redrives + 1)
        details: Details = {"mapRunArn": made.arn, "redriveCount": scope.map_run.redrives}
        self.emit(scope, "MapRunRedriven", details)
        self.commands.append(RedriveMapRun(attempt=made.attempt))
        self.block(scope, made.attempt)

    def map_run_ended(self, scope: Scope, event: MapRunSucceeded | MapRunFailed) -> None:
        """All children of a Distributed Map have ended, or too many of them have failed."""
        state = self.state_of(scope)
        assert isinstance(state, MapState)
        try:
            if isinstance(event, MapRunFailed):
                if event.error in _ANOTHER_MAP_RUN:
                    scope.map_run = None
                raise MapRunBroken(Failure(error=event.error, cause=event.cause))
            self.emit(scope, "MapRunSucceeded")
            self.emit(scope, "MapStateSucceeded", link=False)
            self.leave_with_result(scope, state, event.output.value)
        except StateFailed as error:
            self.fail_state(scope, error)

    # -- failing ------------------------------------------------------------------------------------------------

    def fail_state(self, scope: Scope, error: StateFailed) -> None:
        """The interpreter itself could not go on with the state."""
        self.fail(scope, error.failure, event=evaluation_event(error))

    def fail(self, scope: Scope, failure: Failure, *, event: tuple[str, Details] | None = None) -> None:
        """The state's attempt failed: retry, catch, or fail the scope. ``event`` tells of the attempt."""
        state = self.state_of(scope)
        self.failure = failure
        self.recovery = recovery = recover(state, failure, scope.retries, self.entropy)
        evaluating = event is not None and event[0] == _EVALUATION_FAILED
        if event is not None:
            # Recorded: linked to the state's predecessor, and a Map fails even if it has not begun.
            previous = scope.before if evaluating else None
            self.emit(scope, event[0], event[1], note=recovery.note, previous=previous)
        begun = scope.container is not None or (event is not None and event[0] in _FAIL_THE_MAP)
        opened = begun and isinstance(state, (MapState, ParallelState))
        match recovery:
            case TryAgain():
                self._drop_parts(scope)
                self._retry_later(scope, recovery)
            case GoTo():
                if opened:
                    self.emit(scope, f"{state.type_name}StateFailed", note=recovery.note)
                self._drop_parts(scope)
                self._catch(scope, failure, recovery)
            case GiveUp():
                if opened:
                    self.emit(scope, f"{state.type_name}StateFailed", note=recovery.note)
                self._fail_scope(scope, failure)
            case _:
                assert_never(recovery)

    def _retry_later(self, scope: Scope, again: TryAgain) -> None:
        scope.retries[again.index] = scope.retries.get(again.index, 0) + 1
        scope.attempt += 1
        scope.begun = False
        scope.container = None
        key = f"retry:{scope.entered}.{scope.attempt}"
        self.commands.append(StartTimer(scope=scope.path, key=key, due=self.at + again.delay))
        self.block(scope, key)

    def _drop_parts(self, scope: Scope) -> None:
        """What is left of a Map or Parallel that failed; were the failure not caught, a redrive would want it."""
        if scope.container is not None:
            self._drop_below(child_prefix(scope.path, scope.entered))
            scope.container = None

    def _catch(self, scope: Scope, failure: Failure, found: GoTo) -> None:
        state = self.state_of(scope)
        catcher = found.catcher
        error_output: dict[str, Json] = {}
        if failure.error is not None:
            error_output["Error"] = failure.error
        if failure.cause is not None:
            error_output["Cause"] = failure.cause
        try:
            if state.language is QueryLanguage.JSONATA:
                expressions = self.expressions(scope, {"errorOutput": error_output})
                place = f"Catch[{found.index}]/"
                self.conclude(scope, catcher, expressions, error_output, catcher.next, place)
                return
            environment = self.environment(scope, error_output)
            assigned = self.assigned(scope, catcher.assign, environment)
            output = put(scope, catcher.result_path, self.input_of(scope).value, error_output)
            self.leave(scope, output, assigned=assigned, next_state=catcher.next)
        except StateFailed as error:
            self._fail_scope(scope, error.failure)

    def _fail_scope(self, scope: Scope, failure: Failure) -> None:
        scope.phase = Phase.FAILED
        if not scope.path:
            self._fail_execution(failure, scope.previous)
            return
        parent = self.work.known(parent_path(scope.path))
        if isinstance(self.state_of(parent), MapState):
            details: Details = {"name": parent.state, "index": scope.index}
            self.emit(parent, "MapIterationFailed", details, previous=scope.previous, link=False)
        parent.previous = scope.previous
        for child in sorted(self.work.children(parent), key=lambda one: one.index):
            if not child.over:
                self._abort(child)
        below = child_prefix(parent.path, parent.entered)
        self._ready = {path: None for path in self._ready if not path.startswith(below)}
        self.fail(parent, failure)

    def _abort(self, scope: Scope) -> None:
        """A sibling failed: give up what this scope waits for."""
        if scope.container is not None:
            for child in sorted(self.work.children(scope), key=lambda one: one.index):
                if not child.over:
                    self._abort(child)
        if scope.waiting is not None and scope.container is None:
            self._cancel(scope, scope.waiting)
        if scope.phase is Phase.BLOCKED:
            self.emit(scope, f"{self.state_of(scope).type_name}StateAborted")
        parent = self.work.known(parent_path(scope.path))
        if isinstance(self.state_of(parent), MapState):
            details: Details = {"name": parent.state, "index": scope.index}
            self.emit(parent, "MapIterationAborted", details, previous=scope.previous, link=False)
        if scope.phase is Phase.READY:
            scope.entered = 0  # its next state was never entered
        scope.phase = Phase.FAILED

    def _cancel(self, scope: Scope, waiting: str) -> None:
        if waiting.startswith(MAP_RUN):
            self.emit(scope, "MapRunAborted")
            self.commands.append(CancelMapRun(attempt=waiting))
        elif ":" in waiting:
            self.commands.append(CancelTimer(key=waiting))
        else:
            self.commands.append(CancelTask(attempt=waiting))
            self.cancel_clocks(scope)

    def start_clock(self, scope: Scope, kind: str) -> None:
        """ASL: the clocks of TimeoutSeconds and HeartbeatSeconds run from the start of the task's work."""
        if kind in scope.clocks:
            due = self.at + scope.clocks[kind] * 1000
            self.commands.append(StartTimer(scope=scope.path, key=f"{kind}:{scope.waiting}", due=due))

    def cancel_clocks(self, scope: Scope) -> None:
        if scope.begun:
            self.commands.extend(CancelTimer(key=f"{kind}:{scope.waiting}") for kind in scope.clocks)

    def _fail_execution(self, failure: Failure, previous: int) -> None:
        self._close("ExecutionFailed", failure_details(failure), previous)
        self._end(EndExecution(status=Status.FAILED, error=failure.error, cause=failure.cause))

    def stop(self, failure: Failure) -> None:
        """StopExecution. AWS links the event to the predecessor of the state that was running."""
        self._close("ExecutionAborted", failure_details(failure), self._before_state())
        self._end(EndExecution(status=Status.ABORTED, error=failure.error, cause=failure.cause))

    def time_out(self) -> None:
        """The machine's TimeoutSeconds are over."""
        self._close("ExecutionTimedOut", _NO_DETAILS, self._before_state())
        self._end(EndExecution(status=Status.TIMED_OUT))

    def history_full(self) -> None:
        failure = Failure(
            error=ErrorName.RUNTIME, cause=f"The execution reached the maximum number of history events ({LIMIT})."
        )
        self._fail_execution(failure, self._last_event_id)

    def _before_state(self) -> int:
        top = self.work.scope("")
        return top.before if top else 0

    def _end(self, command: EndExecution) -> None:
        self.status = Status(command.status)
        self.commands.append(command)
        self._ready.clear()


def evaluation_event(error: StateFailed) -> tuple[str, Details] | None:
    """The event that tells of an expression or a Map Run that failed; None for any other failure."""
    if isinstance(error, MapRunBroken):
        return _MAP_RUN_FAILED, failure_details(error.failure)
    if not isinstance(error, EvaluationFailed):
        return None
    located = {} if error.location is None else {"location": error.location}
    return _EVALUATION_FAILED, {**failure_details(error.failure), **located, "state": error.state}


def failure_details(failure: Failure) -> dict[str, str]:
    """Error and cause, each only where there is one."""
    found = {"error": failure.error, "cause": failure.cause}
    return {name: text for name, text in found.items() if text is not None}

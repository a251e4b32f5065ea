"""Map: the item processor once for each item, inline or as executions of its own."""

from __future__ import annotations

import re

from engine.asl.maps import MOST_ITEMS
from engine.asl.model import AnyTemplate, Distributed, MapState, QueryLanguage, Whole
from engine.core.activation import MAP_RUN, Activation
from engine.core.commands import ReadItems, StartMapRun, WriteResults
from engine.core.dataflow import bounded, failed, fill, read_field, select
from engine.core.execution import Scope
from engine.core.expressions import Expressions
from engine.core.failing import EvaluationFailed, MapRunBroken, StateFailed
from engine.errors import ErrorName, Failure
from engine.jsontypes import Document, Json, dump
from engine.query.environment import Environment
from engine.query.jsonata import Expression, JsonataTemplate
from engine.query.path import WHOLE, Path

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?\Z")


def enter(run: Activation, scope: Scope, state: MapState) -> None:
    fields = _Fields(run, scope, state)
    if state.distributed is not None:
        _start_run(run, scope, state, state.distributed, fields)
        return
    items = fields.items()
    if not isinstance(items, list):
        raise fields.not_an_array(items)
    concurrency = fields.limit(state.max_concurrency, "MaxConcurrency")
    length = len(items)
    run.open_container(scope, {"length": length}, total=length, concurrency=concurrency, items=Document(items))


class _Fields:
    """The fields of a Map in the state's language, read for one visit."""

    def __init__(self, run: Activation, scope: Scope, state: MapState) -> None:
        self._run = run
        self._scope = scope
        self._state = state
        raw = run.environment(scope, run.input_of(scope).value)
        self._expressions: Expressions = run.expressions(scope)
        self._environment: Environment = raw
        if state.language is QueryLanguage.JSONPATH:
            self._environment = raw.over(select(scope, state.input_path, raw))

    def items(self) -> Json:
        """What is to be iterated over, which may be no array."""
        items = self._state.items
        if isinstance(items, JsonataTemplate):
            return self._expressions.fill(items, "Items")
        if self._state.language is QueryLanguage.JSONATA:
            return self._expressions.input
        return read_field(self._scope, items or WHOLE, "ItemsPath", self._environment)

    def not_an_array(self, found: Json) -> StateFailed:
        items = self._state.items
        if isinstance(items, JsonataTemplate):
            return self._expressions.unexpected(items.expressions[0][1], "Items", "array", found)
        if self._state.language is QueryLanguage.JSONATA:
            reason = f"Map state input must be an array but was: {dump(found)}"
            return EvaluationFailed(self._scope.state, self._scope.entered, reason, None)
        return failed(self._scope, f'Reference path "{(items or WHOLE).text}" must point to array.')

    def payload(self, template: AnyTemplate | None, place: str) -> Document:
        """Parameters of a reader or a writer, in JSONata its Arguments."""
        if template is None:
            return Document({})
        if isinstance(template, JsonataTemplate):
            return bounded(self._scope, self._expressions.fill(template, f"{place}/Arguments"))
        return bounded(self._scope, fill(self._scope, template, self._environment))

    def limit(self, setting: Whole, field: str) -> int:
        """A count of 0 or more that whoever inspects the state is told."""
        found = self.whole(setting, field)
        self._run.seen(f"{field[0].lower()}{field[1:]}", found)
        return found

    def whole(self, setting: Whole, field: str, *, negative: bool = False) -> int:
        """A count: 0 or more, unless whoever asks refuses a negative one itself."""
        if isinstance(setting, Expression):
            value = self._expressions.typed(setting, field, "integer")
            assert isinstance(value, int)
            if value < 0 and not negative:
                raise self._expressions.failed(setting, field, f"returned a negative number: {dump(value)}")
            return value
        if not isinstance(setting, Path):
            return setting
        value = read_field(self._scope, setting, f"{field}Path", self._environment)
        if (isinstance(value, float) and value.is_integer()) or (isinstance(value, str) and _INTEGER.match(value)):
            value = int(value)  # recorded: "1" is as good as 1
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._not_valid(field, value, "integer", setting)
        if value < 0 and not negative:
            raise failed(self._scope, f"{field} cannot be negative.")
        return value

    def percentage(self, setting: float | Path | Expression) -> float:
        """0 to 100."""
        field = "ToleratedFailurePercentage"
        value: Json
        if isinstance(setting, (int, float)):
            value = setting
        elif isinstance(setting, Expression):
            value = self._expressions.typed(setting, field, "number")
        else:
            value = read_field(self._scope, setting, f"{field}Path", self._environment)
            if isinstance(value, str) and _DECIMAL.match(value):
                value = float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            assert isinstance(setting, Path)
            raise self._not_valid(field, value, "float", setting)
        if not 0 <= value <= 100:
            raise failed(self._scope, f"{field} must be between 0 and 100.")
        self._run.seen("toleratedFailurePercentage", float(value))
        return float(value)

    def _not_valid(self, field: str, value: Json, what: str, path: Path) -> StateFailed:
        text = value if isinstance(value, str) else dump(value)
        return failed(
            self._scope, f'The {field}Path field refers to value "{text}" which is not a valid {what}: {path.text}'
        )


def _start_run(run: Activation, scope: Scope, state: MapState, distributed: Distributed, fields: _Fields) -> None:
    scope.map_run = None
    reader = distributed.reader
    items = None if reader is not None else fields.items()
    if reader is None and not isinstance(items, (list, dict)):
        raise fields.not_an_array(items)
    # Recorded: the limits are looked at when the state has started, and what is wrong with them fails it at once.
    run.emit(scope, "MapStateStarted", {"length": len(items) if isinstance(items, (list, dict)) else 0})
    concurrency = fields.limit(state.max_concurrency, "MaxConcurrency")
    count = None if state.tolerated_count is None else fields.limit(state.tolerated_count, "ToleratedFailureCount")
    percentage = None if state.tolerated_percentage is None else fields.percentage(state.tolerated_percentage)
    batcher = distributed.batcher
    read = None
    if reader is not None:
        most = fields.whole(reader.max_items, "MaxItems", negative=True)
        parameters = fields.payload(reader.parameters, "ItemReader")
        read = ReadItems(resource=reader.resource, parameters=parameters, config=reader.config, most=most)
    machine = run.facts.machine_arn.replace(":stateMachine:", ":mapRun:", 1)
    label = distributed.label or run.entropy.uuid4()
    arn = f"{machine}/{label}:{run.entropy.uuid4()}"
    write = None
    if distributed.writer is not None:
        write = WriteResults(
            resource=distributed.writer.resource,
            parameters=fields.payload(distributed.writer.parameters, "ResultWriter"),
            transformation=distributed.writer.transformation,
            output_type=distributed.writer.output_type,
        )
    command = StartMapRun(
        scope=scope.path,
        attempt=f"{MAP_RUN}{run.attempt_key(scope)}",
        state=state.name,
        arn=arn,
        items=None if read is not None else Document(items),
        reader=read,
        writer=write,
        concurrency=concurrency,
        tolerated_count=count,
        tolerated_percentage=percentage,
        batch_items=_size(fields, batcher.max_items if batcher else None, "MaxItemsPerBatch"),
        batch_bytes=_size(fields, batcher.max_bytes if batcher else None, "MaxInputBytesPerBatch"),
    )
    run.emit(scope, "MapRunStarted", {"mapRunArn": arn})
    if read is not None and read.most < 0:
        raise MapRunBroken(Failure(error=ErrorName.ITEM_READER_FAILED, cause="field MaxItems must be positive"))
    run.start_map_run(scope, command)


def _size(fields: _Fields, setting: Whole | None, field: str) -> int | None:
    return None if setting is None else max(1, min(fields.whole(setting, field), MOST_ITEMS))

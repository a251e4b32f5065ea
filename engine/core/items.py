"""What the children of a Map Run are given: ItemSelector and ItemBatcher (AWS, "Distributed Map").

Pure: asked by whoever runs the Map Run, with the parent as it stands in the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.asl.model import MapState, StateMachine
from engine.core.activation import Activation
from engine.core.dataflow import fill, select
from engine.core.execution import Execution, Facts, Scope
from engine.core.failing import StateFailed
from engine.core.states import HANDLERS
from engine.errors import Failure
from engine.jsontypes import Document, Json, dump, size
from engine.query.evaluator import Evaluator
from engine.query.jsonata import JsonataTemplate

CHILD_BYTES = 262_144
_STATE_DATA = "STATE_DATA"


class ItemsFailed(Exception):
    """An item could not be made the input of a child."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.error)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Item:
    """``key`` is the name of an object's entry. ``source`` is where it was read: ``STATE_DATA`` or ``S3://...``."""

    index: int
    value: Json
    key: str | None = None
    source: str = _STATE_DATA

    @property
    def context(self) -> dict[str, Json]:
        """``$$.Map.Item``."""
        found: dict[str, Json] = {"Index": self.index, "Value": self.value, "Source": self.source}
        if self.key is not None:
            found["Key"] = self.key
        return found


def items_of(document: Document) -> list[Item]:
    """The items of state data: the elements of an array, or the entries of an object."""
    value = document.value
    if isinstance(value, dict):
        return [Item(index, one, key) for index, (key, one) in enumerate(value.items())]
    assert isinstance(value, list)
    return [Item(index, one) for index, one in enumerate(value)]


class Selector:
    """Makes inputs of children out of items, for one Map Run."""

    def __init__(
        self, machine: StateMachine, execution: Execution, path: str, *, at: int, seed: str, evaluator: Evaluator
    ) -> None:
        self._run = Activation(machine, execution, HANDLERS, at=at, seed=seed, budget=0, evaluator=evaluator)
        self._scope: Scope = self._run.work.known(path)
        state = self._run.state_of(self._scope)
        assert isinstance(state, MapState)
        self._state = state

    def select(self, item: Item) -> Json:
        """ItemSelector of one item. Raises ItemsFailed."""
        template = self._state.parameters
        if template is None:
            return item.value if item.key is None else {"Key": item.key, "Value": item.value}
        run, scope = self._run, self._scope
        try:
            if isinstance(template, JsonataTemplate):
                return run.expressions(scope, item=item.context).fill(template, "ItemSelector")
            environment = run.environment(scope, run.input_of(scope).value, item.context)
            return fill(scope, template, environment.over(select(scope, self._state.input_path, environment)))
        except StateFailed as error:
            raise ItemsFailed(error.failure) from None

    def batch_input(self) -> Json:
        """ItemBatcher's BatchInput; None when there is none. Raises ItemsFailed."""
        distributed = self._state.distributed
        template = distributed.batcher.batch_input if distributed and distributed.batcher else None
        if template is None:
            return None
        run, scope = self._run, self._scope
        try:
            if isinstance(template, JsonataTemplate):
                return run.expressions(scope).fill(template, "ItemBatcher/BatchInput")
            environment = run.environment(scope, run.input_of(scope).value)
            return fill(scope, template, environment.over(select(scope, self._state.input_path, environment)))
        except StateFailed as error:
            raise ItemsFailed(error.failure) from None


@dataclass(frozen=True, slots=True)
class ChildInput:
    """The input of one child and how many items it stands for."""

    input: Document
    items: int


def child_inputs(
    values: Iterable[Json], *, batch_items: int | None, batch_bytes: int | None, batch_input: Json
) -> Iterator[ChildInput]:
    """One input for each value; or, batched, ``{"BatchInput": ..., "Items": [...]}`` as large as both limits allow."""
    if batch_items is None and batch_bytes is None:
        for value in values:
            yield ChildInput(Document(value), 1)
        return
    head = '{"Items":[' if batch_input is None else f'{{"BatchInput":{dump(batch_input)},"Items":['
    limit = (batch_bytes or CHILD_BYTES) - size(head) - 2
    texts: list[str] = []
    weight = 0
    for value in values:
        text = dump(value)
        heavier = weight + size(text) + bool(texts)
        if texts and (heavier > limit or (batch_items is not None and len(texts) >= batch_items)):
            yield ChildInput(Document.stored(f"{head}{','.join(texts)}]}}"), len(texts))
            texts, heavier = [], size(text)
        texts.append(text)
        weight = heavier
    if texts:
        yield ChildInput(Document.stored(f"{head}{','.join(texts)}]}}"), len(texts))


def child_arns(map_run_arn: str, name: str) -> tuple[str, str]:
    """A child's own and its machine's: AWS names both after the machine and the Map's label."""
    head, _, run = map_run_arn.partition(":mapRun:")
    resource = run.rpartition(":")[0]
    return f"{head}:execution:{resource}:{name}", f"{head}:stateMachine:{resource}"


def child_facts(parent: Facts, map_run_arn: str, name: str, value: Document, started_at: int) -> Facts:
    """Who a child is."""
    arn, machine_arn = child_arns(map_run_arn, name)
    return Facts(
        arn=arn,
        name=name,
        machine_arn=machine_arn,
        machine_name=machine_arn.partition(":stateMachine:")[2],
        role_arn=parent.role_arn,
        input=value,
        started_at=started_at,
    )


def child_machine(machine: StateMachine, state: str) -> StateMachine:
    """What the children of a Distributed Map run: its item processor. Variables of outer scopes are out of reach."""
    found = machine.index[state]
    assert isinstance(found, MapState)
    return StateMachine(top=found.processor, index=machine.index)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many items of ``total`` may fail: neither limit set allows none; of both, the stricter counts."""

    count: int | None
    percentage: float | None

    @property
    def unset(self) -> bool:
        return self.count is None and self.percentage is None

    def exceeded(self, failed: int, total: int) -> bool:
        if failed == 0:
            return False
        if self.unset:
            return True
        if self.count is not None and failed > self.count:
            return True
        return self.percentage is not None and failed * 100 > self.percentage * total


EXCEEDED = "The specified tolerated failure threshold was exceeded"

"""A definition, parsed and compiled: what the interpreter runs. Every value is frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, TypeAlias

from engine.asl.choice import Condition
from engine.asl.resource import Resource
from engine.jsontypes import Json
from engine.query.intrinsics import Intrinsic
from engine.query.jsonata import Expression, JsonataTemplate
from engine.query.path import WHOLE, Path
from engine.query.template import Template

NO_TIMEOUT = 99_999_999
"""Seconds: AWS's default for a Task, as good as never."""


class QueryLanguage(StrEnum):
    JSONPATH = "JSONPath"
    JSONATA = "JSONata"


AnyTemplate: TypeAlias = Template | JsonataTemplate
Whole: TypeAlias = int | Path | Expression
"""A whole number: written, or found at run time by a ``...Path`` field or an expression."""
Text: TypeAlias = str | Path | Intrinsic | Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrier:
    """ASL, "Retry". Intervals are seconds."""

    error_equals: tuple[str, ...]
    interval_seconds: int = 1
    max_attempts: int = 3
    backoff_rate: float = 2.0
    max_delay_seconds: int | None = None
    full_jitter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Catcher:
    """ASL, "Catch". ``result_path`` is None for null: the error output is dropped."""

    error_equals: tuple[str, ...]
    next: str
    result_path: Path | None = WHOLE
    assign: AnyTemplate | None = None
    output: JsonataTemplate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What all states have. ``next`` is None for a state that ends its scope. A path of None is ``null``.

    The paths are JSONPath's, ``output`` is JSONata's; ``assign`` is in the state's own language.
    """

    type_name: ClassVar[str] = ""

    name: str
    language: QueryLanguage = QueryLanguage.JSONPATH
    next: str | None = None
    input_path: Path | None = WHOLE
    output_path: Path | None = WHOLE
    assign: AnyTemplate | None = None
    output: JsonataTemplate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Working(State):
    """States that do something that can fail: Task, Parallel, Map.

    ``parameters`` is what JSONPath calls Parameters (for a Map: ItemSelector), and JSONata Arguments.
    """

    parameters: AnyTemplate | None = None
    result_selector: Template | None = None
    result_path: Path | None = WHOLE
    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassState(State):
    type_name: ClassVar[str] = "Pass"

    has_result: bool = False
    result: Json = None
    parameters: AnyTemplate | None = None
    result_path: Path | None = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState(Working):
    type_name: ClassVar[str] = "Task"

    resource: Resource
    timeout_seconds: Whole | None = None
    heartbeat_seconds: Whole | None = None
    role_arn: AnyTemplate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRule:
    """``condition`` is a predicate over the data (JSONPath), or an expression or a truth value (JSONata)."""

    condition: Condition | Expression | bool
    next: str
    assign: AnyTemplate | None = None
    output: JsonataTemplate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceState(State):
    type_name: ClassVar[str] = "Choice"

    choices: tuple[ChoiceRule, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitState(State):
    """Exactly one of the two is set. A ``timestamp`` that is written is milliseconds since 1970."""

    type_name: ClassVar[str] = "Wait"

    seconds: Whole | None = None
    timestamp: Whole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedState(State):
    type_name: ClassVar[str] = "Succeed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailState(State):
    type_name: ClassVar[str] = "Fail"

    error: Text | None = None
    cause: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """A ``States`` block with where it starts: the machine, a branch, an item processor."""

    start_at: str
    states: Mapping[str, AnyState]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelState(Working):
    type_name: ClassVar[str] = "Parallel"

    branches: tuple[States, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReader:
    """Where a Distributed Map's items come from. ``max_items`` of 0 is all of them."""

    resource: str
    parameters: AnyTemplate | None
    config: Mapping[str, Json]
    max_items: Whole = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBatcher:
    """How items become the inputs of children. None is no limit of that kind; bytes are UTF-8."""

    max_items: Whole | None
    max_bytes: Whole | None
    batch_input: AnyTemplate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultWriter:
    """Where a Map Run's results go; without a resource they become the state's result."""

    resource: str | None
    parameters: AnyTemplate | None
    transformation: str
    output_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distributed:
    """What a Map in the mode DISTRIBUTED has more than an inline one."""

    execution_type: str
    label: str | None = None
    reader: ItemReader | None = None
    batcher: ItemBatcher | None = None
    writer: ResultWriter | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapState(Working):
    """``parameters`` is ItemSelector. ``items`` is a path (JSONPath), a template that gives an array, or None: the
    state's input. A tolerated percentage is 0 to 100."""

    type_name: ClassVar[str] = "Map"

    processor: States
    items: Path | JsonataTemplate | None = None
    max_concurrency: Whole = 0
    tolerated_count: Whole | None = None
    tolerated_percentage: float | Path | Expression | None = None
    distributed: Distributed | None = None


AnyWorking: TypeAlias = TaskState | ParallelState | MapState
AnyState: TypeAlias = AnyWorking | PassState | ChoiceState | WaitState | SucceedState | FailState


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachine:
    """``index`` finds any state by its name, which is unique in the whole machine."""

    top: States
    comment: str | None = None
    timeout_seconds: int | None = None
    index: Mapping[str, AnyState] = field(default_factory=dict)

"""A definition, parsed and compiled: what the interpreter runs. Every value is frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from engine.asl.choice import Condition
from engine.asl.resource import Resource
from engine.jsontypes import Json
from engine.query.path import WHOLE, Path
from engine.query.template import Template

NO_TIMEOUT = 99_999_999
"""Seconds: AWS's default for a Task, as good as never."""


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
    assign: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What all states have. ``next`` is None for a state that ends its scope. A path of None is ``null``."""

    type_name: ClassVar[str] = ""

    name: str
    next: str | None = None
    input_path: Path | None = WHOLE
    output_path: Path | None = WHOLE
    assign: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Working(State):
    """States that do something that can fail: Task, Parallel, Map."""

    parameters: Template | None = None
    result_selector: Template | None = None
    result_path: Path | None = WHOLE
    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassState(State):
    type_name: ClassVar[str] = "Pass"

    has_result: bool = False
    result: Json = None
    parameters: Template | None = None
    result_path: Path | None = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState(Working):
    type_name: ClassVar[str] = "Task"

    resource: Resource
    timeout_seconds: int | Path | None = None
    heartbeat_seconds: int | Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRule:
    condition: Condition
    next: str
    assign: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceState(State):
    type_name: ClassVar[str] = "Choice"

    choices: tuple[ChoiceRule, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitState(State):
    """Exactly one of the four is set. ``timestamp`` is milliseconds since 1970."""

    type_name: ClassVar[str] = "Wait"

    seconds: int | None = None
    timestamp: int | None = None
    seconds_path: Path | None = None
    timestamp_path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedState(State):
    type_name: ClassVar[str] = "Succeed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailState(State):
    type_name: ClassVar[str] = "Fail"

    error: str | None = None
    cause: str | None = None
    error_path: Path | None = None
    cause_path: Path | None = None


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
class MapState(Working):
    """An inline Map. ``parameters`` is ItemSelector."""

    type_name: ClassVar[str] = "Map"

    processor: States
    items_path: Path = WHOLE
    max_concurrency: int | Path = 0


AnyState: TypeAlias = (
    PassState | TaskState | ChoiceState | WaitState | SucceedState | FailState | ParallelState | MapState
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachine:
    """``index`` finds any state by its name, which is unique in the whole machine."""

    top: States
    comment: str | None = None
    timeout_seconds: int | None = None
    index: Mapping[str, AnyState] = field(default_factory=dict)

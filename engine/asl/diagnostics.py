"""What is wrong with a definition, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.sentences import Sentence


class Severity(StrEnum):
    ERROR = "ERROR"
    WARNING = "WARNING"


class Code(StrEnum):
    """AWS's codes where AWS has one; UNSUPPORTED marks what this release cannot run yet."""

    INVALID_JSON = "INVALID_JSON_DESCRIPTION"
    INVALID_YAML = "INVALID_YAML_DESCRIPTION"
    SCHEMA = "SCHEMA_VALIDATION_FAILED"
    MISSING_TARGET = "MISSING_TRANSITION_TARGET"
    DUPLICATE_STATE = "DUPLICATE_STATE_NAME"
    UNREACHABLE = "UNREACHABLE_STATE"
    NO_TERMINAL_STATE = "NO_TERMINAL_STATE"
    UNDEFINED_VARIABLE = "UNDEFINED_VARIABLE"
    PATH_NOT_FOUND = "PATH_NOT_FOUND"
    WRONG_LANGUAGE = "WRONG_QUERY_LANGUAGE"
    INVALID_FUNCTION_NAME = "INVALID_FUNCTION_NAME"
    UNSUPPORTED = "UNSUPPORTED"
    NOT_CONVERTIBLE = "NOT_CONVERTIBLE"
    CONVERTED_LOOSELY = "CONVERTED_LOOSELY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. ``pointer`` is a JSON pointer (RFC 6901); ``line`` and ``column`` count from 1 where known."""

    severity: Severity
    code: Code
    message: Sentence
    pointer: str
    line: int | None = None
    column: int | None = None


def escape(step: str | int) -> str:
    """One step of a JSON pointer."""
    return str(step).replace("~", "~0").replace("/", "~1")


def join(pointer: str, *steps: str | int) -> str:
    return pointer + "".join(f"/{escape(step)}" for step in steps)


@dataclass(slots=True)
class Findings:
    """Collects diagnostics while a definition is read: every mistake, not the first."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(self, pointer: str, message: Sentence, code: Code = Code.SCHEMA) -> None:
        self.found.append(Diagnostic(severity=Severity.ERROR, code=code, message=message, pointer=pointer))

    def warning(self, pointer: str, message: Sentence, code: Code) -> None:
        self.found.append(Diagnostic(severity=Severity.WARNING, code=code, message=message, pointer=pointer))

    @property
    def broken(self) -> bool:
        """Whether a mistake leaves no machine: what only cannot run *here* can still be drawn and simulated."""
        return any(one.severity is Severity.ERROR and one.code is not Code.UNSUPPORTED for one in self.found)

    @property
    def failed(self) -> bool:
        return any(one.severity is Severity.ERROR for one in self.found)


def located(found: Iterable[Diagnostic], places: dict[str, tuple[int, int]]) -> tuple[Diagnostic, ...]:
    """Add line and column from ``places`` (pointer -> line, column); a missing field gets its owner's place."""

    def locate(one: Diagnostic) -> Diagnostic:
        pointer = one.pointer
        while pointer not in places and pointer:
            pointer = pointer.rpartition("/")[0]
        line, column = places.get(pointer, (1, 1))
        return replace(one, line=line, column=column)

    return tuple(locate(one) for one in found)

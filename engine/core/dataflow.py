"""Data through a state: InputPath -> Parameters -> work -> ResultSelector -> ResultPath -> OutputPath (ASL, "Data")."""

from __future__ import annotations

from engine.asl.choice import ComparisonFailed
from engine.asl.model import AnyTemplate
from engine.core.execution import Scope
from engine.core.failing import StateFailed, intrinsic_failed, runtime_error, too_large
from engine.jsontypes import MAX_DEPTH, Document, Json, dump, outweighs, too_deep
from engine.query.environment import Environment
from engine.query.intrinsics import Intrinsic, IntrinsicFailed
from engine.query.path import Path, PathNotFound, Root
from engine.query.reference_path import CannotPlace, place
from engine.query.template import Template, TemplatePathNotFound

PAYLOAD_LIMIT = 262_144
"""Bytes of UTF-8 (AWS quota)."""
_FEW = 16


def failed(scope: Scope, reason: str) -> StateFailed:
    return runtime_error(scope.state, scope.entered, reason)


def _not_found(path: Path, field: str, environment: Environment) -> str:
    value: Json = environment.input
    if path.root is Root.CONTEXT:
        value = environment.context
    elif path.root is Root.VARIABLE:
        if path.variable is None or path.variable not in environment.variables:
            return f"The variable '${path.variable}' specified for the field '{field}' is not defined"
        value = environment.variables[path.variable]
    return (
        f"The JSONPath '{path.text}' specified for the field '{field}' could not be found in the input '{dump(value)}'"
    )


def select(scope: Scope, path: Path | None, environment: Environment) -> Json:
    """InputPath and OutputPath: null selects an empty object."""
    if path is None:
        return {}
    if path.identity:
        return environment.input
    try:
        return path.read(environment)
    except PathNotFound as missing:
        if missing.step < 0:
            raise failed(scope, _not_found(path, "InputPath", environment)) from None
        raise failed(scope, f"Invalid path '{path.text}' : {missing.jayway_reason}") from None


def read_field(scope: Scope, path: Path | Intrinsic, field: str, environment: Environment) -> Json:
    """A ``...Path`` field whose value the state needs."""
    try:
        return path.read(environment) if isinstance(path, Path) else path.evaluate(environment)
    except PathNotFound as missing:
        raise failed(scope, _not_found(missing.path, field, environment)) from None
    except IntrinsicFailed as error:
        raise intrinsic_failed(scope.state, scope.entered, error.message) from None


def fill(scope: Scope, template: AnyTemplate, environment: Environment) -> Json:
    """JSONPath's Parameters, ResultSelector, ItemSelector, Assign."""
    assert isinstance(template, Template)
    try:
        value = template.evaluate(environment)
    except TemplatePathNotFound as error:
        raise failed(scope, _not_found(error.missing.path, error.field, error.environment)) from None
    except IntrinsicFailed as error:
        raise intrinsic_failed(scope.state, scope.entered, error.message) from None
    # Few paths make at most some payloads; of many, the text alone could take gigabytes.
    if len(template.paths) > _FEW and outweighs(value, PAYLOAD_LIMIT):
        raise StateFailed(too_large(scope.state))
    return value


def bounded(scope: Scope, value: Json) -> Document:
    """A value that is to be kept or handed on, if it is not too large for that."""
    document = Document(value)
    if document.size > PAYLOAD_LIMIT:
        raise StateFailed(too_large(scope.state))
    if too_deep(value, document.text):
        raise failed(scope, f"The data of the state is nested more than {MAX_DEPTH} deep")
    return document


def put(scope: Scope, path: Path | None, raw_input: Json, result: Json) -> Json:
    """ResultPath: null drops the result, ``$`` drops the input."""
    if path is None:
        return raw_input
    if path.identity:
        return result
    try:
        return place(raw_input, path, result)
    except CannotPlace:
        reason = f"Unable to apply ReferencePath {path.text} to input {dump(raw_input)}"
        raise failed(scope, reason) from None


def comparison_failed(scope: Scope, error: ComparisonFailed) -> StateFailed:
    return failed(scope, error.reason)

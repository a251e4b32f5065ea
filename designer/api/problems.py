"""Errors as answers: RFC 9457 problem details, from one table.

``code`` is the stable name clients match; ``detail`` is for people.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from designer.api.serializers.machines import DiagnosticSerializer
from designer.api.serializers.revisions import DraftSerializer, RevisionSerializer
from designer.api.words import spoken
from designer.graph.dot import LayoutFailed
from designer.services import errors, runtime
from engine.sentences import Sentence, say, verbatim

MEDIA_TYPE: Final = "application/problem+json"

# Domain error -> status and code. A subclass finds the entry of its nearest base.
TABLE: Final[dict[type[Exception], tuple[int, str]]] = {
    errors.InvalidName: (400, "InvalidName"),
    errors.InvalidDefinition: (400, "InvalidDefinition"),
    errors.InvalidBundle: (400, "InvalidBundle"),
    errors.InvalidInput: (400, "InvalidInput"),
    errors.ConnectionNameTaken: (409, "ConnectionNameTaken"),
    errors.CatalogueUnavailable: (503, "CatalogueUnavailable"),
    errors.InvalidToken: (400, "InvalidToken"),
    errors.InvalidOutput: (400, "InvalidOutput"),
    errors.TaskTimedOut: (400, "TaskTimedOut"),
    errors.InvalidTrial: (400, "InvalidTrial"),
    errors.TrialTooLong: (422, "SimulationTooLong"),
    errors.SignInLinkInvalid: (403, "SignInLinkInvalid"),
    errors.MachineNameTaken: (409, "MachineNameTaken"),
    errors.MachineDeleting: (409, "MachineDeleting"),
    errors.ExecutionNotStuck: (409, "ExecutionNotStuck"),
    errors.ExecutionNotRedrivable: (409, "ExecutionNotRedrivable"),
    runtime.ExecutionAlreadyExists: (409, "ExecutionAlreadyExists"),
    errors.InvalidConfiguration: (400, "InvalidConfiguration"),
    errors.InvalidRouting: (400, "InvalidRouting"),
    errors.WrongMachineType: (400, "WrongMachineType"),
    errors.AlreadyInJsonata: (409, "AlreadyInJsonata"),
    errors.VersionInUse: (409, "VersionInUse"),
    errors.StaleRevision: (409, "StaleRevision"),
    errors.AliasNameTaken: (409, "AliasNameTaken"),
    errors.ActivityNameTaken: (409, "ActivityNameTaken"),
    errors.QuotaExceeded: (409, "QuotaExceeded"),
    errors.MapRunEnded: (409, "MapRunEnded"),
    errors.RevisionConflict: (412, "RevisionConflict"),
    errors.DraftConflict: (412, "DraftConflict"),
    errors.TooLarge: (413, "TooLarge"),
    errors.PreconditionMissing: (428, "PreconditionRequired"),
    LayoutFailed: (503, "PictureUnavailable"),
    RequestDataTooBig: (413, "TooLarge"),
    Http404: (404, "NotFound"),
    PermissionDenied: (403, "Forbidden"),
    BadRequest: (400, "InvalidRequest"),
    SuspiciousOperation: (400, "InvalidRequest"),
    exceptions.NotAuthenticated: (401, "NotSignedIn"),
    exceptions.AuthenticationFailed: (401, "NotSignedIn"),
    exceptions.PermissionDenied: (403, "Forbidden"),
    exceptions.NotFound: (404, "NotFound"),
    exceptions.MethodNotAllowed: (405, "MethodNotAllowed"),
    exceptions.NotAcceptable: (406, "NotAcceptable"),
    exceptions.UnsupportedMediaType: (415, "UnsupportedMediaType"),
    exceptions.Throttled: (429, "TooManyRequests"),
    exceptions.ValidationError: (400, "InvalidRequest"),
    exceptions.ParseError: (400, "InvalidJson"),
}


class InvalidJsonBody(exceptions.ParseError):
    """A body that is not JSON, with the place."""

    def __init__(self, reason: Sentence, *, line: int | None, column: int | None) -> None:
        super().__init__(spoken(reason))
        self.line = line
        self.column = column


def status_and_code(error: Exception) -> tuple[int, str] | None:
    if isinstance(error, errors.DoesNotExist):
        return 404, f"{error.kind}DoesNotExist"
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    return None


def problem(error: Exception) -> dict[str, Any] | None:
    """The document, or None for an error that is a bug and must not be dressed up."""
    known = status_and_code(error)
    if known is None:
        return None
    status, code = known
    return {**document(status, code, _detail(error)), **_members(error)}


def document(status: int, code: str, detail: Sentence) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": spoken(detail),
        "code": code,
    }


def _detail(error: Exception) -> Sentence:
    if isinstance(error, exceptions.ValidationError):
        first = next(iter(_fields(error.detail)), None)
        return verbatim(f"{first['field']}: {first['message']}") if first else say("The request is not valid.")
    if isinstance(error, exceptions.APIException):
        return verbatim(str(error.detail))
    if isinstance(error, runtime.ExecutionAlreadyExists):
        return say("An execution of this name exists already.")
    if isinstance(error, errors.Refused):
        return error.sentence
    if isinstance(error, LayoutFailed):
        return error.reason
    return verbatim(str(error) or HTTPStatus(known[0] if (known := status_and_code(error)) else 500).phrase)


def _members(error: Exception) -> dict[str, Any]:
    """What only this kind of error has to say."""
    match error:
        case errors.InvalidDefinition(diagnostics=found):
            return {"diagnostics": DiagnosticSerializer(found, many=True).data}
        case errors.InvalidBundle(diagnostics=found):
            return {"pointer": error.pointer, "diagnostics": DiagnosticSerializer(found, many=True).data}
        case errors.RevisionConflict(yours=yours, theirs=theirs):
            return {
                "yours": RevisionSerializer(yours).data if yours else None,
                "theirs": RevisionSerializer(theirs).data,
            }
        case errors.DraftConflict(yours=mine, theirs=other):
            return {
                "yours": DraftSerializer(mine).data if mine else None,
                "theirs": DraftSerializer(other).data if other else None,
            }
        case InvalidJsonBody(line=line, column=column):
            place = {"severity": "ERROR", "code": "INVALID_JSON", "message": str(error.detail), "pointer": ""}
            return {"diagnostics": [{**place, "line": line, "column": column}]}
        case exceptions.ValidationError():
            return {"errors": list(_fields(error.detail))}
        case _:
            return {}


def _fields(detail: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested details, flat: one entry a message, with a JSON pointer into the body."""
    if isinstance(detail, dict):
        return [
            one
            for key, value in detail.items()
            for one in _fields(value, path if key == "non_field_errors" else f"{path}/{key}")
        ]
    if isinstance(detail, list):
        return [one for value in detail for one in _fields(value, path)]
    return [{"field": path or "/", "message": str(detail)}]


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook. None lets the error through to Django, which logs it and answers 500."""
    del context
    found = problem(error)
    if found is None:
        return None
    response = Response(found, status=found["status"], content_type=MEDIA_TYPE)
    if isinstance(error, exceptions.APIException):
        if header := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(int(wait) + 1)
    return response


def problem_response(found: dict[str, Any]) -> HttpResponse:
    """For views outside of DRF."""
    response = HttpResponse(json.dumps(found, ensure_ascii=False), status=found["status"], content_type=MEDIA_TYPE)
    if found["status"] == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="treadle"'
    return response

"""What goes wrong, as AWS says it: one table from domain errors to codes and texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, assert_never

from designer.arns import UnreadableArn, activity_arn, execution_arn, machine_arn
from designer.services import errors, runtime
from designer.services.quotas import Quota
from engine.integrations.testing import invalid_definition
from engine.runtime.teststate import InvalidTest

MODELLED: Final = "com.amazonaws.swf.service.v2.model#"
COMMON: Final = "com.amazon.coral.service#"
_COMMON_CODES: Final = frozenset(
    {
        "UnknownOperationException",
        "SerializationException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "MissingAuthenticationTokenException",
        "InternalFailure",
        "ThrottlingException",
    }
)


class ApiError(Exception):
    """An answer that is an error. ``members`` are those of the modelled shape beside its message."""

    def __init__(self, code: str, message: str | None, *, status: int = 400, **members: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members

    def body(self) -> dict[str, Any]:
        prefix = COMMON if self.code in _COMMON_CODES else MODELLED
        message = {} if self.message is None else {"message": self.message}
        return {"__type": prefix + self.code, **message, **self.members}


def _missing(error: errors.DoesNotExist) -> ApiError:
    match error.kind:
        case "Machine":
            return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{error.key}'")
        case "Execution":
            return ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{error.key}'")
        case "Activity":
            return ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{error.key}'")
        case "Resource" | "MapRun":
            return ApiError("ResourceNotFound", f"Resource not found: '{error.key}'", resourceName=error.key)
        case _:
            message = "Request references a resource that does not exist."
            return ApiError("ResourceNotFound", message, resourceName=error.key)


def _configuration(error: errors.InvalidConfiguration) -> ApiError:
    match error.part:
        case "role":
            return ApiError("InvalidArn", error.reason)
        case "logging":
            return ApiError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {error.reason}")
        case "encryption":
            return ApiError("InvalidEncryptionConfiguration", f"Invalid Encryption Configuration: {error.reason}")
        case _:
            return ApiError("ValidationException", error.reason)


def _quota(error: errors.QuotaExceeded) -> ApiError:
    match error.quota:
        case Quota.TAGS:
            return ApiError("TooManyTags", str(error))
        case Quota.STATE_MACHINES:
            return ApiError("StateMachineLimitExceeded", str(error))
        case Quota.ACTIVITIES:
            return ApiError("ActivityLimitExceeded", str(error))
        case Quota.OPEN_EXECUTIONS:
            return ApiError("ExecutionLimitExceeded", str(error))
        case Quota.ACTIVITY_POLLERS:
            return ApiError("ActivityWorkerLimitExceeded", str(error))
        case Quota.VERSIONS | Quota.ALIASES:
            return ApiError("ServiceQuotaExceededException", str(error), status=402)
        case _:
            assert_never(error.quota)


def _in_use(error: errors.VersionInUse) -> ApiError:
    text = "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version:"
    return ApiError("ConflictException", f"{text} [{', '.join(error.aliases)}]")


def _stale(error: errors.StaleRevision) -> ApiError:
    text = f"Failed to publish the State Machine version for revision {error.given}."
    return ApiError("ConflictException", f"{text} The current State Machine revision is {error.current}.")


def _too_large(error: errors.TooLarge) -> ApiError:
    """By bytes; what has too many characters was refused against the model before."""
    text = f"1 validation error detected: Value at '{error.what}' failed to satisfy constraint: "
    return ApiError("ValidationException", f"{text}Member must have length less than or equal to {error.limit}")


_ALIAS_TAKEN = (
    "Failed to create alias because an alias with the same name and a different routing configuration already exists."
)
_NOT_OF_THIS_TYPE = "This operation is not supported by this type of state machine"

TABLE: Final[dict[type[Exception], Callable[[Any], ApiError]]] = {
    UnreadableArn: lambda e: ApiError("InvalidArn", f"Invalid Arn: '{e}'"),
    InvalidTest: lambda e: ApiError(e.code, str(e)),
    errors.DoesNotExist: _missing,
    errors.InvalidName: lambda e: ApiError("InvalidName", f"Invalid Name: '{e.name}'"),
    errors.InvalidDefinition: lambda e: ApiError("InvalidDefinition", invalid_definition(e.diagnostics)),
    errors.InvalidInput: lambda e: ApiError(
        "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{e.reason}'"
    ),
    errors.InvalidConfiguration: _configuration,
    errors.InvalidRouting: lambda e: ApiError("ValidationException", e.reason, reason="INVALID_ROUTING_CONFIGURATION"),
    errors.TooLarge: _too_large,
    errors.InvalidToken: lambda e: ApiError("InvalidToken", str(e)),
    errors.InvalidOutput: lambda e: ApiError("InvalidOutput", str(e)),
    errors.TaskTimedOut: lambda e: ApiError("TaskTimedOut", str(e)),
    errors.MachineNameTaken: lambda e: ApiError(
        "StateMachineAlreadyExists", f"State Machine Already Exists: '{machine_arn(e.name)}'"
    ),
    errors.MachineDeleting: lambda e: ApiError(
        "StateMachineDeleting", f"State Machine is being deleted: '{machine_arn(e.name)}'"
    ),
    errors.ActivityNameTaken: lambda e: ApiError(
        "ActivityAlreadyExists", f"Activity Already Exists: '{activity_arn(e.name)}'"
    ),
    errors.AliasNameTaken: lambda _: ApiError("ConflictException", _ALIAS_TAKEN),
    errors.VersionInUse: _in_use,
    errors.StaleRevision: _stale,
    errors.QuotaExceeded: _quota,
    errors.WrongMachineType: lambda _: ApiError("StateMachineTypeNotSupported", _NOT_OF_THIS_TYPE),
    errors.ExecutionNotRedrivable: lambda e: ApiError("ExecutionNotRedrivable", e.reason),
    errors.MapRunEnded: lambda e: ApiError(
        "ValidationException",
        f"Map Run is {e.status} and cannot be updated",
        reason="CANNOT_UPDATE_COMPLETED_MAP_RUN",
    ),
    runtime.ExecutionAlreadyExists: lambda e: ApiError(
        "ExecutionAlreadyExists", f"Execution Already Exists: '{execution_arn(e.machine, e.name)}'"
    ),
}


def api_error(error: Exception) -> ApiError | None:
    """None for an error that is a bug and must not be dressed up."""
    if isinstance(error, ApiError):
        return error
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind](error)
    return None

"""Errors of services as AWS words them: version 1 of its SDK for optimised integrations, version 2 for SDK calls."""

from __future__ import annotations

from engine.integrations.aws.names import Optimised, sdk_class, service_model
from engine.integrations.refusals import NoAnswer, ServiceRefused
from engine.integrations.work import failed
from engine.runtime.ports import Outcome

_ATTEMPTS = " (SDK Attempt Count: 1)"
"""Recorded: what Step Functions itself answers to an SDK call ends so, what other services answer does not."""


def optimised_error(names: Optimised, error: ServiceRefused | NoAnswer) -> Outcome:
    if isinstance(error, NoAnswer):
        return failed(f"{names.prefix}.SdkClientException", str(error))
    cause = (
        f"{error.message} (Service: {names.cause_name}; Status Code: {error.status}; Error Code: {error.code}; "
        f"Request ID: {error.request_id}; Proxy: null)"
    )
    kind = _exception(error.code) if _modelled(names.service, error.code) else names.exception
    return failed(f"{names.prefix}.{kind}", cause)


def sdk_error(service: str, error: ServiceRefused | NoAnswer) -> Outcome:
    prefix = sdk_class(service)
    if isinstance(error, NoAnswer):
        return failed(f"{prefix}.SdkClientException", str(error))
    # Recorded: S3 has a second id, which the first stands for where the service gives none.
    extended = f", Extended Request ID: {error.extended_id or error.request_id}" if service == "s3" else ""
    cause = (
        f"{error.message} (Service: {prefix}, Status Code: {error.status}, Request ID: {error.request_id}{extended})"
        f"{_ATTEMPTS if service == 'stepfunctions' else ''}"
    )
    kind = _exception(error.code) if _modelled(service, error.code) else f"{prefix}Exception"
    return failed(f"{prefix}.{kind}", cause)


def _exception(code: str) -> str:
    """The SDK's class is called so, whatever the service calls its error."""
    name = code.rpartition(".")[2]
    return name if name.endswith("Exception") else f"{name}Exception"


def _modelled(service: str, code: str) -> bool:
    model = service_model(service)
    if model is None:
        return False
    return any(code in {shape.name, shape.error_code} for shape in model.error_shapes)

"""botocore's model of the service: the operations, their inputs and outputs, and what may go wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from designer.api.aws.checks import Check, compile_check
from designer.api.aws.shaping import Shaper, compile_shaper

NAME, VERSION = "stepfunctions", "2016-11-23"
TARGET_PREFIX = "AWSStepFunctions."
SIGNING_NAME = "states"


@dataclass(frozen=True, slots=True)
class Operation:
    """``check`` reads an input, ``shape`` writes an output; ``errors`` names the modelled ones."""

    name: str
    check: Check
    shape: Shaper
    errors: frozenset[str]


def _service() -> Any:
    return ServiceModel(Loader().load_service_model(NAME, "service-2", VERSION), NAME)


def _read_operations() -> dict[str, Operation]:
    service = _service()
    found: dict[str, Operation] = {}
    for name in service.operation_names:
        operation = service.operation_model(name)
        found[name] = Operation(
            name=name,
            check=compile_check(operation.input_shape),
            shape=compile_shaper(operation.output_shape),
            errors=frozenset(shape.name for shape in operation.error_shapes),
        )
    return found


OPERATIONS: dict[str, Operation] = _read_operations()

"""Between a state's JSON and botocore's values: fields in PascalCase, by the model of the operation."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from engine.asl.times import format_timestamp
from engine.integrations.aws.names import pascal
from engine.jsontypes import Json, dump

MOST_BYTES = 262_144
"""A result may have no more (AWS quota); a stream is not read any further."""


class UnknownField(Exception):
    """A parameter that the service does not have; the message is for the cause."""


class AnswerTooLarge(Exception):
    """A streamed answer is longer than any result may be."""


def to_request(shape: Shape | None, value: Json, path: str = "") -> Any:
    """botocore's parameters. Raises UnknownField."""
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path)
    if isinstance(shape, ListShape):
        return [to_request(shape.member, one, path) for one in value] if isinstance(value, list) else value
    if isinstance(shape, MapShape):
        if not isinstance(value, dict):
            return value
        return {key: to_request(shape.value, one, f"{path}.{key}") for key, one in value.items()}
    kind = shape.type_name if shape is not None else ""
    if kind == "blob":
        return dump(value).encode()  # recorded: a string, too, is sent as JSON, in its quotes
    if kind == "string" and not isinstance(value, str) and value is not None:
        return dump(value)  # MessageBody, Detail and their like are given as JSON
    if kind in {"integer", "long"} and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _structure(shape: StructureShape, value: Json, path: str) -> Any:
    if not isinstance(value, dict):
        return value
    if getattr(shape, "is_document_type", False):
        return value
    members = {name.lower(): name for name in shape.members}
    found: dict[str, Any] = {}
    for key, one in value.items():
        name = members.get(key.lower()) or (members.get("equals") if key == "EqualsValue" else None)
        if name is None:
            where = f" in {path}" if path else ""
            raise UnknownField(f"The field '{key}'{where} is not supported by Step Functions")
        if one is not None:
            found[name] = to_request(shape.members[name], one, f"{path}.{key}".lstrip("."))
    return found


def from_response(shape: Shape | None, value: Any) -> Json:
    """The answer as a state sees it. Raises AnswerTooLarge."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return {
            pascal(name): from_response(shape.members.get(name), one)
            for name, one in value.items()
            if name != "ResponseMetadata" and one is not None
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [from_response(shape.member, one) for one in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {str(key): from_response(shape.value, one) for key, one in value.items()}
    return _plain(value)


def _plain(value: Any) -> Json:
    if isinstance(value, datetime):
        return format_timestamp(int(value.timestamp() * 1000))
    if isinstance(value, (bytes, bytearray)):
        return _text(bytes(value))
    if hasattr(value, "read"):
        content = value.read(MOST_BYTES + 1)
        value.close()
        if len(content) > MOST_BYTES:
            raise AnswerTooLarge
        return _text(content)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return json.loads(json.dumps(value, default=str))  # type: ignore[no-any-return]  # sets and decimals of DynamoDB's kin


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()


def metadata(response: Mapping[str, Any]) -> dict[str, Json]:
    """What optimised integrations add to their results about the HTTP exchange."""
    found = response.get("ResponseMetadata", {})
    headers = {str(name): str(text) for name, text in found.get("HTTPHeaders", {}).items()}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [text] for name, text in headers.items()},
            "HttpHeaders": dict(headers),
            "HttpStatusCode": found.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": found.get("RequestId", "")},
    }

"""The fields of a Map, inline and distributed (ASL, "Map State"; AWS, "Distributed Map state fields")."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from engine.asl.diagnostics import Code
from engine.asl.model import (
    AnyTemplate,
    Distributed,
    ItemBatcher,
    ItemReader,
    MapState,
    QueryLanguage,
    ResultWriter,
    States,
)
from engine.asl.reader import Fields, kind
from engine.asl.resource import has_placeholder
from engine.jsontypes import Json
from engine.query.jsonata import Expression, JsonataTemplate
from engine.query.path import Path
from engine.sentences import Sentence, say

ReadBlock: TypeAlias = Callable[[Fields, Sentence], States | None]

MOST_ITEMS = 100_000_000
MOST_BATCH_BYTES = 262_144
_LABEL = 40
_FORBIDDEN = re.compile(r'[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]')
_ONLY_DISTRIBUTED = ("ItemReader", "ItemBatcher", "ResultWriter", "Label")
_DELIMITERS = ("COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB")
_INPUT_TYPES = ("CSV", "JSON", "JSONL", "PARQUET", "MANIFEST")
_TRANSFORMATIONS = ("NONE", "COMPACT", "FLATTEN")
READERS = ("arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2")
WRITER = "arn:aws:states:::s3:putObject"


def read_map(fields: Fields, common: dict[str, Any], read_block: ReadBlock) -> MapState | None:
    """A Map state; None after a mistake that leaves nothing to run."""
    processor_field = fields.only_one_of(("ItemProcessor", "Iterator"), required=True)
    selectors = ("ItemSelector",) if fields.jsonata else ("ItemSelector", "Parameters")
    selector_field = fields.only_one_of(selectors, required=False)
    common["parameters"] = fields.template(selector_field) if selector_field else None
    limit = fields.whole("MaxConcurrency", least=0)
    tolerated_count = fields.whole("ToleratedFailureCount", least=0)
    percentage = _percentage(fields)
    items = _items(fields)
    block = fields.object(processor_field) if processor_field else None
    if block is None:
        return None
    block.language = QueryLanguage.JSONPATH
    execution_type = _processor_config(block)
    distributed = _distributed(fields, execution_type)
    processor = read_block(block, say("an item processor"))
    if processor is None:
        return None
    return MapState(
        **common,
        processor=processor,
        items=items,
        max_concurrency=0 if limit is None else limit,
        tolerated_count=tolerated_count,
        tolerated_percentage=percentage,
        distributed=distributed,
    )


def _items(fields: Fields) -> Path | JsonataTemplate | None:
    if not fields.jsonata:
        return fields.path("ItemsPath")
    value = fields.get("Items")
    if "Items" in fields.value and not isinstance(value, (list, dict)) and not fields.holds_expression("Items"):
        fields.error("Items", say("Expected an array or a JSONata expression, but found {found}", found=kind(value)))
        return None
    template = fields.template("Items")
    return template if isinstance(template, JsonataTemplate) else None


def _percentage(fields: Fields) -> float | Path | Expression | None:
    field = "ToleratedFailurePercentage"
    if fields.holds_expression(field):
        return fields.expression(field)
    if not fields.jsonata:
        fields.only_one_of((field, f"{field}Path"), required=False)
        if (path := fields.path(f"{field}Path")) is not None:
            return path
    value = fields.number(field, least=0)
    if value is not None and value > 100:
        fields.error(field, say("Expected a number from 0 to 100, but found {value:g}", value=value))
        return None
    return value


def _processor_config(block: Fields) -> str | None:
    """The execution type of the children of a Distributed Map; None for an inline one."""
    config = block.object("ProcessorConfig")
    if config is None:
        return None
    mode = _one_of(config, "Mode", ("INLINE", "DISTRIBUTED"))
    found = None
    if mode == "DISTRIBUTED":
        config.require("ExecutionType")
        found = _one_of(config, "ExecutionType", ("STANDARD", "EXPRESS")) or "STANDARD"
    elif config.has("ExecutionType"):
        config.error("ExecutionType", say("Field 'ExecutionType' is only supported in the mode 'DISTRIBUTED'"))
    config.refuse_others(say("a ProcessorConfig"))
    return found


def _one_of(fields: Fields, field: str, options: tuple[str, ...]) -> str | None:
    text = fields.string(field)
    if text is not None and text not in options:
        fields.error(
            field,
            say(
                "The field '{field}' should have one of these values: [{options}]",
                field=field,
                options=", ".join(options),
            ),
        )
        return None
    return text


def _distributed(fields: Fields, execution_type: str | None) -> Distributed | None:
    if execution_type is None:
        for field in _ONLY_DISTRIBUTED:
            if fields.has(field):
                fields.error(
                    field, say("Field '{field}' is only supported for a Map in the mode 'DISTRIBUTED'", field=field)
                )
        return None
    label = fields.string("Label", empty=False)
    if label is not None and (len(label) > _LABEL or _FORBIDDEN.search(label)):
        fields.error(
            "Label", say("A label has 1 to {most} characters, without spaces, wildcards and brackets", most=_LABEL)
        )
    return Distributed(
        execution_type=execution_type,
        label=label,
        reader=_reader(fields.object("ItemReader")),
        batcher=_batcher(fields.object("ItemBatcher")),
        writer=_writer(fields.object("ResultWriter")),
    )


def _payload(fields: Fields) -> AnyTemplate | None:
    return fields.template("Arguments" if fields.jsonata else "Parameters", objects_only=not fields.jsonata)


def _reader(fields: Fields | None) -> ItemReader | None:
    if fields is None:
        return None
    fields.require("Resource")
    resource = _resource(fields, READERS)
    parameters = _payload(fields)
    config = fields.object("ReaderConfig")
    found: dict[str, Json] = {}
    most = None
    if config is not None:
        most = config.whole("MaxItems", least=0, most=MOST_ITEMS)
        found = _reader_config(config)
    fields.refuse_others(say("an ItemReader"))
    if resource is None:
        return None
    return ItemReader(resource=resource, parameters=parameters, config=found, max_items=0 if most is None else most)


def _resource(fields: Fields, options: tuple[str, ...]) -> str | None:
    text = fields.string("Resource", empty=False)
    if text is not None and has_placeholder(text):
        text = next((one for one in options if text.endswith(one.rpartition("::")[2])), text)
    if text is not None and text not in options:
        fields.error(
            "Resource",
            say(
                "The resource provided {text} is not recognized. Use {options}", text=text, options=" or ".join(options)
            ),
            Code.SCHEMA,
        )
        return None
    return text


def _reader_config(config: Fields) -> dict[str, Json]:
    location = _one_of(config, "CSVHeaderLocation", ("FIRST_ROW", "GIVEN"))
    found = {
        "InputType": _one_of(config, "InputType", _INPUT_TYPES),
        "CSVHeaderLocation": location,
        "CSVDelimiter": _one_of(config, "CSVDelimiter", _DELIMITERS),
        "Transformation": _one_of(config, "Transformation", ("NONE", "LOAD_AND_FLATTEN")),
        "ManifestType": _one_of(config, "ManifestType", ("S3_INVENTORY", "ATHENA_DATA")),
        "ItemsPointer": config.string("ItemsPointer"),
    }
    headers = config.get("CSVHeaders")
    if "CSVHeaders" in config.value:
        if not isinstance(headers, list) or not headers or not all(isinstance(one, str) for one in headers):
            config.error("CSVHeaders", say("Expected a non-empty array of strings"))
        else:
            found["CSVHeaders"] = headers  # type: ignore[assignment]
    if location == "GIVEN" and "CSVHeaders" not in config.value:
        config.findings.error(config.pointer, say("These fields are required: [{fields}]", fields="CSVHeaders"))
    pointer = found["ItemsPointer"]
    if isinstance(pointer, str) and pointer and not pointer.startswith("/"):
        config.error("ItemsPointer", say("Value is not a valid JSON Pointer: it begins with /"))
    config.refuse_others(say("a ReaderConfig"))
    return {name: value for name, value in found.items() if value is not None}


def _batcher(fields: Fields | None) -> ItemBatcher | None:
    if fields is None:
        return None
    most = fields.whole("MaxItemsPerBatch", least=1)
    size = fields.whole("MaxInputBytesPerBatch", least=1, most=MOST_BATCH_BYTES)
    given = fields.template("BatchInput")
    if most is None and size is None and not fields.findings.failed:
        fields.findings.error(
            fields.pointer, say("At least one of [MaxItemsPerBatch, MaxInputBytesPerBatch] is required")
        )
    fields.refuse_others(say("an ItemBatcher"))
    return ItemBatcher(max_items=most, max_bytes=size, batch_input=given)


def _writer(fields: Fields | None) -> ResultWriter | None:
    if fields is None:
        return None
    resource = _resource(fields, (WRITER,))
    parameters = _payload(fields)
    config = fields.object("WriterConfig")
    if resource is None and config is None:
        fields.findings.error(
            fields.pointer, say("A ResultWriter needs a WriterConfig, or a Resource with its Parameters")
        )
    transformation = output_type = None
    if config is not None:
        transformation = _one_of(config, "Transformation", _TRANSFORMATIONS)
        output_type = _one_of(config, "OutputType", ("JSON", "JSONL"))
        config.refuse_others(say("a WriterConfig"))
    fields.refuse_others(say("a ResultWriter"))
    return ResultWriter(
        resource=resource,
        parameters=parameters,
        transformation=transformation or ("NONE" if resource else "COMPACT"),
        output_type=output_type or "JSON",
    )

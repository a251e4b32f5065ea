"""The vectors cover the language: every field of every state, in both query languages, every error, every rule.

What stands here is the language's own list (AWS, "Amazon States Language"); the vectors are searched for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.asl.choice import OPERATORS
from engine.query.intrinsics import NAMES
from tests.core.test_vectors import VECTORS

FOLDER = Path(__file__).parents[1] / "vectors"
JSONPATH, JSONATA = "JSONPath", "JSONata"
DISTRIBUTED = "Distributed Map"
COMMON = "Type Comment QueryLanguage Assign"
IN_BOTH = {
    "Task": "Next End Retry Catch Resource TimeoutSeconds HeartbeatSeconds Credentials",
    "Parallel": "Next End Retry Catch Branches",
    "Map": "Next End Retry Catch ItemProcessor ItemSelector MaxConcurrency",
    DISTRIBUTED: "Next End Retry Catch ItemProcessor ItemSelector MaxConcurrency ItemReader ItemBatcher ResultWriter "
    "ToleratedFailurePercentage ToleratedFailureCount Label",
    "Pass": "Next End",
    "Wait": "Next End Seconds Timestamp",
    "Choice": "Choices Default",
    "Succeed": "",
    "Fail": "Error Cause",
}
IN_JSONPATH = {
    "Task": "InputPath Parameters ResultSelector ResultPath OutputPath TimeoutSecondsPath HeartbeatSecondsPath",
    "Parallel": "InputPath Parameters ResultSelector ResultPath OutputPath",
    "Map": "InputPath Parameters ResultSelector ResultPath OutputPath Iterator ItemsPath MaxConcurrencyPath",
    DISTRIBUTED: "InputPath ResultSelector ResultPath OutputPath ItemsPath MaxConcurrencyPath "
    "ToleratedFailurePercentagePath ToleratedFailureCountPath",
    "Pass": "InputPath Parameters Result ResultPath OutputPath",
    "Wait": "InputPath OutputPath SecondsPath TimestampPath",
    "Choice": "InputPath OutputPath",
    "Succeed": "InputPath OutputPath",
    "Fail": "ErrorPath CausePath",
}
IN_JSONATA = {
    "Task": "Arguments Output",
    "Parallel": "Arguments Output",
    "Map": "Items Output",
    DISTRIBUTED: "Items Output",
    "Pass": "Output",
    "Wait": "Output",
    "Choice": "Output",
    "Succeed": "Output",
    "Fail": "",
}
PARTS = {
    ("Retry", "JSONPath"): "ErrorEquals IntervalSeconds MaxAttempts BackoffRate MaxDelaySeconds JitterStrategy",
    ("Catch", "JSONPath"): "ErrorEquals Next Comment Assign ResultPath",
    ("Catch", "JSONata"): "ErrorEquals Next Assign Output",
    ("Choices", "JSONPath"): "Variable Next Comment Assign",
    ("Choices", "JSONata"): "Condition Next Comment Assign Output",
    ("ItemReader", "JSONPath"): "Resource Parameters ReaderConfig",
    ("ItemReader", "JSONata"): "Resource Arguments",
    ("ItemBatcher", "JSONPath"): "MaxItemsPerBatch MaxItemsPerBatchPath MaxInputBytesPerBatch "
    "MaxInputBytesPerBatchPath BatchInput",
    ("ItemBatcher", "JSONata"): "MaxItemsPerBatch BatchInput",
    ("ResultWriter", "JSONPath"): "Resource Parameters WriterConfig",
    ("ResultWriter", "JSONata"): "Resource Arguments",
    ("ProcessorConfig", "JSONPath"): "Mode ExecutionType",
}
READER_CONFIG = {
    "InputType": "CSV JSON JSONL PARQUET MANIFEST",
    "CSVHeaderLocation": "FIRST_ROW GIVEN",
    "CSVDelimiter": "COMMA PIPE SEMICOLON SPACE TAB",
    "Transformation": "NONE LOAD_AND_FLATTEN",
    "ManifestType": "S3_INVENTORY ATHENA_DATA",
}
# What States.ALL and States.TaskFailed match of it; None where nothing is to be matched.
ERRORS: dict[str, tuple[bool, bool] | None] = {
    "States.TaskFailed": (True, True),
    "States.Timeout": (True, False),
    "States.Permissions": (True, True),
    "States.DataLimitExceeded": (False, False),
    "States.Runtime": (False, False),
    "States.QueryEvaluationError": (True, True),
    "States.NoChoiceMatched": None,
    "States.IntrinsicFailure": None,
    "States.ExceedToleratedFailureThreshold": (True, True),
    "States.ItemReaderFailed": (True, True),
    "States.ResultWriterFailed": (True, True),
    "States.Http.Socket": (True, True),
    "States.Http.StatusCode.404": (True, True),
}


def loaded(name: str) -> list[Any]:
    found: list[Any] = json.loads((FOLDER / name).read_text())
    return found


def states(block: dict[str, Any], language: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Type, language and text of each state in it, at any depth; a state's own language is not its children's."""
    for state in block.get("States", {}).values():
        processor = state.get("ItemProcessor", state.get("Iterator", {}))
        distributed = processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED"
        yield DISTRIBUTED if distributed else state["Type"], state.get("QueryLanguage", language), state
        for inner in (processor, *state.get("Branches", [])):
            yield from states(inner, language)


def all_states() -> list[tuple[str, str, dict[str, Any]]]:
    vectors = [one.values[0] for one in VECTORS]
    return [
        state
        for vector in vectors
        for state in states(vector["definition"], vector["definition"].get("QueryLanguage", JSONPATH))
    ]


def parts(name: str, language: str) -> Iterator[dict[str, Any]]:
    for _, found, state in all_states():
        if found != language:
            continue
        if name == "ProcessorConfig":
            yield state.get("ItemProcessor", {}).get(name, {})
        else:
            value = state.get(name, [])
            yield from value if isinstance(value, list) else [value]


@pytest.mark.parametrize("language", [JSONPATH, JSONATA])
@pytest.mark.parametrize("type_name", IN_BOTH)
def test_every_field_of_a_state_is_in_a_vector(type_name: str, language: str) -> None:
    own = IN_JSONPATH if language == JSONPATH else IN_JSONATA
    wanted = set(f"{COMMON} {IN_BOTH[type_name]} {own[type_name]}".split())
    if type_name in {"Succeed", "Fail"}:
        wanted.remove("Assign")  # AWS refuses it there: nobody could read the variables
    found = {
        field for name, spoken, state in all_states() if (name, spoken) == (type_name, language) for field in state
    }
    assert wanted - found == set()


@pytest.mark.parametrize(("part", "language"), PARTS)
def test_every_field_of_a_part_is_in_a_vector(part: str, language: str) -> None:
    found = {field for one in parts(part, language) for field in one}
    assert set(PARTS[part, language].split()) - found == set()


def test_every_field_of_the_machine_is_in_a_vector() -> None:
    found = {field for one in VECTORS for field in one.values[0]["definition"]}
    assert found >= {"StartAt", "States", "QueryLanguage", "Comment", "Version", "TimeoutSeconds"}


@pytest.mark.parametrize("type_name", sorted(set(IN_BOTH) - {DISTRIBUTED}))
def test_every_field_that_a_state_must_not_have_is_refused_in_a_vector(type_name: str) -> None:
    refused = set()
    for vector in loaded("definitions.json"):
        definition = vector["definition"]
        block = definition.get("States") if isinstance(definition, dict) else None
        state = block.get("A") if isinstance(block, dict) else None
        if isinstance(state, dict) and state.get("Type") == type_name:
            language = state.get("QueryLanguage", definition.get("QueryLanguage", JSONPATH))
            refused.add((language, vector["place"].removeprefix("/States/A/")))
    others = {field for fields in IN_JSONPATH.values() for field in fields.split() if field in _ANYWHERE}
    own = f"{IN_BOTH[type_name]} {IN_JSONPATH[type_name]}".split()
    wanted = {(JSONPATH, field) for field in others | {"Next", "End", "Retry", "Catch"} if field not in own}
    wanted |= {(JSONATA, field) for field in IN_JSONPATH[type_name].split() if field != "Iterator"}
    wanted |= {(JSONPATH, field) for field in IN_JSONATA[type_name].split()}
    wanted |= {(JSONATA, field) for field in ("Arguments", "Output") if field not in IN_JSONATA[type_name].split()}
    assert wanted - refused == set()


_ANYWHERE = {"InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath"}


@pytest.mark.parametrize("field", READER_CONFIG)
def test_every_kind_of_source_is_in_a_vector(field: str) -> None:
    found = {one["config"].get(field) for one in loaded("items.json")}
    assert set(READER_CONFIG[field].split()) - found == set()


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_and_what_matches_it_is_in_a_vector(error: str) -> None:
    names = {one.values[0]["name"] for one in VECTORS}
    happens = {one.values[0]["expected"].get("error") for one in VECTORS}
    wildcards = ERRORS[error]
    if wildcards is not None:
        for name, matches in zip(("States.ALL", "States.TaskFailed"), wildcards, strict=True):
            assert f"{name} {'matches' if matches else 'does not match'} {error}" in names
    by_name = f"{error} matches {error}"
    assert by_name in names or error in happens


CONTEXT = {
    "Execution": "Id Input Name RoleArn StartTime RedriveCount",
    "State": "EnteredTime Name RetryCount",
    "StateMachine": "Id Name",
    "Task": "Token",
    "Map.Item": "Index Key Value Source",
}
RULES = (
    "names of variables may be of any script",
    "a branch reads outer variables and keeps its own to itself",
    "branches do not see each other's variables",
    "a Catcher of a Map assigns to the scope around it",
    "variables of the parent are out of a child's reach",
    "Assign sees values from before and is seen after",
    "variables that grow too large",
    "variables that grow too large together",
    "Assign of a Task sees its raw result",
    "an endless loop ends at the history limit",
    "a result as large as may be",
    "a result that is too large",
)
"""Of variables (their names, scopes, timing, sizes) and of quotas: each has a vector by this name."""


@pytest.mark.parametrize("part", CONTEXT)
def test_every_field_of_the_context_object_is_in_a_vector(part: str) -> None:
    definitions = [json.dumps(one.values[0]["definition"]) for one in VECTORS]
    for field in CONTEXT[part].split():
        assert any(f".{part}.{field}" in text for text in definitions), field


def test_every_rule_of_variables_and_quotas_has_a_vector() -> None:
    assert set(RULES) - {one.values[0]["name"] for one in VECTORS} == set()


@pytest.mark.parametrize("form", ["by its ARN", "by lambda:invoke"])
def test_both_forms_of_lambda_have_retries_catches_and_causes(form: str) -> None:
    found = [one.values[0] for one in VECTORS if one.values[0]["name"].startswith(f"{form}: ")]
    states = [vector["definition"]["States"]["A"] for vector in found]
    assert sum("Retry" in state for state in states) >= 3
    assert sum("Catch" in state for state in states) >= 3
    assert sum("cause" in attempt for vector in found for attempt in vector["tasks"]["A"]) >= 3


def test_every_operator_holds_in_one_vector_and_not_in_another() -> None:
    for holds in (True, False):
        used = {key for one in loaded("choice.json") if one["holds"] is holds for key in one["rule"]}
        assert (OPERATORS | {"And", "Or", "Not"}) - used == set()


def test_every_intrinsic_function_has_values_and_failures_in_vectors() -> None:
    vectors = [*loaded("intrinsics.json"), *loaded("intrinsic_limits.json")]
    for name in NAMES:
        own = [one for one in vectors if f"{name}(" in str(one["call"])]
        assert any("value" in one for one in own), name
        assert any(one.keys() & {"fails", "invalid", "refused"} for one in own), name


@pytest.mark.parametrize("function", ["partition", "range", "hash", "random", "uuid", "parse", "eval"])
def test_every_function_that_aws_adds_to_jsonata_has_vectors(function: str) -> None:
    vectors = [*loaded("jsonata.json"), *loaded("jsonata_limits.json")]
    own = [one for one in vectors if f"${function}" in str(one["expression"])]
    assert any(one.keys() & {"fails", "invalid", "refused"} for one in own)
    assert function == "eval" or any("value" in one for one in own)

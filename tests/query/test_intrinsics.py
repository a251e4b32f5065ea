"""The intrinsic functions, by vectors: a call with its input, and its value, its failure, or why it is no call."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.jsontypes import Json
from engine.query.entropy import Entropy
from engine.query.environment import Environment
from engine.query.intrinsics import NAMES, IntrinsicFailed, InvalidIntrinsic, compile_intrinsic
from engine.query.path import PathNotFound
from tests.core.test_vectors import _written_short

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "intrinsics.json").read_text(), object_hook=_written_short
)


def environment(value: Json, seed: str = "seed") -> Environment:
    context: dict[str, Json] = {"Execution": {"Name": "run-1"}}
    return Environment(value, {"x": 7}, lambda: context, entropy=Entropy(seed))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["call"])[:60])
def test_a_call_does_as_its_vector_says(vector: Any) -> None:
    if "invalid" in vector:
        with pytest.raises(InvalidIntrinsic, match=re.escape(vector["invalid"])) as caught:
            compile_intrinsic(vector["call"])
        assert caught.value.position == vector.get("position", caught.value.position)
        return
    call = compile_intrinsic(vector["call"])
    if "fails" in vector:
        with pytest.raises(IntrinsicFailed) as failed:
            call.evaluate(environment(vector["input"]))
        assert vector["fails"] in failed.value.message
        assert failed.value.message.startswith(f"The function '{vector['call']}' had the following error: ")
        return
    found = call.evaluate(environment(vector["input"]))
    assert (found, type(found)) == (vector["value"], type(vector["value"]))


def test_every_function_has_a_vector() -> None:
    called = {name for name in NAMES for vector in VECTORS if f"{name}(" in str(vector["call"])}
    assert called == set(NAMES)


def test_a_path_that_leads_nowhere_is_told_as_a_path() -> None:
    with pytest.raises(PathNotFound):
        compile_intrinsic("States.Array(States.ArrayLength($.nope))").evaluate(environment({}))


def test_chance_comes_from_the_seed() -> None:
    random, uuid = compile_intrinsic("States.MathRandom(1, 1000000)"), compile_intrinsic("States.UUID()")
    assert random.evaluate(environment({})) == random.evaluate(environment({}))
    assert random.evaluate(environment({})) != random.evaluate(environment({}, "other"))
    assert uuid.evaluate(environment({})) == uuid.evaluate(environment({}))
    seeded = compile_intrinsic("States.MathRandom(1, 1000000, 7)")
    assert seeded.evaluate(environment({})) == seeded.evaluate(environment({}, "other"))


@given(st.text("States.ArayFomt('\\{}$,) []@?1\"", max_size=60))
@settings(max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_a_call_or_refused(text: str) -> None:
    for candidate in (text, f"States.Array({text}"):
        position = 0
        try:
            compile_intrinsic(candidate)
        except InvalidIntrinsic as error:
            position = error.position
        assert 0 <= position <= len(candidate)

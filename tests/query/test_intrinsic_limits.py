"""The intrinsic functions at their limits: what calls yield, how they fail and what is no call at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.jsontypes import Json, dump
from engine.query.entropy import Entropy
from engine.query.environment import Environment
from engine.query.intrinsics import NAMES, IntrinsicFailed, InvalidIntrinsic, compile_intrinsic
from engine.query.path import PathNotFound
from engine.query.template import TemplatePathNotFound, compile_template

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "intrinsic_limits.json").read_text(encoding="utf-8")
)
INPUT: Json = {
    "a": 1,
    "s": "x,y",
    "l": [1, 2, 3],
    "o": {"k": 1, "m": 2},
    "n": None,
    "f": 1.5,
    "big": 2**70,
    "u": [1, 1.0, True, "1", 1, None, None, {"x": 1, "y": 2}, {"y": 2, "x": 1}, [], []],
}
VARIABLES: dict[str, Json] = {"v": 7, "long": "x" * 10_001, "huge": "x" * 600_000}
_PIECES = [
    "States.",
    "Array(",
    "Format(",
    "MathAdd(",
    "UUID()",
    "'",
    "\\",
    "{}",
    "$",
    "$.a",
    "$$",
    "[",
    "]",
    "(",
    ")",
    ",",
]


def surroundings(seed: str = "seed") -> Environment:
    return Environment(INPUT, VARIABLES, lambda: {"State": {"Name": "S"}}, entropy=Entropy(seed))


def evaluated(call: str, seed: str = "seed") -> Json:
    return compile_intrinsic(call).evaluate(surroundings(seed))


@pytest.mark.parametrize("vector", [one for one in VECTORS if "value" in one], ids=lambda one: one["call"][:60])
def test_a_call_yields_its_value(vector: dict[str, Any]) -> None:
    assert dump(evaluated(vector["call"])) == dump(vector["value"])


@pytest.mark.parametrize("vector", [one for one in VECTORS if "fails" in one], ids=lambda one: one["call"][:60])
def test_a_call_that_cannot_be_carried_out_says_why(vector: dict[str, Any]) -> None:
    with pytest.raises(IntrinsicFailed) as caught:
        evaluated(vector["call"])
    assert caught.value.message.startswith("The function 'States.")
    assert vector["fails"] in caught.value.message


@pytest.mark.parametrize("vector", [one for one in VECTORS if "refused" in one], ids=lambda one: one["call"][:60])
def test_what_is_no_call_is_refused_at_its_place(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidIntrinsic) as caught:
        compile_intrinsic(vector["call"])
    assert vector["refused"] in caught.value.reason
    assert caught.value.position == vector.get("at", caught.value.position)


def test_every_function_has_a_vector() -> None:
    yielding = " ".join(one["call"] for one in VECTORS if "value" in one)
    assert len(NAMES) == 18
    assert [name for name in NAMES if f"{name}(" not in yielding] == []


def test_a_call_is_no_longer_than_may_be() -> None:
    with pytest.raises(InvalidIntrinsic, match="at most 10000 characters"):
        compile_intrinsic(f"States.Array('{'x' * 10_000}')")
    with pytest.raises(InvalidIntrinsic, match="too large"):
        compile_intrinsic(f"States.Array({'9' * 5_000})")


def test_chance_comes_from_the_seed_and_a_users_own_seed_goes_first() -> None:
    assert evaluated("States.UUID()") == evaluated("States.UUID()") != evaluated("States.UUID()", "other")
    drawn = [evaluated("States.MathRandom(0, 1000000)", str(seed)) for seed in range(20)]
    assert len(set(drawn)) > 15
    seeded = {str(evaluated("States.MathRandom(0, 1000000, 5)", str(seed))) for seed in range(5)}
    assert len(seeded) == 1


def test_a_random_number_is_never_the_end_of_its_range() -> None:
    drawn = {evaluated("States.MathRandom(1, 4)", str(seed)) for seed in range(100)}
    assert drawn == {1, 2, 3}


@pytest.mark.parametrize(
    "call", ["States.Array($.nowhere)", "States.Array($nobody)", "States.Array(States.Array($.l[9]))"]
)
def test_a_path_that_leads_nowhere_is_told_from_a_failure(call: str) -> None:
    with pytest.raises(PathNotFound):
        evaluated(call)


def test_a_template_evaluates_calls_and_knows_their_paths() -> None:
    template = compile_template({"x": {"y.$": "States.Array($v, States.Array($w.z))"}})
    assert list(template.variables()) == ["v", "w"]
    with pytest.raises(TemplatePathNotFound) as caught:
        template.evaluate(surroundings())
    assert (caught.value.field, caught.value.missing.path.text) == ("y.$", "$w.z")
    assert compile_template({"y.$": "States.MathAdd($v, 1)"}).evaluate(surroundings()) == {"y": 8}


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_any_text_is_a_call_or_refused(text: str) -> None:
    try:
        found = compile_intrinsic(f"States.Array({text})").evaluate(surroundings())
    except InvalidIntrinsic as error:
        position = error.position
    except (IntrinsicFailed, PathNotFound):
        position = 0
    else:
        position = len(dump(found))
    assert position >= 0

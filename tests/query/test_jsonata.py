"""JSONata by vectors, in the process and in the child that evaluates what is not proved cheap."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.jsontypes import Json
from engine.query.entropy import Entropy
from engine.query.evaluator import Direct, Evaluator, ExpressionFailed, Undefined, UnsupportedResult
from engine.query.jsonata import (
    InvalidExpression,
    compile_expression,
    compile_jsonata_template,
    is_expression,
)
from engine.query.path import compile_path
from engine.query.template import InvalidTemplate
from engine.runtime.evaluating import ChildEvaluator
from tests.core.test_vectors import _written_short

AT = 1_700_000_000_000
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "jsonata.json").read_text(), object_hook=_written_short)


@pytest.fixture(scope="module", params=["direct", "child"])
def evaluator(request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    if request.param == "direct":
        yield Direct()
        return
    child = ChildEvaluator()
    yield child
    child.close()


def evaluated(evaluator: Evaluator, vector: Any) -> Json | Undefined:
    expression = compile_expression(f"{{% {vector['expression']} %}}")
    bindings = {"states": vector["states"], **vector.get("variables", {})}
    read = {name: value for name, value in bindings.items() if name in expression.names}
    return evaluator.evaluate(expression, read, at=AT, entropy=Entropy("seed"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["expression"])[:60])
def test_an_expression_does_as_its_vector_says(evaluator: Evaluator, vector: Any) -> None:
    text = f"{{% {vector['expression']} %}}"
    if "invalid" in vector:
        with pytest.raises(InvalidExpression, match=re.escape(vector["invalid"]) or None):
            compile_expression(text)
        return
    if "cheap" in vector:
        assert compile_expression(text).cheap is vector["cheap"]
    if "fails" in vector:
        kind = UnsupportedResult if vector["fails"] == "UNSUPPORTED" else ExpressionFailed
        with pytest.raises(kind) as failed:
            evaluated(evaluator, vector)
        assert kind is UnsupportedResult or vector["fails"] in failed.value.message
        return
    found = evaluated(evaluator, vector)
    if vector["value"] == "UNDEFINED":
        assert found is Undefined.UNDEFINED
    else:
        assert (found, type(found)) == (vector["value"], type(vector["value"]))


def test_the_marks_must_be_the_first_and_the_last_characters() -> None:
    assert is_expression("{% 1 %}")
    assert is_expression("{%%}")
    assert not is_expression(" {% 1 %}")
    assert not is_expression("{% 1 %} ")
    assert not is_expression("{%}")


def test_chance_is_drawn_from_the_seed() -> None:
    expression = compile_expression("{% [$random(), $uuid(), $shuffle([1..9])] %}")
    first, again, other = (Direct().evaluate(expression, {}, at=AT, entropy=Entropy(seed)) for seed in ("a", "a", "b"))
    assert first == again
    assert first != other


def test_names_and_parts_say_what_an_expression_reads() -> None:
    found = compile_expression("{% ($l := $states.input.a; $l + $x.y + $states.context.b) %}")
    assert found.names == {"states", "x"}
    assert found.parts == {"input", "context"}
    assert compile_expression("{% $states %}").parts == {"input", "result", "context", "errorOutput"}
    assert compile_expression("{% $map([1], function($i) { $i }) %}").names == frozenset()


def test_a_template_gives_each_expression_its_location() -> None:
    source: Json = {"a": ["{% 1 %}", 2, {"b": "{% 2 %}"}], "c": {"d": [1]}, "e": [[3]]}
    template = compile_jsonata_template(source)
    assert [place for place, _ in template.expressions] == ["/a[0]", "/a[2]/b"]
    seen: list[str] = []

    def evaluate(expression: Any, location: str) -> Json:
        seen.append(location)
        return str(expression.source)

    assert template.evaluate("Output", evaluate) == {"a": ["1", 2, {"b": "2"}], "c": {"d": [1]}, "e": [[3]]}
    assert seen == ["Output/a[0]", "Output/a[2]/b"]
    constant: Json = {"a": [1]}
    assert compile_jsonata_template(constant).evaluate("Output", evaluate) is constant
    with pytest.raises(InvalidTemplate) as refused:
        compile_jsonata_template({"a": [0, "{% ( %}"]})
    assert refused.value.steps == ("a", 1)


def test_an_indefinite_path_finds_the_same_in_both(evaluator: Evaluator) -> None:
    path = compile_path("$..n[?(@.v > 5)]")
    small: Json = {"n": [{"v": 1}, {"v": 9}]}
    large: Json = {"rows": [{"n": [{"v": number}]} for number in range(1000)]}
    assert evaluator.matches(path, small) == [{"v": 9}]
    assert len(evaluator.matches(path, large)) == 994


@given(st.text("$states.input({[]})1+'a:=;~>?|/%*^<,\"", max_size=40))
@settings(max_examples=400, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        expression = compile_expression(f"{{%{text}%}}")
    except InvalidExpression:
        return
    if expression.cheap:
        try:
            Direct().evaluate(expression, {"states": {"input": {"a": 1}}}, at=AT, entropy=Entropy("seed"))
        except ExpressionFailed as error:
            assert error.message  # noqa: PT017 - that it fails is one of two good ends

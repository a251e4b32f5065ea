from __future__ import annotations

import pytest

from engine.jsontypes import Json
from engine.query.entropy import Entropy
from engine.query.environment import Environment
from engine.query.template import InvalidTemplate, TemplatePathNotFound, compile_template


def fill(source: Json, value: Json = None) -> Json:
    return compile_template(source).evaluate(Environment(value, {"v": 1}, dict))


@pytest.mark.parametrize(
    ("source", "payload"),
    [
        (5, 5),
        ("$.a", "$.a"),
        ({"a": "$.a"}, {"a": "$.a"}),
        ({"a.$": "$.a"}, {"a": 1}),
        ({"a.$": "$.a", "b": {"c.$": "$v"}}, {"a": 1, "b": {"c": 1}}),
        ([{"x.$": "$.a"}, 2, [3]], [{"x": 1}, 2, [3]]),
        ({".$": "$.a"}, {"": 1}),
        ({"a.$": "$.*"}, {"a": [1, [2]]}),
    ],
)
def test_a_template_is_filled(source: Json, payload: Json) -> None:
    assert fill(source, {"a": 1, "b": [2]}) == payload


def test_a_constant_template_is_its_own_payload() -> None:
    source: Json = {"a": [1, {"b": None}]}
    assert compile_template(source).evaluate(Environment(None, {}, dict)) is source


def test_a_template_knows_its_variables() -> None:
    assert list(compile_template({"a.$": "$v", "b": [{"c.$": "$w.x"}], "d.$": "$"}).variables()) == ["v", "w"]


@pytest.mark.parametrize(
    ("source", "steps", "words"),
    [
        ({"a": {"b.$": 1}}, ("a", "b.$"), "must hold a string"),
        ([{"b.$": "b"}], (0, "b.$"), "'b' is not a JSONPath"),
        ({"b": 1, "b.$": "$"}, ("b.$",), "stands twice"),
        ({"b.$": "States.UUID("}, ("b.$",), "not a call of an intrinsic function: an argument is"),
    ],
)
def test_a_mistake_in_a_template_has_its_place(source: Json, steps: tuple[str | int, ...], words: str) -> None:
    with pytest.raises(InvalidTemplate, match=words) as caught:
        compile_template(source)
    assert caught.value.steps == steps


def test_a_path_that_leads_nowhere_names_its_field() -> None:
    with pytest.raises(TemplatePathNotFound) as caught:
        fill({"a": [{"b.$": "$.x"}]}, {"a": 1})
    assert caught.value.field == "b.$"
    assert caught.value.missing.path.text == "$.x"
    assert caught.value.environment.input == {"a": 1}


def test_chance_depends_on_the_seed_alone() -> None:
    first, again, other = Entropy("s"), Entropy("s"), Entropy("t")
    drawn = [first.fraction() for _ in range(5)]
    assert drawn == [again.fraction() for _ in range(5)]
    assert drawn != [other.fraction() for _ in range(5)]
    assert all(0 <= one < 1 for one in drawn)


def test_the_context_is_built_when_it_is_first_read_and_once() -> None:
    built: list[int] = []

    def build() -> dict[str, Json]:
        built.append(1)
        return {"x": 1}

    environment = Environment(None, {}, build)
    assert not built
    assert environment.context is environment.over(1).context
    assert compile_template([{"a.$": "$$.x"}, {"b.$": "$$.x"}]).evaluate(environment) == [{"a": 1}, {"b": 1}]
    assert len(built) == 1


def test_a_call_in_a_template_is_evaluated_and_its_missing_path_told_with_its_field() -> None:
    template = compile_template({"n.$": "States.ArrayLength($.a)", "of": {"m.$": "States.MathAdd($.b, 1)"}})
    assert template.evaluate(Environment({"a": [1, 2], "b": 1}, {}, dict)) == {"n": 2, "of": {"m": 2}}
    assert [path.text for path in template.paths] == ["$.a", "$.b"]
    with pytest.raises(TemplatePathNotFound) as missing:
        template.evaluate(Environment({"a": []}, {}, dict))
    assert missing.value.field == "m.$"

"""JSONata at its limits: what expressions come to, what they read, and which of them may run in a worker."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.jsontypes import Json, dump
from engine.query.entropy import Entropy, java_fraction
from engine.query.evaluator import Direct, ExpressionFailed, Undefined, UnsupportedResult, _Compiled
from engine.query.jsonata import (
    Expression,
    InvalidExpression,
    compile_expression,
    compile_jsonata_template,
    is_expression,
)
from engine.query.template import InvalidTemplate

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "jsonata_limits.json").read_text(encoding="utf-8")
)
INPUT: dict[str, Json] = {
    "a": 1,
    "n": None,
    "s": "ab",
    "list": [1, 2, 3],
    "e": [],
    "one": [7],
    "o": {"x": 1},
    "f": 1.0,
    "rows": [{"k": "a", "v": 1}, {"k": "b", "v": 2}],
}
BOUND: dict[str, Json] = {"states": {"input": INPUT}, "count": 4, "x": 5, "nul": None}
AT = 1_700_000_000_123
_PIECES = [
    "$states.input.a",
    "$x",
    "$sum",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":=",
    "+",
    "&",
    "function($a){",
    "1",
    '"s"',
    ".",
]


def compiled(source: str) -> Expression:
    return compile_expression("{% " + source + " %}")


def evaluated(source: str, bound: dict[str, Json] = BOUND, seed: str = "seed") -> Json | Undefined:
    """As the core does it: an expression is given the variables that it names, as far as there are any."""
    expression = compiled(source)
    given = {name: bound[name] for name in expression.names if name in bound}
    return Direct().evaluate(expression, given, at=AT, entropy=Entropy(seed))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["expression"][:60])
def test_an_expression_comes_to_what_is_written(vector: dict[str, Any]) -> None:
    source = vector["expression"]
    if "refused" in vector:
        with pytest.raises(InvalidExpression) as refused:
            compiled(source)
        assert vector["refused"] in refused.value.reason
    elif "unsupported" in vector:
        with pytest.raises(UnsupportedResult):
            evaluated(source)
    elif "fails" in vector:
        with pytest.raises(ExpressionFailed) as failed:
            evaluated(source)
        assert vector["fails"] in failed.value.message
    elif "undefined" in vector:
        assert evaluated(source) is Undefined.UNDEFINED
    else:
        found = evaluated(source)
        assert not isinstance(found, Undefined)
        assert dump(found) == dump(vector["value"])


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("{%1%}", True), ("{% 1 %}", True), ("{%%}", True), ("{%}", False), (" {% 1 %}", False), ("{% 1 %} ", False)],
)
def test_the_marks_are_the_first_and_last_characters(text: str, is_one: bool) -> None:
    assert is_expression(text) == is_one


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("$count + 1", {"count"}),
        ("$now", {"now"}),
        ("$now()", set()),
        ("($x := $x + 1; $x)", {"x"}),
        ("($y := 1; $y)", set()),
        ("($y := 1; $y) + $y", {"y"}),
        ("$map($l, function($v){ $v + $w })", {"l", "w"}),
        ("$map($l, $count)", {"l"}),
        ("$l ~> $sum", {"l"}),
        ("($f := $sum; $f($l))", {"l"}),
        ("($f := function($n){ $f($n) }; $f(1))", set()),
        ("($a := function(){ $b() }; $b := function(){ 1 }; $a())", set()),
        ("$l@$item.$item", {"l"}),
        ("$l#$index[$index = 1]", {"l"}),
        ("$l.(a * $b)", {"l", "b"}),
        ("function($count){ $count }", set()),
        ("$mine($sum)", {"mine"}),
        ("($states.input; $x)", {"states", "x"}),
    ],
)
def test_an_expression_names_the_variables_it_does_not_bind_itself(source: str, names: set[str]) -> None:
    assert compiled(source).names == names


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("$states.input.a & $states.context.b", {"input", "context"}),
        ("$x", set()),
        ('"$states.result"', set()),
        ("($s := $states; $s.a)", {"input", "context", "result", "errorOutput"}),
        ("$states . result", {"result"}),
    ],
)
def test_an_expression_knows_what_of_states_it_needs(source: str, parts: set[str]) -> None:
    assert compiled(source).parts == parts


@pytest.mark.parametrize(
    "source",
    [
        "$s" + ".($&$)" * 30,
        "$s" + ".[$,$]" * 30,
        "($a := $s; $b := $a&$a&$a; $c := $b&$b&$b; $c&$c&$c)",
        "$string([" * 6 + "$s" + "])" * 6,
        "$string($s, true)",
        "$fromMillis(0, '[Y,9999999-9999999]')",
        "[1..$x]",
        '$pad("x", 1e9)',
        "$s ~> |$|{}|",
        "$l.**",
        "$l.a.%.b",
        "$l[a = $x]",
        "$map($l, function($v){$v})",
        "$substring(?, 1)",
        "$match($s, /a/)",
        "(function(){1})()",
        "&".join(["$s"] * 25),
        "[" + ",".join(["10"] * 700) + "]",
    ],
)
def test_what_could_cost_more_than_its_data_is_not_cheap(source: str) -> None:
    assert not compiled(source).cheap


@pytest.mark.parametrize(
    ("source", "loops"),
    [
        ("$states.input.a + 1", False),
        ("$l[0].b.*", False),
        ("($x := $states.input.a; $x.b & $x.c)", False),
        ("$l[a = 1].b", True),
        ('$l.{"id": id, "total": price * count}', True),
        ("$l^(>a)", True),
        ("$l{a: b}", True),
        ('$split($s, ",")', True),
    ],
)
def test_what_machines_mostly_write_is_cheap(source: str, loops: bool) -> None:
    expression = compiled(source)
    assert (expression.cheap, expression.loops) == (True, loops)


def test_a_variable_of_the_machine_hides_the_function_of_its_name() -> None:
    assert evaluated("[$range, $now, $max]", {"range": 1, "now": 2, "max": 3}) == [1, 2, 3]
    with pytest.raises(UnsupportedResult):
        evaluated("$range", {})


def test_integers_beyond_64_bits_are_doubles() -> None:
    bound: dict[str, Json] = {"big": 12345678901234567890, "deep": [{"a": [2**70, True, 1]}]}
    assert evaluated("$big", bound) == 12345678901234567000
    assert evaluated("[$big > 1, $deep.a[2]]", bound) == [True, 1]
    assert evaluated("$big * 1e10", bound) == 1.2345678901234567e29


def test_chance_and_time_come_from_outside() -> None:
    source = "[$random(), $uuid(), $shuffle([1,2,3,4,5,6,7,8]), $millis()]"
    assert evaluated(source) == evaluated(source) != evaluated(source, seed="other")
    assert java_fraction(0) == 0.730967787376657
    assert java_fraction(-1) == evaluated("$random(-1)")


def test_an_expression_is_no_longer_and_no_deeper_than_may_be() -> None:
    with pytest.raises(InvalidExpression, match="at most 20000 characters"):
        compiled("1" * 20_001)
    with pytest.raises(InvalidExpression, match="nested more than 100 deep"):
        compiled("(" * 150 + "1" + ")" * 150)
    with pytest.raises(InvalidExpression):
        compiled("(" * 9_000)


def test_an_endless_expression_ends_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.query.evaluator.LIMIT_SECONDS", 1)
    for source in ("($t := function($n){ $t($n + 1) }; $t(7))", "($uuid(); $t := function($n){ $t($n + 1) }; $t(8))"):
        with pytest.raises(ExpressionFailed, match="Expression evaluation timeout: Check for infinite loop"):
            evaluated(source)


def test_an_evaluation_that_leaves_no_stack_fails() -> None:
    limit = sys.getrecursionlimit()
    evaluated("[$uuid(), [[[[$uuid()]]]]]")  # compiled now, it is not compiled below
    sys.setrecursionlimit(len(inspect.stack(0)) + 30)
    try:
        with pytest.raises(ExpressionFailed, match="Stack overflow error"):
            evaluated("[$uuid(), [[[[$uuid()]]]]]")
    finally:
        sys.setrecursionlimit(limit)


def test_who_is_interrupted_is_not_told_of_a_failed_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.query.evaluator._compile", interrupted)
    monkeypatch.setattr("engine.query.evaluator._compiled", _Compiled())
    with pytest.raises(KeyboardInterrupt):
        evaluated("1")


def test_a_template_evaluates_each_expression_at_its_place() -> None:
    fixed: Json = {"z": [1]}
    source: Json = {"a": "{% 1 %}", "b": [fixed, {"c": "{% 2 %}"}, "{% 3 %}"], "d": fixed, "e": "text"}
    template = compile_jsonata_template(source)
    seen: list[str] = []

    def evaluate(expression: Expression, location: str) -> Json:
        seen.append(location)
        return expression.source

    found = template.evaluate("Output", evaluate)
    assert found == {"a": "1", "b": [fixed, {"c": "2"}, "3"], "d": fixed, "e": "text"}
    assert isinstance(found, dict)
    assert found["d"] is fixed
    assert seen == ["Output/a", "Output/b[1]/c", "Output/b[2]"]
    assert [place for place, _ in template.expressions] == ["/a", "/b[1]/c", "/b[2]"]
    assert compile_jsonata_template(fixed).evaluate("Output", evaluate) is fixed


def test_a_mistake_in_a_template_has_its_place() -> None:
    with pytest.raises(InvalidTemplate, match=r"'\{% 1 \+ %\}' is not a JSONata expression") as caught:
        compile_jsonata_template({"a": [1, {"b": "{% 1 + %}"}]})
    assert caught.value.steps == ("a", 1, "b")


@settings(deadline=None)
@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=12).map("".join))
def test_any_text_is_an_expression_or_refused_and_a_cheap_one_comes_to_an_end(text: str) -> None:
    try:
        if compiled(text).cheap:
            evaluated(text)
    except (InvalidExpression, ExpressionFailed):
        return

"""Paths: what they select, what they refuse, and how they fail."""

from __future__ import annotations

import pytest

from engine.jsontypes import Json
from engine.query.environment import Environment
from engine.query.path import InvalidPath, Path, PathNotFound, SearchFailed, compile_path
from engine.query.reference_path import CannotPlace, compile_reference_path, place

INPUT: Json = {
    "a": {"b": [1, {"c": None}, 3]},
    "it's": {"x-y": True, 'say "hi"': 2},
    "ünï": "code",
    "list": [{"n": 1, "k": "x"}, {"n": 2}, {"m": 3}],
}


def read(path: str, value: Json = INPUT) -> Json:
    return compile_path(path).read(Environment(value, {"v": [10, 20]}, lambda: {"State": {"Name": "S"}}))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.a.b[0]", 1),
        ("$.a.b[1].c", None),
        ("$.a.b[-1]", 3),
        ("$['a']['b'][ 2 ]", 3),
        ('$["it\'s"].x-y', True),
        ("$['it\\'s']['x-y']", True),
        ('$["it\'s"]["say \\"hi\\""]', 2),
        ("$.ünï", "code"),
        ("$$.State.Name", "S"),
        ("$$", {"State": {"Name": "S"}}),
        ("$v", [10, 20]),
        ("$v[1]", 20),
        ("$.list[*].n", [1, 2]),
        ("$.list[0:2].n", [1, 2]),
        ("$.list[0,2]", [{"n": 1, "k": "x"}, {"m": 3}]),
        ("$..n", [1, 2]),
        ("$.list[?(@.n > 1)]", [{"n": 2}]),
        ("$.list[?(@.k == 'x' && @.n == 1)].n", [1]),
        ("$.list[?(@.nope)]", []),
        ("$.a.b[7:9]", []),
        ("$v[*]", [10, 20]),
    ],
)
def test_a_path_selects(path: str, found: Json) -> None:
    assert read(path) == found


def test_the_whole_input_is_the_input_itself() -> None:
    assert read("$") is INPUT
    assert compile_path("$").identity
    assert not compile_path("$v").identity
    assert not compile_path("$..a").definite


@pytest.mark.parametrize(
    ("path", "step", "reason"),
    [
        ("$.x", 0, "No results for path: $['x']"),
        ("$.x.y", 0, "Missing property in path $['x']"),
        ("$.a.b.c", 2, "No results for path: $['a']['b']['c']"),
        ("$.a.b[3]", 2, "No results for path: $['a']['b'][3]"),
        ("$.a.b[-4]", 2, "No results for path: $['a']['b'][-4]"),
        ("$.a[0]", 1, "No results for path: $['a'][0]"),
        ("$$.Nope", 0, "No results for path: $['Nope']"),
        ("$nope.x", -1, "Missing property in path $"),
    ],
)
def test_a_definite_path_that_leads_nowhere_says_where(path: str, step: int, reason: str) -> None:
    with pytest.raises(PathNotFound) as caught:
        read(path)
    assert caught.value.step == step
    assert caught.value.jayway_reason == reason


def test_searching_deeper_than_the_search_goes_finds_nothing() -> None:
    deep: Json = 1
    for _ in range(190):
        deep = {"a": deep}
    with pytest.raises(PathNotFound):
        read("$..b", deep)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 0, "begins with $"),
        ("a.b", 0, "begins with $"),
        ("$.a b", 3, ""),
        ("$-", 1, "after the root comes . or ["),
        ("$$x", 2, "after the root comes . or ["),
        ("$v{", 2, "after the root comes . or ["),
        ("$.a[", 1, "unexpected end"),
        ("$.a[?(@.b =~ /x+/)]", 10, "regular expressions"),
        ("$.a[?match(@.b, 'x')]", 5, "regular expressions"),
        ("$" + ".a" * 1024, 0, "at most 2048 characters"),
        ("$" + "..*" * 3, 1, ""),
        ("$" + "[*,*]" * 20, 1, ""),
        ("$" + "[?(" * 600, 1, ""),
    ],
    ids=lambda one: str(one)[:20],
)
def test_what_is_no_path_is_refused_with_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(InvalidPath) as caught:
        compile_path(text)
    assert words in caught.value.reason
    assert caught.value.position >= position
    assert caught.value.text == text or caught.value.text.endswith("...")


@pytest.mark.parametrize(
    ("path", "value", "result"),
    [
        ("$", {"a": 1}, 9),
        ("$.a", {"a": 1, "b": 2}, {"a": 9, "b": 2}),
        ("$.b", {"a": 1}, {"a": 1, "b": 9}),
        ("$.a.b.c", {}, {"a": {"b": {"c": 9}}}),
        ("$.a[1]", {"a": [1, 2, 3]}, {"a": [1, 9, 3]}),
        ("$[0].x", [{}], [{"x": 9}]),
    ],
)
def test_a_result_is_put_in_its_place_and_the_input_stays(path: str, value: Json, result: Json) -> None:
    before = repr(value)
    assert place(value, compile_reference_path(path), 9) == result
    assert repr(value) == before


@pytest.mark.parametrize(
    ("path", "value", "step"), [("$.a.b", {"a": 1}, 1), ("$.a[0]", {"a": []}, 1), ("$.a[0]", {}, 1), ("$.a", None, 0)]
)
def test_a_place_that_cannot_be_is_refused(path: str, value: Json, step: int) -> None:
    with pytest.raises(CannotPlace) as caught:
        place(value, compile_reference_path(path), 9)
    assert caught.value.step == step


@pytest.mark.parametrize("text", ["$$.a", "$v", "$..a", "$.a[*]", "$.a[0:1]", "$.a[-1]", "x", "$" + ".a" * 201])
def test_a_reference_path_names_one_node_of_the_input(text: str) -> None:
    with pytest.raises(InvalidPath):
        compile_reference_path(text)


@pytest.mark.parametrize(
    "text",
    [
        "$..a..b..c",
        "$..*..*..*..*",
        "$[?(@[?(@[?(@[?(@.a)])])])]",
        "$[?(@.a == $..b)]",
        "$[?($[?($[*] == 1)])]",
        "$[0,0,0,0][0,0,0,0][0,0,0,0][0,0,0,0][0,0,0,0]",
    ],
)
def test_a_path_that_could_run_out_of_all_proportion_is_refused(text: str) -> None:
    with pytest.raises(InvalidPath):
        compile_path(text)


@pytest.mark.parametrize(
    "text", ["$..book[?(@.price < 10)]", "$.a['..?*,$'][*].b", "$.a[?(@.b == $.c.d)]", "$[0,1][2,3]"]
)
def test_paths_of_ordinary_machines_are_not_refused(text: str) -> None:
    assert compile_path(text).definite is False


def test_a_search_that_is_given_up_is_told_as_a_path_that_leads_nowhere() -> None:
    class Busy:
        def matches(self, path: Path, value: Json) -> list[Json]:
            raise SearchFailed(path, "too slow")

    with pytest.raises(PathNotFound) as caught:
        compile_path("$..a").read(Environment(INPUT, {}, dict, searcher=Busy()))
    assert caught.value.jayway_reason == "too slow"

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.jsontypes import (
    MAX_DEPTH,
    Document,
    InvalidJson,
    Json,
    depth,
    dump,
    outweighs,
    parse,
    parse_record,
    size,
    too_deep,
)
from engine.sentences import say

# Half surrogate pairs cannot be stored.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)


@given(VALUES)
@settings(max_examples=100, derandomize=True, deadline=None, database=None)
def test_what_is_written_is_read_again(value: Json) -> None:
    text = dump(value)
    assert parse(text) == value
    assert size(text) == len(text.encode())
    assert Document(value) == Document.stored(text)
    assert outweighs(value, len(text)) is False


@given(st.text())
@settings(max_examples=100, derandomize=True, deadline=None, database=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidJson):
        assert depth(parse(text)) <= MAX_DEPTH


def test_a_refusal_says_where() -> None:
    with pytest.raises(InvalidJson) as caught:
        parse("[1,\n2")
    assert str(caught.value) == "A comma is expected at line 2 column 2"
    assert str(InvalidJson(say("no"))) == "no"


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_values_are_as_deep_as_may_be_and_no_deeper() -> None:
    assert depth(parse(nested(MAX_DEPTH))) == MAX_DEPTH
    with pytest.raises(InvalidJson, match="nested more than 200 deep"):
        parse(nested(MAX_DEPTH + 1))
    assert parse_record('{"input":' + nested(MAX_DEPTH) + "}")
    assert not too_deep(5, "[" * 300)


def test_a_document_makes_text_and_value_of_each_other_once() -> None:
    document = Document.stored('{"a":[1]}')
    assert document.value is document.value
    assert Document({"a": "ü"}).text == '{"a":"ü"}'
    assert Document({"a": "ü"}).size == 10
    assert len({Document([1]), Document.stored("[1]")}) == 1
    assert Document(1) != 1
    assert repr(Document("x" * 100)) == f'Document("{"x" * 59})'


def test_a_value_is_weighed_no_further_than_it_must() -> None:
    shared: Json = ["x" * 1000]
    for _ in range(60):
        shared = [shared, shared]
    assert outweighs(shared, 100_000)
    assert outweighs({"k" * 50: 1}, 40)

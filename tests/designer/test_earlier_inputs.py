"""What earlier executions began with, and the shape of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from designer.services.earlier_inputs import shape_of
from tests.designer.conftest import Api, body

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def _start(person: Api, machine: dict[str, Any], *inputs: Any) -> list[str]:
    path = f"/api/machines/{machine['id']}/executions/"
    return [person.post(path, {"input": value})["id"] for value in inputs]


def test_the_latest_inputs_come_first_and_once(alice: Api) -> None:
    machine = alice.machine()
    *_, again, last = _start(alice, machine, {"n": 1}, {"n": 2}, {"n": 1}, {"n": "x", "m": [1]})
    found = alice.get(f"/api/machines/{machine['id']}/inputs/")
    assert [one["input"] for one in found["results"]] == [{"n": "x", "m": [1]}, {"n": 1}, {"n": 2}]
    assert [one["execution"] for one in found["results"]][:2] == [last, again]
    assert found["shape"] == {
        "type": "object",
        "properties": {"n": {"type": ["number", "string"]}, "m": {"type": "array", "items": {"type": "number"}}},
        "required": ["n"],
    }


def test_without_executions_there_is_no_shape(alice: Api) -> None:
    assert alice.get(f"/api/machines/{alice.machine()['id']}/inputs/") == {"results": [], "shape": None}


def test_a_long_input_is_not_offered(alice: Api) -> None:
    machine = alice.machine()
    _start(alice, machine, {"long": "x" * 70_000}, {"n": 1})
    assert [one["input"] for one in alice.get(f"/api/machines/{machine['id']}/inputs/")["results"]] == [{"n": 1}]


def test_nobody_sees_inputs_of_others(alice: Api, bob: Api) -> None:
    answer = bob.call("GET", f"/api/machines/{alice.machine()['id']}/inputs/")
    assert (answer.status_code, body(answer)["code"]) == (404, "MachineDoesNotExist")


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_every_value_meets_the_shape_of_all(values: list[Any]) -> None:
    shape = shape_of(values)
    assert all(_meets(value, shape) for value in values)


def _meets(value: Any, shape: Any) -> bool:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", type(None): "null"}
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    if names[type(value)] not in kinds:
        return False
    if isinstance(value, dict) and "properties" in shape:
        inner = all(_meets(one, shape["properties"][name]) for name, one in value.items())
        return inner and set(shape["required"]) <= value.keys()
    if isinstance(value, list) and "items" in shape:
        return all(_meets(one, shape["items"]) for one in value)
    return True

"""States found in a definition by their names, and converted in their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.asl.conversion.states import Conversion, convert_state
from engine.asl.diagnostics import Diagnostic, join
from engine.asl.model import QueryLanguage
from engine.jsontypes import Json

_Fields = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundState:
    """A state of a definition with the pointer to it."""

    name: str
    pointer: str
    state: _Fields

    @property
    def convertible(self) -> bool:
        """Whether it has something to convert: states inherit the machine's language (ASL), which is not looked at."""
        return self.state.get("QueryLanguage", QueryLanguage.JSONPATH) == QueryLanguage.JSONPATH


def states_of(block: Json, pointer: str = "") -> Iterator[FoundState]:
    """Every state, outer before inner, in the order of the text."""
    states = block.get("States") if isinstance(block, dict) else None
    for name, state in (states if isinstance(states, dict) else {}).items():
        if not isinstance(state, dict):
            continue
        place = join(pointer, "States", name)
        yield FoundState(name=name, pointer=place, state=state)
        branches = state.get("Branches")
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            yield from states_of(branch, join(place, "Branches", index))
        for field in ("ItemProcessor", "Iterator"):
            yield from states_of(state.get(field), join(place, field))


def in_jsonata(definition: Json) -> bool:
    """Whether the whole machine is in JSONata: then none of its states is in JSONPath."""
    return isinstance(definition, dict) and definition.get("QueryLanguage") == QueryLanguage.JSONATA


def convert_found(found: FoundState) -> Conversion:
    """``convert_state`` with pointers from the top of the definition."""
    conversion = convert_state(found.state)
    placed: tuple[Diagnostic, ...] = tuple(
        replace(one, pointer=found.pointer + one.pointer) for one in conversion.diagnostics
    )
    return replace(conversion, diagnostics=placed)


def with_converted(block: Json, converted: dict[str, _Fields]) -> Json:
    """The definition with states replaced by name; what is inside a replaced Map or Parallel is replaced too."""
    if not isinstance(block, dict) or not isinstance(states := block.get("States"), dict):
        return block
    return {
        **block,
        "States": {name: _with_inner(converted.get(name, state), converted) for name, state in states.items()},
    }


def _with_inner(state: Json, converted: dict[str, _Fields]) -> Json:
    if not isinstance(state, dict):
        return state
    made = dict(state)
    for field in ("ItemProcessor", "Iterator"):
        if field in made:
            made[field] = with_converted(made[field], converted)
    if isinstance(branches := made.get("Branches"), list):
        made["Branches"] = [with_converted(branch, converted) for branch in branches]
    return made

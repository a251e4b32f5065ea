"""What is legal but most likely a mistake in the data of a machine: warnings that AWS does not give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.asl.checks import blocks, targets
from engine.asl.diagnostics import Code, Findings, join
from engine.asl.model import AnyState, MapState, ParallelState, PassState, QueryLanguage, StateMachine, States
from engine.jsontypes import Json
from engine.query.environment import Environment
from engine.query.jsonata import compile_expression, is_expression
from engine.query.path import Path, PathNotFound, Root
from engine.query.template import Template
from engine.sentences import say

_VARIABLE = re.compile(r"(?<![\w$])\$([^\W\d]\w*)")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_PATH_FIELDS = re.compile(r"(Path|Variable)\Z|\.\$\Z")
_INNER = frozenset({"Branches", "ItemProcessor", "Iterator"})
_LITERAL = frozenset({"Comment", "Result", "Type", "Next", "Default", "Resource", "Cause", "Error"})
_NOT_DATA = frozenset({"States", "Retry", "ErrorEquals", *_INNER})


def advise(machine: StateMachine, document: Json, findings: Findings) -> None:
    """Warn of variables nobody assigns, of one language in the other's place, and of paths that cannot be there."""
    _advise_block(machine.top, "", document, frozenset(), findings)
    for pointer, states in blocks(machine.top, ""):
        _check_fixed_results(pointer, states, findings)


def _advise_block(states: States, pointer: str, document: Json, outer: frozenset[str], findings: Findings) -> None:
    block = document.get("States") if isinstance(document, dict) else None
    sources = block if isinstance(block, dict) else {}
    for name, source in sources.items():
        for variable in sorted(outer.intersection(_assigned(source))):
            message = say(
                "The variable ${variable} is assigned in a scope around: choose another name", variable=variable
            )
            findings.error(join(pointer, "States", name), message, Code.SCHEMA)
    visible = outer | {name for source in sources.values() for name in _assigned(source)}
    for name, state in states.states.items():
        source, place = sources.get(name), join(pointer, "States", name)
        for where, key, text in _strings(source, place):
            _check_string(state.language, where, key, text, visible, findings)
        if isinstance(state, ParallelState):
            branches = source.get("Branches") if isinstance(source, dict) else None
            for index, branch in enumerate(state.branches):
                inner = branches[index] if isinstance(branches, list) else None
                _advise_block(branch, join(place, "Branches", index), inner, visible, findings)
        elif isinstance(state, MapState) and isinstance(source, dict):
            field = "ItemProcessor" if "ItemProcessor" in source else "Iterator"
            seen = frozenset[str]() if state.distributed else visible
            _advise_block(state.processor, join(place, field), source.get(field), seen, findings)


def _assigned(source: Json) -> Iterator[str]:
    """The variables that a state, a rule or a catcher of it assigns."""
    fields = source if isinstance(source, dict) else {}
    assign = fields.get("Assign")
    yield from (name.removesuffix(".$") for name in (assign if isinstance(assign, dict) else ()))
    for field in ("Choices", "Catch"):
        rules = fields.get(field)
        for rule in rules if isinstance(rules, list) else ():
            yield from _assigned(rule)


def _strings(source: Json, pointer: str, key: str = "") -> Iterator[tuple[str, str, str]]:
    """Every string of a state that is data, with its pointer and its key; inner states are left out."""
    if isinstance(source, str):
        yield pointer, key, source
    elif isinstance(source, dict):
        for name, value in source.items():
            if name not in _NOT_DATA and not (name in _LITERAL and key == ""):
                yield from _strings(value, join(pointer, name), name)
    elif isinstance(source, list):
        for index, value in enumerate(source):
            yield from _strings(value, join(pointer, index), key or str(index))


def _check_string(
    language: QueryLanguage, where: str, key: str, text: str, visible: frozenset[str], findings: Findings
) -> None:
    if language is QueryLanguage.JSONATA:
        if is_expression(text):
            _check_names(where, compile_expression(text).names - {"states"}, visible, findings)
        elif text.startswith(("$.", "$$.", "States.")) or key.endswith(".$"):
            message = say(
                "JSONata takes {text!r} literally: for a value of the input write {{% $states.input... %}}", text=text
            )
            findings.warning(where, message, Code.WRONG_LANGUAGE)
        return
    if _PATH_FIELDS.search(key):
        _check_names(where, set(_VARIABLE.findall(_QUOTED.sub("", text))), visible, findings)
    elif is_expression(text):
        message = say("JSONPath takes this literally: JSONata needs the state's QueryLanguage to be 'JSONata'")
        findings.warning(where, message, Code.WRONG_LANGUAGE)
    elif text.startswith(("$.", "$$.")):
        message = say(
            "{text!r} is taken literally: for the value it leads to, end the name of the field with .$", text=text
        )
        findings.warning(where, message, Code.WRONG_LANGUAGE)


def _check_names(where: str, names: set[str] | frozenset[str], visible: frozenset[str], findings: Findings) -> None:
    for name in sorted(names - visible):
        findings.warning(
            where, say("No state that comes before assigns the variable ${name}", name=name), Code.UNDEFINED_VARIABLE
        )


# -- paths into what a Pass with a fixed Result leaves ---------------------------------------------------------------


def _check_fixed_results(pointer: str, states: States, findings: Findings) -> None:
    into: dict[str, list[AnyState]] = {name: [] for name in states.states}
    for state in states.states.values():
        for target in targets(state):
            into.setdefault(target, []).append(state)
    for name, state in states.states.items():
        before = [_fixed(one) for one in into[name]]
        if name == states.start_at or not before or any(one is None for one in before):
            continue
        values = [one[0] for one in before if one is not None]
        for field, path in _input_paths(state):
            if not any(_leads_somewhere(path, value) for value in values):
                message = say(
                    "{text} leads nowhere: the Pass before {name!r} always leaves another value",
                    text=path.text,
                    name=name,
                )
                findings.warning(join(pointer, "States", name, field), message, Code.PATH_NOT_FOUND)


def _fixed(state: AnyState) -> tuple[Json] | None:
    """The output of a state that always has the same one, in a tuple."""
    if isinstance(state, PassState) and state.has_result and state.result_path is not None and state.output_path:
        return (state.result,) if state.result_path.identity and state.output_path.identity else None
    return None


def _input_paths(state: AnyState) -> Iterator[tuple[str, Path]]:
    """The definite paths that a state reads its input by."""
    found: list[tuple[str, Path | None]] = [("InputPath", state.input_path)]
    if state.input_path is not None and state.input_path.identity:
        template = getattr(state, "parameters", None)
        if isinstance(template, Template) and not isinstance(state, MapState):
            found += [("Parameters", path) for path in template.paths]
        items = getattr(state, "items", None)
        if isinstance(items, Path) and isinstance(state, MapState) and state.distributed is None:
            found.append(("ItemsPath", items))
    for field, path in found:
        if path is not None and path.definite and path.root is Root.INPUT:
            yield field, path


def _leads_somewhere(path: Path, value: Json) -> bool:
    try:
        path.read(Environment(value, {}, dict))
    except PathNotFound:
        return False
    return True

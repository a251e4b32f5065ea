"""JSONPaths in JSONata."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from jsonpath import filter as filters
from jsonpath import selectors
from jsonpath.segments import JSONPathChildSegment

from engine.asl.conversion.pieces import Piece, Refused, Value, built, call, dig, inline, step_into
from engine.query.path import Path, Root
from engine.sentences import Sentence, say

CONTEXT = Piece(source="$states.context", path="$$", scalar=True)
_ORDERS = frozenset({"<", ">", "<=", ">="})


def convert_path(path: Path, dollar: Value, warn: list[Sentence]) -> Value:
    """What ``path`` reads, where ``$`` is ``dollar``. Raises Refused; adds to ``warn`` what may differ."""
    if path.root is Root.CONTEXT:
        base: Value = CONTEXT
    elif path.root is Root.VARIABLE:
        name = f"${path.variable}"
        base = Piece(source=name, path=name, roots=(name,))
    else:
        base = dollar
    if path.steps is not None:
        return dig(base, path.steps, path.text)
    start = inline(base)
    source = _selected(start.operand, path)
    if path.text.rstrip()[-1] == "]":
        warn.append(
            say("where {text} selects from what is no array, JSONata takes it for an array of one", text=path.text)
        )
    else:
        warn.append(
            say(
                "where one of the values that {text} selects is an array, JSONata takes its elements for it",
                text=path.text,
            )
        )
    return replace(built(f"[{source}]", replace(start, roots=())), path=path.text)


def _selected(source: str, path: Path) -> str:
    """JSONata maps a step over an array by itself, so that most selectors need no form of their own."""
    query = path.query
    spread = False  # whether the last selector chose many
    for segment in query.segments:
        if not isinstance(segment, JSONPathChildSegment):
            raise Refused(
                say(
                    "JSONata visits the nodes below in another order: {text} has no form that does the same",
                    text=path.text,
                )
            )
        chosen = list(segment.selectors)
        one = chosen[0]
        if len(chosen) == 1 and isinstance(one, selectors.NameSelector):
            source = step_into(Piece(source=source), (one.name,), "").source
            spread = False
        elif spread:
            raise Refused(
                say(
                    "in {text} one selector of many follows another, for which JSONata has no plain form",
                    text=path.text,
                )
            )
        elif len(chosen) == 1 and isinstance(one, selectors.IndexSelector):
            source += f"[{one.index}]"
        else:
            source += _many(chosen, path, source)
            spread = True
    # Without [] a single match that is an array would be taken apart.
    return source if source.endswith("[]") or not spread else _kept(source, query.segments[-1])


def _kept(source: str, last: Any) -> str:
    return source if isinstance(last.selectors[0], selectors.WildcardSelector) else f"{source}[]"


def _many(chosen: list[Any], path: Path, source: str) -> str:
    """The predicate of a selector that may choose many of what ``source`` yields."""
    one = chosen[0]
    if len(chosen) == 1 and isinstance(one, selectors.WildcardSelector):
        if ".*" in path.text:
            raise Refused(
                say("{text} selects the fields of an object, whose arrays JSONata would take apart", text=path.text)
            )
        return ""
    if len(chosen) == 1 and isinstance(one, selectors.SliceSelector):
        return _slice(one.slice, path, source)
    if len(chosen) == 1 and isinstance(one, selectors.Filter):
        return f"[{_condition(one.expression, path)}]"
    indexes = [each.index for each in chosen if isinstance(each, selectors.IndexSelector)]
    if len(indexes) == len(chosen) and indexes == sorted(set(indexes)) and indexes[0] >= 0:
        return f"[[{', '.join(map(str, indexes))}]]"
    raise Refused(
        say("the union in {text} has no form in JSONata that keeps the order of what it selects", text=path.text)
    )


def _slice(chosen: slice, path: Path, source: str) -> str:
    start, stop, step = chosen.start or 0, chosen.stop, chosen.step or 1
    if start < 0 or step != 1 or (stop is not None and stop <= start):
        raise Refused(
            say("only slices that are counted from the start have a form in JSONata: {text} has none", text=path.text)
        )
    last = f"{call('count', source)} - 1" if stop is None else str(stop - 1)
    return f"[[{start}..{last}]]"


# -- filters --------------------------------------------------------------------------------------------------------


def _condition(node: Any, path: Path) -> str:
    if isinstance(node, filters.FilterExpression):
        return _condition(node.expression, path)
    if isinstance(node, filters.PrefixExpression) and node.operator == "!":
        return call("not", _condition(node.right, path))
    if isinstance(node, filters.RelativeFilterQuery):
        return call("exists", _item(node, path))
    if isinstance(node, filters.InfixExpression):
        if node.operator in {"&&", "||"}:
            word = "and" if node.operator == "&&" else "or"
            return f"({_condition(node.left, path)} {word} {_condition(node.right, path)})"
        return _comparison(node, path)
    raise Refused(say("the filter of {text} has no form in JSONata that does the same", text=path.text))


def _comparison(node: Any, path: Path) -> str:
    literal = next(_literals(node.right), None)
    if not isinstance(node.left, filters.RelativeFilterQuery) or literal is None:
        raise Refused(
            say("only comparisons of @ with a value are converted: the filter of {text} has others", text=path.text)
        )
    left, right = _item(node.left, path), literal
    if node.operator == "==":
        return f"{left} = {right}"
    if node.operator == "!=":
        return call("not", f"{left} = {right}")
    if node.operator in _ORDERS and right[0] not in "tfn":
        kind = "string" if right.startswith('"') else "number"
        return f'($type({left}) = "{kind}" and {left} {node.operator} {right})'
    raise Refused(
        say(
            "the operator {operator} of {text} has no form in JSONata that does the same",
            operator=node.operator,
            text=path.text,
        )
    )


def _literals(node: Any) -> Iterator[str]:
    if isinstance(node, (filters.IntegerLiteral, filters.FloatLiteral, filters.StringLiteral, filters.BooleanLiteral)):
        yield json.dumps(node.value, ensure_ascii=False)
    elif isinstance(node, filters.Nil):
        yield "null"


def _item(node: Any, path: Path) -> str:
    """``@.a.b`` inside the brackets of a filter, where a name is looked up in the item."""
    source = "$"
    for segment in node.path.segments:
        names = [one.name for one in segment.selectors if isinstance(one, selectors.NameSelector)]
        if not isinstance(segment, JSONPathChildSegment) or len(names) != 1 or len(segment.selectors) != 1:
            raise Refused(say("only names may follow @ in a filter that is converted: {text} has more", text=path.text))
        source = step_into(Piece(source=source), (names[0],), "").source
    return source

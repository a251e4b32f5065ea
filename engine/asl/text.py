"""Definition text to a JSON value, and the place of every node in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

import yaml

from engine.asl.diagnostics import Code, Diagnostic, Severity, join
from engine.jsontypes import MAX_DEPTH, InvalidJson, Json, finite, parse
from engine.sentences import Sentence, say, verbatim

Format: TypeAlias = Literal["json", "yaml"]
Places: TypeAlias = dict[str, tuple[int, int]]

MAX_DEFINITION = 1_048_576
"""Characters (AWS quota)."""

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOKEN = re.compile(r'[\s]*("(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+)', re.DOTALL)
_OPENING = (
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)
# YAML 1.2's core schema, so that "no", "on" and dates stay strings.
_NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
_TRUE = re.compile(r"(?:true|True|TRUE)\Z")
_FALSE = re.compile(r"(?:false|False|FALSE)\Z")
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class Source:
    """A text that was read. ``document`` is meaningless when there is an ``error``."""

    text: str
    format: Format
    document: Json
    error: Diagnostic | None

    def places(self) -> Places:
        """Line and column of every node, by JSON pointer. Costs a second reading: ask only for what must be shown."""
        return json_places(self.text) if self.format == "json" else _yaml_places(self.text)


def read(text: str, format: Format) -> Source:
    """Read definition text; a mistake is in ``error``, never raised."""
    if len(text) > MAX_DEFINITION:
        return _failed(
            text,
            format,
            say("a definition has at most {most} characters; this has {length}", most=MAX_DEFINITION, length=len(text)),
        )
    if format == "yaml":
        return _read_yaml(text)
    try:
        return Source(text, "json", parse(text, unique_names=True), None)
    except InvalidJson as error:
        return _failed(text, "json", error.reason, error.line, error.column)


def _failed(text: str, format: Format, message: Sentence, line: int | None = None, column: int | None = None) -> Source:
    code = Code.INVALID_JSON if format == "json" else Code.INVALID_YAML
    error = Diagnostic(
        severity=Severity.ERROR, code=code, message=message, pointer="", line=line or 1, column=column or 1
    )
    return Source(text, format, None, error)


class _InvalidYaml(Exception):
    def __init__(self, reason: Sentence, mark: yaml.Mark | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.mark = mark


def _read_yaml(text: str) -> Source:
    try:
        node = _compose(text)
        value = _yaml_value(node, 0)
        return Source(text, "yaml", value, None)
    except _InvalidYaml as error:
        line, column = _place(error.mark)
        return _failed(text, "yaml", error.reason, line, column)
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        line, column = _place(getattr(error, "problem_mark", None))
        reason = verbatim(str(getattr(error, "problem", None) or error).splitlines()[0])
        return _failed(text, "yaml", reason, line, column)
    except InvalidJson as error:
        return _failed(text, "yaml", error.reason)


def _place(mark: yaml.Mark | None) -> tuple[int | None, int | None]:
    return (None, None) if mark is None else (mark.line + 1, mark.column + 1)


def _compose(text: str) -> yaml.Node:
    text.encode()
    level = 0
    for token in yaml.scan(text, Loader=_Loader):
        # The composer recurses in C: what is too deep must not reach it.
        level += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if level > MAX_DEPTH:
            raise _InvalidYaml(say("the value is nested more than {deepest} deep", deepest=MAX_DEPTH), token.start_mark)
        # An alias can blow a small text up without end ("billion laughs"); ASL has no use for them.
        if isinstance(token, (yaml.AliasToken, yaml.AnchorToken)):
            raise _InvalidYaml(say("anchors and aliases are not supported in definitions"), token.start_mark)
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    if node is None:
        raise _InvalidYaml(say("the definition is empty"), None)
    return node


def _yaml_value(node: yaml.Node, level: int) -> Json:
    if level >= MAX_DEPTH and not isinstance(node, yaml.ScalarNode):
        raise _InvalidYaml(say("the value is nested more than {deepest} deep", deepest=MAX_DEPTH), node.start_mark)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Json] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _InvalidYaml(say("a name must be a plain string"), key.start_mark)
            if key.value in found:
                raise _InvalidYaml(say("the name {name!r} stands twice in one object", name=key.value), key.start_mark)
            found[key.value] = _yaml_value(value, level + 1)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_yaml_value(one, level + 1) for one in node.value]
    assert isinstance(node, yaml.ScalarNode)
    return _yaml_scalar(node)


def _yaml_scalar(node: yaml.ScalarNode) -> Json:
    text: str = node.value
    # A plain scalar has style None in the pure loader and "" in the C one.
    if node.style or not (node.tag.startswith("tag:yaml.org,2002:")):
        return text
    if _NULL.match(text):
        return None
    if _TRUE.match(text) or _FALSE.match(text):
        return bool(_TRUE.match(text))
    if _INTEGER.match(text) and len(text) <= 40:
        return int(text)
    return finite(text) if _FLOAT.match(text) else text


def _yaml_places(text: str) -> Places:
    places: Places = {}
    pending = [("", _compose(text))]
    while pending:
        pointer, node = pending.pop()
        places[pointer] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.MappingNode):
            pending.extend((join(pointer, key.value), value) for key, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            pending.extend((join(pointer, index), value) for index, value in enumerate(node.value))
    return places


def json_places(text: str) -> Places:
    """Places of the nodes of valid JSON text."""
    starts: dict[str, int] = {}
    stack: list[list[str | int | None]] = []  # per open container: pointer, the current name or index
    name: str | None = None
    for match in _TOKEN.finditer(text):
        lexeme, offset = match.group(1), match.start(1)
        if lexeme in ":,":
            if lexeme == "," and isinstance(stack[-1][1], int):
                stack[-1][1] += 1
            elif lexeme == ",":
                stack[-1][1] = None
            continue
        if lexeme in "}]":
            stack.pop()
            continue
        if stack and stack[-1][1] is None:
            name = str(parse(lexeme))
            stack[-1][1] = name
            continue
        pointer = join(str(stack[-1][0]), stack[-1][1] or 0) if stack else ""
        starts[pointer] = offset
        if lexeme in "{[":
            stack.append([pointer, 0 if lexeme == "[" else None])
    return _lines(text, starts)


def _lines(text: str, starts: dict[str, int]) -> Places:
    places: Places = {}
    line, line_start, position = 1, 0, 0
    for pointer, offset in sorted(starts.items(), key=lambda one: one[1]):
        line += text.count("\n", position, offset)
        if (newline := text.rfind("\n", position, offset)) >= 0:
            line_start = newline + 1
        position = offset
        places[pointer] = (line, offset - line_start + 1)
    return places

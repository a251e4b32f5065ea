"""What is wrong with a path, an expression or a call of an intrinsic function."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    # paths
    "Value is not a valid JSONPath: {reason} (at character {position})": (
        "올바른 JSONPath가 아닙니다: {reason} ({position}번째 문자)"
    ),
    "Value is not a valid Reference Path: {reason}": "올바른 참조 경로가 아닙니다: {reason}",
    "{path!r} is not a JSONPath: {reason}": "{path!r}은(는) JSONPath가 아닙니다: {reason}",
    "{value!r} is not a JSONPath: {reason}": "{value!r}은(는) JSONPath가 아닙니다: {reason}",
    "not a path": "경로가 아님",
    "a path begins with $": "경로는 $로 시작합니다",
    "a path has at most {longest} characters": "경로는 {longest}자까지입니다",
    "after the root comes . or [": "루트 다음에는 . 또는 [가 와야 합니다",
    "regular expressions are not part of AWS's JSONPath": "AWS의 JSONPath에는 정규식이 없습니다",
    "this path could select the same nodes without end": "이 경로는 같은 노드를 끝없이 고를 수 있습니다",
    "a reference path begins with $ alone, not $$ or a variable": (
        "참조 경로는 $$나 변수가 아니라 $ 하나로 시작합니다"
    ),
    "a reference path names one node: only names and indexes": (
        "참조 경로는 노드 하나를 가리킵니다. 이름과 인덱스만 쓸 수 있습니다"
    ),
    "a reference path has at most {most} steps": "참조 경로는 {most}단계까지입니다",
    # templates
    "a field that ends in .$ must hold a string: a path": ".$로 끝나는 필드는 경로인 문자열이어야 합니다",
    "the name {name!r} stands twice once .$ is taken off": ".$를 빼면 이름 {name!r}이(가) 두 번 있습니다",
    # intrinsic functions
    "Value is not a valid intrinsic function: {reason}": "올바른 내장 함수가 아닙니다: {reason}",
    "{text!r} is not a call of an intrinsic function: {reason} (at character {position})": (
        "{text!r}은(는) 내장 함수 호출이 아닙니다: {reason} ({position}번째 문자)"
    ),
    "this is not one of the intrinsic functions": "내장 함수 가운데 하나가 아닙니다",
    "a call has at most {longest} characters": "호출은 {longest}자까지입니다",
    "calls are nested more than {deepest} deep": "호출이 {deepest}단계보다 깊이 중첩되어 있습니다",
    "something stands after the call": "호출 뒤에 무언가가 더 있습니다",
    "States.{name} takes {counts} arguments, not {given}": (
        "States.{name}의 인수는 {counts}개입니다. 지금은 {given}개입니다"
    ),
    "an argument is followed by , or )": "인수 다음에는 , 또는 )가 와야 합니다",
    "an argument is a path, a call, a number, a string in single quotes, null, true or false": (
        "인수는 경로, 호출, 숫자, 작은따옴표 문자열, null, true, false 중 하나입니다"
    ),
    "the string does not end": "문자열이 끝나지 않습니다",
    # JSONata
    "Value is not a valid JSONata expression: {reason}": "올바른 JSONata 표현식이 아닙니다: {reason}",
    "{text!r} is not a JSONata expression: {reason}": "{text!r}은(는) JSONata 표현식이 아닙니다: {reason}",
    "an expression has at most {longest} characters": "표현식은 {longest}자까지입니다",
    "the expression is empty": "표현식이 비어 있습니다",
    "the expression cannot be read: {reason}": "표현식을 읽을 수 없습니다: {reason}",
    "the expression is nested more than {deepest} deep": "표현식이 {deepest}단계보다 깊이 중첩되어 있습니다",
    "{mark} has no document to stand for: use $states.input": (
        "{mark}이(가) 가리킬 문서가 없습니다. $states.input을 쓰세요"
    ),
    "the name '{name}'": "이름 '{name}'",
    "{what} has nothing to be looked up in: begin with $states or a variable": (
        "{what}을(를) 찾을 곳이 없습니다. $states나 변수로 시작하세요"
    ),
    "$eval is not available: use $parse": "$eval은 쓸 수 없습니다. $parse를 쓰세요",
}

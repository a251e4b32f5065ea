"""Why a state has no form in JSONata, and where its form differs."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "A placeholder stands where a path should: fill it in first": (
        "경로가 있을 자리에 자리표시자가 있습니다. 먼저 채우세요"
    ),
    "{name} also stands for queries that fail, which nothing handles in JSONPath": (
        "{name}은(는) 실패한 쿼리도 뜻합니다. JSONPath에서는 아무것도 그것을 처리하지 않습니다"
    ),
    "the path {path} leads to nothing, whatever the data": (
        "어떤 데이터에서도 경로 {path}은(는) 아무것도 가리키지 않습니다"
    ),
    "JSONata has no plain form for putting a value into an element of an array": (
        "배열의 요소에 값을 넣는 단순한 형태가 JSONata에 없습니다"
    ),
    "the variable ${name} would hide the function of that name, which the expression needs": (
        "변수 ${name}이(가) 표현식에 필요한 같은 이름의 함수를 가립니다"
    ),
    "JSONata does not take the expression that it would become: {reason}": (
        "바뀐 표현식을 JSONata가 받아들이지 않습니다: {reason}"
    ),
    "JSONata would round the number {value}": "JSONata는 숫자 {value}을(를) 반올림합니다",
    # paths
    "where {text} selects from what is no array, JSONata takes it for an array of one": (
        "{text}이(가) 배열이 아닌 것에서 고를 때 JSONata는 그것을 요소 하나짜리 배열로 봅니다"
    ),
    "where one of the values that {text} selects is an array, JSONata takes its elements for it": (
        "{text}이(가) 고르는 값이 배열이면 JSONata는 그 요소들을 대신 씁니다"
    ),
    "the union in {text} has no form in JSONata that keeps the order of what it selects": (
        "{text}의 합집합에는 고른 순서를 지키는 JSONata 형태가 없습니다"
    ),
    "the filter of {text} has no form in JSONata that does the same": (
        "{text}의 필터에는 같은 일을 하는 JSONata 형태가 없습니다"
    ),
    "the operator {operator} of {text} has no form in JSONata that does the same": (
        "{text}의 연산자 {operator}에는 같은 일을 하는 JSONata 형태가 없습니다"
    ),
    "only slices that are counted from the start have a form in JSONata: {text} has none": (
        "처음부터 세는 슬라이스만 JSONata 형태가 있습니다. {text}에는 없습니다"
    ),
    "only comparisons of @ with a value are converted: the filter of {text} has others": (
        "@와 값의 비교만 변환합니다. {text}의 필터에는 다른 것이 있습니다"
    ),
    "only names may follow @ in a filter that is converted: {text} has more": (
        "변환하는 필터에서 @ 다음에는 이름만 올 수 있습니다. {text}에는 다른 것이 있습니다"
    ),
    "JSONata visits the nodes below in another order: {text} has no form that does the same": (
        "JSONata는 아래 노드를 다른 순서로 찾습니다. {text}에는 같은 일을 하는 형태가 없습니다"
    ),
    "{text} selects the fields of an object, whose arrays JSONata would take apart": (
        "{text}은(는) 객체의 필드를 고르는데, JSONata는 그 안의 배열을 풀어 버립니다"
    ),
    "in {text} one selector of many follows another, for which JSONata has no plain form": (
        "{text}에서는 여럿을 고르는 선택자가 이어지는데, JSONata에 그 단순한 형태가 없습니다"
    ),
    # conditions
    "JSONata compares timestamps by the millisecond, and fails with one that names no day (2025-02-30)": (
        "JSONata는 타임스탬프를 밀리초까지 비교하고, 없는 날짜(2025-02-30)에서는 실패합니다"
    ),
    "the pattern ends in a backslash, with which the state fails": "패턴이 백슬래시로 끝나서 상태가 실패합니다",
    # intrinsic functions
    "States.Format prints objects and arrays as Java does, JSONata as JSON; and numbers as JavaScript does": (
        "States.Format은 객체와 배열을 Java처럼 쓰고 JSONata는 JSON으로 씁니다. 숫자는 JavaScript처럼 씁니다"
    ),
    "numbers are printed as JavaScript does: 1.0 as 1, and 15 digits at most": (
        "숫자는 JavaScript처럼 씁니다. 1.0은 1로, 자릿수는 15자리까지입니다"
    ),
    "the template of {text} is found at run time, and JSONata has no such function": (
        "{text}의 템플릿은 실행할 때 정해지는데, JSONata에는 그런 함수가 없습니다"
    ),
    "the separators of {text} are found at run time, and JSONata has no such function": (
        "{text}의 구분자는 실행할 때 정해지는데, JSONata에는 그런 함수가 없습니다"
    ),
    "{text} fails: there are more arguments than the template has {{}}": (
        "{text}은(는) 실패합니다. 템플릿의 {{}}보다 인수가 많습니다"
    ),
    "{text} fails: the template has more {{}} than there are arguments": (
        "{text}은(는) 실패합니다. 인수보다 템플릿의 {{}}가 많습니다"
    ),
    "{text} fails: a brace that is not part of {{}} must be escaped": (
        "{text}은(는) 실패합니다. {{}}가 아닌 중괄호는 이스케이프해야 합니다"
    ),
    "JSONata draws other numbers from a seed than {text}": "같은 시드에서 JSONata와 {text}의 난수가 다릅니다",
    "an index below 0 is out of the bounds of every array; in JSONata it would count from the end": (
        "0보다 작은 인덱스는 어떤 배열에서도 범위를 벗어납니다. JSONata에서는 끝에서부터 셉니다"
    ),
    "the third argument of {text} must be false: a deep merge is not supported": (
        "{text}의 세 번째 인수는 false여야 합니다. 깊은 병합은 지원하지 않습니다"
    ),
    "an argument that must be a number is none": "숫자여야 하는 인수가 숫자가 아닙니다",
}

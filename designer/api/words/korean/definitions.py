"""What is wrong with a definition."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    # values
    "a string": "문자열",
    "a number": "숫자",
    "a boolean": "불리언",
    "an object": "객체",
    "an array": "배열",
    "null": "null",
    "none": "없음",
    "true or false": "true 또는 false",
    "an RFC 3339 timestamp": "RFC 3339 타임스탬프",
    "Value cannot be empty": "값이 비어 있으면 안 됩니다",
    "Expected a string, but found {found}": "문자열이어야 하는데 {found}입니다",
    "Expected a boolean, but found {found}": "불리언이어야 하는데 {found}입니다",
    "Expected an object, but found {found}": "객체여야 하는데 {found}입니다",
    "Expected an array, but found {found}": "배열이어야 하는데 {found}입니다",
    "Expected an integer, but found {found}": "정수여야 하는데 {found}입니다",
    "Expected an integer from {least} to {most}, but found {value}": (
        "{least}부터 {most}까지의 정수여야 하는데 값이 {value}입니다"
    ),
    "Expected a number of at least {least}, but found {value}": "{least} 이상의 숫자여야 하는데 값이 {value}입니다",
    "Expected a number from 0 to 100, but found {value:g}": "0부터 100까지의 숫자여야 하는데 값이 {value:g}입니다",
    "Expected a non-empty array of strings": "비어 있지 않은 문자열 배열이어야 합니다",
    "Expected an array or a JSONata expression, but found {found}": (
        "배열이나 JSONata 표현식이어야 하는데 {found}입니다"
    ),
    "Expected a JSONata expression or a boolean, but found {found}": (
        "JSONata 표현식이나 불리언이어야 하는데 {found}입니다"
    ),
    "Expected {expected} for {name}": "{name}의 값은 {expected}이어야 합니다",
    "String does not match RFC3339 timestamp": "RFC 3339 타임스탬프 형식이 아닙니다",
    # fields
    "These fields are required: [{fields}]": "다음 필드가 필요합니다: [{fields}]",
    "The field '{field}' is required but was missing": "필수 필드 '{field}' 없음",
    "The field '{field}' should have one of these values: [{options}]": (
        "필드 '{field}'의 값은 다음 중 하나여야 합니다: [{options}]"
    ),
    "Field '{field}' is not supported in {owner}": "{owner}에서는 필드 '{field}'을(를) 쓸 수 없습니다",
    "The QueryLanguage is set to '{language}', but field '{field}' is only supported for the '{other}' QueryLanguage": (
        "QueryLanguage는 '{language}'인데, 필드 '{field}'은(는) '{other}'에서만 쓸 수 있습니다"
    ),
    "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine": (
        "상태 머신 전체가 'JSONata'이면 'QueryLanguage'를 'JSONPath'로 할 수 없습니다"
    ),
    "Only one of [{fields}] is allowed": "[{fields}] 중 하나만 쓸 수 있습니다",
    "Exactly one of [{fields}] is required": "[{fields}] 중 정확히 하나가 필요합니다",
    "Credentials": "Credentials",
    "a state machine": "상태 머신",
    "a {type_name} state": "{type_name} 상태",
    "a branch": "브랜치",
    "an item processor": "ItemProcessor",
    "a Retrier": "Retrier",
    "a Catcher": "Catcher",
    "a Choice rule": "Choice 규칙",
    "a nested Choice rule": "안쪽 Choice 규칙",
    "a ProcessorConfig": "ProcessorConfig",
    "an ItemReader": "ItemReader",
    "a ReaderConfig": "ReaderConfig",
    "an ItemBatcher": "ItemBatcher",
    "a ResultWriter": "ResultWriter",
    "a WriterConfig": "WriterConfig",
    # states and transitions
    "A state name has 1 to {most} characters; this has {length}": (
        "상태 이름은 1자에서 {most}자까지입니다. 이 이름은 {length}자입니다"
    ),
    "Duplicate State name: {name}": "상태 이름이 겹칩니다: {name}",
    "Missing '{field}' target: {target}": "'{field}'의 대상이 없습니다: {target}",
    "No state leads to {name!r}": "{name!r} 상태로 이어지는 상태가 없습니다",
    "No way leads to an end: this runs until the history limit of 25,000 events stops it": (
        "끝으로 이어지는 길이 없습니다. 이벤트 25,000개의 이력 한도가 멈출 때까지 실행됩니다"
    ),
    "HeartbeatSeconds must be smaller than TimeoutSeconds": "HeartbeatSeconds는 TimeoutSeconds보다 작아야 합니다",
    "States.ALL must stand alone": "States.ALL은 혼자 있어야 합니다",
    "States.ALL must be in the last element": "States.ALL은 마지막 요소에 있어야 합니다",
    # tasks
    "The placeholder in {text} must be replaced before the machine can run": (
        "{text}의 자리표시자를 채워야 머신을 실행할 수 있습니다"
    ),
    "The resource provided {text} is not recognized. {what_can}": "알 수 없는 리소스입니다: {text}. {what_can}",
    "The resource provided {text} is not recognized. Use {options}": (
        "알 수 없는 리소스입니다: {text}. 쓸 수 있는 것: {options}"
    ),
    "Tasks of {arn} can be drawn and simulated, but not run yet. {what_can}": (
        "{arn} 작업은 그리고 시뮬레이션할 수 있지만 아직 실행할 수는 없습니다. {what_can}"
    ),
    (
        "What can: functions (arn:aws:lambda:REGION:ACCOUNT:function:NAME), activities, aws-sdk:SERVICE:ACTION, "
        "and the integrations that the catalogue at /api/integrations/ lists"
    ): (
        "실행할 수 있는 것: 함수(arn:aws:lambda:REGION:ACCOUNT:function:NAME), 활동, aws-sdk:SERVICE:ACTION, "
        "그리고 /api/integrations/ 목록의 통합"
    ),
    "{name} is not a function name or ARN: the task will fail": (
        "{name}은(는) 함수의 이름도 ARN도 아닙니다. 작업이 실패할 것입니다"
    ),
    "Express state machine does not support {what}": "Express 상태 머신이 지원하지 않습니다: {what}",
    "Express state machine does not support a Map in the mode 'DISTRIBUTED'": (
        "Express 상태 머신은 'DISTRIBUTED' 모드의 Map을 지원하지 않습니다"
    ),
    # Map and Choice
    "A label has 1 to {most} characters, without spaces, wildcards and brackets": (
        "Label은 1자에서 {most}자까지이고 공백, 와일드카드, 괄호를 쓸 수 없습니다"
    ),
    "Value is not a valid JSON Pointer: it begins with /": "올바른 JSON Pointer가 아닙니다. /로 시작해야 합니다",
    "At least one of [MaxItemsPerBatch, MaxInputBytesPerBatch] is required": (
        "[MaxItemsPerBatch, MaxInputBytesPerBatch] 중 하나 이상이 필요합니다"
    ),
    "A ResultWriter needs a WriterConfig, or a Resource with its Parameters": (
        "ResultWriter에는 WriterConfig, 또는 Resource와 Parameters가 필요합니다"
    ),
    "Field 'ExecutionType' is only supported in the mode 'DISTRIBUTED'": (
        "필드 'ExecutionType'은 'DISTRIBUTED' 모드에서만 쓸 수 있습니다"
    ),
    "Field '{field}' is only supported for a Map in the mode 'DISTRIBUTED'": (
        "필드 '{field}'은(는) 'DISTRIBUTED' 모드의 Map에서만 쓸 수 있습니다"
    ),
    "A Choice rule needs exactly one comparison operator; found {found}": (
        "Choice 규칙에는 비교 연산자가 정확히 하나 필요합니다. 지금 있는 것: {found}"
    ),
    "Field '{field}' is only allowed at the top of a Choice rule": (
        "필드 '{field}'은(는) Choice 규칙의 맨 위에서만 쓸 수 있습니다"
    ),
    # variables and data
    "{name!r} cannot be the name of a variable": "{name!r}은(는) 변수 이름이 될 수 없습니다",
    "The variable ${variable} is assigned in a scope around: choose another name": (
        "변수 ${variable}은(는) 바깥 범위에서 정해집니다. 다른 이름을 고르세요"
    ),
    "No state that comes before assigns the variable ${name}": (
        "앞선 상태 가운데 변수 ${name}을(를) 정하는 것이 없습니다"
    ),
    "$states.{name} is not available in this field": "이 필드에서는 $states.{name}을(를) 쓸 수 없습니다",
    "JSONPath takes this literally: JSONata needs the state's QueryLanguage to be 'JSONata'": (
        "JSONPath는 이것을 글자 그대로 씁니다. JSONata로 쓰려면 상태의 QueryLanguage가 'JSONata'여야 합니다"
    ),
    "JSONata takes {text!r} literally: for a value of the input write {{% $states.input... %}}": (
        "JSONata는 {text!r}을(를) 글자 그대로 씁니다. 입력의 값을 쓰려면 {{% $states.input... %}}으로 쓰세요"
    ),
    "{text!r} is taken literally: for the value it leads to, end the name of the field with .$": (
        "{text!r}을(를) 글자 그대로 씁니다. 그 경로의 값을 쓰려면 필드 이름이 .$로 끝나야 합니다"
    ),
    "{text} leads nowhere: the Pass before {name!r} always leaves another value": (
        "{text}은(는) 아무 데도 이어지지 않습니다. {name!r} 앞의 Pass는 언제나 다른 값을 남깁니다"
    ),
    # the text itself
    "The text is empty": "텍스트가 비어 있습니다",
    "the definition is empty": "정의가 비어 있습니다",
    "a definition has at most {most} characters; this has {length}": (
        "정의는 {most}자까지입니다. 이 정의는 {length}자입니다"
    ),
    "anchors and aliases are not supported in definitions": "정의에서는 앵커와 별칭을 쓸 수 없습니다",
    "a name must be a plain string": "이름은 단순한 문자열이어야 합니다",
    "the name {name!r} stands twice in one object": "한 객체에 이름 {name!r}이(가) 두 번 있습니다",
    "the value is nested more than {deepest} deep": "값이 {deepest}단계보다 깊이 중첩되어 있습니다",
    "A property name in double quotes is expected": "큰따옴표로 묶은 속성 이름이 와야 합니다",
    "A colon is expected": "콜론이 와야 합니다",
    "A comma is expected": "쉼표가 와야 합니다",
    "A value is expected": "값이 와야 합니다",
    "This string is not closed": "이 문자열이 닫히지 않았습니다",
    "This escape is not known to JSON": "JSON에 없는 이스케이프입니다",
    "The text should end here": "텍스트가 여기서 끝나야 합니다",
    "{reason} at line {line} column {column}": "{line}번째 줄 {column}번째 칸: {reason}",
    "{name} is not JSON": "{name}은(는) JSON이 아닙니다",
    "the number {digits}... is too large": "숫자 {digits}...이(가) 너무 큽니다",
    "the text has half a surrogate pair at position {start}": "{start} 위치에 서로게이트 쌍의 반쪽이 있습니다",
    "a string has half a surrogate pair": "문자열에 서로게이트 쌍의 반쪽이 있습니다",
}

"""Why a state cannot be tested, or a machine simulated, as it was asked for."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "This state cannot be tested so: {reason}.": "이 상태는 이렇게 시험할 수 없습니다: {reason}.",
    "The simulation was given up: {reason}.": "시뮬레이션을 그만두었습니다: {reason}.",
    "others are being simulated: try again in a moment": "다른 시뮬레이션이 진행 중입니다. 잠시 뒤에 다시 해 보세요",
    "it takes more steps than any execution may": "실행이 가질 수 있는 단계보다 많은 단계가 필요합니다",
    "its history has more than {characters:,} characters": "이력이 {characters:,}자를 넘습니다",
    "it takes more than {seconds:g} s": "{seconds:g}초가 넘게 걸립니다",
    "A Task is tested with a made-up answer: give one": "Task는 만든 응답으로 시험합니다. 응답을 만들어 주세요",
    "RoleArn must be specified when testing a Task state": "Task 상태를 시험하려면 RoleArn이 필요합니다",
    "A mock is required to test a Task of {arn}": "{arn} Task를 시험하려면 만든 응답이 필요합니다",
    "State not found in definition": "정의에 그 상태가 없습니다",
    "State type '{type_name}' is not supported when a mock is specified": (
        "만든 응답이 있으면 '{type_name}' 타입의 상태는 시험할 수 없습니다"
    ),
    (
        "TestState API does not support Map or Parallel states. "
        "Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]"
    ): (
        "만든 응답 없이는 Map과 Parallel 상태를 시험할 수 없습니다. "
        "시험할 수 있는 타입: [Task, Wait, Pass, Succeed, Fail, Choice]"
    ),
    "TestState does not support MapIterationFailureCount when a mock is not specified.": (
        "MapIterationFailureCount는 만든 응답이 있을 때만 쓸 수 있습니다."
    ),
    "Map iteration failure count must be less than or equal to the number of Map iterations": (
        "실패한 반복의 수는 Map의 반복 수보다 클 수 없습니다"
    ),
    "Mocked result must be a JSON object.": "만든 결과는 JSON 객체여야 합니다.",
    "Mocked result must be an array.": "만든 결과는 배열이어야 합니다.",
    "Mocked result must have as many elements as the state has branches.": (
        "만든 결과의 요소 수는 상태의 브랜치 수와 같아야 합니다."
    ),
    "A mock needs exactly one of result and errorOutput": (
        "만든 응답에는 result와 errorOutput 중 정확히 하나가 필요합니다"
    ),
    "Mock result schema validation error: {reason}": "만든 결과가 서비스의 응답 형식과 다릅니다: {reason}",
    "Mock result schema validation error: the result must be an object": (
        "만든 결과가 서비스의 응답 형식과 다릅니다: 결과는 객체여야 합니다"
    ),
    "Required field '{name}' is missing": "필수 필드 '{name}' 없음",
    "Field '{name}' must be an array": "필드 '{name}'은(는) 배열이어야 합니다",
    "Field '{name}' must be an object": "필드 '{name}'은(는) 객체여야 합니다",
    "Field '{name}' must be a number": "필드 '{name}'은(는) 숫자여야 합니다",
    "Field '{name}' must be a boolean": "필드 '{name}'은(는) 불리언이어야 합니다",
    "Field '{name}' must be a string": "필드 '{name}'은(는) 문자열이어야 합니다",
    "Field '{name}' is not an expected value": "필드 '{name}'의 값은 서비스가 주는 값이 아닙니다",
    "RevealSecrets is not supported when a mock is specified": "만든 응답이 있으면 RevealSecrets를 쓸 수 없습니다",
    "inspectionLevel must be one of {levels}": "inspectionLevel은 다음 중 하나입니다: {levels}",
    "fieldValidationMode must be one of {modes}": "fieldValidationMode는 다음 중 하나입니다: {modes}",
    "Invalid {what} provided: {reason}": "{what} 값이 올바르지 않습니다: {reason}",
    "Invalid {what} provided: it must be a JSON object": "{what} 값이 올바르지 않습니다: JSON 객체여야 합니다",
    "Invalid Context object provided: {reason}": "Context 객체가 올바르지 않습니다: {reason}",
    "Invalid Context object provided: it must be an object": "Context 객체가 올바르지 않습니다: 객체여야 합니다",
    "'Map' field is not supported when mocking a Context object": "만든 Context 객체에는 'Map' 필드를 쓸 수 없습니다",
    "Field '{name}' is not allowed": "필드 '{name}'은(는) 쓸 수 없습니다",
    "Field '{section}' is not allowed": "필드 '{section}'은(는) 쓸 수 없습니다",
    "{section} must be an object": "{section}은(는) 객체여야 합니다",
    "{section}.{name} must be {what}": "{section}.{name}: {what}이어야 합니다",
    "{section}.{name} must be a valid ISO 8601 timestamp": "{section}.{name}: 올바른 ISO 8601 타임스탬프여야 합니다",
}

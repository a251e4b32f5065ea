"""What the services and the API refuse."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    # things
    "There is no such {kind}: {key}": "찾을 수 없습니다: {kind} {key}",
    "There is nothing at {path}": "{path}에는 아무것도 없습니다",
    "There is nothing at /api/{path}": "/api/{path}에는 아무것도 없습니다",
    "AccessKey": "액세스 키",
    "Action": "작업",
    "Activity": "활동",
    "Alias": "별칭",
    "Connection": "연결",
    "Draft": "초안",
    "Execution": "실행",
    "Machine": "머신",
    "MapRun": "Map Run",
    "Resource": "리소스",
    "Revision": "리비전",
    "Service": "서비스",
    "Share": "공유 링크",
    "State": "상태",
    "Token": "토큰",
    "Version": "버전",
    # names
    "The name {name!r} {reason}.": "이름 {name!r}: {reason}.",
    "is empty": "비어 있음",
    "has more than {most} characters": "{most}자를 넘음",
    "has white space in it": "공백이 들어 있음",
    "has a {character} in it": "{character} 문자가 들어 있음",
    "has a control character in it": "제어 문자가 들어 있음",
    "A machine named {name!r} exists already.": "이름이 {name!r}인 머신이 이미 있습니다.",
    "A connection named {name!r} exists already.": "이름이 {name!r}인 연결이 이미 있습니다.",
    "An activity named {name!r} exists already.": "이름이 {name!r}인 활동이 이미 있습니다.",
    "An alias named {name!r} exists already, with another content.": (
        "이름이 {name!r}인 별칭이 다른 내용으로 이미 있습니다."
    ),
    "An execution of this name exists already.": "같은 이름의 실행이 이미 있습니다.",
    # definitions and bundles
    "The definition is not valid.": "정의가 올바르지 않습니다.",
    "The definition is not valid": "정의가 올바르지 않습니다",
    "{first} (and {n} more)": "{first} (외 {n}개)",
    "{reason} (at {pointer})": "{reason} (위치: {pointer})",
    "The file is not JSON: {reason}": "JSON 파일이 아닙니다: {reason}",
    "This is not a bundle of version {version}": "버전 {version}의 번들이 아닙니다",
    "The machine must be an object": "machine은 객체여야 합니다",
    "There must be 1 to {most:,} revisions": "리비전은 1개에서 {most:,}개까지입니다",
    "A revision must be an object": "리비전은 객체여야 합니다",
    "{key} must be text": "{key}은(는) 텍스트여야 합니다",
    "{key} has more than {most} characters": "{key}이(가) {most}자를 넘습니다",
    "{key} must be one of {choices}": "{key}은(는) 다음 중 하나여야 합니다: {choices}",
    # sizes and numbers
    "The {what} has {size:,} bytes; {limit:,} are allowed.": "{what}: {size:,}바이트입니다. {limit:,}바이트까지입니다.",
    "A body may have {most:,} bytes at most.": "본문은 {most:,}바이트까지입니다.",
    "There can be {most:,} {what} at most.": "{what}: {most:,}개까지입니다.",
    "There can be {most:,} {what} at most; {setting} says so.": (
        "{what}: {most:,}개까지입니다. {setting} 설정을 따릅니다."
    ),
    "body": "본문",
    "definition": "정의",
    "draft": "초안",
    "file": "파일",
    "input": "입력",
    "output": "출력",
    "samples": "샘플",
    "aliases of a machine": "머신의 별칭",
    "versions of a machine": "머신의 버전",
    "tags": "태그",
    "state machines": "상태 머신",
    "activities": "활동",
    "open executions": "열린 실행",
    "workers that ask for tasks of an activity": "활동의 작업을 요청하는 워커",
    # saving
    "Say which version you replace: send {header}: {example}": (
        "어느 버전을 바꾸는지 알려 주세요. {header}: {example} 헤더를 보내세요"
    ),
    "Somebody saved revision {number} meanwhile.": "그 사이에 다른 사람이 리비전 {number}을(를) 저장했습니다.",
    "Somebody saved this draft meanwhile.": "그 사이에 다른 사람이 이 초안을 저장했습니다.",
    "This draft was dropped meanwhile.": "그 사이에 이 초안이 버려졌습니다.",
    "The machine {name!r} is being deleted.": "{name!r} 머신을 삭제하는 중입니다.",
    "The state {state!r} is in JSONata already: there is nothing to convert.": (
        "{state!r} 상태는 이미 JSONata입니다. 변환할 것이 없습니다."
    ),
    # versions, aliases, configuration
    "Version {number} is used by {aliases}.": "버전 {number}은(는) 별칭이 쓰고 있습니다: {aliases}.",
    "The revision is {current} by now, not {given}.": "지금 리비전은 {given}이(가) 아니라 {current}입니다.",
    "Sum of routing configuration weights must equal 100. Received: [{received}]": (
        "라우팅 가중치의 합은 100이어야 합니다. 받은 값: [{received}]"
    ),
    "One version, or two different ones.": "버전 하나, 또는 서로 다른 버전 둘.",
    "Version description can only be set when publish is true": "버전 설명은 게시할 때만 정할 수 있습니다",
    "Invalid Role Arn: '{arn}'": "올바른 역할 ARN이 아닙니다: '{arn}'",
    "Must specify exactly one Log Destination.": "로그 대상을 정확히 하나 정해야 합니다.",
    "Log Destination not found.": "로그 대상을 찾을 수 없습니다.",
    "kmsKeyId cannot be set when the type is {type}.": "타입이 {type}이면 kmsKeyId를 정할 수 없습니다.",
    "kmsKeyId must be set when the type is {type}.": "타입이 {type}이면 kmsKeyId를 정해야 합니다.",
    "The tag key {key!r} begins with aws:, which is AWS's own.": "태그 키 {key!r}: aws:는 AWS만 쓸 수 있습니다.",
    # executions and tasks
    "The input is not valid JSON: {reason}": "입력이 올바른 JSON이 아닙니다: {reason}",
    "Only a stuck execution can be taken up again.": "막혀 있는 실행만 다시 이어 갈 수 있습니다.",
    "{type} machines do not offer this.": "{type} 머신에서는 할 수 없습니다.",
    "The Map Run has {status} already.": "Map Run이 이미 끝났습니다: {status}.",
    "Executions of EXPRESS state machines cannot be redriven": "EXPRESS 상태 머신의 실행은 이어서 실행할 수 없습니다",
    "Execution is a child of a Map Run and cannot be redriven by itself": (
        "Map Run의 하위 실행은 혼자 이어서 실행할 수 없습니다"
    ),
    "Execution is {status} and cannot be redriven": "{status} 상태의 실행은 이어서 실행할 수 없습니다",
    "Execution history event limit exceeded": "실행 이력의 이벤트 한도를 넘었습니다",
    "Execution redrivable period exceeded": "이어서 실행할 수 있는 기간이 지났습니다",
    "State machine is in DELETING status": "상태 머신을 삭제하는 중입니다",
    "Execution was ended by a release that kept nothing to be redriven": (
        "이어서 실행할 것을 남기지 않는 이전 릴리스에서 끝난 실행입니다"
    ),
    "Invalid Token: 'Invalid token'": "올바른 작업 토큰이 아닙니다",
    "Invalid Output: '{reason}'": "출력이 올바르지 않습니다: '{reason}'",
    "Task Timed Out: 'Provided task does not exist anymore'": "시간이 지났습니다. 그 작업은 더 이상 없습니다",
    # signing in
    "This sign-in link is not valid: it was used, it is older than 10 minutes, or it never was one.": (
        "이 로그인 링크는 쓸 수 없습니다. 이미 썼거나, 10분이 지났거나, 로그인 링크가 아닙니다."
    ),
    "This token is not known.": "알 수 없는 토큰입니다.",
    "The CSRF token is missing or wrong.": "CSRF 토큰이 없거나 틀렸습니다.",
    # requests
    "The request is not valid.": "요청이 올바르지 않습니다.",
    "The body must be an object.": "본문은 객체여야 합니다.",
    "The body is not JSON: {reason}": "본문이 JSON이 아닙니다: {reason}",
    "The body is not UTF-8 at byte {position}": "본문이 {position}바이트에서 UTF-8이 아닙니다",
    "This field is required.": "필수 필드입니다.",
    "This field is for OAUTH_CLIENT_CREDENTIALS only.": "OAUTH_CLIENT_CREDENTIALS에서만 쓰는 필드입니다.",
    "Letters, digits, _, - and ., up to 80, and not a number alone.": (
        "영문자, 숫자, _, -, . 80자까지이고 숫자만으로는 안 됩니다."
    ),
    "A whole number from 1 to {most}.": "1부터 {most}까지의 정수.",
    "At most {most:,} characters.": "{most:,}자까지입니다.",
    "A whole number.": "정수.",
    "A text.": "텍스트.",
    "Text without NUL characters.": "NUL 문자가 없는 텍스트.",
    "The number of a version.": "버전의 번호.",
    "The name of an alias.": "별칭의 이름.",
    "A version or an alias, not both.": "버전과 별칭 중 하나만.",
    "A time such as 2026-01-31T12:00:00Z.": "2026-01-31T12:00:00Z 같은 시각.",
    "One of {choices}.": "다음 중 하나: {choices}.",
    "One or more of {statuses}.": "다음 중 하나 이상: {statuses}.",
    "This cursor is not one of ours.": "서버가 준 커서가 아닙니다.",
    # the server itself
    "Nothing here": "아무것도 없습니다",
    "There is no page at this address.": "이 주소에는 페이지가 없습니다.",
    "Something went wrong": "문제가 생겼습니다",
    "The server could not answer. Its log says why.": "서버가 응답하지 못했습니다. 이유는 로그에 있습니다.",
    "To the machines": "머신 목록으로",
    "Something went wrong here. The log says what.": "서버에 문제가 생겼습니다. 무엇인지는 로그에 있습니다.",
    "Neither graphviz-pure nor dot is installed": "graphviz-pure도 dot도 설치되어 있지 않습니다",
    "This picture could not be drawn as pixels": "이 그림을 픽셀로 그릴 수 없습니다",
    "This picture takes longer than {seconds:g} s to draw as pixels; the SVG does not": (
        "이 그림을 픽셀로 그리는 데 {seconds:g}초가 넘게 걸립니다. SVG는 그렇지 않습니다"
    ),
    "Celery tasks need TREADLE_CELERY_APP: the MODULE:NAME of the app whose tasks may be sent": (
        "Celery 작업에는 TREADLE_CELERY_APP이 필요합니다. 작업을 보낼 앱의 MODULE:NAME입니다"
    ),
    "TREADLE_CELERY_APP={path} names no Celery app": "TREADLE_CELERY_APP={path}은(는) Celery 앱이 아닙니다",
    "TREADLE_CELERY_APP names Treadle's own app; it has to be yours": (
        "TREADLE_CELERY_APP이 Treadle 자신의 앱입니다. 사용자의 앱이어야 합니다"
    ),
    "TREADLE_CELERY_APP={path} cannot be imported ({reason}): is it on PYTHONPATH?": (
        "TREADLE_CELERY_APP={path} 앱을 가져올 수 없습니다({reason}). PYTHONPATH에 있나요?"
    ),
}

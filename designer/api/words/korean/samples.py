"""The sample machines of the gallery. Names of samples, functions and files stay as they are."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    # 01
    "Job Poller": "작업 폴러",
    "Submits a job, asks for its status until it has ended, and tells how it went.": (
        "작업을 제출하고, 끝날 때까지 상태를 물어본 뒤, 결과를 알려 줍니다."
    ),
    "A loop that polls a job: Wait, Task and Choice, with functions of the functions folder.": (
        "작업을 폴링하는 루프: Wait, Task, Choice와 함수 폴더의 함수들."
    ),
    # 02
    "Order fulfilment": "주문 처리",
    "Packs every item of an order, charges and notifies side by side, and ships it: Map, Parallel, Choice and Catch.": (
        "주문의 모든 품목을 포장하고, 결제와 알림을 나란히 처리한 뒤 발송합니다: Map, Parallel, Choice, Catch."
    ),
    "Map inside, Parallel beside, errors caught: a machine of a usual size.": (
        "안에는 Map, 옆에는 Parallel, 오류는 Catch로: 흔히 보는 크기의 머신."
    ),
    # 03
    "Greeting in JSONata": "JSONata로 인사하기",
    "Says hello in the language that it is asked for.": "요청받은 언어로 인사합니다.",
    "JSONata: Output, variables by Assign, an expression in a Choice.": (
        "JSONata: Output, Assign으로 만드는 변수, Choice 안의 표현식."
    ),
    # 04
    "Count down": "카운트다운",
    "Counts down from a number, a second between.": "주어진 수에서 1초 간격으로 거꾸로 셉니다.",
    "A loop: a Choice that leads back, and a number that changes on the way.": (
        "루프: 앞 단계로 되돌아가는 Choice와 도는 동안 바뀌는 수."
    ),
    # 05
    "Best price": "최저가",
    "Asks three shops at once and takes the cheapest offer.": "세 상점에 동시에 물어보고 가장 싼 제안을 고릅니다.",
    "Parallel: fan out, fan in, and an expression over the list of results.": (
        "Parallel: 나누기와 모으기, 그리고 결과 목록에 대한 표현식."
    ),
    # 06
    "Total of a basket": "장바구니 합계",
    "Prices each line of a basket and adds them up.": "장바구니 각 줄의 금액을 구해 모두 더합니다.",
    "Map: Items, ItemSelector with the index, and a sum over what comes back.": (
        "Map: Items, 인덱스를 쓰는 ItemSelector, 돌아온 값의 합."
    ),
    # 07
    "Book a journey, or undo it": "여행 예약, 안 되면 취소",
    "Books a train and a room; without a room the train is given back.": (
        "기차와 방을 예약하고, 방이 없으면 기차 예약을 취소합니다."
    ),
    "Catch and compensation: an error leads to the state that undoes what was done.": (
        "Catch와 보상: 오류가 나면 이미 한 일을 되돌리는 상태로 갑니다."
    ),
    # 08
    "Try again until it works": "될 때까지 다시 시도",
    "Fails on purpose the first times, so that the pauses of Retry are seen.": (
        "Retry의 대기 시간을 볼 수 있도록 처음 몇 번은 일부러 실패합니다."
    ),
    "Retry: pauses that grow, and RetryCount in the context.": (
        "Retry: 점점 길어지는 대기 시간과 컨텍스트의 RetryCount."
    ),
    # 09
    "Triage of a message": "메시지 분류",
    "Sorts a message by what is in it.": "메시지를 내용에 따라 나눕니다.",
    "Choice in JSONPath: And, Or, Not, patterns and tests of the type.": (
        "JSONPath의 Choice: And, Or, Not, 패턴, 형식 검사."
    ),
    # 10
    "Labels by intrinsic functions": "내장 함수로 만드는 라벨",
    "Builds labels for parcels without a function of your own.": "함수를 따로 만들지 않고 소포 라벨을 만듭니다.",
    "Intrinsic functions of JSONPath: Format, arrays in pieces, hashes, additions.": (
        "JSONPath의 내장 함수: Format, 배열 나누기, 해시, 덧셈."
    ),
    # 11
    "Wait until a time": "정해진 시각까지 기다리기",
    "Waits until three seconds from now, and tells how late it was.": (
        "지금부터 3초 뒤의 시각까지 기다린 뒤, 얼마나 늦었는지 알려 줍니다."
    ),
    "Wait for a Timestamp that an expression works out; the clock in expressions.": (
        "표현식으로 구한 Timestamp까지의 Wait, 표현식 안의 시계."
    ),
    # 12
    "Child executions in batches": "배치별 하위 실행",
    "Runs a child execution for every two items and gathers what they found.": (
        "항목 두 개마다 하위 실행을 하나씩 돌리고 결과를 모읍니다."
    ),
    "Distributed Map: batches, a tolerance for failures, results of child executions.": (
        "분산 Map: 배치, 실패 허용치, 하위 실행의 결과."
    ),
    # 13
    "Order saga": "주문 사가",
    "Reserves, charges and ships an order; what fails is undone step by step, the last first. Needs the functions "
    "ReserveStock, ReleaseStock, ChargeCard, RefundCard and ShipOrder, which the functions folder has.": (
        "재고를 잡고, 결제하고, 발송합니다. 실패하면 한 일을 마지막 것부터 하나씩 되돌립니다. 함수 폴더에 있는 "
        "ReserveStock, ReleaseStock, ChargeCard, RefundCard, ShipOrder 함수가 필요합니다."
    ),
    "A saga: each step has its compensation, and a Catch leads to the right one.": (
        "사가: 단계마다 보상이 있고, Catch가 알맞은 보상으로 이끕니다."
    ),
    # 14
    "Job Poller on ECS": "ECS 작업 폴러",
    "Runs a task on ECS and asks how it stands until it has stopped. Needs an AWS (make run AWS=local) with the "
    "cluster and the task definition of its input: docs/how-to/aws-services.md.": (
        "ECS에서 태스크를 실행하고 멈출 때까지 상태를 물어봅니다. 입력에 있는 클러스터와 태스크 정의를 갖춘 "
        "AWS(make run AWS=local)가 필요합니다: docs/how-to/aws-services.md."
    ),
    "An optimised integration beside aws-sdk, and JSONata over what AWS answers. The one-state form of it is "
    "ecs:runTask.sync.": (
        "최적화된 통합과 aws-sdk를 나란히, 그리고 AWS의 응답에 대한 JSONata. 상태 하나로 하려면 ecs:runTask.sync."
    ),
    # 15
    "Fan out to a queue and wait for the answers": "대기열로 나눠 보내고 응답 기다리기",
    "Sends a message for each order to an SQS queue and waits until a worker has answered each. Needs an AWS (make run "
    "AWS=local) with the queue of its input, and a worker that reads it: docs/how-to/aws-services.md.": (
        "주문마다 SQS 대기열로 메시지를 보내고 워커가 모두 응답할 때까지 기다립니다. 입력에 있는 대기열을 갖춘 "
        "AWS(make run AWS=local)와 그것을 읽는 워커가 필요합니다: docs/how-to/aws-services.md."
    ),
    "The callback pattern: a task token in a message, a Map that waits for many answers, a timeout for those that "
    "never come.": ("콜백 패턴: 메시지 속의 작업 토큰, 여러 응답을 기다리는 Map, 끝내 오지 않는 응답의 시간 초과."),
    # 16
    "Transfer in DynamoDB, with retries": "DynamoDB 이체와 재시도",
    "Moves an amount from one account to another in one transaction, and tells the new balance. Needs an AWS (make run "
    "AWS=local) with the table Accounts and its two accounts: docs/how-to/aws-services.md.": (
        "트랜잭션 하나로 한 계좌에서 다른 계좌로 금액을 옮기고 새 잔액을 알려 줍니다. Accounts 테이블과 그 안의 두 "
        "계좌를 갖춘 AWS(make run AWS=local)가 필요합니다: docs/how-to/aws-services.md."
    ),
    "aws-sdk calls, Retry for what passes, Catch for what does not, numbers in DynamoDB's own form.": (
        "aws-sdk 호출, 일시적인 오류에는 Retry, 그렇지 않은 오류에는 Catch, DynamoDB 고유 형식의 수."
    ),
    # 17
    "Image pipeline on your Celery workers": "내 Celery 워커로 돌리는 이미지 파이프라인",
    "Draws a picture, makes smaller ones of it side by side, and tells where they are. Needs "
    "TREADLE_CELERY_APP=pictures:app and a worker of that project: docs/how-to/celery-tasks.md.": (
        "그림을 그리고, 작은 그림들을 나란히 만든 뒤, 어디에 있는지 알려 줍니다. TREADLE_CELERY_APP=pictures:app과 그 "
        "프로젝트의 워커가 필요합니다: docs/how-to/celery-tasks.md."
    ),
    "celery:sendTask.sync: tasks of a Celery project as states, with results, retries by the machine, and a Map "
    "beside.": ("celery:sendTask.sync: Celery 프로젝트의 태스크를 상태로, 결과와 머신의 재시도, 그리고 나란한 Map."),
    # 18
    "Order over HTTP, with OAuth": "OAuth를 쓰는 HTTP 주문",
    "Places an order at an HTTPS API that wants an OAuth token, and asks for its status until it has an end. Needs a "
    "connection of the kind OAUTH_CLIENT_CREDENTIALS and the API that it is for: docs/how-to/http-tasks.md.": (
        "OAuth 토큰이 필요한 HTTPS API에 주문을 넣고 끝날 때까지 상태를 물어봅니다. OAUTH_CLIENT_CREDENTIALS 종류의 "
        "연결과 그 대상 API가 필요합니다: docs/how-to/http-tasks.md."
    ),
    "http:invoke with a connection: no secret in the machine, tokens got and renewed by themselves, errors by their "
    "status code.": (
        "연결을 쓰는 http:invoke: 머신에는 비밀이 없고, 토큰은 저절로 받고 갱신되며, 오류는 상태 코드로 구분."
    ),
    # 19
    "Ten thousand rows of a CSV file": "CSV 파일의 만 개 행",
    "Reads a CSV file in batches of 100 rows, a child execution each, and adds up what they found. Needs "
    "TREADLE_FILES_ROOT with the file of its input: docs/how-to/distributed-map.md makes one of 10,000 rows.": (
        "CSV 파일을 100행씩 배치로 읽고 배치마다 하위 실행을 돌리고 결과를 더합니다. 입력에 있는 파일을 담은 "
        "TREADLE_FILES_ROOT가 필요합니다: docs/how-to/distributed-map.md가 10,000행짜리 파일을 만듭니다."
    ),
    "Distributed Map over a file: ItemReader, ItemBatcher, a tolerance for failures, and a sum over the children's "
    "results.": ("파일에 대한 분산 Map: ItemReader, ItemBatcher, 실패 허용치, 하위 실행 결과의 합."),
}

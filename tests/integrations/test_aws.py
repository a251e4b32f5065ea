"""AWS services as tasks, against an endpoint that speaks AWS's protocols."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from engine.integrations.aws import Aws, AwsSettings
from engine.integrations.aws.client import Clients
from engine.integrations.aws.shapes import AnswerTooLarge
from engine.integrations.refusals import NoAnswer
from tests.integrations.conftest import REGION, attempt_of, done, poll_claim
from tests.integrations.recording import Reply, recording

Boto = Callable[[str], Any]
ITEM = {"id": {"S": "id1"}, "data": {"S": "HelloWorld"}}


def table(boto: Boto) -> None:
    boto("dynamodb").create_table(
        TableName="Orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.mark.parametrize("service", ["dynamodb", "aws-sdk:dynamodb"])
def test_items_are_put_changed_got_and_deleted(aws: Aws, boto: Boto, service: str) -> None:
    table(boto)
    key = {"TableName": "Orders", "Key": {"id": {"S": "id1"}}}
    done(aws.start(attempt_of(f"{service}:putItem", {"TableName": "Orders", "Item": ITEM})).wait(None))
    change = {
        **key,
        "UpdateExpression": "set #d=:r",
        "ExpressionAttributeNames": {"#d": "data"},
        "ExpressionAttributeValues": {":r": {"S": "Bye"}},
        "ReturnValues": "UPDATED_NEW",
    }
    changed = done(aws.start(attempt_of(f"{service}:updateItem", change)).wait(None))
    assert changed["Attributes"] == {"data": {"S": "Bye"}}
    found = done(aws.start(attempt_of(f"{service}:getItem", key)).wait(None))
    assert found["Item"] == {"id": {"S": "id1"}, "data": {"S": "Bye"}}
    assert ("SdkHttpMetadata" in found) == (service == "dynamodb")
    done(aws.start(attempt_of(f"{service}:deleteItem", key)).wait(None))
    assert "Item" not in done(aws.start(attempt_of(f"{service}:getItem", key)).wait(None))


def test_an_error_of_an_sdk_call_is_worded_as_version_2_words_it(aws: Aws) -> None:
    put = attempt_of("aws-sdk:dynamodb:putItem", {"TableName": "Nowhere", "Item": ITEM})
    outcome = aws.start(put).wait(None)
    assert outcome is not None
    assert outcome.error == "DynamoDb.ResourceNotFoundException"
    assert (outcome.cause or "").startswith(
        "Requested resource not found (Service: DynamoDb, Status Code: 400, Request ID: "
    )


def test_an_error_of_an_optimised_call_is_worded_as_version_1_words_it(aws: Aws) -> None:
    outcome = aws.start(attempt_of("dynamodb:putItem", {"TableName": "Nowhere", "Item": ITEM})).wait(None)
    assert outcome is not None
    assert outcome.error == "DynamoDB.ResourceNotFoundException"
    assert "(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; " in str(outcome.cause)
    assert str(outcome.cause).endswith("; Proxy: null)")


def test_a_message_is_sent_and_its_body_may_be_json(aws: Aws, boto: Boto) -> None:
    url = boto("sqs").create_queue(QueueName="Jobs")["QueueUrl"]
    message = {"QueueUrl": url, "MessageBody": {"order": 7, "lines": [1.5, None]}}
    sent = done(aws.start(attempt_of("sqs:sendMessage", message)).wait(None))
    assert sent["MessageId"]
    found = boto("sqs").receive_message(QueueUrl=url)["Messages"][0]
    assert json.loads(found["Body"]) == message["MessageBody"]


def test_a_callback_is_submitted_and_waits(aws: Aws, boto: Boto) -> None:
    url = boto("sqs").create_queue(QueueName="Jobs")["QueueUrl"]
    message = {"QueueUrl": url, "MessageBody": {"token": "t-1"}}
    outcome = aws.start(attempt_of("sqs:sendMessage.waitForTaskToken", message)).wait(None)
    assert outcome is not None
    assert outcome.submission is not None
    assert (outcome.submission.handle, outcome.submission.poll_seconds) == (None, None)
    assert outcome.submission.output.value["MessageId"]  # type: ignore[index,call-overload]


def test_a_topic_is_published_to_and_a_missing_one_is_an_error(aws: Aws, boto: Boto) -> None:
    topic = boto("sns").create_topic(Name="News")["TopicArn"]
    given = {"TopicArn": topic, "Message": {"hello": "world"}, "MessageAttributes": {}}
    assert done(aws.start(attempt_of("sns:publish", given)).wait(None))["MessageId"]
    outcome = aws.start(attempt_of("sns:publish", {**given, "TopicArn": topic + "x"})).wait(None)
    assert outcome is not None
    assert outcome.error == "SNS.NotFoundException"


def test_events_are_put_and_one_refused_entry_fails_the_task(aws: Aws) -> None:
    good = {"Detail": {"a": 1}, "DetailType": "t", "Source": "some.source"}
    assert done(aws.start(attempt_of("events:putEvents", {"Entries": [good]})).wait(None))["FailedEntryCount"] == 0
    bad = {**good, "Detail": "no JSON"}
    outcome = aws.start(attempt_of("events:putEvents", {"Entries": [good, bad]})).wait(None)
    assert outcome is not None
    assert outcome.error == "EventBridge.FailedEntry"
    assert json.loads(outcome.cause or "")["FailedEntryCount"] == 1


def test_objects_go_to_s3_and_come_back_as_text(aws: Aws, boto: Boto) -> None:
    boto("s3").create_bucket(Bucket="files")
    put = {"Bucket": "files", "Key": "a/b.json", "Body": {"k": [1, 2]}}
    assert "ETag" in done(aws.start(attempt_of("aws-sdk:s3:putObject", put)).wait(None))
    got = done(aws.start(attempt_of("aws-sdk:s3:getObject", {"Bucket": "files", "Key": "a/b.json"})).wait(None))
    assert json.loads(got["Body"]) == {"k": [1, 2]}
    outcome = aws.start(attempt_of("aws-sdk:s3:getObject", {"Bucket": "files", "Key": "no"})).wait(None)
    assert outcome is not None
    assert outcome.error == "S3.NoSuchKeyException"


def test_an_object_too_large_for_a_result_is_not_read_to_its_end(aws: Aws, boto: Boto) -> None:
    boto("s3").create_bucket(Bucket="files")
    boto("s3").put_object(Bucket="files", Key="big", Body=b"x" * 300_000)
    outcome = aws.start(attempt_of("aws-sdk:s3:getObject", {"Bucket": "files", "Key": "big"})).wait(None)
    assert outcome is not None
    assert outcome.error == "States.DataLimitExceeded"


def test_a_parameter_that_the_service_does_not_have_is_named(aws: Aws) -> None:
    outcome = aws.start(attempt_of("sqs:sendMessage", {"QueueUrl": "q", "MessageBdy": 1})).wait(None)
    assert outcome is not None
    assert (outcome.error, outcome.cause) == (
        "States.Runtime",
        "The field 'MessageBdy' is not supported by Step Functions",
    )


def test_services_whose_names_differ_between_the_sdks_are_found(aws: Aws) -> None:
    created = done(
        aws.start(attempt_of("aws-sdk:secretsmanager:createSecret", {"Name": "n", "SecretString": "s"})).wait(None)
    )
    assert created["ARN"]
    assert done(aws.start(attempt_of("aws-sdk:cloudwatchlogs:describeLogGroups")).wait(None))["LogGroups"] == []
    assert done(aws.start(attempt_of("aws-sdk:eventbridge:listEventBuses")).wait(None))["EventBuses"]
    outcome = aws.start(attempt_of("aws-sdk:s3:flyAway")).wait(None)
    assert outcome is not None
    assert "no action flyAway" in str(outcome.cause)


def test_a_role_is_assumed(aws: Aws, boto: Boto) -> None:
    table(boto)
    role = "arn:aws:iam::000000000001:role/clerk"
    given = attempt_of("dynamodb:putItem", {"TableName": "Orders", "Item": ITEM}, role_arn=role)
    outcome = aws.start(given).wait(None)
    assert outcome is not None
    # The role belongs to another account, where that table is not: the call was made as that role.
    assert outcome.error == "DynamoDB.ResourceNotFoundException"


def test_nothing_is_called_where_nothing_is_configured() -> None:
    outcome = Aws(AwsSettings(region=REGION)).start(attempt_of("sqs:sendMessage")).wait(None)
    assert outcome is not None
    assert outcome.error == "States.TaskFailed"
    assert "TREADLE_AWS_ENDPOINT_URL" in str(outcome.cause)


def test_only_what_the_operator_allows_is_called(moto: str, boto: Boto) -> None:
    aws = Aws(AwsSettings(region=REGION, endpoint_url=moto, allow=("sqs:SendMessage", "dynamodb:Get*")))
    url = boto("sqs").create_queue(QueueName="Jobs")["QueueUrl"]
    done(aws.start(attempt_of("sqs:sendMessage", {"QueueUrl": url, "MessageBody": "hi"})).wait(None))
    for refused in ("sns:publish", "aws-sdk:dynamodb:putItem", "aws-sdk:sqs:deleteQueue", "ecs:runTask.sync"):
        outcome = aws.start(attempt_of(refused)).wait(None)
        assert outcome is not None
        assert outcome.error == "States.Permissions", refused
        assert "TREADLE_AWS_ALLOW" in str(outcome.cause)


def test_a_role_is_assumed_only_where_the_operator_allows_it(moto: str) -> None:
    aws = Aws(AwsSettings(region=REGION, endpoint_url=moto, allow=("dynamodb:*",)))
    attempt = attempt_of("dynamodb:getItem", {}, role_arn="arn:aws:iam::000000000001:role/clerk")
    outcome = aws.start(attempt).wait(None)
    assert outcome is not None
    assert outcome.error == "States.Permissions"
    assert "sts:AssumeRole" in str(outcome.cause)


def test_a_service_that_does_not_answer_fails_the_task() -> None:
    aws = Aws(AwsSettings(region=REGION, endpoint_url="http://127.0.0.1:9"))
    outcome = aws.start(attempt_of("sqs:sendMessage", {"QueueUrl": "q", "MessageBody": "m"})).wait(None)
    assert outcome is not None
    assert outcome.error == "SQS.SdkClientException"


@pytest.mark.parametrize(
    ("resource", "again"),
    [
        ("ecs:runTask.sync", True),
        ("athena:startQueryExecution.sync", True),
        ("codebuild:startBuild.sync", True),
        ("dynamodb:getItem", True),
        ("aws-sdk:s3:listObjectsV2", True),
        ("dynamodb:putItem", False),
        ("dynamodb:updateItem", False),
        ("sqs:sendMessage", False),
        ("sns:publish", False),
        ("batch:submitJob.sync", False),
        ("glue:startJobRun.sync", False),
        ("events:putEvents", False),
    ],
)
def test_what_may_be_begun_twice_is_known_by_its_token_or_only_reads(aws: Aws, resource: str, again: bool) -> None:
    assert aws.repeatable(f"arn:aws:states:::{resource}") is again


def query(boto: Boto) -> dict[str, Any]:
    boto("s3").create_bucket(Bucket="results")
    return {"QueryString": "SELECT 1", "ResultConfiguration": {"OutputLocation": "s3://results/"}}


def test_a_query_is_waited_for_by_looks(aws: Aws, boto: Boto) -> None:
    attempt = attempt_of("athena:startQueryExecution.sync", query(boto))
    claim = poll_claim(attempt, aws.start(attempt).wait(None))
    outcome = aws.poll(claim)
    while isinstance(outcome, float):
        outcome = aws.poll(claim)
    assert done(outcome)["QueryExecution"]["Status"]["State"] == "SUCCEEDED"


def test_a_glue_job_run_is_waited_for_by_looks(aws: Aws, boto: Boto) -> None:
    boto("glue").create_job(Name="clean", Role="r", Command={"Name": "glueetl"})
    attempt = attempt_of("glue:startJobRun.sync", {"JobName": "clean"})
    claim = poll_claim(attempt, aws.start(attempt).wait(None))
    outcome = aws.poll(claim)
    while isinstance(outcome, float):
        outcome = aws.poll(claim)
    assert done(outcome)["JobRunState"] == "SUCCEEDED"


def test_a_build_is_waited_for_by_looks(aws: Aws, boto: Boto) -> None:
    boto("codebuild").create_project(
        name="site",
        source={"type": "S3", "location": "b/s.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole="arn:aws:iam::123456789012:role/service-role/build",
    )
    attempt = attempt_of("codebuild:startBuild.sync", {"ProjectName": "site"})
    claim = poll_claim(attempt, aws.start(attempt).wait(None))
    outcome = aws.poll(claim)
    for _ in range(5):
        if not isinstance(outcome, float):
            break
        outcome = aws.poll(claim)
    assert done(outcome)["Build"]["BuildStatus"] == "SUCCEEDED"


def ecs_task(boto: Boto) -> dict[str, Any]:
    ecs = boto("ecs")
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(
        family="job", containerDefinitions=[{"name": "c", "image": "i", "cpu": 1, "memory": 4, "essential": True}]
    )
    network = boto("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    return {
        "Cluster": "main",
        "TaskDefinition": "job",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [network]}},
    }


def test_an_ecs_task_is_waited_for_and_its_stop_is_asked_for_when_nobody_waits(aws: Aws, boto: Boto) -> None:
    attempt = attempt_of("ecs:runTask.sync", ecs_task(boto))
    claim = poll_claim(attempt, aws.start(attempt).wait(None))
    assert isinstance(aws.poll(claim), float)
    arn = json.loads(claim.handle or "")["task"]
    described = boto("ecs").describe_tasks(cluster="main", tasks=[arn])["tasks"][0]
    assert described["startedBy"] == "AWS Step Functions"
    assert aws.cancel(claim)
    assert boto("ecs").describe_tasks(cluster="main", tasks=[arn])["tasks"][0]["desiredStatus"] == "STOPPED"
    assert aws.cancel(claim)


def test_an_ecs_task_that_cannot_be_placed_fails(aws: Aws, boto: Boto) -> None:
    outcome = aws.start(attempt_of("ecs:runTask.sync", {"Cluster": "nowhere", "TaskDefinition": "x"})).wait(None)
    assert outcome is not None
    assert outcome.failed
    assert str(outcome.error).startswith("ECS.")


LISTED = {"Content-Type": "application/x-amz-json-1.0"}


def test_an_answer_that_drips_is_given_up() -> None:
    slow = Reply(body=json.dumps({"TableNames": ["T"] * 20}).encode(), headers=LISTED, pieces=40)
    slow.pause = lambda: time.sleep(0.05)
    with recording(lambda _: slow) as server:
        clients = Clients(AwsSettings(region=REGION, endpoint_url=server.address), answer_seconds=0.3)
        # The second on a machine that has much else to do: then the first byte already comes too late.
        with pytest.raises(NoAnswer, match=r"did not end within|Read timeout"):
            clients.call("dynamodb", "ListTables", {}, None)


def test_an_answer_larger_than_any_that_is_read_is_given_up() -> None:
    large = Reply(body=json.dumps({"TableNames": ["T" * 1000] * 20}).encode(), headers=LISTED)
    with recording(lambda _: large) as server:
        settings = AwsSettings(region=REGION, endpoint_url=server.address)
        with pytest.raises(AnswerTooLarge):
            Clients(settings, answer_bytes=10_000).call("dynamodb", "ListTables", {}, None)
        found = Clients(settings, answer_bytes=100_000).call("dynamodb", "ListTables", {}, None)
    assert len(found["TableNames"]) == 20


def test_clients_that_are_not_used_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.integrations.aws.client._MOST_CLIENTS", 1)
    clients = Clients(AwsSettings(region=REGION, endpoint_url="http://127.0.0.1:1"))
    first = clients.of("sqs", None)
    assert clients.of("sqs", None) is first
    clients.of("sns", None)
    assert clients.of("sqs", None) is not first

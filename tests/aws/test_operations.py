"""boto3 walks through all operations, against a whole Treadle."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import ACCOUNT, REGION, ROLE
from tests.harness import Server, until
from tests.integrations.recording import Reply, recording

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PREFIX = f"arn:aws:states:{REGION}:{ACCOUNT}"


def machine_of(*states: tuple[str, dict[str, Any]], **more: Any) -> str:
    chained = {
        name: {**state, **({"Next": states[index + 1][0]} if index + 1 < len(states) else {"End": True})}
        for index, (name, state) in enumerate(states)
    }
    return json.dumps({"StartAt": states[0][0], "States": chained, **more})


PASS = machine_of(("Hello", {"Type": "Pass"}))
OTHER = machine_of(("Bye", {"Type": "Pass", "Result": "bye"}))
WAIT = machine_of(("Wait", {"Type": "Wait", "Seconds": 600}))
FAIL = json.dumps({"StartAt": "Bad", "States": {"Bad": {"Type": "Fail", "Error": "Sour", "Cause": "no lemons"}}})
MAP = machine_of(
    (
        "Each",
        {
            "Type": "Map",
            "Label": "Each",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Wait",
                "States": {"Wait": {"Type": "Wait", "SecondsPath": "$.s", "End": True}},
            },
        },
    )
)


def refused(call: Callable[..., Any], **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**given)
    error = caught.value.response["Error"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
    return str(error["Code"]), str(error.get("Message"))


def ended(sfn: Any, arn: str, seconds: float = 30) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = sfn.describe_execution(executionArn=arn)
        return found if found["status"] != "RUNNING" else None

    found: dict[str, Any] = until(look, seconds, f"the end of {arn}")
    return found


# -- machines --------------------------------------------------------------------------------------------------------


def test_a_machine_is_created_described_updated_listed_and_deleted(sfn: Any, name: str) -> None:
    arn = f"{PREFIX}:stateMachine:{name}"
    made = sfn.create_state_machine(name=name, definition=PASS, roleArn=ROLE, tags=[{"key": "team", "value": "a"}])
    assert made["stateMachineArn"] == arn
    found = sfn.describe_state_machine(stateMachineArn=arn)
    assert (found["name"], found["status"], found["type"]) == (name, "ACTIVE", "STANDARD")
    assert (found["definition"], found["roleArn"]) == (PASS, ROLE)
    assert found["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}
    assert found["tracingConfiguration"] == {"enabled": False}
    assert "revisionId" not in found
    updated = sfn.update_state_machine(stateMachineArn=arn, definition=OTHER, tracingConfiguration={"enabled": True})
    found = sfn.describe_state_machine(stateMachineArn=arn)
    assert (found["definition"], found["tracingConfiguration"]) == (OTHER, {"enabled": True})
    assert found["revisionId"] == updated["revisionId"]
    again = sfn.update_state_machine(stateMachineArn=arn, definition=OTHER)
    assert again["revisionId"] == updated["revisionId"]
    listed = [one for page in sfn.get_paginator("list_state_machines").paginate() for one in page["stateMachines"]]
    assert arn in [one["stateMachineArn"] for one in listed]
    sfn.delete_state_machine(stateMachineArn=arn)
    code, message = refused(sfn.describe_state_machine, stateMachineArn=arn)
    assert (code, message) == ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    sfn.delete_state_machine(stateMachineArn=arn)


def test_creating_the_same_machine_again_is_the_same_machine_and_another_is_refused(sfn: Any, name: str) -> None:
    first = sfn.create_state_machine(name=name, definition=PASS, roleArn=ROLE)
    other_role = f"arn:aws:iam::{ACCOUNT}:role/other"
    again = sfn.create_state_machine(name=name, definition=PASS, roleArn=other_role)
    assert again["stateMachineArn"] == first["stateMachineArn"]
    assert again["creationDate"] == first["creationDate"]
    for change in ({"definition": OTHER}, {"type": "EXPRESS"}, {"tracingConfiguration": {"enabled": True}}):
        code, message = refused(
            sfn.create_state_machine, **{"name": name, "definition": PASS, "roleArn": ROLE, **change}
        )
        assert code == "StateMachineAlreadyExists"
        assert message == f"State Machine Already Exists: '{first['stateMachineArn']}'"


def test_what_aws_refuses_of_a_machine_is_refused_in_its_words(sfn: Any, name: str) -> None:
    given = {"name": name, "definition": PASS, "roleArn": ROLE}

    def create(**change: Any) -> tuple[str, str]:
        return refused(sfn.create_state_machine, **{**given, **change})

    assert create(name="a b") == ("InvalidName", "Invalid Name: 'a b'")
    assert create(name="n" * 81)[1].endswith("Member must have length less than or equal to 80")
    assert create(definition='{"StartAt": "A"}')[0] == "InvalidDefinition"
    assert create(roleArn="nobody")[0] == "InvalidArn"
    assert create(versionDescription="x") == (
        "ValidationException",
        "Version description can only be set when publish is true",
    )
    assert create(loggingConfiguration={"level": "ALL"}) == (
        "InvalidLoggingConfiguration",
        "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    )
    assert create(encryptionConfiguration={"type": "CUSTOMER_MANAGED_KMS_KEY"})[0] == "InvalidEncryptionConfiguration"
    assert create(tags=[{"key": f"k{n}", "value": ""} for n in range(51)])[0] == "TooManyTags"
    assert create(type="SLOW")[1] == (
        "1 validation error detected: Value 'SLOW' at 'type' failed to satisfy constraint: "
        "Member must satisfy enum value set: [STANDARD, EXPRESS]"
    )


def test_a_definition_that_aws_accepts_is_accepted_even_if_it_cannot_run_here(make: Callable[..., str]) -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "j"}}
    assert make(machine_of(("Job", task)))


def test_the_names_of_variables_are_told(sfn: Any, make: Callable[..., str]) -> None:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Assign": {"total": 1}, "Next": "B"},
            "B": {"Type": "Pass", "Output": "{% $total + $sum([1]) & 'a $word' %}", "End": True},
        },
    }
    found = sfn.describe_state_machine(stateMachineArn=make(json.dumps(definition)))
    assert found["variableReferences"] == {"B": ["total"]}
    bare = sfn.describe_state_machine(stateMachineArn=found["stateMachineArn"], includedData="METADATA_ONLY")
    assert bare["definition"] == "{}"


def test_the_same_machine_is_on_the_pages_and_keeps_its_role_when_it_is_saved_there(
    sfn: Any, server: Server, make: Callable[..., str], name: str
) -> None:
    arn = make(PASS)
    _, found = server.call("GET", f"/api/machines/?search={name}")
    machine = found["results"][0]
    status, _ = server.call("POST", f"/api/machines/{machine['id']}/revisions/", {"definition": OTHER}, If_Match='"r1"')
    assert status == 201
    found = sfn.describe_state_machine(stateMachineArn=arn)
    assert (found["definition"], found["roleArn"]) == (OTHER, ROLE)


# -- versions and aliases --------------------------------------------------------------------------------------------


def test_versions_have_numbers_that_are_never_used_again(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(PASS)
    first = sfn.publish_state_machine_version(stateMachineArn=arn, revisionId="INITIAL", description="one")
    assert first["stateMachineVersionArn"] == f"{arn}:1"
    assert sfn.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"] == f"{arn}:1"
    second = sfn.update_state_machine(stateMachineArn=arn, definition=OTHER, publish=True)
    assert second["stateMachineVersionArn"] == f"{arn}:2"
    code, message = refused(sfn.publish_state_machine_version, stateMachineArn=arn, revisionId="INITIAL")
    assert code == "ConflictException"
    assert message.endswith(f"The current State Machine revision is {second['revisionId']}.")
    listed = sfn.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
    assert [one["stateMachineVersionArn"] for one in listed] == [f"{arn}:2", f"{arn}:1"]
    described = sfn.describe_state_machine(stateMachineArn=f"{arn}:1")
    assert (described["definition"], described["description"]) == (PASS, "one")
    sfn.delete_state_machine_version(stateMachineVersionArn=f"{arn}:2")
    sfn.delete_state_machine_version(stateMachineVersionArn=f"{arn}:2")
    assert sfn.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"] == f"{arn}:3"
    assert refused(sfn.update_state_machine, stateMachineArn=f"{arn}:1", definition=PASS)[0] == (
        "StateMachineDoesNotExist"
    )


def test_an_alias_routes_by_weight_and_executions_tell_what_they_were_started_by(
    sfn: Any, make: Callable[..., str]
) -> None:
    arn = make(PASS, publish=True)
    sfn.update_state_machine(stateMachineArn=arn, definition=OTHER, publish=True)
    routing = [
        {"stateMachineVersionArn": f"{arn}:1", "weight": 0},
        {"stateMachineVersionArn": f"{arn}:2", "weight": 100},
    ]
    given = {"name": "live", "description": "what users get", "routingConfiguration": routing}
    made = sfn.create_state_machine_alias(**given)
    alias = made["stateMachineAliasArn"]
    assert alias == f"{arn}:live"
    assert sfn.create_state_machine_alias(**given)["stateMachineAliasArn"] == alias
    found = sfn.describe_state_machine_alias(stateMachineAliasArn=alias)
    assert (found["name"], found["description"], found["routingConfiguration"]) == ("live", "what users get", routing)
    execution = sfn.start_execution(stateMachineArn=alias)["executionArn"]
    described = ended(sfn, execution)
    assert described["output"] == '"bye"'
    assert described["stateMachineArn"] == arn
    assert (described["stateMachineVersionArn"], described["stateMachineAliasArn"]) == (f"{arn}:2", alias)
    [started, *_] = sfn.get_execution_history(executionArn=execution)["events"]
    assert started["executionStartedEventDetails"]["stateMachineAliasArn"] == alias
    for by in (alias, f"{arn}:2"):
        listed = sfn.list_executions(stateMachineArn=by)["executions"]
        assert [one["executionArn"] for one in listed] == [execution]
    assert sfn.list_executions(stateMachineArn=f"{arn}:1")["executions"] == []
    code, message = refused(sfn.delete_state_machine_version, stateMachineVersionArn=f"{arn}:1")
    assert (code, message.endswith("[live]")) == ("ConflictException", True)
    one = [{"stateMachineVersionArn": f"{arn}:1", "weight": 100}]
    sfn.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=one)
    assert sfn.list_state_machine_aliases(stateMachineArn=f"{arn}:2")["stateMachineAliases"] == []
    listed = sfn.list_state_machine_aliases(stateMachineArn=f"{arn}:1")["stateMachineAliases"]
    assert [each["stateMachineAliasArn"] for each in listed] == [alias]
    sfn.delete_state_machine_version(stateMachineVersionArn=f"{arn}:2")
    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    assert refused(sfn.describe_state_machine_alias, stateMachineAliasArn=alias)[0] == "ResourceNotFound"
    assert refused(sfn.start_execution, stateMachineArn=alias)[0] == "StateMachineDoesNotExist"


def test_a_routing_that_cannot_be_is_refused(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(PASS, publish=True)

    def create(*routes: tuple[str, int], name: str = "live") -> tuple[str, str]:
        routing = [{"stateMachineVersionArn": version, "weight": weight} for version, weight in routes]
        return refused(sfn.create_state_machine_alias, name=name, routingConfiguration=routing)

    assert create((f"{arn}:1", 60)) == (
        "ValidationException",
        "Sum of routing configuration weights must equal 100. Received: [60]",
    )
    assert create((arn, 100)) == (
        "ValidationException",
        f"Routing configuration must contain state machine version ARNs. Received: [{arn}]",
    )
    assert create((f"{arn}:1", 50), (f"{arn}:1", 50))[0] == "ValidationException"
    assert create((f"{arn}:7", 100))[0] == "ResourceNotFound"
    assert create((f"{arn}:1", 100), name="7")[0] == "ValidationException"
    assert refused(sfn.update_state_machine_alias, stateMachineAliasArn=f"{arn}:live")[0] == "ValidationException"


# -- executions ------------------------------------------------------------------------------------------------------


def test_an_execution_is_started_described_and_its_history_read_in_pages(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(machine_of(("A", {"Type": "Pass"}), ("B", {"Type": "Pass"})))
    started = sfn.start_execution(stateMachineArn=arn, name="run", input='{"a" : 1}', traceHeader="Root=1-5")
    execution = started["executionArn"]
    assert execution == arn.replace(":stateMachine:", ":execution:") + ":run"
    found = ended(sfn, execution)
    assert (found["status"], found["input"], found["output"]) == ("SUCCEEDED", '{"a" : 1}', '{"a" : 1}')
    assert found["startDate"] == started["startDate"]
    assert (found["traceHeader"], found["redriveCount"], found["redriveStatus"]) == ("Root=1-5", 0, "NOT_REDRIVABLE")
    bare = sfn.describe_execution(executionArn=execution, includedData="METADATA_ONLY")
    assert ("input" in bare, bare["inputDetails"]) == (False, {"included": False})
    whole = sfn.get_execution_history(executionArn=execution)["events"]
    assert [one["type"] for one in whole] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    pages = sfn.get_paginator("get_execution_history").paginate(
        executionArn=execution, PaginationConfig={"PageSize": 2}
    )
    assert [one for page in pages for one in page["events"]] == whole
    backwards = sfn.get_execution_history(executionArn=execution, reverseOrder=True, maxResults=4)
    rest = sfn.get_execution_history(
        executionArn=execution, reverseOrder=True, maxResults=4, nextToken=backwards["nextToken"]
    )
    assert [*backwards["events"], *rest["events"]] == whole[::-1]
    quiet = sfn.get_execution_history(executionArn=execution, includeExecutionData=False)["events"]
    assert "input" not in quiet[1]["stateEnteredEventDetails"]
    for_execution = sfn.describe_state_machine_for_execution(executionArn=execution)
    assert for_execution["stateMachineArn"] == arn


def test_starting_the_same_execution_twice_is_one_execution_while_it_runs(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(WAIT)
    first = sfn.start_execution(stateMachineArn=arn, name="once", input='{"a":1}')
    assert sfn.start_execution(stateMachineArn=arn, name="once", input='{"a":1}')["startDate"] == first["startDate"]
    code, message = refused(sfn.start_execution, stateMachineArn=arn, name="once", input='{"a":2}')
    assert (code, message) == ("ExecutionAlreadyExists", f"Execution Already Exists: '{first['executionArn']}'")
    sfn.stop_execution(executionArn=first["executionArn"], error="Enough", cause="of it")
    found = ended(sfn, first["executionArn"])  # most likely it has ended, but a stop waits for it for some seconds only
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "Enough", "of it")
    again = sfn.stop_execution(executionArn=first["executionArn"], error="Once more")
    assert found["stopDate"] == again["stopDate"]
    assert refused(sfn.start_execution, stateMachineArn=arn, name="once", input='{"a":1}')[0] == (
        "ExecutionAlreadyExists"
    )


def test_what_aws_refuses_of_an_execution_is_refused_in_its_words(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(PASS)
    assert refused(sfn.start_execution, stateMachineArn=arn, input="not some json") == (
        "InvalidExecutionInput",
        "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting "
        "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')'",
    )
    assert refused(sfn.start_execution, stateMachineArn=arn, name="a/b") == ("InvalidName", "Invalid Name: 'a/b'")
    assert refused(sfn.start_execution, stateMachineArn="nonsense")[0] == "InvalidArn"
    assert refused(sfn.start_execution, stateMachineArn=f"{arn}x")[0] == "StateMachineDoesNotExist"
    other_region = arn.replace(REGION, "eu-west-1")
    assert refused(sfn.start_execution, stateMachineArn=other_region)[0] == "StateMachineDoesNotExist"
    nobody = arn.replace(":stateMachine:", ":execution:") + ":nobody"
    assert refused(sfn.describe_execution, executionArn=nobody) == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{nobody}'",
    )
    assert refused(sfn.describe_execution, executionArn=arn)[0] == "InvalidArn"
    assert refused(sfn.start_sync_execution, stateMachineArn=arn)[0] == "StateMachineTypeNotSupported"


def test_executions_are_listed_newest_first_and_filtered(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(json.dumps({"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.bad", "IsPresent": True, "Next": "F"}], "Default": "S"},
        "F": {"Type": "Fail"}, "S": {"Type": "Succeed"}}}))  # fmt: skip
    arns = []
    for value in ("{}", '{"bad":1}', "{}"):
        arns.append(sfn.start_execution(stateMachineArn=arn, input=value)["executionArn"])
        ended(sfn, arns[-1])
    pages = sfn.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig={"PageSize": 2})
    assert [one["executionArn"] for page in pages for one in page["executions"]] == arns[::-1]
    failed = sfn.list_executions(stateMachineArn=arn, statusFilter="FAILED")["executions"]
    assert [one["executionArn"] for one in failed] == [arns[1]]
    token = sfn.list_executions(stateMachineArn=arn, maxResults=1)["nextToken"]
    assert refused(sfn.list_executions, stateMachineArn=arn, nextToken=f"{token[:-1]}!")[0] == "InvalidToken"
    other = refused(sfn.list_executions, stateMachineArn=arn, statusFilter="FAILED", nextToken=token)
    assert other[0] == "InvalidToken"
    assert refused(sfn.list_executions)[0] == "ValidationException"
    assert refused(sfn.list_executions, stateMachineArn=arn, redriveFilter="REDRIVEN")[0] == "ValidationException"
    assert refused(sfn.list_executions, stateMachineArn=arn, maxResults=1001)[1] == (
        "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 1000"
    )


def test_a_failed_execution_is_redriven_once_for_each_client_token(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(FAIL)
    execution = sfn.start_execution(stateMachineArn=arn)["executionArn"]
    found = ended(sfn, execution)
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Sour", "no lemons")
    assert found["redriveStatus"] == "REDRIVABLE"
    first = sfn.redrive_execution(executionArn=execution, clientToken="one")["redriveDate"]
    found = ended(sfn, execution)
    assert found["redriveCount"] == 1
    assert sfn.redrive_execution(executionArn=execution, clientToken="one")["redriveDate"] == first
    assert sfn.describe_execution(executionArn=execution)["redriveCount"] == 1
    sfn.redrive_execution(executionArn=execution)
    assert ended(sfn, execution)["redriveCount"] == 2
    types = [one["type"] for one in sfn.get_execution_history(executionArn=execution)["events"]]
    assert types.count("ExecutionRedriven") == 2
    fine = sfn.start_execution(stateMachineArn=make(PASS, name=f"fine-{uuid4().hex[:8]}"))["executionArn"]
    ended(sfn, fine)
    assert refused(sfn.redrive_execution, executionArn=fine) == (
        "ExecutionNotRedrivable",
        "Execution is SUCCEEDED and cannot be redriven",
    )


def test_a_map_run_is_redriven_with_the_children_that_failed(sfn: Any, make: Callable[..., str]) -> None:
    bad = {"Variable": "$", "NumericEquals": 2, "Next": "Bad"}
    states = {
        "Which": {"Type": "Choice", "Choices": [bad], "Default": "Good"},
        "Good": {"Type": "Succeed"},
        "Bad": {"Type": "Fail", "Error": "Sour"},
    }
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"ProcessorConfig": config, "StartAt": "Which", "States": states}
    machine = make(machine_of(("Each", {"Type": "Map", "ItemProcessor": processor})))
    execution = sfn.start_execution(stateMachineArn=machine, input="[1, 2, 3]")["executionArn"]
    assert ended(sfn, execution)["status"] == "FAILED"
    (run,) = (one["mapRunArn"] for one in sfn.list_map_runs(executionArn=execution)["mapRuns"])
    (child,) = sfn.list_executions(mapRunArn=run, statusFilter="FAILED")["executions"]
    assert sfn.describe_execution(executionArn=child["executionArn"])["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"
    sfn.redrive_execution(executionArn=execution)
    assert ended(sfn, execution)["status"] == "FAILED"
    found = sfn.describe_map_run(mapRunArn=run)
    assert (found["redriveCount"], found["executionCounts"]["pendingRedrive"]) == (1, 0)
    assert found["redriveDate"] > found["startDate"]
    (again,) = sfn.list_executions(mapRunArn=run, redriveFilter="REDRIVEN")["executions"]
    assert (again["executionArn"], again["redriveCount"]) == (child["executionArn"], 1)
    assert sfn.list_executions(mapRunArn=run, statusFilter="PENDING_REDRIVE")["executions"] == []
    events = sfn.get_execution_history(executionArn=execution)["events"]
    (redriven,) = (one for one in events if one["type"] == "MapRunRedriven")
    assert redriven["mapRunRedrivenEventDetails"] == {"mapRunArn": run, "redriveCount": 1}


def test_deleting_a_machine_stops_what_runs_and_then_all_is_gone(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(WAIT)
    execution = sfn.start_execution(stateMachineArn=arn)["executionArn"]
    sfn.delete_state_machine(stateMachineArn=arn)

    def gone() -> bool:
        try:
            sfn.describe_state_machine(stateMachineArn=arn)
        except sfn.exceptions.StateMachineDoesNotExist:
            return True
        return False

    until(gone, 20, "the machine is deleted")
    assert refused(sfn.describe_execution, executionArn=execution)[0] == "ExecutionDoesNotExist"


# -- Express ---------------------------------------------------------------------------------------------------------


def test_an_express_execution_answers_the_call_with_its_outcome(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(PASS, type="EXPRESS")
    found = sfn.start_sync_execution(stateMachineArn=arn, name="same", input='{"a": 1}', traceHeader="Root=1")
    assert (found["status"], found["output"], found["name"]) == ("SUCCEEDED", '{"a": 1}', "same")
    assert found["executionArn"].startswith(arn.replace(":stateMachine:", ":express:") + ":same:")
    assert found["billingDetails"]["billedDurationInMilliseconds"] % 100 == 0
    bare = sfn.start_sync_execution(stateMachineArn=arn, name="same", includedData="METADATA_ONLY")
    assert ("output" in bare, bare["outputDetails"]) == (False, {"included": False})
    assert bare["executionArn"] != found["executionArn"]


def test_a_failed_express_execution_is_no_error_of_the_call(sfn: Any, make: Callable[..., str]) -> None:
    found = sfn.start_sync_execution(stateMachineArn=make(FAIL, type="EXPRESS"))
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Sour", "no lemons")
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_an_express_machine_that_takes_too_long_is_timed_out(sfn: Any, make: Callable[..., str]) -> None:
    definition = machine_of(("Wait", {"Type": "Wait", "Seconds": 60}), TimeoutSeconds=1)
    assert sfn.start_sync_execution(stateMachineArn=make(definition, type="EXPRESS"))["status"] == "TIMED_OUT"


def test_express_executions_may_share_a_name_and_have_no_history_here(
    sfn: Any, server: Server, make: Callable[..., str], name: str
) -> None:
    arn = make(PASS, type="EXPRESS")
    first, second = (sfn.start_execution(stateMachineArn=arn, name="same")["executionArn"] for _ in range(2))
    assert first != second
    for call in (sfn.describe_execution, sfn.get_execution_history, sfn.stop_execution, sfn.redrive_execution):
        assert refused(call, executionArn=first)[0] == "InvalidArn"
    assert refused(sfn.list_executions, stateMachineArn=arn)[0] == "StateMachineTypeNotSupported"
    _, found = server.call("GET", f"/api/executions/?search={name}")
    assert {first, second} == {one["arn"] for one in found["results"]}


def test_an_express_machine_refuses_what_waits_for_somebody(sfn: Any, name: str) -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {}}
    code, message = refused(
        sfn.create_state_machine,
        name=name,
        type="EXPRESS",
        roleArn=ROLE,
        definition=machine_of(("Call", task)),
    )
    assert code == "InvalidDefinition"
    assert "Express state machine does not support '.waitForTaskToken' service integration" in message


# -- Map Runs --------------------------------------------------------------------------------------------------------


def test_a_map_run_is_listed_described_updated_and_its_children_are_executions(
    sfn: Any, make: Callable[..., str]
) -> None:
    arn = make(MAP)
    execution = sfn.start_execution(stateMachineArn=arn, input='[{"s":0},{"s":600}]')["executionArn"]
    [run] = until(lambda: sfn.list_map_runs(executionArn=execution)["mapRuns"], 20, "a Map Run")
    map_run = run["mapRunArn"]
    assert map_run.startswith(arn.replace(":stateMachine:", ":mapRun:") + "/Each:")

    def counts() -> dict[str, Any] | None:
        found: dict[str, Any] = sfn.describe_map_run(mapRunArn=map_run)
        return found if found["itemCounts"]["succeeded"] == 1 else None

    found = until(counts, 20, "one child that has succeeded")
    assert (found["status"], found["executionArn"]) == ("RUNNING", execution)
    assert (found["itemCounts"]["total"], found["itemCounts"]["running"]) == (2, 1)
    assert (found["executionCounts"]["total"], found["executionCounts"]["succeeded"]) == (2, 1)
    sfn.update_map_run(mapRunArn=map_run, maxConcurrency=7, toleratedFailureCount=1)
    found = sfn.describe_map_run(mapRunArn=map_run)
    assert (found["maxConcurrency"], found["toleratedFailureCount"]) == (7, 1)
    children = sfn.list_executions(mapRunArn=map_run)["executions"]
    assert [one["itemCount"] for one in children] == [1, 1]
    [slow] = sfn.list_executions(mapRunArn=map_run, statusFilter="RUNNING")["executions"]
    described = sfn.describe_execution(executionArn=slow["executionArn"])
    assert (described["mapRunArn"], described["stateMachineArn"]) == (map_run, f"{arn}/Each")
    for_child = sfn.describe_state_machine_for_execution(executionArn=slow["executionArn"])
    assert (for_child["mapRunArn"], for_child["label"]) == (map_run, "Each")
    assert sfn.describe_state_machine(stateMachineArn=f"{arn}/Each")["label"] == "Each"
    assert refused(sfn.delete_state_machine, stateMachineArn=f"{arn}/Each")[0] == "ValidationException"
    sfn.stop_execution(executionArn=execution)
    until(lambda: sfn.describe_map_run(mapRunArn=map_run)["status"] == "ABORTED", 20, "the Map Run is over")
    assert refused(sfn.update_map_run, mapRunArn=map_run, maxConcurrency=1)[0] == "ValidationException"
    assert refused(sfn.describe_map_run, mapRunArn=f"{map_run}x")[0] == "ResourceNotFound"


# -- tags, activities, tests -----------------------------------------------------------------------------------------


def test_tags_are_kept_replaced_and_removed(sfn: Any, make: Callable[..., str]) -> None:
    arn = make(PASS, tags=[{"key": "team", "value": "a"}])
    sfn.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "b"}, {"key": "cost", "value": "1"}])
    sfn.untag_resource(resourceArn=arn, tagKeys=["cost", "unknown"])
    assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "team", "value": "b"}]
    too_many = [{"key": f"k{n}", "value": ""} for n in range(50)]
    assert refused(sfn.tag_resource, resourceArn=arn, tags=too_many)[0] == "TooManyTags"
    assert refused(sfn.list_tags_for_resource, resourceArn=f"{arn}x")[0] == "ResourceNotFound"


def test_an_activity_is_created_once_described_listed_tagged_and_deleted(sfn: Any, name: str) -> None:
    made = sfn.create_activity(name=name, tags=[{"key": "a", "value": "b"}])
    arn = made["activityArn"]
    assert arn == f"{PREFIX}:activity:{name}"
    assert sfn.create_activity(name=name)["creationDate"] == made["creationDate"]
    assert sfn.describe_activity(activityArn=arn)["name"] == name
    assert arn in [one["activityArn"] for one in sfn.list_activities()["activities"]]
    assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "a", "value": "b"}]
    sfn.delete_activity(activityArn=arn)
    sfn.delete_activity(activityArn=arn)
    assert refused(sfn.describe_activity, activityArn=arn) == (
        "ActivityDoesNotExist",
        f"Activity Does Not Exist: '{arn}'",
    )


def test_a_state_is_tested_and_a_definition_validated_without_an_execution(sfn: Any) -> None:
    state = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $states.input.a + 1 %}", "End": True}
    tested = sfn.test_state(definition=json.dumps(state), input='{"a": 1}', inspectionLevel="DEBUG")
    assert (tested["status"], tested["output"]) == ("SUCCEEDED", "2")
    assert refused(sfn.test_state, definition="{}")[0] == "InvalidDefinition"
    assert sfn.validate_state_machine_definition(definition=PASS)["result"] == "OK"
    found = sfn.validate_state_machine_definition(definition='{"StartAt": "A", "States": {}}', maxResults=1)
    assert (found["result"], len(found["diagnostics"])) == ("FAIL", 1)


def test_a_task_without_a_mock_is_carried_out(sfn: Any, server: Server) -> None:
    server.write_function("Double", "def handler(event, context):\n    return event['n'] * 2\n")
    server.write_function("Bad", "def handler(event, context):\n    raise ValueError('no')\n")
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
    state = {"Type": "Task", "Resource": f"{function}Double", "End": True}
    tested = sfn.test_state(definition=json.dumps(state), roleArn=ROLE, input='{"n": 4}')
    assert (tested["status"], tested["output"]) == ("SUCCEEDED", "8")
    state = {"Type": "Task", "Resource": f"{function}Bad", "End": True}
    tested = sfn.test_state(definition=json.dumps(state), roleArn=ROLE)
    assert (tested["status"], tested["error"]) == ("FAILED", "ValueError")


def test_a_nested_execution_is_started_by_a_test_and_one_that_is_waited_for_needs_a_mock(
    sfn: Any, make: Callable[..., str]
) -> None:
    machine = make(PASS)
    state = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": True,
             "Parameters": {"StateMachineArn": machine, "Input": {"a": 1}}}  # fmt: skip
    tested = sfn.test_state(definition=json.dumps(state), roleArn=ROLE)
    assert tested["status"] == "SUCCEEDED"
    assert ended(sfn, json.loads(tested["output"])["ExecutionArn"])["input"] == '{"a":1}'
    for pattern in (".sync:2", ".waitForTaskToken"):
        waits = {**state, "Resource": state["Resource"] + pattern}  # type: ignore[operator]  # it is text
        told = refused(sfn.test_state, definition=json.dumps(waits), roleArn=ROLE)
        assert "A mock is required" in told[1]


def test_an_http_task_is_tested_and_its_exchange_told(sfn: Any, server: Server) -> None:
    wanted = {"name": f"C{uuid4().hex}", "kind": "API_KEY", "user": "X-Key", "secret": "hidden-key"}
    status, connection = server.call("POST", "/api/connections/", wanted)
    assert status == 201
    with recording(lambda _: Reply(200, b'{"id": 7}')) as other:
        parameters = {
            "ApiEndpoint": f"{other.address}/orders",
            "Method": "GET",
            "InvocationConfig": {"ConnectionArn": connection["arn"]},
        }
        state = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": parameters, "End": True}
        given = {"definition": json.dumps(state), "roleArn": ROLE}
        traced = sfn.test_state(**given, inspectionLevel="TRACE")
        revealed = sfn.test_state(**given, inspectionLevel="TRACE", revealSecrets=True)
        plain = sfn.test_state(**given, inspectionLevel="DEBUG")
    assert json.loads(traced["output"])["ResponseBody"] == {"id": 7}
    exchange = traced["inspectionData"]
    assert (exchange["request"]["method"], exchange["response"]["statusCode"]) == ("GET", "200")
    assert "hidden-key" not in json.dumps(exchange)
    assert json.loads(revealed["inspectionData"]["request"]["headers"])["X-Key"] == "hidden-key"
    assert "request" not in plain["inspectionData"]


def test_an_expression_without_end_fails_its_test_and_holds_up_nobody(sfn: Any) -> None:
    endless = "{% ($f := function($n) { $f($n + 1) }; $f(0)) %}"
    state = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": endless, "End": True}
    tested = sfn.test_state(definition=json.dumps(state))
    assert (tested["status"], tested["error"]) == ("FAILED", "States.QueryEvaluationError")

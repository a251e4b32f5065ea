"""Trying a draft: a simulation on a virtual clock, a test of one state, both bounded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designer.models import Execution, Machine
from tests.designer.conftest import HELLO, Api, body

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"
POLLER = {
    "StartAt": "Begin",
    "States": {
        "Begin": {"Type": "Task", "Resource": f"{FUNCTION}Begin", "Next": "Rest"},
        "Rest": {"Type": "Wait", "Seconds": 86400, "Next": "Look"},
        "Look": {
            "Type": "Task",
            "Resource": f"{FUNCTION}Look",
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 60}],
            "Next": "Done?",
        },
        "Done?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.done", "BooleanEquals": True, "Next": "End"}],
            "Default": "Rest",
        },
        "End": {"Type": "Succeed"},
    },
}


def simulate(api: Api, definition: Any, status: int = 200, **more: Any) -> Any:
    return api.post("/api/simulate/", {"definition": json.dumps(definition), **more}, status)


@pytest.mark.django_db
def test_a_draft_runs_for_days_of_virtual_time_and_leaves_nothing(alice: Api) -> None:
    looks = [{"error": "Busy"}, {"result": {"done": False}}, {"result": {"done": True}, "milliseconds": 500}]
    found = simulate(alice, POLLER, mocks={"Look": looks})
    assert (found["status"], found["output"]) == ("SUCCEEDED", {"done": True})
    assert found["milliseconds"] == 2 * 86_400_000 + 60_000 + 500
    entered = [event["state"] for event in found["events"] if event["type"].endswith("StateEntered")]
    assert entered == ["Begin", "Rest", "Look", "Done?", "Rest", "Look", "Done?", "End"]
    assert "retry" in {event["note"] for event in found["events"]}
    assert not Machine.objects.exists()
    assert not Execution.objects.exists()


@pytest.mark.django_db
def test_a_failure_is_told_with_its_cause(alice: Api) -> None:
    found = simulate(alice, POLLER, mocks={"Begin": [{"error": "Broken", "cause": "no power"}]})
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Broken", "no power")


@pytest.mark.django_db
def test_the_items_of_a_reader_are_made_up_too(alice: Api) -> None:
    each = {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": "b", "Key": "k"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "One",
            "States": {"One": {"Type": "Pass", "End": True}},
        },
        "End": True,
    }
    found = simulate(alice, {"StartAt": "Each", "States": {"Each": each}}, items={"Each": [1, 2, 3]})
    assert found["output"] == [1, 2, 3]


@pytest.mark.django_db
def test_an_invalid_draft_is_refused_with_its_mistakes(alice: Api) -> None:
    refused = simulate(alice, {"StartAt": "A", "States": {}}, 400)
    assert refused["code"] == "InvalidDefinition"
    assert refused["diagnostics"]


@pytest.mark.django_db
def test_a_simulation_that_would_go_on_for_ever_is_given_up(alice: Api) -> None:
    spin = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}
    inner = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **spin}
    each = {"Type": "Map", "ItemProcessor": inner, "ToleratedFailurePercentage": 100, "End": True}
    found = simulate(alice, {"StartAt": "E", "States": {"E": each}}, 422, input=list(range(5000)))
    assert found["code"] == "SimulationTooLong"
    assert "given up" in found["detail"]


@pytest.mark.django_db
def test_an_expression_that_takes_the_machine_down_fails_its_state_alone(alice: Api) -> None:
    hungry = {"Type": "Pass", "Output": '{% $length($pad("x", 1000000000)) %}', "End": True}
    found = simulate(alice, {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": hungry}})
    assert (found["status"], found["error"]) == ("FAILED", "States.QueryEvaluationError")


@pytest.mark.django_db
def test_a_state_is_tested_with_a_made_up_answer_at_each_level(alice: Api) -> None:
    state = {
        "Type": "Task",
        "Resource": f"{FUNCTION}Pay",
        "Parameters": {"sum.$": "$.amount"},
        "ResultPath": "$.paid",
        "Catch": [{"ErrorEquals": ["Declined"], "Next": "No"}],
        "Next": "Yes",
    }
    machine = {"StartAt": "Pay", "States": {"Pay": state, "Yes": {"Type": "Succeed"}, "No": {"Type": "Fail"}}}
    request = {"definition": json.dumps(machine), "state": "Pay", "input": {"amount": 3}}
    found = alice.post("/api/test-state/", {**request, "mock": {"result": {"ok": True}}}, 200)
    assert found == {
        "status": "SUCCEEDED",
        "output": {"amount": 3, "paid": {"ok": True}},
        "error": None,
        "cause": None,
        "next_state": "Yes",
        "inspection": {},
    }
    told = alice.post("/api/test-state/", {**request, "mock": {"result": 1}, "inspection_level": "DEBUG"}, 200)
    assert told["inspection"]["afterParameters"] == {"sum": 3}
    caught = alice.post("/api/test-state/", {**request, "mock": {"error": "Declined"}}, 200)
    assert (caught["status"], caught["next_state"]) == ("CAUGHT_ERROR", "No")


@pytest.mark.django_db
def test_what_cannot_be_tested_is_refused_with_a_reason(alice: Api) -> None:
    refused = alice.call("POST", "/api/test-state/", {"definition": HELLO, "state": "Nobody"})
    assert (refused.status_code, body(refused)["code"]) == (400, "InvalidTrial")
    task = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": f"{FUNCTION}A", "End": True}}}
    refused = alice.call("POST", "/api/test-state/", {"definition": json.dumps(task), "state": "A"})
    assert "made-up answer" in body(refused)["detail"]
    for path in ("/api/simulate/", "/api/test-state/"):
        assert alice.client.post(path, "{}", content_type="application/json").status_code == 401


TASK = {"TaskArn": "arn:aws:ecs:us-east-1:000000000000:task/jobs/1", "Containers": [{"ExitCode": 0}]}
MOCKS: dict[str, Any] = {
    "JobPoller": {"Get Job Status": [{"result": "RUNNING"}, {"result": "SUCCEEDED"}]},
    "OrderSaga": {
        "Charge Card": [{"error": "CardDeclined", "cause": "no"}],
        "Reserve Stock": [{"result": {"id": "r"}}],
    },
    "EcsJobPoller": {
        "Run The Task": [{"result": {"Tasks": [TASK], "Failures": []}}],
        "How Does It Stand?": [
            {"result": {"Tasks": [{**TASK, "LastStatus": "RUNNING"}]}},
            {"result": {"Tasks": [{**TASK, "LastStatus": "STOPPED"}]}},
        ],
    },
    "QueueFanOut": {"Ask A Worker": [{"result": {"status": "PACKED"}}]},
    "DynamoTransfer": {
        "Move It": [{"error": "DynamoDb.ThrottlingException", "cause": "later"}, {"result": {}}],
        "Read The Balance": [{"result": {"Item": {"balance": {"N": "95"}}}}],
    },
    "CeleryPictures": {"Draw": [{"result": "a.pgm"}], "Shrink": [{"result": "b.pgm"}]},
    "HttpOrder": {
        "Place The Order": [{"result": {"ResponseBody": {"id": 17}}}],
        "Ask For Its Status": [
            {"result": {"ResponseBody": {"status": "PACKING"}}},
            {"result": {"ResponseBody": {"status": "SENT"}}},
        ],
    },
}


@pytest.mark.django_db
def test_every_sample_runs_and_ends_well_with_its_own_input(alice: Api) -> None:
    listed = alice.get("/api/samples/")["results"]
    assert len(listed) >= 10
    assert all(sample["teaches"] for sample in listed)
    for sample in listed:
        answers = MOCKS.get(sample["name"], {})
        request = {"definition": sample["definition"], "input": sample["input"], "mocks": answers}
        found = alice.post("/api/simulate/", request, 200)
        assert found["status"] == "SUCCEEDED", (sample["name"], found["error"], found["cause"])

"""Converting states of a draft to JSONata, compared on what the histories of earlier executions hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designer.models import Execution, HistoryEvent
from designer.services import executions, recorded_visits
from engine.asl.parse import parse_definition
from engine.runtime.simulator import Mock, Mocks
from tests.designer.conftest import Api, body
from tests.simulation import simulation

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"
ORDER: dict[str, Any] = {
    "StartAt": "Price",
    "States": {
        "Price": {"Type": "Pass", "Assign": {"limit.$": "$.limit"}, "Next": "Each"},
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemSelector": {"item.$": "$$.Map.Item.Value", "limit.$": "$limit"},
            "ItemProcessor": {
                "StartAt": "Weigh",
                "States": {"Weigh": {"Type": "Pass", "InputPath": "$.item", "End": True}},
            },
            "ResultSelector": {"weighed.$": "$", "first.$": "$[0]"},
            "ResultPath": "$.each",
            "Next": "Charge",
        },
        "Charge": {
            "Type": "Task",
            "Resource": f"{FUNCTION}Charge",
            "Parameters": {"of.$": "$.each.weighed[*].n", "limit.$": "$limit"},
            "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}],
            "Catch": [{"ErrorEquals": ["Declined"], "ResultPath": "$.error", "Next": "Enough?"}],
            "ResultPath": "$.charged",
            "Next": "Enough?",
        },
        "Enough?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.charged.sum", "NumericLessThanPath": "$limit", "Next": "Name"}],
            "Default": "Name",
        },
        "Name": {
            "Type": "Pass",
            "Parameters": {"id.$": "States.UUID()", "n.$": "States.MathRandom(1, 1000)"},
            "End": True,
        },
    },
}


def run(person: Api, machine: dict[str, Any], value: Any, *mocks: Mock) -> Execution:
    """An execution whose history is what the interpreter makes of it: no worker runs here."""
    parsed = parse_definition(json.dumps(ORDER), "json").machine
    assert parsed is not None
    done = simulation(machine=parsed, input=value, answers=Mocks({"Charge": mocks})).run()
    row = executions.start_execution(person.user.pk, machine["id"], input=value, name=None).execution
    HistoryEvent.objects.bulk_create(
        HistoryEvent(
            execution=row,
            event_id=event.id,
            previous_event_id=event.previous,
            type=event.type,
            at=event.at,
            scope=event.scope,
            state=event.state,
            note=event.note,
            details=event.details_text,
        )
        for event in done.history
    )
    return row


@pytest.fixture
def order(alice: Api) -> dict[str, Any]:
    machine = alice.machine("Order", json.dumps(ORDER))
    value = {"limit": 9, "items": [{"n": 1}, {"n": 2}]}
    run(alice, machine, value, Mock(error="Busy"), Mock(result={"sum": 3}))
    run(alice, machine, {**value, "limit": 2}, Mock(error="Declined", cause="no money"))
    return machine


def convert(person: Api, machine: dict[str, Any], status: int = 200, **wanted: Any) -> Any:
    given = {"definition": json.dumps(ORDER), **wanted}
    return person.post(f"/api/machines/{machine['id']}/conversion/", given, status)


def one(person: Api, machine: dict[str, Any], state: str, **wanted: Any) -> Any:
    (found,) = convert(person, machine, state=state, **wanted)["states"]
    return found


def test_a_task_is_compared_on_its_inputs_results_and_errors(alice: Api, order: dict[str, Any]) -> None:
    found = one(alice, order, "Charge")
    assert found["pointer"] == "/States/Charge"
    assert found["converted"]["Arguments"] == {"of": "{% [$states.input.each.weighed.n] %}", "limit": "{% $limit %}"}
    assert [one["equal"] for one in found["compared"]] == [True, True]
    failed, paid = found["compared"]
    assert (failed["after"]["status"], failed["after"]["next_state"]) == ("CAUGHT_ERROR", "Enough?")
    assert failed["after"]["output"]["error"] == {"Error": "Declined", "Cause": "no money"}
    assert paid["after"]["output"]["charged"] == {"sum": 3}
    assert paid["after"]["sent"] == [[{"of": [1, 2], "limit": 9}, None, None, None]]
    assert paid["recorded"]["execution"] != failed["recorded"]["execution"]


def test_a_map_is_compared_on_what_its_iterations_are_given_and_come_to(alice: Api, order: dict[str, Any]) -> None:
    found = one(alice, order, "Each")
    assert found["converted"]["ItemProcessor"] == ORDER["States"]["Each"]["ItemProcessor"]
    assert [one["equal"] for one in found["compared"]] == [True, True]
    after = found["compared"][0]["after"]
    assert after["sent"][0] == [{"item": {"n": 1}, "limit": 2}, {"item": {"n": 2}, "limit": 2}]
    assert after["output"]["each"] == {"weighed": [{"n": 1}, {"n": 2}], "first": {"n": 1}}


def test_a_state_inside_a_map_is_compared_on_each_iteration(alice: Api, order: dict[str, Any]) -> None:
    found = one(alice, order, "Weigh")
    assert len(found["compared"]) == 4
    assert all(one["equal"] for one in found["compared"])


def test_a_missing_path_fails_in_both_and_is_equal(alice: Api, order: dict[str, Any]) -> None:
    found = one(alice, order, "Enough?")
    failed = found["compared"][0]
    assert (failed["before"]["error"], failed["after"]["error"]) == ("States.Runtime", "States.QueryEvaluationError")
    assert failed["equal"]


def test_what_is_drawn_by_chance_is_told_from_what_differs(alice: Api, order: dict[str, Any]) -> None:
    found = one(alice, order, "Name")
    assert [(one["equal"], one["chance"]) for one in found["compared"]] == [(False, True)]


def test_a_difference_shows_what_each_form_does(alice: Api, order: dict[str, Any]) -> None:
    definition = json.dumps(
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"v.$": "$.l[*].x"}, "End": True}}}
    )
    samples = [{"input": {"l": [{"x": [1]}, {"x": [2, 3]}]}}, {"input": {"l": [{"x": 1}]}}]
    found = one(alice, order, "A", definition=definition, samples=samples)
    differs, same = found["compared"]
    assert (differs["equal"], differs["differs"], differs["recorded"]) == (False, ["output"], None)
    assert differs["before"]["output"] == {"v": [[1], [2, 3]]}
    assert differs["after"]["output"] == {"v": [1, 2, 3]}
    assert same["equal"]
    assert [one["code"] for one in found["diagnostics"]] == ["CONVERTED_LOOSELY"]


def test_given_data_may_have_variables_and_an_answer(alice: Api, order: dict[str, Any]) -> None:
    sample = {
        "input": {"each": {"weighed": []}},
        "variables": {"limit": 1},
        "answer": {"error": "Declined", "cause": "broke"},
    }
    found = one(alice, order, "Charge", samples=[sample])
    given = found["compared"][0]
    assert given["equal"]
    assert given["after"]["output"] == {"each": {"weighed": []}, "error": {"Error": "Declined", "Cause": "broke"}}


def test_all_states_are_converted_at_once_and_a_refused_one_says_why(alice: Api, order: dict[str, Any]) -> None:
    changed = json.loads(json.dumps(ORDER))
    changed["States"]["Price"]["OutputPath"] = "$..deep"
    found = convert(alice, order, definition=json.dumps(changed))["states"]
    assert [one["name"] for one in found] == ["Price", "Each", "Weigh", "Charge", "Enough?", "Name"]
    refused = found[0]
    assert (refused["converted"], refused["compared"]) == (None, [])
    assert refused["diagnostics"][0]["pointer"] == "/States/Price/OutputPath"
    assert all(one["converted"] for one in found[1:])


def test_yaml_is_read_too(alice: Api, order: dict[str, Any]) -> None:
    text = "StartAt: A\nStates:\n  A: # a comment\n    Type: Pass\n    InputPath: $.x\n    End: true\n"
    assert one(alice, order, "A", definition=text, format="yaml")["converted"]["Output"] == "{% $states.input.x %}"


@pytest.mark.parametrize(
    ("state", "status", "code"), [("Nope", 404, "StateDoesNotExist"), ("J", 409, "AlreadyInJsonata")]
)
def test_a_state_that_cannot_be_converted_is_named(alice: Api, state: str, status: int, code: str) -> None:
    machine = alice.machine()
    text = json.dumps({"StartAt": "J", "States": {"J": {"Type": "Pass", "QueryLanguage": "JSONata", "End": True}}})
    assert convert(alice, machine, status, definition=text, state=state)["code"] == code


def test_a_broken_draft_is_refused_with_its_mistakes(alice: Api) -> None:
    refused = convert(alice, alice.machine(), 400, definition="{")
    assert refused["code"] == "InvalidDefinition"
    assert refused["diagnostics"]


def test_nobody_converts_with_the_data_of_others(alice: Api, bob: Api, order: dict[str, Any]) -> None:
    path = f"/api/machines/{order['id']}/conversion/"
    answer = bob.call("POST", path, {"definition": json.dumps(ORDER)})
    assert (answer.status_code, body(answer)["code"]) == (404, "MachineDoesNotExist")
    assert recorded_visits.recorded_visits(bob.user, order["id"], {"Charge"}) == {"Charge": []}

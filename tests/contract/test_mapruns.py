"""Map Runs over every store: their children, their counts, and what is left when somebody dies in between."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.events import StopRequested, encode_event
from engine.core.items import Item
from engine.runtime.ports import MapRunRow, map_run_id
from tests.contract.conftest import NOW, Bench
from tests.contract.test_driver import World
from tests.harness import FUNCTION

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
TASK = {"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": FUNCTION + "Work", "End": True}}}


def distributed(processor: dict[str, Any], **fields: Any) -> dict[str, Any]:
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    state = {"Type": "Map", "ItemProcessor": {**processor, "ProcessorConfig": config}, "End": True, **fields}
    return {"StartAt": "M", "States": {"M": state}}


def row_of(bench: Bench, execution_id: str) -> MapRunRow:
    found = bench.store.map_run(map_run_id(execution_id, "maprun:2.0"))
    assert found is not None
    return found


def output_of(bench: Bench, execution_id: str) -> Any:
    loaded = bench.store.load(execution_id)
    assert loaded is not None
    return bench.output(execution_id)


def test_children_of_pass_states_end_where_they_are_made(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(distributed(PASS), list(range(450)))
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    row = row_of(bench, execution_id)
    assert (row.status, row.items, row.made, row.succeeded, row.running) == ("SUCCEEDED", 450, 450, 450, 0)
    assert output_of(bench, execution_id) == list(range(450))
    types = [kind for _, _, kind in bench.history(execution_id)]
    assert types[2:7] == ["MapStateStarted", "MapRunStarted", "MapRunSucceeded", "MapStateSucceeded", "MapStateExited"]


def test_children_with_tasks_run_as_executions_of_their_own_within_the_limit(bench: Bench) -> None:
    world = World(bench, answers={"Work": lambda payload: payload * 2})
    execution_id = bench.create(distributed(TASK, MaxConcurrency=3), [1, 2, 3, 4, 5, 6, 7])
    world.bells.ring_execution(execution_id)
    world.driver.activate(world.bells.executions.pop(0))
    world.map_runs.activate(world.bells.map_runs.pop(0))
    row = row_of(bench, execution_id)
    assert (row.made, row.running, len(bench.store.children_running(row.id))) == (3, 3, 3)
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert output_of(bench, execution_id) == [2, 4, 6, 8, 10, 12, 14]
    assert row_of(bench, execution_id).succeeded == 7


def test_too_many_failures_end_the_run_and_stop_its_children(bench: Bench) -> None:
    def work(payload: Any) -> Any:
        if payload == "bad":
            raise ValueError("no")
        return payload

    world = World(bench, answers={"Work": work})
    definition = distributed(TASK, ToleratedFailureCount=1, MaxConcurrency=1)
    execution_id = bench.create(definition, ["bad", "good", "bad", "good", "good"])
    assert world.to_the_end(execution_id) == "FAILED"
    row = row_of(bench, execution_id)
    assert (row.status, row.failed, row.succeeded) == ("FAILED", 2, 1)
    types = [kind for _, _, kind in bench.history(execution_id)]
    assert types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_tolerated_failures_leave_only_the_results_of_the_others(bench: Bench) -> None:
    def work(payload: Any) -> Any:
        if payload % 2:
            raise ValueError("odd")
        return payload

    world = World(bench, answers={"Work": work})
    execution_id = bench.create(distributed(TASK, ToleratedFailurePercentage=50), [1, 2, 3, 4])
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert output_of(bench, execution_id) == [2, 4]


def test_items_are_selected_and_batched(bench: Bench) -> None:
    world = World(bench)
    fields = {
        "ItemsPath": "$.rows",
        "ItemSelector": {"row.$": "$$.Map.Item.Value", "of.$": "$.name"},
        "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"name.$": "$.name"}},
    }
    execution_id = bench.create(distributed(PASS, **fields), {"name": "n", "rows": [1, 2, 3]})
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert output_of(bench, execution_id) == [
        {"BatchInput": {"name": "n"}, "Items": [{"row": 1, "of": "n"}, {"row": 2, "of": "n"}]},
        {"BatchInput": {"name": "n"}, "Items": [{"row": 3, "of": "n"}]},
    ]
    assert row_of(bench, execution_id).items == 3


def test_items_come_from_a_reader(bench: Bench) -> None:
    world = World(bench)
    world.items = [Item(index, {"n": index}) for index in range(5)]
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}
    execution_id = bench.create(distributed(PASS, ItemReader=reader))
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert output_of(bench, execution_id) == [{"n": index} for index in range(5)]


def test_no_items_at_all_succeed_with_an_empty_array(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(distributed(PASS), [])
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert output_of(bench, execution_id) == []


def test_a_result_writer_gets_all_children(bench: Bench) -> None:
    world = World(bench)
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}
    execution_id = bench.create(distributed(PASS, ResultWriter=writer), [1, 2])
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert output_of(bench, execution_id)["count"] == 2


def test_results_too_large_for_a_state_fail_it(bench: Bench) -> None:
    world = World(bench)
    selector = {"ItemSelector": {"text": "x" * 3000}}
    execution_id = bench.create(distributed(PASS, **selector), list(range(100)))
    assert world.to_the_end(execution_id) == "FAILED"
    assert bench.history(execution_id)[-3][2] == "MapRunFailed"


def test_a_stop_ends_the_run_and_its_children(bench: Bench) -> None:
    world = World(bench, answers={"Work": lambda payload: payload})
    execution_id = bench.create(distributed(TASK), [1, 2, 3])
    world.bells.ring_execution(execution_id)
    world.driver.activate(world.bells.executions.pop(0))
    world.map_runs.activate(world.bells.map_runs.pop(0))
    world.bells.attempts.clear()
    children = bench.store.children_running(row_of(bench, execution_id).id)
    bench.store.post(execution_id, encode_event(StopRequested(error="Stop", cause="enough")), NOW)
    assert world.to_the_end(execution_id) == "ABORTED"
    assert row_of(bench, execution_id).status == "ABORTED"
    assert [bench.status(child) for child in children] == ["ABORTED"] * 3
    assert row_of(bench, execution_id).aborted == 3


@pytest.mark.parametrize("seed", range(6))
def test_lost_and_doubled_doorbells_change_nothing(bench: Bench, seed: int) -> None:
    world = World(bench, answers={"Work": lambda payload: payload})
    execution_id = bench.create(distributed(TASK, MaxConcurrency=2), list(range(6)))
    world.bells.ring_execution(execution_id)
    for number in range(40):
        if (number + seed) % 3 == 0:
            world.bells.map_runs.append(map_run_id(execution_id, "maprun:2.0"))
        if (number + seed) % 4 == 0 and world.bells.map_runs:
            world.bells.map_runs.pop()
        world.answer_doorbells()
        world.clock.advance(20)
        world.sweeper.sweep()
        if bench.status(execution_id) != "RUNNING":
            break
    assert bench.status(execution_id) == "SUCCEEDED"
    assert output_of(bench, execution_id) == list(range(6))
    assert row_of(bench, execution_id).succeeded == 6


def test_of_two_workers_that_make_the_same_children_one_changes_nothing(bench: Bench) -> None:
    world = World(bench)
    execution_id = bench.create(distributed(TASK), [1, 2])
    world.bells.ring_execution(execution_id)
    world.driver.activate(world.bells.executions.pop(0))
    before = row_of(bench, execution_id)
    assert bench.store.add_items(before, [], complete=True)
    assert not bench.store.add_items(before, [], complete=True)
    assert bench.store.add_children(row_of(bench, execution_id), [])


def test_a_nested_run_ends_inside_a_child(bench: Bench) -> None:
    world = World(bench)
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    inner = {"Type": "Map", "ItemProcessor": {**PASS, "ProcessorConfig": config}, "End": True}
    execution_id = bench.create(distributed({"StartAt": "N", "States": {"N": inner}}), [[1, 2], [3]])
    assert world.to_the_end(execution_id) == "SUCCEEDED"
    assert output_of(bench, execution_id) == [[1, 2], [3]]

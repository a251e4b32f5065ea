"""Versions and aliases over REST: published, pointed at, started, and kept while they are used."""

from __future__ import annotations

from typing import Any

import pytest

from designer.models import Execution
from tests.designer.conftest import BYE, Api, body


def _at(machine: dict[str, Any], rest: str) -> str:
    return f"/api/machines/{machine['id']}/{rest}"


def _two_versions(alice: Api) -> dict[str, Any]:
    machine = alice.machine()
    alice.post(_at(machine, "versions/"), {"description": "first"})
    saved = alice.call("POST", _at(machine, "revisions/"), {"definition": BYE}, **{"If-Match": '"r1"'})
    assert saved.status_code == 201
    alice.post(_at(machine, "versions/"))
    return machine


def test_the_head_is_published_once_and_listed_newest_first(alice: Api) -> None:
    machine = _two_versions(alice)
    assert alice.post(_at(machine, "versions/"))["number"] == 2
    found = alice.get(_at(machine, "versions/"))["results"]
    assert [(one["number"], one["revision"], one["description"]) for one in found] == [(2, 2, ""), (1, 1, "first")]
    assert found[0]["arn"] == f"{machine['arn']}:2"


def test_an_alias_is_made_moved_and_deleted_and_holds_its_versions(alice: Api) -> None:
    machine = _two_versions(alice)
    routes = [{"version": 1, "weight": 90}, {"version": 2, "weight": 10}]
    made = alice.post(_at(machine, "aliases/"), {"name": "live", "routes": routes})
    assert (made["arn"], made["routes"]) == (f"{machine['arn']}:live", routes)
    refused = alice.call("DELETE", _at(machine, "versions/1/"))
    assert (refused.status_code, body(refused)["code"]) == (409, "VersionInUse")
    moved = alice.call("PATCH", _at(machine, "aliases/live/"), {"routes": [{"version": 2, "weight": 100}]})
    assert body(moved)["routes"] == [{"version": 2, "weight": 100}]
    assert alice.call("DELETE", _at(machine, "versions/1/")).status_code == 204
    assert alice.call("DELETE", _at(machine, "aliases/live/")).status_code == 204
    assert alice.get(_at(machine, "aliases/"))["results"] == []


@pytest.mark.parametrize(
    ("name", "routes", "status", "code"),
    [
        ("7", [{"version": 1, "weight": 100}], 400, "InvalidRequest"),
        ("live", [], 400, "InvalidRequest"),
        ("live", [{"version": 1, "weight": 50}, {"version": 1, "weight": 50}], 400, "InvalidRequest"),
        ("live", [{"version": 1, "weight": 50}, {"version": 2, "weight": 40}], 400, "InvalidRouting"),
        ("live", [{"version": 9, "weight": 100}], 404, "VersionDoesNotExist"),
    ],
)
def test_an_alias_that_cannot_be_is_refused_and_nothing_is_made(
    alice: Api, name: str, routes: list[dict[str, int]], status: int, code: str
) -> None:
    machine = _two_versions(alice)
    answer = alice.call("POST", _at(machine, "aliases/"), {"name": name, "routes": routes})
    assert (answer.status_code, body(answer)["code"]) == (status, code)
    assert alice.get(_at(machine, "aliases/"))["results"] == []


def test_an_execution_runs_the_version_or_the_alias_that_was_asked_for(alice: Api) -> None:
    machine = _two_versions(alice)
    alice.post(_at(machine, "aliases/"), {"name": "live", "routes": [{"version": 1, "weight": 100}]})
    for wanted in ({"version": 1}, {"alias": "live"}):
        assert alice.post(_at(machine, "executions/"), wanted)["revision"] == 1
    assert alice.post(_at(machine, "executions/"), {})["revision"] == 2
    kept = set(Execution.objects.values_list("published", "alias"))
    assert kept == {(1, None), (1, "live"), (None, None)}


@pytest.mark.parametrize(
    ("wanted", "status"),
    [({"version": 9}, 404), ({"alias": "none"}, 404), ({"version": "1"}, 400), ({"version": 1, "alias": "a"}, 400)],
)
def test_what_cannot_be_started_starts_nothing(alice: Api, wanted: dict[str, Any], status: int) -> None:
    machine = _two_versions(alice)
    assert alice.call("POST", _at(machine, "executions/"), wanted).status_code == status
    assert not Execution.objects.exists()


def test_bob_neither_sees_nor_starts_alices_versions(alice: Api, bob: Api) -> None:
    machine = _two_versions(alice)
    assert bob.call("GET", _at(machine, "versions/")).status_code == 404
    assert bob.call("POST", _at(machine, "versions/")).status_code == 404
    assert bob.call("DELETE", _at(machine, "versions/1/")).status_code == 404
    assert bob.call("POST", _at(machine, "executions/"), {"version": 1}).status_code == 404

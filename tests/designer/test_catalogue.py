"""What a Task can reach, searched on the server: actions of every AWS service, and activities."""

from __future__ import annotations

import pytest

from designer.services import activities
from engine.asl.resource import ServiceCall, parse_resource
from engine.integrations import catalogue
from tests.designer.conftest import Api, body

SEARCH = "/api/integrations/aws-sdk-actions/"


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("putItem", "aws-sdk:dynamodb:putItem"),
        ("dynamodb put item", "aws-sdk:dynamodb:putItem"),
        ("aws-sdk:s3:listBuckets", "aws-sdk:s3:listBuckets"),
        ("SENDMESSAGE sqs", "aws-sdk:sqs:sendMessage"),
    ],
)
def test_an_action_is_found_by_words_of_its_names(alice: Api, words: str, first: str) -> None:
    found = alice.get(f"{SEARCH}?search={words}")["results"]
    assert found[0]["resource"] == f"arn:aws:states:::{first}"


def test_pages_follow_each_other_without_a_gap(alice: Api) -> None:
    whole = alice.get(f"{SEARCH}?search=describe db&limit=200")["results"]
    first = alice.get(f"{SEARCH}?search=describe db&limit=7")
    second = alice.get(f"{SEARCH}?search=describe db&limit=7&cursor={first['next']}")
    assert first["results"] + second["results"] == whole[:14]


def test_nothing_found_is_an_empty_list(alice: Api) -> None:
    assert alice.get(f"{SEARCH}?search=no such thing anywhere") == {"results": [], "next": None}


@pytest.mark.parametrize("cursor", ["x", "-1", "99999999", "%C2%B2"])
def test_a_cursor_that_is_none_of_ours_is_refused(alice: Api, cursor: str) -> None:
    answer = alice.call("GET", f"{SEARCH}?cursor={cursor}")
    assert (answer.status_code, body(answer)["code"]) == (400, "InvalidRequest")


def test_every_action_is_a_resource_that_has_an_entry() -> None:
    every = catalogue.search_sdk("")
    assert len(every) > 10_000
    for service, action in every[::997]:
        assert isinstance(parse_resource(f"arn:aws:states:::aws-sdk:{service}:{action}"), ServiceCall)
        assert catalogue.sdk_entry(service, action) is not None


def test_activities_are_listed_by_name_and_only_ones_own(alice: Api, bob: Api) -> None:
    for name in ("Weld", "Paint"):
        activities.create_activity(alice.user, name=name, tags={}, encryption=None)
    first = alice.get("/api/activities/?limit=1")
    second = alice.get(f"/api/activities/?limit=1&cursor={first['next']}")
    assert [one["name"] for one in [*first["results"], *second["results"]]] == ["Paint", "Weld"]
    assert first["results"][0]["arn"].endswith(":activity:Paint")
    assert bob.get("/api/activities/")["results"] == []

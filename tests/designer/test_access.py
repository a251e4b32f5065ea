"""Who may see what: nobody without signing in, nobody another's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from designer.models import AccessKey, ApiToken, Execution, Machine, MapRun, ShareLink
from designer.services import signin
from tests.designer.conftest import Api, body

OPEN = {"api/session/", "api/shared/{token}/", "api/shared/{token}/graph.svg", "api/{rest}"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _routes() -> Iterator[str]:
    for pattern in get_resolver().url_patterns:
        for inner in getattr(pattern, "url_patterns", ()):
            assert isinstance(inner, URLPattern)
            yield "api/" + str(inner.pattern)


def _plain(route: str) -> str:
    """``machines/<key:machine_id>/`` as ``machines/{machine_id}/``."""
    return route.replace("<key:", "{").replace("<int:", "{").replace("<path:", "{").replace(">", "}")


CONNECTION = {"name": "shop", "kind": "API_KEY", "user": "X-Key", "secret": "k"}
ROUTES = sorted({_plain(route) for route in _routes()})


def _methods(response: Any) -> list[str]:
    return [one for one in METHODS if one in response.headers.get("Allow", "")] or ["GET", "POST"]


@pytest.mark.parametrize("route", [route for route in ROUTES if route not in OPEN])
def test_without_signing_in_every_address_answers_401(route: str, charlie: Client) -> None:
    path = "/" + route.format(
        **dict.fromkeys(("machine_id", "execution_id", "map_run_id", "share_id", "token_id", "token", "rest"), "x"),
        **dict.fromkeys(("connection_id", "key_id", "service", "action", "name"), "x"),
        number=1,
    )
    for method in METHODS:
        response = charlie.generic(method, path, "{}", content_type="application/json")
        assert response.status_code == 401, (method, path, response.content)
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("route", [route for route in ROUTES if "{" in route and "shared" not in route])
def test_what_is_somebody_elses_answers_404(route: str, alice: Api, bob: Api) -> None:
    machine = alice.machine()
    execution = alice.post(f"/api/machines/{machine['id']}/executions/", {})
    alice.post(f"/api/machines/{machine['id']}/shares/", {})
    token = alice.get("/api/tokens/")["results"][0]["id"]
    run = MapRun.objects.create(id=f"{execution['id']}:5", execution_id=execution["id"], started_at=1, looked_at=1)
    path = "/" + route.format(
        machine_id=machine["id"],
        map_run_id=run.pk,
        execution_id=execution["id"],
        number=1,
        share_id=ShareLink.objects.get().pk,
        token_id=token,
        key_id=alice.post("/api/access-keys/", {"name": "mine"})["id"],
        connection_id=alice.post("/api/connections/", CONNECTION)["id"],
        name="nothing",
        service="nothing",
        action="nothing",
        rest="nothing",
    )
    valid = {"text": "x", "format": "json", "base_revision": 1, "definition": "{}"}
    for method in METHODS:
        response = bob.call(method, path, valid, **{"If-Match": '"r1"' if "revisions" in route else '"d1"'})
        assert response.status_code in {404, 405, 400}, (method, path, response.content)
        if response.status_code == 400:
            assert "definition" in valid
            assert method == "POST"
        assert machine["id"] not in str(response.headers)
    assert Machine.objects.get().name == "Hello"
    assert AccessKey.objects.exists()
    assert Execution.objects.get().status == "RUNNING"
    assert ShareLink.objects.get().revoked_at is None


def test_lists_show_only_ones_own(alice: Api, bob: Api) -> None:
    machine = alice.machine()
    alice.post(f"/api/machines/{machine['id']}/executions/", {})
    for path in ("/api/machines/", "/api/executions/", f"/api/executions/?machine={machine['id']}"):
        assert len(alice.get(path)["results"]) == 1
        assert bob.get(path)["results"] == []


def test_a_wrong_token_is_refused_even_beside_a_good_cookie(alice: Api) -> None:
    alice.client.force_login(alice.user)
    alice.token = "trd_wrong"
    response = alice.call("GET", "/api/machines/")
    assert response.status_code == 401
    assert body(response)["code"] == "NotSignedIn"


def test_a_cookie_signs_in_and_unsafe_methods_need_the_csrf_token(alice: Api) -> None:
    browser = Client(enforce_csrf_checks=True)
    link = signin.create_sign_in_link(alice.user)
    signed_in = browser.post("/api/session/", {"token": link}, content_type="application/json")
    assert signed_in.status_code == 200
    assert body(signed_in)["user"]["name"] == "alice"
    assert browser.get("/api/session/").status_code == 200
    machine = alice.machine()
    for path in ("/api/machines/", f"/api/machines/{machine['id']}/executions/"):
        assert browser.post(path, {}, content_type="application/json").status_code == 403
    token = browser.cookies["csrftoken"].value
    started = browser.post(
        f"/api/machines/{machine['id']}/executions/",
        {},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert started.status_code == 201
    assert browser.delete("/api/session/", headers={"X-CSRFToken": token}).status_code == 204
    assert browser.get("/api/session/").status_code == 401


def test_a_sign_in_link_works_once(alice: Api, charlie: Client) -> None:
    link = {"token": signin.create_sign_in_link(alice.user)}
    assert charlie.post("/api/session/", link, content_type="application/json").status_code == 200
    again = Client().post("/api/session/", link, content_type="application/json")
    assert again.status_code == 403
    assert body(again)["code"] == "SignInLinkInvalid"


def test_many_attempts_to_sign_in_are_slowed_down(charlie: Client) -> None:
    answers = [
        charlie.post("/api/session/", {"token": "guess"}, content_type="application/json").status_code
        for _ in range(25)
    ]
    assert answers[0] == 403
    assert answers[-1] == 429


def test_a_deleted_token_opens_nothing(alice: Api) -> None:
    made = alice.post("/api/tokens/", {"name": "laptop"})
    laptop = Api(alice.user, made["token"])
    assert laptop.get("/api/session/")["user"]["name"] == "alice"
    assert alice.call("DELETE", f"/api/tokens/{made['id']}/").status_code == 204
    assert laptop.call("GET", "/api/session/").status_code == 401


def test_tokens_are_told_once_and_kept_as_hashes(alice: Api) -> None:
    made = alice.post("/api/tokens/", {"name": "laptop"})
    listed = alice.get("/api/tokens/")["results"]
    assert {one["name"] for one in listed} == {"tests", "laptop"}
    assert made["token"] not in str(listed)
    assert not ApiToken.objects.filter(token_hash=made["token"]).exists()


def test_an_address_that_a_visitor_made_up_does_not_lift_the_throttle(charlie: Client) -> None:
    answers = [
        charlie.post(
            "/api/session/",
            {"token": "wrong"},
            content_type="application/json",
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        ).status_code
        for number in range(21)
    ]
    assert answers[-1] == 429

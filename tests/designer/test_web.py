"""The page's shell, its policy, health, and the layers around everything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.test import Client, override_settings

from config.asgi import application
from designer.models import SignInLink, Worker
from designer.services import health
from designer.services.health import BeatWatch
from designer.web.pages import ROUTES, Manifest, Route, assets_of, read_chunks, route_of
from tests.designer.conftest import Api
from tests.harness import ROOT

MANIFEST: dict[str, Any] = {
    "src/main.tsx": {"file": "assets/main-1.js", "css": ["assets/main.css"], "imports": ["_kit.js"], "isEntry": True},
    "src/features/designer/DesignerPage.tsx": {
        "file": "assets/designer-3.js",
        "css": ["assets/designer.css"],
        "imports": ["src/main.tsx", "_kit.js"],
    },
    "src/app/early.ts": {"file": "assets/early-4.js", "imports": ["_elk.js"]},
    "_elk.js": {"file": "assets/elk-5.js"},
    "_kit.js": {"file": "assets/kit-2.js", "css": ["assets/kit.css"], "imports": ["_kit.js"]},
}


@pytest.mark.parametrize("path", ["/", "/signin", "/settings", "/machines", "/machines/x/edit", "/shared/t"])
def test_every_page_is_the_shell_with_a_nonce_policy(path: str, charlie: Client) -> None:
    answer = charlie.get(path)
    assert answer.status_code in {200, 503}  # 503 where the front end is not built
    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in answer.content.decode()
    assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert "csrftoken" in answer.cookies
    assert charlie.get(path).headers["Content-Security-Policy"] != policy


def test_assets_come_from_the_manifest(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    assert read_chunks(manifest) is None
    manifest.write_text(json.dumps(MANIFEST))
    chunks = read_chunks(manifest)
    assert chunks is not None
    found = assets_of(chunks)
    assert found.script == "app/assets/main-1.js"
    assert found.styles == ("app/assets/main.css", "app/assets/kit.css")
    assert found.preloads == ("app/assets/kit-2.js",)
    assert found.first == ()


def test_a_designer_is_told_at_once_what_it_will_ask_for(charlie: Client) -> None:
    route, reads = route_of("/machines/a b/edit")
    assert route is not None
    assert reads == ("/api/session/", "/api/machines/a%20b/")
    found = assets_of(MANIFEST, route)
    assert found.first == ("app/assets/early-4.js",)
    assert found.preloads == ("app/assets/elk-5.js", "app/assets/kit-2.js", "app/assets/designer-3.js")
    assert found.styles == ("app/assets/main.css", "app/assets/kit.css", "app/assets/designer.css")
    answer = charlie.get("/machines/x/edit")
    if answer.status_code == 200:  # 503 where the front end is not built
        text = answer.content.decode()
        assert '<link rel="preload" as="fetch" crossorigin href="/api/machines/x/">' in text
        assert text.index("/early-") < text.index("stylesheet") < text.index("/main-")


@pytest.mark.parametrize("path", ["/machines/x/edit/y", "/machines/x", "/settings", "/executions"])
def test_another_page_asks_for_no_more_than_its_session(path: str) -> None:
    assert route_of(path) == (None, ("/api/session/",))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.module)
def test_every_route_names_a_part_of_the_front_end(route: Route) -> None:
    assert (ROOT / "frontend" / route.module).is_file()


def test_a_build_under_a_running_server_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    manifest = Manifest(path)
    assert manifest.chunks() is None
    path.write_text(json.dumps(MANIFEST))
    first = manifest.chunks()
    assert first is not None
    assert manifest.chunks() is first
    path.unlink()
    assert manifest.chunks() is first
    path.write_text(json.dumps({"src/main.tsx": {"file": "assets/main-33.js"}}))
    second = manifest.chunks()
    assert second is not None
    assert assets_of(second).script == "app/assets/main-33.js"


def test_a_file_that_was_built_since_the_start_is_served(charlie: Client, tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "secret.js").write_text("no")
    (tmp_path / "dist" / "main-abcdefgh.js").write_text("yes")
    with override_settings(STATICFILES_DIRS=[("app", str(tmp_path / "dist"))]):
        answer = charlie.get("/static/app/main-abcdefgh.js")
        assert (answer.status_code, b"".join(answer)) == (200, b"yes")
        assert "immutable" in answer.headers["Cache-Control"]
        (tmp_path / "dist" / "main-abcdefgh.js").unlink()
        for gone in ("/static/app/main-abcdefgh.js", "/static/app/../secret.js", "/static/app/%2e%2e/secret.js"):
            assert charlie.get(gone).status_code == 404


def test_an_unknown_page_answers_404(charlie: Client) -> None:
    assert charlie.get("/wp-admin").status_code == 404


def test_a_foreign_host_name_is_refused(charlie: Client) -> None:
    assert charlie.get("/api/session/", headers={"host": "evil.example"}).status_code == 400


def test_a_worker_is_alive_only_when_its_beat_was_seen_to_move() -> None:
    watch = BeatWatch()
    watch.update({"w": 41}, 0.0)
    assert watch.alive(0.0) == 0
    assert watch.undecided(1.0)
    watch.update({"w": 42}, 1.0)
    assert watch.alive(11.0) == 1
    assert watch.alive(11.1) == 0
    watch.update({}, 12.0)
    assert not watch.undecided(12.0)


def test_health_names_the_part_that_is_missing(charlie: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "BROKER_TIMEOUT", 60.0)  # the broker is there, however busy the machine
    Worker.objects.create(id="t", kind="tasks", host="h", process=1, started_at=1)
    answer = charlie.get("/healthz")
    parts = json.loads(answer.content)["parts"]
    assert answer.status_code == 503
    assert {name: part["ok"] for name, part in parts.items()} == {
        "web": True,
        "database": True,
        "broker": True,
        "worker": False,
        "executions": True,
    }


def test_the_command_prints_a_link_that_is_stored_as_a_hash(transactional_db: None) -> None:
    out = StringIO()
    call_command("signin", "--user", "alice", stdout=out)
    address, _, token = out.getvalue().strip().partition("#")
    assert address.endswith("/signin")
    link = SignInLink.objects.get()
    assert link.user.username == "alice"
    assert token not in link.token_hash


def test_the_schema_and_its_page_need_signing_in_and_are_there(alice: Api, charlie: Client) -> None:
    assert charlie.get("/api/docs/").status_code == 401
    page = alice.call("GET", "/api/docs/")
    assert page.status_code == 200
    assert b"<style" not in page.content
    assert alice.call("GET", "/api/docs/?script").status_code == 200
    schema = alice.call("GET", "/api/schema/?format=json", Accept="application/vnd.oai.openapi+json")
    assert "/api/machines/{machine_id}/executions/" in json.loads(schema.content)["paths"]


async def _ask(body: bytes, *headers: tuple[bytes, bytes], path: str, chunk: int = 65536) -> tuple[int, Any]:
    """One request through the whole ASGI stack, as uvicorn makes it."""
    parts = [body[at : at + chunk] for at in range(0, len(body), chunk)] or [b""]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        if not parts:
            await asyncio.Event().wait()  # the client stays
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), *headers],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    app: Any = application
    await app(scope, receive, send)
    return sent[0]["status"], json.loads(b"".join(one.get("body", b"") for one in sent[1:]))


async def test_the_short_way_in_answers_like_the_long_one(alice: Api, bob: Api) -> None:
    machine = await sync_to_async(alice.machine)()
    path = f"/api/machines/{machine['id']}/executions/"
    token = (b"authorization", f"Bearer {alice.token}".encode())
    length = (b"content-length", b"15")
    assert await _ask(b'{"name": "one"}', token, length, path=path) == (201, await _last(alice))
    assert (await _ask(b'{"name": "one"}', token, length, path=path))[0] == 200
    assert (await _ask(b"{", token, (b"content-length", b"1"), path=path))[0] == 400
    assert (await _ask(b"", (b"authorization", b"Bearer wrong"), path=path))[0] == 401
    assert (await _ask(b"", (b"authorization", f"Bearer {bob.token}".encode()), path=path))[0] == 404


async def _last(person: Api) -> Any:
    (row,) = (await sync_to_async(person.get)("/api/executions/"))["results"]
    return await sync_to_async(person.get)(f"/api/executions/{row['id']}/")


async def test_a_body_without_a_length_is_measured(alice: Api) -> None:
    token = (b"authorization", f"Bearer {alice.token}".encode())
    chunked = (b"transfer-encoding", b"chunked")
    status, found = await _ask(b'{"definition": "{}"}', token, chunked, path="/api/validate/", chunk=7)
    assert (status, found["valid"]) == (200, False)
    status, found = await _ask(b"x" * 3_000_000, token, chunked, path="/api/validate/")
    assert (status, found["code"]) == (413, "TooLarge")


async def test_a_declared_length_over_the_limit_is_refused_unread(alice: Api) -> None:
    status, _ = await _ask(b"", (b"content-length", b"10000000"), path="/api/validate/")
    assert status == 413

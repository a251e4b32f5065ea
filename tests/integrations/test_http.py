"""HTTP tasks against a real server: what goes out, what comes back, and what may not be called."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import replace
from typing import Any

import pytest

from engine.integrations.connections import Connection, ConnectionFailed
from engine.integrations.egress import Egress
from engine.integrations.http import HttpTasks
from engine.runtime.ports import AttemptRow, Outcome, Trial
from tests.integrations.conftest import attempt_of, done
from tests.integrations.recording import Asked, Reply, recording

ARN = "arn:aws:events:us-east-1:000000000000:connection/shop"
BASIC = Connection(id="1", kind="BASIC", name="alice", secret="s3cret")
LOCAL = Egress(allow=("127.0.0.1",))


class Held:
    """One connection, by the ARN above."""

    def __init__(self, connection: Connection = BASIC) -> None:
        self.connection = connection

    def find(self, attempt: AttemptRow, arn: str) -> Connection:
        if arn != ARN:
            raise ConnectionFailed("ResourceNotFound", f"There is no connection {arn}")
        return self.connection


def call(payload: dict[str, Any], *, connection: Connection = BASIC, egress: Egress = LOCAL, **fields: Any) -> Outcome:
    tasks = HttpTasks(egress, Held(connection), region="us-east-1")
    given = {"Method": "GET", "InvocationConfig": {"ConnectionArn": ARN}, **payload}
    outcome = tasks.start(attempt_of(fields.get("resource", "http:invoke"), given)).wait(None)
    assert outcome is not None
    return outcome


def exchange_of(address: str, *, reveal: bool) -> dict[str, Any]:
    connection = replace(BASIC, query={"key": "hidden"}, body={"token": "hidden"}, headers={"X-Own": "hidden"})
    given = {
        "Method": "POST",
        "ApiEndpoint": f"{address}/orders",
        "InvocationConfig": {"ConnectionArn": ARN},
        "RequestBody": {"n": 1},
    }
    row = replace(attempt_of("http:invoke", given), trial=Trial(owner=1, traced=True, reveal_secrets=reveal))
    outcome = HttpTasks(LOCAL, Held(connection), region="us-east-1").start(row).wait(None)
    assert outcome is not None
    assert outcome.exchange is not None
    return dict(outcome.exchange)


def test_a_traced_trial_tells_its_exchange_and_secrets_only_when_asked_to() -> None:
    with recording(lambda _: Reply(418, b'{"id": 7}')) as server:
        hidden = exchange_of(server.address, reveal=False)
        shown = exchange_of(server.address, reveal=True)
    assert "hidden" not in json.dumps(hidden)
    assert "Authorization" not in json.loads(hidden["request"]["headers"])
    assert (hidden["request"]["method"], hidden["request"]["body"]) == ("POST", '{"n":1}')
    assert (hidden["response"]["statusCode"], hidden["response"]["body"]) == ("418", '{"id": 7}')
    assert shown["request"]["url"].endswith("/orders?key=hidden")
    assert json.loads(shown["request"]["headers"])["Authorization"].startswith("Basic ")
    assert json.loads(shown["request"]["body"]) == {"n": 1, "token": "hidden"}


def test_a_request_goes_out_with_its_method_query_headers_and_body() -> None:
    with recording(lambda _: Reply(201, b'{"id": 7}')) as server:
        value = done(
            call(
                {
                    "ApiEndpoint": f"{server.address}/orders?a=1",
                    "Method": "POST",
                    "QueryParameters": {"tag": ["x y", "z"], "n": 2},
                    "Headers": {"X-Trace": "t"},
                    "RequestBody": {"q": [1, None]},
                }
            )
        )
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/orders?a=1&tag=x+y&tag=z&n=2")
    assert json.loads(asked.body) == {"q": [1, None]}
    assert asked.headers["Authorization"] == "Basic YWxpY2U6czNjcmV0"
    assert asked.headers["User-Agent"] == "Amazon|StepFunctions|HttpInvoke|us-east-1"
    assert asked.headers["Range"] == "bytes=0-262144"
    assert asked.headers["X-Trace"] == "t"
    assert (value["StatusCode"], value["ResponseBody"]) == (201, {"id": 7})
    assert value["Headers"]["Content-Type"] == ["application/json"]


@pytest.mark.parametrize(
    ("form", "sent"),
    [
        ({}, "a%5B0%5D=1&a%5B1%5D=2&o%5Bk%5D=v"),
        ({"ArrayFormat": "REPEAT"}, "a=1&a=2&o%5Bk%5D=v"),
        ({"ArrayFormat": "COMMAS"}, "a=1%2C2&o%5Bk%5D=v"),
        ({"ArrayFormat": "BRACKETS"}, "a%5B%5D=1&a%5B%5D=2&o%5Bk%5D=v"),
    ],
)
def test_a_body_is_url_encoded_in_each_form(form: dict[str, str], sent: str) -> None:
    with recording(lambda _: Reply()) as server:
        call(
            {
                "ApiEndpoint": server.address,
                "Method": "POST",
                "RequestBody": {"a": [1, 2], "o": {"k": "v"}},
                "Transform": {"RequestBodyEncoding": "URL_ENCODED", "RequestEncodingOptions": form},
            }
        )
    assert server.asked[0].body.decode() == sent
    assert server.asked[0].headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_an_api_key_and_what_the_connection_adds_win_over_the_task() -> None:
    connection = Connection(
        id="2", kind="API_KEY", name="X-Key", secret="k", headers={"X-Env": "prod"}, query={"v": "2"}, body={"by": "us"}
    )
    with recording(lambda _: Reply()) as server:
        given = {
            "ApiEndpoint": server.address,
            "Method": "PUT",
            "Headers": {"X-Env": "dev"},
            "QueryParameters": {"v": "1"},
            "RequestBody": {"by": "them", "a": 1},
        }
        done(call(given, connection=connection))
    asked = server.asked[0]
    assert (asked.headers["X-Key"], asked.headers["X-Env"], asked.path) == ("k", "prod", "/?v=2")
    assert json.loads(asked.body) == {"by": "us", "a": 1}


def test_oauth_asks_for_a_token_once_and_again_when_it_is_refused() -> None:
    tokens = iter(["old", "new"])

    def answer(asked: Asked) -> Reply:
        if asked.path == "/token":
            return Reply(body=json.dumps({"access_token": next(tokens), "expires_in": 3600}).encode())
        return Reply(401) if asked.headers["Authorization"] == "Bearer old" and len(server.asked) > 3 else Reply()

    with recording(answer) as server:
        connection = Connection(
            id="3",
            kind="OAUTH_CLIENT_CREDENTIALS",
            name="me",
            secret="p",
            token_url=f"{server.address}/token",
            scope="r",
        )
        tasks = HttpTasks(LOCAL, Held(connection), region="us-east-1")
        given = {"ApiEndpoint": server.address, "Method": "GET", "InvocationConfig": {"ConnectionArn": ARN}}
        for _ in range(3):
            done(tasks.start(attempt_of("http:invoke", given)).wait(None))
    assert [asked.path for asked in server.asked] == ["/token", "/", "/", "/", "/token", "/"]
    assert server.asked[0].body == b"grant_type=client_credentials&client_id=me&client_secret=p&scope=r"
    assert server.asked[-1].headers["Authorization"] == "Bearer new"


def test_an_authorisation_server_without_a_token_is_a_broken_connection() -> None:
    with recording(lambda _: Reply(500, b"no")) as server:
        connection = Connection(
            id="4", kind="OAUTH_CLIENT_CREDENTIALS", name="me", secret="p", token_url=f"{server.address}/token"
        )
        outcome = call({"ApiEndpoint": server.address}, connection=connection)
    assert outcome.error == "Events.ConnectionResource.InvalidConnectionState"
    assert "p" not in (outcome.cause or "").split()


def test_statuses_are_errors_with_the_answer_as_their_cause() -> None:
    with recording(lambda _: Reply(404, b"no such order", {"Content-Type": "text/plain"})) as server:
        outcome = call({"ApiEndpoint": server.address})
    assert (outcome.error, outcome.cause) == ("States.Http.StatusCode.404", "no such order")


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"Method": "FLY"}, "States.Runtime"),
        ({"Headers": {"Authorization": "mine"}}, "States.Runtime"),
        ({"Headers": {"X-Amz-Date": "now"}}, "States.Runtime"),
        ({"Headers": {"If-Modified-Since": "now"}}, "States.Runtime"),
        ({"Headers": {"Transfer-Encoding ": "chunked"}}, "States.Runtime"),
        ({"Headers": {"X-Y": "a\r\nX-Z: b"}}, "States.Runtime"),
        ({"InvocationConfig": {}}, "States.Runtime"),
        ({"InvocationConfig": {"ConnectionArn": "arn:nothing"}}, "Events.ConnectionResource.ResourceNotFound"),
        ({"ApiEndpoint": "ftp://x/"}, "States.Permissions"),
        ({"ApiEndpoint": "https://u:p@example.com/"}, "States.Permissions"),
        ({"ApiEndpoint": "https://no-such-name.invalid/"}, "States.Http.Socket"),
    ],
)
def test_what_makes_no_request_is_refused_before_one_is_made(payload: dict[str, Any], error: str) -> None:
    with recording(lambda _: Reply()) as server:
        assert call({"ApiEndpoint": server.address, **payload}).error == error
    assert server.asked == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
        "224.0.0.1",
    ],
)
def test_private_addresses_are_refused_unless_the_operator_allows_them(host: str) -> None:
    outcome = call({"ApiEndpoint": f"https://{host}/latest/meta-data"}, egress=Egress())
    assert outcome.error == "States.Permissions"
    assert "TREADLE_HTTP_ALLOW" in (outcome.cause or "")


def test_networks_and_ports_can_be_allowed() -> None:
    with recording(lambda _: Reply()) as server:
        done(call({"ApiEndpoint": server.address}, egress=Egress(allow=("127.0.0.0/8",))))
        done(call({"ApiEndpoint": server.address}, egress=Egress(allow=(f"127.0.0.1:{server.port}",))))
        assert (
            call({"ApiEndpoint": server.address}, egress=Egress(allow=("127.0.0.1:1",))).error == "States.Permissions"
        )


def test_a_name_with_several_addresses_is_called_at_one_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As localhost is ::1 first, where many servers do not listen. Each address is checked by itself."""
    real = socket.getaddrinfo

    def resolved(host: str, *given: Any, **named: Any) -> list[Any]:
        addresses = ("127.0.0.3", "127.0.0.2", "127.0.0.1") if host == "shop.example" else (host,)
        return [found for address in addresses for found in real(address, *given, **named)]

    with recording(lambda _: Reply()) as server:
        monkeypatch.setattr("engine.integrations.egress.socket.getaddrinfo", resolved)
        allowed = Egress(allow=("127.0.0.2", "127.0.0.1"))
        shop = f"http://shop.example:{server.port}/"
        assert done(call({"ApiEndpoint": shop}, egress=allowed))["StatusCode"] == 200
        assert call({"ApiEndpoint": shop}, egress=Egress(allow=("127.0.0.2",))).error == "States.Http.Socket"
        assert call({"ApiEndpoint": shop}, egress=Egress(allow=("127.0.0.4",))).error == "States.Permissions"
    assert len(server.asked) == 1


def test_a_redirect_is_followed_but_not_to_a_private_address() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/inside":
            return Reply(302, b"", {"Location": "https://169.254.169.254/latest"})
        return Reply() if asked.path == "/there" else Reply(302, b"", {"Location": "/there"})

    with recording(answer) as server:
        assert done(call({"ApiEndpoint": f"{server.address}/here"}))["StatusCode"] == 200
        assert call({"ApiEndpoint": f"{server.address}/inside"}).error == "States.Permissions"
    assert [asked.path for asked in server.asked] == ["/here", "/there", "/inside"]


def test_a_redirect_to_another_host_does_not_take_the_credentials_along() -> None:
    with recording(lambda _: Reply()) as other:
        target = other.address.replace("127.0.0.1", "localhost")
        with recording(lambda _: Reply(302, b"", {"Location": target})) as server:
            done(call({"ApiEndpoint": server.address}, egress=Egress(allow=("127.0.0.1", "localhost"))))
    assert "Authorization" in server.asked[0].headers
    assert "Authorization" not in other.asked[0].headers


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_to_another_host_takes_nothing_of_the_connection_along(status: int) -> None:
    key = replace(BASIC, kind="API_KEY", name="X-Key", secret="s3cret", headers={"X-More": "m0re"})
    both = Egress(allow=("127.0.0.1", "localhost"))
    with recording(lambda _: Reply()) as other:
        target = other.address.replace("127.0.0.1", "localhost")
        with recording(lambda _: Reply(status, b"", {"Location": target})) as server:
            done(call({"ApiEndpoint": server.address, "Headers": {"X-Own": "o"}}, connection=key, egress=both))
            sent = {"ApiEndpoint": server.address, "Method": "PUT"}
            hidden = call(sent, connection=replace(key, body={"pin": "1234"}), egress=both)
    assert server.asked[0].headers["X-Key"] == "s3cret"
    assert [asked.headers.get("X-Own") for asked in other.asked] == ["o"]
    assert "X-Key" not in other.asked[0].headers
    assert "X-More" not in other.asked[0].headers
    assert hidden.error == "States.Permissions"


def test_an_address_is_told_without_what_the_connection_adds_to_it() -> None:
    outcome = call({"ApiEndpoint": "ftp://shop.example/a"}, connection=replace(BASIC, query={"key": "s3cret"}))
    assert (outcome.error, outcome.cause) == ("States.Permissions", "'ftp://shop.example/a' is not an https:// address")


def test_redirects_in_a_circle_end() -> None:
    with recording(lambda _: Reply(302, b"", {"Location": "/"})) as server:
        assert call({"ApiEndpoint": server.address}).error == "States.Http.Socket"
    assert len(server.asked) == 6


def test_an_answer_that_is_too_large_or_binary_fails_the_task() -> None:
    with recording(lambda _: Reply(body=b"x" * 300_000)) as server:
        assert call({"ApiEndpoint": server.address}).error == "States.DataLimitExceeded"
    with recording(lambda _: Reply(body=b"\xff\xfe\x00", headers={"Content-Type": "image/png"})) as server:
        assert call({"ApiEndpoint": server.address}).error == "States.Runtime"


def test_an_answer_that_comes_too_slowly_fails_the_task() -> None:
    slow = Reply(body=b"x" * 40, pieces=40, pause=lambda: time.sleep(0.05))
    with recording(lambda _: slow) as server:
        assert call({"ApiEndpoint": server.address}, egress=replace(LOCAL, seconds=0.3)).error == "States.Http.Socket"


def test_an_answer_that_comes_byte_by_byte_is_cut_off_in_the_middle() -> None:
    sent: list[int] = []

    def pause() -> None:
        sent.append(1)
        time.sleep(0.05)

    with recording(lambda _: Reply(body=b"x" * 10_000, pieces=10_000, pause=pause)) as server:
        outcome = call({"ApiEndpoint": server.address}, egress=replace(LOCAL, seconds=0.3))
    assert (outcome.error, outcome.cause) == ("States.Http.Socket", "The answer took longer than 0 seconds")
    assert len(sent) < 10_000


def test_a_secret_that_no_header_can_hold_is_not_told() -> None:
    broken = replace(BASIC, kind="API_KEY", name="X-Key", secret="s3cret\nkey")
    with recording(lambda _: Reply()) as server:
        outcome = call({"ApiEndpoint": server.address}, connection=broken)
    assert outcome.error == "States.Http.Socket"
    assert "s3cret" not in str(outcome.cause)


def test_json_that_is_none_stays_text() -> None:
    with recording(lambda _: Reply(body=b"{broken")) as server:
        assert done(call({"ApiEndpoint": server.address}))["ResponseBody"] == "{broken"


def test_an_api_of_api_gateway_is_called_by_stage_and_path() -> None:
    with recording(lambda asked: Reply(200 if asked.path == "/prod/pets/1?a=b" else 403)) as server:
        given = {"ApiEndpoint": server.address, "Stage": "prod", "Path": "/pets/1", "QueryParameters": {"a": ["b"]}}
        assert done(call(given, resource="apigateway:invoke"))["StatusCode"] == 200
        outcome = call({**given, "Path": "/no"}, resource="apigateway:invoke")
        assert outcome.error == "ApiGateway.403"
        outcome = call({**given, "AuthType": "IAM_ROLE"}, resource="apigateway:invoke")
        assert outcome.error == "States.Runtime"

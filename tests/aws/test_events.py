"""Status changes are told to a webhook, in order, and again until they are taken."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import KEY, ROLE, SECRET, client_of
from tests.aws.test_operations import FAIL, PASS, ended
from tests.harness import Server, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


class Hook:
    """Remembers what came; answers 503 as often as ``failures`` says."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.failures = 0
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                failing = hook.failures > 0
                hook.failures -= failing
                if not failing:
                    hook.events.append(body)
                self.send_response(503 if failing else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def statuses(self, arn: str) -> list[str]:
        return [one["detail"]["status"] for one in self.events if one["resources"] == [arn]]


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


def test_every_status_change_is_told_in_order_though_the_hook_failed_at_first(hook: Hook, tmp_path: Path) -> None:
    environment = {
        "TREADLE_ACCESS_KEY_ID": KEY,
        "TREADLE_SECRET_ACCESS_KEY": SECRET,
        "TREADLE_EVENTS_URL": f"http://127.0.0.1:{hook.server.server_port}/hook",
    }
    hook.failures = 1
    with Server(tmp_path, environment=environment) as server:
        sfn = client_of(server.address)
        failing = sfn.create_state_machine(name="failing", definition=FAIL, roleArn=ROLE)["stateMachineArn"]
        arn = sfn.start_execution(stateMachineArn=failing, input='{"a":1}')["executionArn"]
        ended(sfn, arn)
        until(lambda: hook.statuses(arn) == ["RUNNING", "FAILED"], 30, "two events")
        sfn.redrive_execution(executionArn=arn)
        ended(sfn, arn)
        until(lambda: hook.statuses(arn) == ["RUNNING", "FAILED", "RUNNING", "FAILED"], 30, "four events")
        express = sfn.create_state_machine(name="express", definition=PASS, roleArn=ROLE, type="EXPRESS")
        quiet = sfn.start_sync_execution(stateMachineArn=express["stateMachineArn"])["executionArn"]
        fine = sfn.create_state_machine(name="fine", definition=PASS, roleArn=ROLE)["stateMachineArn"]
        other = sfn.start_execution(stateMachineArn=fine)["executionArn"]
        until(lambda: hook.statuses(other) == ["RUNNING", "SUCCEEDED"], 30, "the events of the other")
        assert hook.statuses(quiet) == []
    event = next(one for one in hook.events if one["detail"]["status"] == "FAILED")
    assert (event["source"], event["detail-type"]) == ("aws.states", "Step Functions Execution Status Change")
    assert (event["detail"]["error"], event["detail"]["input"]) == ("Sour", '{"a":1}')
    assert len({one["id"] for one in hook.events}) == len(hook.events)

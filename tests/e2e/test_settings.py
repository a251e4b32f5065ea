"""What programs sign in with, made and revoked on the Settings page."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import AXE, violations
from tests.e2e.conftest import ARTEFACTS
from tests.harness import Server

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_an_access_key_made_on_the_page_works_with_boto3_until_it_is_deleted(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/settings")
    page.get_by_role("textbox", name="Name of the access key").fill("laptop")
    page.get_by_role("button", name="Create an access key").click()
    environment = page.get_by_text("export AWS_ENDPOINT_URL_SFN=").inner_text()
    page.screenshot(path=ARTEFACTS / "access-key.png")
    words = dict(pair.split("=", 1) for pair in environment.removeprefix("export ").split())
    client = boto3.client(
        "stepfunctions",
        endpoint_url=words["AWS_ENDPOINT_URL_SFN"],
        region_name=words["AWS_REGION"],
        aws_access_key_id=words["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=words["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}),
    )
    assert "stateMachines" in client.list_state_machines()
    page.get_by_role("button", name="Delete access key laptop").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Delete access key laptop")).to_have_count(0)
    expect(page.get_by_text("export AWS_ENDPOINT_URL_SFN=")).to_have_count(0)
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        client.list_state_machines()


def test_a_connection_is_made_given_another_secret_and_deleted_and_its_secret_is_never_told(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.address}/settings")
    page.get_by_role("button", name="Create a connection").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("shop")
    dialog.get_by_role("textbox", name="User").fill("alice")
    dialog.get_by_role("textbox", name="Password").fill("first-secret")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Replace the secret of shop").click()
    expect(dialog.get_by_role("textbox", name="User")).to_have_value("alice")
    expect(dialog.get_by_role("textbox", name="Password")).to_have_value("")
    page.screenshot(path=ARTEFACTS / "connection.png")
    dialog.get_by_role("textbox", name="Password").fill("second-secret")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert "secret" not in str(server.call("GET", "/api/connections/")[1])
    page.get_by_role("button", name="Delete connection shop").click()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("No connections")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_says_that_the_server_is_away_and_goes_on_when_it_is_back(
    page: Page, server: Server, theme: str
) -> None:
    page.add_init_script(f"localStorage.setItem('treadle:theme', '{theme}')")
    page.goto(f"{server.address}/settings")
    expect(page.get_by_text("API tokens")).to_be_visible()
    said = page.get_by_role("status").filter(has_text="The server cannot be reached")
    expect(said).to_have_count(0)
    page.context.set_offline(True)
    expect(said).to_be_in_viewport()
    page.screenshot(path=ARTEFACTS / f"offline-{theme}.png", animations="disabled")
    if AXE.exists():
        assert violations(page) == []
    page.context.set_offline(False)
    expect(said).to_have_count(0)
    page.evaluate("localStorage.setItem('treadle:theme', 'light')")

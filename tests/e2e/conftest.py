"""A running Treadle and a real Chromium, once for all browser tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.e2e.late import come_late
from tests.harness import Server

ARTEFACTS = Path(__file__).parent / "artefacts"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A narrow machine's sandbox and GPU are not what is tested here.
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
# Other servers are started, killed and kept busy on the same cores meanwhile.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        except Error as error:
            if os.environ.get("CI"):
                pytest.fail(f"no Chromium for the browser tests: {error}")
            pytest.skip(f"THE BROWSER TESTS DID NOT RUN: install Chromium, or `playwright install chromium` ({error})")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(folder=tmp_path_factory.mktemp("treadle"))
    server.copy_sample_functions()
    with server:
        yield server


@pytest.fixture(scope="session")
def step_functions(server: Server) -> Any:
    """Its user's client of the AWS protocol."""
    status, key = server.call("POST", "/api/access-keys/", {"name": "browser tests"})
    assert status == 201, key
    return boto3.client(
        "stepfunctions",
        endpoint_url=server.address,
        region_name="us-east-1",
        aws_access_key_id=key["id"],
        aws_secret_access_key=key["secret"],
        config=Config(inject_host_prefix=False),
    )


@pytest.fixture(scope="session")
def signed_in(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """The sign-in link works once, so one context is shared."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    come_late(context)
    page = context.new_page()
    page.goto(server.link)
    page.wait_for_url("**/machines")
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(signed_in: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page whose uncaught errors fail the test; a picture of its end is kept."""
    ARTEFACTS.mkdir(exist_ok=True)
    page = signed_in.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.context.set_offline(False)  # the context is shared: one story that fails offline fails no other
    page.screenshot(path=ARTEFACTS / f"{request.node.name}.png")
    page.close()
    assert errors == []

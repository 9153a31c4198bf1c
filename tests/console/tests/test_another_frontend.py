"""A frontend of one's own: the browser client in a browser, from one of the usual origins."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.tests.conftest import PATIENCE_MILLISECONDS
from tests.local_stack.deployed import Deployed
from tests.local_stack.frontends import PORTS
from tests.patience import eventually
from tests.simulators.common.server import Answer, LoopbackServer
from tests.simulators.common.wire import Reply, Request
from tests.typescript.workshop import compiled, why_not

USER = "neighbour"
CARDS = 20
_PAGE = b'<!doctype html><output></output><script type="module" src="/page.mjs"></script>'


def test_the_browser_client_shows_holdings_and_twenty_cards_at_once(
    running: Deployed, browser: Browser, tmp_path: Path
) -> None:
    if reason := why_not():
        pytest.skip(reason)
    running.link(USER, portfolio=["everyday"])
    api = running.api(USER)
    accounts = eventually(
        lambda: api.get("/v1/portfolio").body,
        until=lambda portfolio: bool(portfolio["totals"]),
    )["accounts"]
    settings = {
        "url": running.stack.api_url,
        "token": running.issuer.issue_token(USER),
        "cards": CARDS,
    }
    with _served(compiled(tmp_path), settings) as url:
        page = browser.new_page()
        page.goto(url)
        shown = page.locator("output")
        expect(shown).not_to_be_empty(timeout=PATIENCE_MILLISECONDS)
        seen = json.loads(shown.inner_text())
        page.close()
    assert seen["accounts"] == [each["id"] for each in accounts]
    assert all(age.startswith("As of ") for age in seen["ages"])
    assert seen["cards"] == [len(accounts)] * CARDS


@contextmanager
def _served(scripts: Path, settings: dict[str, object]) -> Iterator[str]:
    """Serve a page with the scripts on the first of the usual ports that is free."""

    def answer(request: Request) -> Reply:
        if request.path == "/settings.json":
            return Reply(200, json.dumps(settings).encode())
        script = scripts / request.path.removeprefix("/")
        if request.path != "/" and script.is_file():
            return Reply(200, script.read_bytes(), "text/javascript")
        return Reply(200, _PAGE, "text/html")

    server = _on_a_usual_port(answer)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop()


def _on_a_usual_port(answer: Answer) -> LoopbackServer:
    for port in PORTS:
        with suppress(OSError):
            return LoopbackServer(port=port, answer=answer)
    pytest.skip("all the usual ports are taken")

"""The console's server: who may ask it for what, and what its trouble does at the simulators."""

import http.client
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.console import Console
from tests.console.trouble import Trouble, TroubleUnknown
from tests.local_stack.emulator import PortTaken
from tests.patience import standstill_seconds
from tests.simulators.plaid.listener import WebhookListener as PlaidListener
from tests.simulators.plaid.stage import Stage as PlaidStage
from tests.simulators.plaid.stage import running_stage as running_plaid
from tests.simulators.snaptrade import SnapTradeSimulator
from tests.simulators.snaptrade.listener import WebhookListener


@pytest.fixture
def console() -> Iterator[Console]:
    with Console() as running:
        yield running


def ask(
    console: Console, path: str, method: str = "GET", **headers: str
) -> tuple[int, Mapping[str, str]]:
    # Plainly, so that no client tidies up the path or the headers.
    connection = http.client.HTTPConnection(
        urlsplit(console.url).netloc, timeout=standstill_seconds()
    )
    try:
        body = b"{}" if method == "POST" else None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers)
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/main.js", "/style.css", "/icon.svg", "/linked/some-state"])
def test_the_page_may_run_and_call_nothing_of_others(console: Console, path: str) -> None:
    status, headers = ask(console, path)
    assert status == HTTPStatus.OK
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["/server.py", "/../server.py", "/%2e%2e/server.py", "/page/main.js", "/nothing"]
)
def test_nothing_but_the_page_is_served(console: Console, path: str) -> None:
    assert ask(console, path)[0] == HTTPStatus.NOT_FOUND


def test_tokens_are_not_for_other_sites(console: Console) -> None:
    assert ask(console, "/session.json", Host="evil.example")[0] == HTTPStatus.FORBIDDEN
    assert ask(console, "/session.json", Origin="http://evil.example")[0] == HTTPStatus.FORBIDDEN
    own = ask(console, "/session.json", Origin=console.url)[0]
    assert own == HTTPStatus.SERVICE_UNAVAILABLE  # let in; the stack has not started


def test_a_form_of_another_site_makes_no_trouble(console: Console) -> None:
    plain = {"Content_Type": "text/plain"}
    assert ask(console, "/trouble/break", "POST", **plain)[0] == HTTPStatus.FORBIDDEN


def test_a_taken_port_is_named(console: Console) -> None:
    port = urlsplit(console.url).port
    assert port is not None
    with pytest.raises(PortTaken, match=str(port)):
        Console(port)


def test_both_names_of_the_page_are_its_origins(console: Console) -> None:
    port = urlsplit(console.url).port
    assert console.origins == [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]


SNAPTRADE_TROUBLES = {
    "break": [["CONNECTION_BROKEN", [200]]],
    "lose": [],
    "empty": [["ACCOUNT_HOLDINGS_UPDATED", [200]]],
    "thrice": [["ACCOUNT_HOLDINGS_UPDATED", [200, 200, 200]]],
    "forge": [["CONNECTION_BROKEN", [200]]],
}


@pytest.mark.parametrize("name", SNAPTRADE_TROUBLES)
def test_trouble_at_snaptrade_tells_what_its_webhooks_were_answered(name: str) -> None:
    with WebhookListener() as listener, SnapTradeSimulator() as simulator:
        control = simulator.control
        control.listen(listener.url)
        user = control.add_user("user-1")
        made = control.add_connection(user.user_id, portfolio="everyday", announce=False)
        target = {
            "provider": "snaptrade",
            "connection_id": made.connection_id,
            "account_ids": made.account_ids,
        }
        assert told(Trouble(control, control), name, target) == SNAPTRADE_TROUBLES[name]  # type: ignore[arg-type]


PLAID_TROUBLES = {
    "break": [["ITEM ERROR", [200]]],
    "lose": [],
    "empty": [["HOLDINGS DEFAULT_UPDATE", [200]]],
    "thrice": [["HOLDINGS DEFAULT_UPDATE", [200, 200, 200]]],
    "forge": [["ITEM ERROR", [200]]],
}


@pytest.fixture
def plaid() -> Iterator[PlaidStage]:
    with running_plaid() as stage:
        yield stage


@pytest.mark.parametrize("name", PLAID_TROUBLES)
def test_trouble_at_plaid_tells_what_its_webhooks_were_answered(
    plaid: PlaidStage, name: str
) -> None:
    with PlaidListener() as listener:
        plaid.control.listen(listener.url)
        item = plaid.control.add_item(portfolio="everyday")
        target = {
            "provider": "plaid",
            "connection_id": item.item_id,
            "account_ids": item.account_ids,
        }
        trouble = Trouble(plaid.control, plaid.control)  # type: ignore[arg-type]
        assert told(trouble, name, target) == PLAID_TROUBLES[name]
        plaid.control.listen(None)


def told(trouble: Trouble, name: str, target: dict[str, Any]) -> list[list[Any]]:
    made = trouble.make(name, target)["deliveries"]
    return [[each["event"], each["answers"]] for each in made]


def test_no_other_trouble_is_made(plaid: PlaidStage) -> None:
    trouble = Trouble(plaid.control, plaid.control)  # type: ignore[arg-type]
    target = {"provider": "plaid", "connection_id": "i", "account_ids": []}
    with pytest.raises(TroubleUnknown):
        trouble.make("listen", target)

"""The portal of the SnapTrade simulator: links, ways it ends, and what it tells."""

import http.client
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.simulators.common.client import exchange
from tests.simulators.snaptrade import ControlRefused
from tests.simulators.snaptrade.stage import Stage, running_stage

REDIRECT = "https://app.example/done?state=x1"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def returned(redirect: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect).query).items()}


def told(stage: Stage) -> list[str]:
    return [item["event_type"] for item in stage.control.deliveries()]


def test_link_leads_to_the_simulator_when_a_user_logs_in(stage: Stage) -> None:
    document = stage.login(broker="ACME", locale="pt_br", immediateRedirect=True).document()
    assert set(document) == {"redirectURI", "sessionId"}
    assert document["redirectURI"].startswith(f"{stage.simulator.url}/snapTrade/redeemToken?")
    fields = returned(document["redirectURI"])
    assert fields["sessionId"] == document["sessionId"]
    assert fields["clientId"] == stage.settings.client_id
    assert fields["token"]


@pytest.mark.parametrize(
    "body",
    [
        {"broker": "NOWHERE"},
        {"connectionType": "write"},
        {"locale": "xx"},
        {"connectionPortalVersion": "v9"},
        {"darkMode": "yes"},
        {"customRedirect": "no address"},
        {"reconnect": "not-an-id"},
    ],
)
def test_login_is_refused_when_a_field_makes_no_sense(stage: Stage, body: dict[str, Any]) -> None:
    assert stage.login(**body).outcome() == (400, "1012")


def test_login_is_refused_when_the_connection_to_repair_is_not_the_users(stage: Stage) -> None:
    stage.control.add_user("user-2")
    other = stage.control.add_connection("user-2").connection_id
    assert stage.login(reconnect=other).outcome() == (404, "1011")


def test_connection_and_its_events_appear_when_the_visit_succeeds(stage: Stage) -> None:
    visit = stage.control.use_portal(stage.link(customRedirect=REDIRECT), brokerage="HARBOR")
    expected = {"state": "x1", "status": "SUCCESS", "connection_id": visit.connection_id}
    assert returned(visit.redirect) == expected
    assert len(visit.account_ids) == len(("everyday", "trader"))
    connection = stage.call("GET", f"/authorizations/{visit.connection_id}").document()
    assert connection["brokerage"]["slug"] == "HARBOR"
    attempt = stage.listener.next("CONNECTION_ATTEMPTED").document
    assert attempt["connectionAttemptedResult"] == "SUCCESS"
    assert attempt["brokerageId"] == connection["brokerage"]["id"]
    assert told(stage)[-6:] == [
        "CONNECTION_ATTEMPTED",
        "CONNECTION_ADDED",
        *["NEW_ACCOUNT_AVAILABLE"] * 2,
        *["ACCOUNT_TRANSACTIONS_INITIAL_UPDATE"] * 2,
    ]


def test_link_is_refused_when_it_was_used_or_is_too_old(stage: Stage) -> None:
    used, old = stage.link(), stage.link()
    stage.control.use_portal(used)
    stage.time += timedelta(seconds=301)
    for link in (used, old, "unknown-session", used.replace("token=", "token=x")):
        with pytest.raises(ControlRefused, match="No authorization in progress"):
            stage.control.use_portal(link)


def test_link_stays_good_when_the_visit_itself_made_no_sense(stage: Stage) -> None:
    link = stage.link(broker="ACME")
    for nonsense in ({"outcome": "magic"}, {"portfolio": "gold"}, {"brokerage": "HARBOR"}):
        with pytest.raises(ControlRefused):
            stage.control.use_portal(link, **nonsense)
    assert stage.control.use_portal(link).connection_id is not None


@pytest.mark.parametrize(
    ("outcome", "codes", "result"),
    [
        ("error", ("403", "1066"), "INVALID_CREDENTIALS"),
        ("invalid-credentials", ("403", "1066"), "INVALID_CREDENTIALS"),
        ("account-locked", ("403", "1066"), "INVALID_CREDENTIALS"),
        ("rate-limited", ("429", "0000"), "UNCAUGHT_ERROR"),
        ("invalid-mfa-code", ("400", "1086"), "INVALID_MFA_CODE"),
        ("unreachable", ("500", "3000"), "UNCAUGHT_ERROR"),
    ],
)
def test_failure_is_told_when_the_visit_ends_badly(
    stage: Stage, outcome: str, codes: tuple[str, str], result: str
) -> None:
    before = stage.call("GET", "/authorizations").document()
    visit = stage.control.use_portal(stage.link(), outcome=outcome)
    assert visit.connection_id is None
    status_code, error_code = codes
    expected = {"status": "ERROR", "status_code": status_code, "error_code": error_code}
    assert returned(visit.redirect) == expected
    assert told(stage)[-2:] == ["CONNECTION_ATTEMPTED", "CONNECTION_FAILED"]
    attempt = stage.listener.next("CONNECTION_ATTEMPTED").document
    assert attempt["connectionAttemptedResult"] == result
    assert stage.call("GET", "/authorizations").document() == before


@pytest.mark.parametrize(
    ("outcome", "expected"), [("abandoned", {"status": "ABANDONED"}), ("no_status", {})]
)
def test_nothing_is_told_when_the_user_leaves(
    stage: Stage, outcome: str, expected: dict[str, str]
) -> None:
    before = told(stage)
    visit = stage.control.use_portal(stage.link(), outcome=outcome)
    assert returned(visit.redirect) == expected
    assert told(stage) == before


def test_ids_are_kept_when_a_broken_connection_is_repaired(stage: Stage) -> None:
    connection_id = stage.connection.connection_id
    stage.control.disable(connection_id)
    visit = stage.control.use_portal(stage.link(reconnect=connection_id))
    assert (visit.connection_id, visit.account_ids) == (
        connection_id,
        stage.connection.account_ids,
    )
    fixed = stage.listener.next("CONNECTION_FIXED").document
    assert fixed["brokerageAuthorizationId"] == connection_id
    assert stage.call("GET", f"/authorizations/{connection_id}").document()["disabled"] is False


def test_repair_is_refused_when_the_login_is_another(stage: Stage) -> None:
    connection_id = stage.connection.connection_id
    stage.control.disable(connection_id)
    visit = stage.control.use_portal(stage.link(reconnect=connection_id), login="somebody else")
    assert returned(visit.redirect)["error_code"] == "1023"
    attempt = stage.listener.next("CONNECTION_ATTEMPTED").document
    assert attempt["connectionAttemptedResult"] == "DIFFERENT_ACCOUNT"
    assert stage.call("GET", f"/authorizations/{connection_id}").document()["disabled"] is True


def test_connection_is_the_same_when_the_credentials_are(stage: Stage) -> None:
    first, again = (stage.control.use_portal(stage.link()) for _ in range(2))
    other = stage.control.use_portal(stage.link(), login="another")
    assert again == first
    assert other.connection_id != first.connection_id
    assert told(stage).count("CONNECTION_ADDED") == len((first, other))


@pytest.mark.parametrize(
    ("portfolio", "accounts"),
    [("self-directed", 2), ("cash-only", 1), ("no-transactions", 1), ("no-accounts", 0)],
)
def test_scenario_of_the_test_brokerage_brings_its_accounts(
    stage: Stage, portfolio: str, accounts: int
) -> None:
    visit = stage.control.use_portal(stage.link(broker="SANDBOX"), portfolio=portfolio)
    assert len(visit.account_ids) == accounts
    for account_id in visit.account_ids:
        found = stage.call("GET", f"/accounts/{account_id}/activities").document()
        assert (found["pagination"]["total"] == 0) is (portfolio == "no-transactions")


def test_person_can_end_the_visit_when_a_browser_opens_the_link(stage: Stage) -> None:
    link = urlsplit(stage.link(customRedirect=REDIRECT))
    target = f"{link.path}?{link.query}"
    page = exchange(link.netloc, "GET", target)
    assert page.status == http.client.OK
    assert "outcome=success" in page.text
    left = exchange(link.netloc, "GET", f"{target}&outcome=success")
    assert left.status == http.client.FOUND
    assert returned(left.headers["Location"])["status"] == "SUCCESS"
    assert exchange(link.netloc, "GET", target).status == http.client.BAD_REQUEST


def test_institution_tells_accounts_alike_when_one_holder_has_two_logins(stage: Stage) -> None:
    visits = [
        stage.control.use_portal(stage.login().document()["redirectURI"], login=name, holder=holder)
        for name, holder in (("first", "jo"), ("second", "jo"), ("third", "mo"))
    ]
    path = "/authorizations/{}/accounts"
    read = [stage.call("GET", path.format(each.connection_id)).document() for each in visits]
    names = [{each["institution_account_id"] for each in accounts} for accounts in read]
    assert names[0] == names[1]
    assert not names[0] & names[2]
    assert not set(visits[0].account_ids) & set(visits[1].account_ids)
    stage.control.turn(institution_account_ids=False)
    (account, *_) = stage.call("GET", path.format(visits[0].connection_id)).document()
    assert account["institution_account_id"] is None

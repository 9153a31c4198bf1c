"""Users and links at SnapTrade, byte for byte as asked, and silent about every secret."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from requests.structures import CaseInsensitiveDict

from freshet.adapters.rate_guard import Circuit, RateGuard
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.linking import SnapTradeLinking
from freshet.adapters.snaptrade.reference import SnapTradeReference
from freshet.adapters.snaptrade.signature import sign_request
from freshet.adapters.transport import Answer
from freshet.domain import call_errors
from freshet.domain.credential import Credential, Secret
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota, FixedKeys, told
from tests.integration.plaid_bench import FakeTransport, json_answer

USER = Credential("u1", Secret("user-secret-1"))
KEY = "invented-consumer-key"
OURS = {"clientId": "client-1", "timestamp": str(int(NOON.timestamp()))}
THEIRS = {"userId": "u1", "userSecret": "user-secret-1"}
PORTAL = {"redirectURI": "https://portal.example/redeem?token=portal-token", "sessionId": "s-1"}


class Bench:
    """Linking over answers given in advance."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.transport = FakeTransport(list(answers))
        self.quota = FakeQuota()
        self.http_client = SnapTradeHttpClient(
            base_url="https://snaptrade.example",
            keys=FixedKeys(SnapTradeKeys("client-1", Secret(KEY))),
            transport=self.transport,
            rate_guard=RateGuard(self.quota, Circuit(), FakeClock(NOON)),
            clock=FakeClock(NOON),
        )
        self.linking = SnapTradeLinking(self.http_client)
        self.reference = SnapTradeReference(self.http_client)

    def asked(self) -> tuple[str, str, dict[str, str], Any]:
        """Give method, path, query and body, after checking the signature over them."""
        (request,) = self.transport.requests
        prepared = request.prepare()
        url = urlsplit(prepared.url)
        body = json.loads(prepared.body) if prepared.body else None
        signature = sign_request(KEY, path=str(url.path), query=str(url.query), content=body)
        assert prepared.headers["Signature"] == signature
        assert ("Content-Type" in prepared.headers) is (body is not None)
        assert self.quota.taken == 1
        assert not self.transport.endpoints[0].is_billable
        return str(prepared.method), str(url.path), dict(parse_qsl(str(url.query))), body


def test_secret_is_brought_home_when_a_user_is_registered() -> None:
    bench = Bench(json_answer({"userId": "u1", "userSecret": "user-secret-1"}))
    assert bench.linking.register_user("u1") == USER
    assert bench.asked() == ("POST", "/snapTrade/registerUser", OURS, {"userId": "u1"})


def test_user_is_told_to_be_there_already_when_the_id_is_taken() -> None:
    bench = Bench(json_answer({"detail": "x", "status_code": 400, "code": "1010"}, 400))
    with pytest.raises(call_errors.AlreadyRegistered):
        bench.linking.register_user("u1")


def test_all_users_are_listed_when_asked() -> None:
    bench = Bench(json_answer(["u1", "u2"]))
    assert bench.linking.list_users() == ["u1", "u2"]
    assert bench.asked() == ("GET", "/snapTrade/listUsers", OURS, None)


def test_user_is_deleted_by_id_alone_when_the_secret_is_lost() -> None:
    bench = Bench(json_answer({"status": "deleted", "userId": "u1"}))
    assert bench.linking.delete_user("u1").status == 200
    assert bench.asked() == ("DELETE", "/snapTrade/deleteUser", OURS | {"userId": "u1"}, None)


def test_secret_travels_in_the_body_alone_when_it_is_replaced() -> None:
    bench = Bench(json_answer({"userId": "u1", "userSecret": "user-secret-2"}))
    assert bench.linking.reset_secret(USER) == Credential("u1", Secret("user-secret-2"))
    assert bench.asked() == ("POST", "/snapTrade/resetUserSecret", OURS, THEIRS)


@pytest.mark.parametrize(
    "options", [{}, {"broker": "ACME"}, {"reconnect": "8b5f262d-4bb9-365d-888a-202bd3b15fa1"}]
)
def test_portal_only_ever_reads_when_it_is_opened(options: dict[str, str]) -> None:
    bench = Bench(json_answer(PORTAL))
    link = bench.linking.portal(USER, redirect_url="https://app.example/cb/1", **options)
    assert (link.url.reveal(), link.session_id) == (PORTAL["redirectURI"], "s-1")
    body = {
        "customRedirect": "https://app.example/cb/1",
        "immediateRedirect": True,
        "connectionType": "read",
        "connectionPortalVersion": "v4",
    }
    assert bench.asked() == ("POST", "/snapTrade/login", OURS | THEIRS, body | options)


def test_way_back_is_the_dashboards_when_none_is_named() -> None:
    bench = Bench(json_answer(PORTAL))
    bench.linking.portal(USER, redirect_url=None)
    body = {"connectionType": "read", "connectionPortalVersion": "v4"}
    assert bench.asked() == ("POST", "/snapTrade/login", OURS | THEIRS, body)


def test_connections_are_listed_by_their_ids_when_asked() -> None:
    bench = Bench(json_answer([{"id": "c-1", "name": "Acme"}, {"id": "c-2"}]))
    assert bench.linking.connection_ids(USER) == ["c-1", "c-2"]
    assert bench.asked() == ("GET", "/authorizations", OURS | THEIRS, None)


def test_connection_is_removed_under_its_singular_path_when_asked() -> None:
    bench = Bench(json_answer({"detail": "queued", "connection_id": "c-1"}))
    assert bench.linking.remove_connection(USER, "c-1").operation == "remove_connection"
    assert bench.asked() == ("DELETE", "/connection/c-1", OURS | THEIRS, None)


@pytest.mark.parametrize("document", [{}, {"userId": "u1", "userSecret": ""}, [], "text"])
def test_answer_is_unreadable_and_silent_when_the_secret_is_missing(document: Any) -> None:
    with pytest.raises(call_errors.UnreadableAnswer) as failed:
        Bench(json_answer(document)).linking.reset_secret(USER)
    assert "user-secret" not in told(failed.value)


def test_no_secret_shows_when_what_was_brought_is_printed() -> None:
    link = Bench(json_answer(PORTAL)).linking.portal(USER, redirect_url="https://app.example")
    bench = Bench(json_answer({"userId": "u1", "userSecret": "user-secret-1"}))
    shown = f"{link!r} {link} {bench.linking.register_user('u1')!r} {bench.linking!r}"
    assert not any(secret in shown for secret in ("portal-token", "user-secret", KEY))


def test_reference_data_is_asked_for_without_any_user_when_needed() -> None:
    rows = [{"id": "e-1", "mic_code": "ARCX"}]
    for path, ask in [("/exchanges", "exchanges"), ("/brokerages", "brokerages")]:
        bench = Bench(json_answer(rows))
        assert getattr(bench.reference, ask)() == rows
        assert bench.asked() == ("GET", path, OURS, None)


@pytest.mark.parametrize(
    ("name", "path"), [("VTI", "/symbols/VTI"), ("A/B C?", "/symbols/A%2FB%20C%3F")]
)
def test_name_is_one_segment_of_the_path_when_a_symbol_is_looked_up(name: str, path: str) -> None:
    bench = Bench(json_answer({"id": "i-1", "symbol": name}))
    assert bench.reference.symbol(name) == {"id": "i-1", "symbol": name}
    assert bench.asked() == ("GET", path, OURS, None)


def test_content_is_signed_as_sent_when_its_fields_come_in_another_order() -> None:
    answer = Answer(200, CaseInsensitiveDict(), json.dumps(PORTAL).encode())
    bench = Bench(answer)
    bench.linking.portal(USER, redirect_url="https://app.example/z?b=2&a=1", broker="ACME")
    assert bench.asked()[3]["customRedirect"] == "https://app.example/z?b=2&a=1"

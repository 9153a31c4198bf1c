"""Linking at Plaid, byte for byte as asked, and silent about every token."""

from datetime import UTC, datetime
from typing import Any

import pytest

from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.adapters.plaid.item_links import PlaidItemLinks
from freshet.adapters.plaid.linking import LinkTerms, PlaidLinking
from freshet.adapters.rate_guard import Circuit, RateGuard
from freshet.adapters.transport import Answer
from freshet.domain import call_errors
from freshet.domain.credential import Credential, Secret
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota, told
from tests.integration.plaid_bench import (
    ITEM,
    SECRET,
    TOKEN,
    FakeTransport,
    FixedPlaidKeys,
    error_answer,
    json_answer,
)

TERMS = LinkTerms(
    client_user_id="user-7", client_name="Acme Savings", language="en", country_codes=("US", "CA")
)
TERMS_BODY = {
    "client_name": "Acme Savings",
    "language": "en",
    "country_codes": ["US", "CA"],
    "user": {"client_user_id": "user-7"},
}
LINK_ANSWER = {"link_token": "link-sandbox-1", "expiration": "2026-11-20T19:00:00Z"}
PUBLIC = "public-sandbox-1"
HOOK = "https://hooks.example/plaid"


class Bench:
    """Linking over answers given in advance."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.transport = FakeTransport(list(answers))
        self.quota = FakeQuota()
        rate_guard = RateGuard(self.quota, Circuit(), FakeClock(NOON))
        http_client = PlaidHttpClient(
            "https://plaid.example", FixedPlaidKeys(), self.transport, rate_guard
        )
        self.linking = PlaidLinking(http_client)

    def links(self) -> PlaidItemLinks:
        return PlaidItemLinks(self.linking, "Acme Savings", "en", ("US", "CA"))

    def asked(self) -> tuple[str, dict[str, Any]]:
        (path,), (body,) = self.transport.paths(), self.transport.bodies()
        assert self.quota.taken == 1
        assert not self.transport.endpoints[0].is_billable
        return path, body


def test_link_token_is_asked_for_when_an_item_shall_be_new() -> None:
    bench = Bench(json_answer(LINK_ANSWER))
    link = bench.linking.link_token(TERMS, webhook=HOOK)
    assert link.token.reveal() == "link-sandbox-1"
    assert link.expires_at == datetime(2026, 11, 20, 19, tzinfo=UTC)
    assert bench.asked() == (
        "/link/token/create",
        TERMS_BODY | {"products": ["investments"], "webhook": HOOK},
    )


@pytest.mark.parametrize(
    ("selects", "more"), [(False, {}), (True, {"update": {"account_selection_enabled": True}})]
)
def test_neither_products_nor_webhook_are_sent_when_an_item_is_repaired(
    selects: bool, more: dict[str, Any]
) -> None:
    bench = Bench(json_answer(LINK_ANSWER))
    bench.linking.repair_token(TERMS, ITEM, selects_accounts=selects)
    assert bench.asked() == ("/link/token/create", TERMS_BODY | {"access_token": TOKEN} | more)


def test_redirect_is_sent_only_when_there_is_one() -> None:
    bench = Bench(json_answer(LINK_ANSWER))
    terms = LinkTerms(
        client_user_id="u",
        client_name="Acme",
        language="en",
        country_codes=("US",),
        redirect_uri="https://app.example/linked",
    )
    bench.linking.link_token(terms, webhook=HOOK)
    assert bench.asked()[1]["redirect_uri"] == "https://app.example/linked"


def test_terms_are_the_deployments_when_links_are_made_for_a_user() -> None:
    more = {"redirect_uri": "https://app.example/linked", "institution_id": "ins_1"}
    bench = Bench(json_answer(LINK_ANSWER))
    link = bench.links().link_token(
        "user-7", webhook=HOOK, redirect_uri=more["redirect_uri"], institution="ins_1"
    )
    assert link.token.reveal() == "link-sandbox-1"
    products = {"products": ["investments"], "webhook": HOOK}
    assert bench.asked() == ("/link/token/create", TERMS_BODY | more | products)
    bench = Bench(json_answer(LINK_ANSWER))
    bench.links().repair_token("user-7", ITEM, redirect_uri=None)
    assert bench.asked() == ("/link/token/create", TERMS_BODY | {"access_token": TOKEN})


@pytest.mark.parametrize("name", ["", "x" * 31])
def test_name_is_refused_when_link_would_not_show_it(name: str) -> None:
    with pytest.raises(ValueError, match="client_name"):
        LinkTerms(client_user_id="u", client_name=name, language="en", country_codes=("US",))


def test_public_token_becomes_a_credential_when_exchanged() -> None:
    bench = Bench(json_answer({"access_token": "access-1", "item_id": "item-9"}))
    credential = bench.linking.exchange(Secret(PUBLIC))
    assert credential == Credential("item-9", Secret("access-1"))
    assert bench.asked() == ("/item/public_token/exchange", {"public_token": PUBLIC})


def test_item_is_removed_when_asked() -> None:
    bench = Bench(json_answer({"request_id": "r-1"}))
    assert bench.linking.remove(ITEM).request_id == "r-1"
    assert bench.asked() == ("/item/remove", {"access_token": TOKEN})


@pytest.mark.parametrize("webhook", [HOOK, None])
def test_webhook_is_moved_or_taken_away_when_asked(webhook: str | None) -> None:
    bench = Bench(json_answer({"item": {"item_id": "item-1", "webhook": webhook or ""}}))
    assert bench.linking.update_webhook(ITEM, webhook).item_id == "item-1"
    body = {"access_token": TOKEN, "webhook": webhook}
    assert bench.asked() == ("/item/webhook/update", body)


def test_item_stays_the_same_when_its_token_is_replaced() -> None:
    bench = Bench(json_answer({"new_access_token": "access-2"}))
    assert bench.linking.rotate(ITEM) == Credential(ITEM.subject, Secret("access-2"))
    assert bench.asked() == ("/item/access_token/invalidate", {"access_token": TOKEN})


@pytest.mark.parametrize("code", ["INVALID_PUBLIC_TOKEN", "INVALID_LINK_TOKEN"])
def test_link_is_invalid_when_its_token_is_spent(code: str) -> None:
    bench = Bench(error_answer(code, "INVALID_INPUT"))
    with pytest.raises(call_errors.LinkInvalid) as failed:
        bench.linking.exchange(Secret(PUBLIC))
    assert PUBLIC not in told(failed.value)


@pytest.mark.parametrize("document", [{}, {"access_token": "", "item_id": "i"}, [], "text"])
def test_answer_is_unreadable_and_silent_when_a_token_is_missing(document: Any) -> None:
    bench = Bench(json_answer(document))
    with pytest.raises(call_errors.UnreadableAnswer) as failed:
        bench.linking.exchange(Secret(PUBLIC))
    assert PUBLIC not in told(failed.value)


def test_no_token_shows_when_what_was_brought_is_printed() -> None:
    link = Bench(json_answer(LINK_ANSWER)).linking.link_token(TERMS, webhook=HOOK)
    rotated = Bench(json_answer({"new_access_token": "access-2"})).linking.rotate(ITEM)
    shown = f"{link!r} {rotated!r} {link} {rotated}"
    assert not any(secret in shown for secret in ("link-sandbox-1", "access-2", SECRET, TOKEN))


def test_nothing_is_sent_when_the_quota_is_used_up() -> None:
    bench = Bench()
    bench.quota.failure = call_errors.QuotaExhausted(datetime(2026, 11, 20, tzinfo=UTC))
    with pytest.raises(call_errors.QuotaExhausted):
        bench.linking.remove(ITEM)
    assert bench.transport.requests == []

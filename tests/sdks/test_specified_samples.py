"""Samples with a meaning of their own against the providers' OpenAPI documents.

The documents are looked for beside the repository; without them these tests are skipped.
"""

from datetime import UTC, datetime

import pytest

from tests.sdks.plaid_desk import plaid_desk
from tests.sdks.snaptrade_desk import snaptrade_desk
from tests.sdks.specifications import FILES, Finding, folder, specification_of
from tests.simulators.plaid.client import PlainClient
from tests.simulators.snaptrade.signed_client import SignedClient

pytestmark = pytest.mark.skipif(
    not all((folder() / name).is_file() for name in FILES.values()),
    reason=f"the providers' OpenAPI documents ({', '.join(FILES.values())}) are not here",
)

_NOW = datetime.now(UTC).replace(microsecond=0)
_SNAPTRADE_PATHS = ("", "/positions/all", "/balances", "/activities", "/holdings")


def _plaid_findings(portfolio: str) -> set[Finding]:
    with plaid_desk(_NOW, portfolio) as desk:
        settings = desk.simulator.settings
        client = PlainClient(
            desk.simulator.url, client_id=settings.client_id, secret=settings.secret
        )
        for path in ("/investments/holdings/get", "/accounts/get"):
            assert client.call(path, access_token=desk.token).status == 200
        judge = specification_of("plaid")
        return {found for exchange in desk.exchanges for found in judge.findings(exchange)}


def _snaptrade_findings(portfolio: str) -> set[Finding]:
    with snaptrade_desk(_NOW, portfolio) as desk:
        settings = desk.simulator.settings
        client = SignedClient(
            desk.simulator.url,
            client_id=settings.client_id,
            consumer_key=settings.consumer_key,
            clock=settings.clock,
        )
        desk.simulator.control.turn(legacy_endpoints=True)
        user = {"userId": desk.sdk_user["user_id"], "userSecret": desk.sdk_user["user_secret"]}
        for account_id in desk.account_ids:
            for path in _SNAPTRADE_PATHS:
                assert client.call("GET", f"/accounts/{account_id}{path}", user).status == 200
        judge = specification_of("snaptrade")
        return {found for exchange in desk.exchanges for found in judge.findings(exchange)}


@pytest.mark.parametrize(
    "portfolio",
    [
        "leveraged", "leveraged_gross", "leveraged_cash_line", "unlisted_cash", "unlisted_coins",
        "cash_management", "other_account", "options_with_lots", "equity_plan",
        "equity_plan_vested", "bonds", "old_prices",
    ],
)  # fmt: skip
def test_item_is_as_specified(portfolio: str) -> None:
    assert _plaid_findings(portfolio) == set()


def test_missing_value_of_a_future_is_the_one_thing_that_is_not_specified() -> None:
    (where,) = {where for where, _ in _plaid_findings("futures")}
    assert where.endswith("holdings[0].institution_value")


@pytest.mark.parametrize(
    "portfolio", ["futures", "sweep", "short_lots", "odd_contracts", "two_currencies", "fills"]
)
def test_account_is_as_specified(portfolio: str) -> None:
    assert _snaptrade_findings(portfolio) == set()


@pytest.mark.parametrize("portfolio", ["bonds", "bonds_per_unit", "future_options"])
def test_newer_kind_of_instrument_is_the_one_thing_that_is_not_specified(portfolio: str) -> None:
    (where,) = {where for where, _ in _snaptrade_findings(portfolio)}
    assert where.endswith("results[0].instrument")

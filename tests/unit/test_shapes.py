"""The shapes of the API: names that frontends rely on, numbers as text."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import fields

from freshet.domain.budgets import DeploymentSpending, Spent, UserSpending
from freshet.domain.cadence import Cadence
from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.freshness import Freshness, FreshnessTargets, freshness_of
from freshet.domain.holdings import Balance, Debt, Holdings
from freshet.domain.instruments import Instrument, OptionContract
from freshet.domain.money import Money
from freshet.domain.positions import Lot, Position
from freshet.domain.provider import Provider
from freshet.domain.purchase_checks import PurchaseTerms, refresh_offer
from freshet.domain.refresh import AccountProgress, RefreshStatus
from freshet.domain.snapshot import HoldingsSnapshot
from freshet.domain.totals import Total
from freshet.http.shapes.accounts import account_shape
from freshet.http.shapes.connections import ConnectionShape, connection_shape
from freshet.http.shapes.holdings import HoldingsShape, holdings_shape
from freshet.http.shapes.positions import (
    BalanceShape,
    DebtShape,
    InstrumentShape,
    LotShape,
    OptionShape,
    PositionShape,
)
from freshet.http.shapes.refreshes import refresh_shape
from freshet.http.shapes.totals import TotalShape
from freshet.registry import TRAITS
from freshet.services.show_connections import ShownConnection
from tests.builders import (
    CONNECTION_ID,
    NOON,
    a_connection,
    a_policy,
    a_position,
    a_refresh,
    a_snapshot,
    an_account,
    an_answer,
    an_option,
    some_holdings,
)

PRICES = {Provider.SNAPTRADE: Money(Decimal("0.05"), "USD")}
DECIMAL = re.compile(r"-?\d+(\.\d+)?")
FRESHNESS = {
    *("status", "reason", "broker_as_of", "provider_synced_at", "fetched_at", "changed_at"),
    *("prices_as_of", "ageing_at", "stale_at", "next_attempt_at"),
}


KEPT_TO_OURSELVES = {
    Position: {
        *("stated_value", "stated_cost", "vested_units", "vested_value", "price_day", "price_at"),
        "missing_as_of",
    },
    Balance: {"missing_as_of"},
    Debt: {"missing_as_of"},
    Holdings: {"source", "statement", "missing_parts"},
}
"""What is shown under another name, or in what is computed of it."""
SHOWN = (
    *((Position, PositionShape), (Instrument, InstrumentShape), (OptionContract, OptionShape)),
    *((Lot, LotShape), (Balance, BalanceShape), (Debt, DebtShape), (Total, TotalShape)),
    (Holdings, HoldingsShape),
)


def _freshness(snapshot: HoldingsSnapshot | None) -> Freshness:
    targets = FreshnessTargets(timedelta(hours=26), timedelta(hours=50))
    return freshness_of(an_account(), a_connection(), snapshot, targets=targets, now=NOON)


def _holdings(**changes: Any) -> dict[str, Any]:
    snapshot = a_snapshot(holdings=some_holdings(**changes))
    return dict(json.loads(json.dumps(holdings_shape("acc_1", snapshot, _freshness(snapshot)))))


@pytest.mark.parametrize(("record", "shape"), SHOWN)
def test_every_field_is_shown_when_it_is_not_kept_to_ourselves(record: Any, shape: Any) -> None:
    names = {each.name for each in fields(record)}
    assert names - set(shape.__annotations__) == KEPT_TO_OURSELVES.get(record, set())


def _shown_connection(**changes: Any) -> ConnectionShape:
    terms = PurchaseTerms(
        price=PRICES[Provider.SNAPTRADE],
        policy=a_policy(),
        limits=TRAITS[Provider.SNAPTRADE].limits,
    )
    spent = Spent(of_user=UserSpending(), of_deployment=DeploymentSpending())
    connection = a_connection(**changes)
    offer = refresh_offer(connection, spent, terms=terms, now=NOON)
    return connection_shape(ShownConnection(connection=connection, offer=offer), prices=PRICES)


def test_connection_shows_what_it_would_cost_when_buying_makes_sense() -> None:
    shown = _shown_connection()
    assert shown["refresh"] == {
        "method": "purchase",
        "cost": {"amount": "0.05", "currency": "USD"},
        "available_at": "2026-11-19T12:00:00.000000Z",
        "refusal": None,
        "open_refresh_id": None,
        "last_refreshed_at": None,
        "last_refusal": None,
    }
    assert shown["institution"] == {"id": "ACME", "name": "Acme Brokerage"}
    assert shown["cadence"] == {"read_every": "PT24H", "refresh_every": None}
    assert shown["next_read_at"] == "2026-11-21T11:00:00.000000Z"
    assert shown["user_action"] is None
    assert shown["provider_ids"] == {"connection": "authorization-1"}


@pytest.mark.parametrize(
    "changes", [{"data_mode": DataMode.REALTIME}, {"refresh_refused_until": NOON}]
)
def test_refresh_is_offered_as_a_free_read_when_buying_is_pointless(changes: Any) -> None:
    shown = _shown_connection(**changes)
    assert shown["refresh"] == {
        "method": "read",
        "cost": {"amount": "0", "currency": "USD"},
        "available_at": "2026-11-19T12:00:00.000000Z",
        "refusal": None,
        "open_refresh_id": None,
        "last_refreshed_at": None,
        "last_refusal": None,
    }


def test_connection_shows_when_a_refresh_is_possible_and_which_one_is_under_way() -> None:
    bought_at = NOON - timedelta(minutes=5)
    shown = _shown_connection(last_purchase_at=bought_at, open_refresh_id="ref_1")
    assert shown["refresh"] == {
        "method": "purchase",
        "cost": {"amount": "0.05", "currency": "USD"},
        "available_at": "2026-11-20T12:10:00.000000Z",
        "refusal": "refresh_too_soon",
        "open_refresh_id": "ref_1",
        "last_refreshed_at": "2026-11-20T11:55:00.000000Z",
        "last_refusal": None,
    }


@pytest.mark.parametrize("status", [ConnectionStatus.NEEDS_USER, ConnectionStatus.REVOKED])
def test_connection_shows_the_way_to_relink_when_only_the_user_can_help(
    status: ConnectionStatus,
) -> None:
    shown = _shown_connection(status=status)
    assert shown["user_action"] is not None
    assert shown["user_action"]["body"] == {"connection_id": CONNECTION_ID}
    assert shown["next_read_at"] is None


def test_cadence_of_purchases_is_shown_when_there_is_one() -> None:
    cadence = Cadence(timedelta(hours=6), timedelta(minutes=90))
    shown = _shown_connection(cadence=cadence)
    assert shown["cadence"] == {"read_every": "PT6H", "refresh_every": "PT90M"}


def test_account_hides_its_number_and_source_when_shown() -> None:
    shown = account_shape(an_account(), None, _freshness(None))
    assert shown["number"] == "****8443"
    assert shown["value"] == {"amount": "15363.23", "currency": "USD"}
    assert shown["freshness"].keys() == FRESHNESS
    assert "source" not in shown
    assert account_shape(an_account(value=None), None, _freshness(None))["value"] is None


def test_positions_are_null_and_never_empty_when_nothing_was_loaded() -> None:
    shown = holdings_shape("acc_1", None, _freshness(None))
    parts = {shown[part] for part in ("version", "positions", "balances", "totals")}
    assert parts == {None}
    assert shown["freshness"]["status"] == "pending"


def test_positions_are_an_empty_list_when_the_account_is_known_to_be_empty() -> None:
    shown = _holdings(positions=(), balances=())
    assert (shown["positions"], shown["balances"], shown["totals"]) == ([], [], [])


def test_numbers_keep_their_digits_when_shown() -> None:
    shown = _holdings()
    (position,) = shown["positions"]
    assert (position["units"], position["price"], position["value"]) == (
        "12.5",
        "301.20",
        "3765",
    )
    (cash,) = shown["balances"]
    assert (cash["currency"], cash["cash"], cash["buying_power"]) == ("USD", "300.71", "410.71")
    (total,) = shown["totals"]
    assert (total["positions"], total["cash"], total["total"]) == ("3765", "300.71", "4065.71")


def test_no_number_is_a_float_or_has_an_exponent_when_it_is_tiny_or_huge() -> None:
    lots = (Lot(acquired_at=None, units=Decimal("1E-17"), cost_per_unit=Decimal("1E+5")),)
    tiny = a_position(units=Decimal("1.9E-16"), price=Decimal("4.1E-6"), lots=lots)
    shown = _holdings(positions=(tiny,), balances=())
    (position,) = shown["positions"]
    (lot,) = position["lots"]
    numbers = [position["units"], position["price"], position["value"], *lot.values()]
    assert all(DECIMAL.fullmatch(number) for number in numbers if number is not None)
    assert lot["cost_per_unit"] == "100000"


def test_option_shows_its_contract_when_held() -> None:
    shown = _holdings(positions=(a_position(instrument=an_option()),))
    assert shown["positions"][0]["instrument"]["option"] == {
        "side": "call",
        "strike": "240",
        "expires_on": "2027-06-18",
        "underlying": "QARK",
    }
    unknown = an_option(strike=None, expires_on=None)
    shown = _holdings(positions=(a_position(instrument=unknown),))
    assert shown["positions"][0]["instrument"]["option"]["expires_on"] is None


def test_refresh_shows_how_far_it_is_when_asked() -> None:
    accounts = {"a": AccountProgress.DONE, "b": AccountProgress.WAITING}
    refresh = a_refresh(
        status=RefreshStatus.ACCEPTED, accounts=accounts, answer=an_answer(status=200, code=None)
    )
    shown = refresh_shape(refresh, joined=True)
    assert shown["accounts"] == {"expected": 2, "done": 1}
    assert shown["provider"] == {"status": 200, "code": None, "request_id": "request-1"}
    assert (shown["joined"], shown["is_terminal"], shown["finished_at"]) == (True, False, None)
    assert refresh_shape(a_refresh())["provider"] is None

"""From SnapTrade's documents to ours: both account shapes, every digit."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import simplejson

from freshet.adapters.snaptrade import models
from freshet.adapters.snaptrade.mapping import (
    to_account_report,
    to_connection_report,
    to_transaction,
)
from freshet.domain.account import AccountReport, AccountStatus
from freshet.domain.connection_report import DataMode, Institution
from freshet.domain.money import Money

OLD: dict[str, Any] = {
    "id": "account-1",
    "brokerage_authorization": "authorization-1",
    "name": "Margin",
    "number": "123458443",
    "institution_name": "Acme Brokerage",
    "sync_status": {
        "transactions": {"initial_sync_completed": True, "last_successful_sync": "2026-11-19"},
        "holdings": {
            "initial_sync_completed": True,
            "last_successful_sync": "2026-11-20 09:30:00.561408+00:00",
        },
    },
    "balance": {"total": {"amount": Decimal("15363.23"), "currency": "USD"}},
    "status": "open",
    "raw_type": "Margin",
    "account_category": "INVESTMENT",
    "is_paper": False,
}
NEW: dict[str, Any] = {
    "kind": "investment",
    "id": "account-1",
    "connection_id": "authorization-1",
    "display_name": "Margin",
    "masked_account_number": "****8443",
    "sync_status": {
        "transactions": {"initial_sync_completed": True},
        "positions": "2026-11-20T09:30:00.561408Z",
        "balances": "2026-11-20T09:30:00Z",
    },
    "raw_type": "Margin",
    "net_value": {"amount": "15363.23", "currency": "USD"},
    "is_paper": False,
}
SYNCED = datetime(2026, 11, 20, 9, 30, 0, 561408, tzinfo=UTC)


def _account(document: dict[str, Any]) -> AccountReport:
    return to_account_report(models.Account.model_validate(document), document)


@pytest.mark.parametrize("document", [OLD, NEW])
def test_account_reads_the_same_when_it_comes_in_either_shape(document: dict[str, Any]) -> None:
    report = _account(document)
    assert (report.provider_account_id, report.name, report.number) == (
        *("account-1", "Margin", "****8443"),
    )
    assert (report.kind, report.status, report.value) == (
        "investment",
        AccountStatus.OPEN,
        Money(Decimal("15363.23"), "USD"),
    )
    assert (report.synced_at, report.has_holdings, report.is_loaded) == (SYNCED, True, True)
    assert report.is_readable
    assert simplejson.loads(report.source, use_decimal=True) == document


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"account_category": None}, "investment"),
        ({"account_category": "DEPOSIT"}, "deposit"),
        ({"account_category": "LOC"}, "line_of_credit"),
        ({"account_category": "ANNUITY"}, "annuity"),
        ({"account_category": "Time Share"}, "time share"),
        ({"kind": "prepaid_card"}, "prepaid_card"),
    ],
)
def test_account_kind_is_kept_when_nobody_has_heard_of_it(changes: Any, kind: str) -> None:
    assert _account(OLD | changes).kind == kind


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("open", "open"),
        ("closed", "closed"),
        ("archived", "closed"),
        ("unavailable", "open"),
        ("brand_new", "open"),
        (None, "open"),
    ],
)
def test_account_is_closed_only_when_the_provider_says_so(status: Any, expected: str) -> None:
    assert _account(OLD | {"status": status}).status == expected


@pytest.mark.parametrize(
    ("holdings", "has_holdings", "is_loaded"),
    [
        ({"holdings_unavailable": True}, False, True),
        ({"holdings_unavailable": False}, True, True),
        ({"initial_sync_completed": False}, True, False),
        ({}, True, True),
    ],
)
def test_account_says_what_can_be_expected_when_it_is_listed(
    holdings: dict[str, Any], has_holdings: bool, is_loaded: bool
) -> None:
    report = _account(OLD | {"sync_status": {"holdings": holdings}})
    assert (report.has_holdings, report.is_loaded) == (has_holdings, is_loaded)


@pytest.mark.parametrize(
    "changes",
    [
        {"balance": None},
        {"balance": {"total": None}},
        {"balance": {"total": {"amount": None, "currency": "USD"}}},
        {"balance": {"total": {"amount": Decimal(1), "currency": None}}},
    ],
)
def test_account_has_no_value_when_half_of_it_is_missing(changes: dict[str, Any]) -> None:
    assert _account(OLD | changes).value is None


def test_nothing_is_lost_when_a_document_has_fields_nobody_knows() -> None:
    document = OLD | {"brand_new": {"deep": [Decimal("1.10")]}, "id": "account-1"}
    assert simplejson.loads(_account(document).source, use_decimal=True) == document


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ({"institution": "realtime", "snaptrade": "delayed"}, DataMode.DELAYED),
        ({"institution": "delayed", "snaptrade": "realtime"}, DataMode.REALTIME),
        ({"institution": "realtime"}, DataMode.UNKNOWN),
        ({"snaptrade": "hourly"}, DataMode.UNKNOWN),
        ("realtime", DataMode.REALTIME),
        ("delayed", DataMode.DELAYED),
        ("hourly", DataMode.UNKNOWN),
        (None, DataMode.UNKNOWN),
    ],
)
def test_data_mode_is_how_the_provider_serves_when_told_in_any_shape(
    mode: Any, expected: DataMode
) -> None:
    answer = models.Authorization.model_validate({"data_freshness_mode": mode})
    assert to_connection_report(answer, "{}").data_mode is expected


def test_connection_is_read_when_only_some_fields_are_there() -> None:
    bare = to_connection_report(models.Authorization.model_validate({}), "{}")
    assert (bare.is_disabled, bare.data_mode) == (False, DataMode.UNKNOWN)
    named = {"disabled": True, "brokerage": {"slug": "ACME", "name": "Acme", "display_name": None}}
    report = to_connection_report(models.Authorization.model_validate(named), "{}")
    assert (report.is_disabled, report.institution) == (True, Institution("ACME", "Acme"))


@pytest.mark.parametrize(("is_loaded", "day"), [(True, date(2026, 11, 19)), (False, None)])
def test_no_day_is_complete_when_the_first_load_of_transactions_is_not_over(
    is_loaded: bool, day: date | None
) -> None:
    synced = {"initial_sync_completed": is_loaded, "last_successful_sync": "2026-11-19"}
    status = OLD["sync_status"] | {"transactions": synced}
    assert _account(OLD | {"sync_status": status}).transactions_synced_on == day


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({}, None),
        ({"external_reference_id": None}, None),
        ({"external_reference_id": ""}, None),
        ({"external_reference_id": "r-1"}, "r-1"),
        ({"external_reference_id": 7}, "7"),
        ({"external_reference_id": ["r-1"]}, None),
    ],
)
def test_order_is_kept_when_the_broker_names_one(
    changes: dict[str, Any], group: str | None
) -> None:
    document = {"id": "a", "trade_date": "2026-11-19T00:00:00Z", "amount": Decimal("1.10")}
    document |= changes
    found = to_transaction(models.Activity.model_validate(document), document)
    assert found is not None
    assert (found.group, found.provider_id, str(found.amount)) == (group, "a", "1.10")


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-11-19", date(2026, 11, 19)),
        ("2026-11-19T20:30:00-05:00", date(2026, 11, 19)),
        ("2026-11-19T00:30:00+11:00", date(2026, 11, 19)),
        ("2026-11-19T23:59:59.999999Z", date(2026, 11, 19)),
        ("2026-11-19T00:00:00Z", date(2026, 11, 19)),
        ("2026-11-19 20:30:00", date(2026, 11, 19)),
        ("1900-01-01T00:00:00+14:00", date(1900, 1, 1)),
        ("2199-12-31T23:59:59-12:00", date(2199, 12, 31)),
    ],
)
def test_transaction_is_of_the_day_that_its_own_offset_says(told: str, day: date) -> None:
    document = {"trade_date": told, "settlement_date": told}
    found = to_transaction(models.Activity.model_validate(document), document)
    assert found is not None
    assert (found.happened_on, found.settled_on) == (day, day)
    status = models.TransactionsSync.model_validate({"last_successful_sync": told})
    assert status.last_successful_sync == day


def test_transaction_is_the_same_when_its_fields_come_in_another_order() -> None:
    document = {"trade_date": "2026-11-19T00:00:00Z", "amount": Decimal("1.10"), "id": "a"}
    turned = dict(reversed(document.items()))
    first, second = (
        to_transaction(models.Activity.model_validate(each), each) for each in (document, turned)
    )
    assert first == second


@pytest.mark.parametrize("shape", [OLD, NEW])
@pytest.mark.parametrize(
    ("served", "expected"),
    [("54953432", "54953432"), (54953432, "54953432"), (None, None), ("", None), ([1], None)],
)
def test_institutions_own_id_is_kept_when_it_is_one(
    shape: dict[str, Any], served: Any, expected: str | None
) -> None:
    report = _account(shape | {"institution_account_id": served})
    assert report.institution_account_id == expected
    assert _account(shape).institution_account_id is None

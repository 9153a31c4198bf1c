"""Valid objects with one keyword changed."""

from copy import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import fields

from freshet.domain.account import Account, AccountReport, AccountStatus
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.commands import RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport, DataMode, Institution
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.events import Event, EventKind
from freshet.domain.holdings import Balance, Holdings
from freshet.domain.identifiers import account_id_for, new_refresh_id
from freshet.domain.instruments import Instrument, OptionContract
from freshet.domain.link import Link
from freshet.domain.migration import Migration
from freshet.domain.money import Money
from freshet.domain.outbox import Outbox
from freshet.domain.pending_reads import Announcement, PendingRead, PendingReads, ReadSubject
from freshet.domain.positions import Position
from freshet.domain.prices import PriceList
from freshet.domain.provider import Provider
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.read_schedule import ReadSchedule
from freshet.domain.refresh import Kind, Method, Refresh, RefreshStatus, Trigger
from freshet.domain.refresh_slot import Purchases
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, first_snapshot
from freshet.domain.totals import Total, totals_of
from freshet.domain.transactions import Transaction
from freshet.domain.webhooks import EventRule, VerifiedDelivery, WebhookEffect, WebhookEvent

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
USER = "user-1"
CONNECTION_ID = "con_" + "a" * 24
FENCE = timedelta(seconds=20)
ACME = Institution("ACME", "Acme Brokerage")


def zeros(length: int) -> bytes:
    """Stand in for randomness where ids need not differ."""
    return bytes(length)


def ones(length: int) -> bytes:
    """Stand in for randomness where ids must differ from those of `zeros`."""
    return b"\x01" * length


def a_report(**changes: Any) -> ConnectionReport:
    """What a provider says of a healthy delayed connection."""
    values: dict[str, Any] = {
        "is_disabled": False,
        "data_mode": DataMode.DELAYED,
        "institution": ACME,
    }
    return ConnectionReport(**(values | changes))


def a_connection(**changes: Any) -> Connection:
    """An active, delayed connection that nobody buys for on a schedule."""
    usual = Connection(
        id=CONNECTION_ID,
        user_id=USER,
        provider=Provider.SNAPTRADE,
        link=Link(
            provider_connection_id="authorization-1",
            credential_name="snaptrade",
            institution=ACME,
            status=ConnectionStatus.ACTIVE,
            status_read_at=NOON - timedelta(hours=1),
            data_mode=DataMode.DELAYED,
        ),
        schedule=ReadSchedule(next_read_at=NOON + timedelta(hours=23)),
        due_at=NOON + timedelta(hours=23),
        created_at=NOON - timedelta(days=1),
    )
    return changed(usual, **changes)


EVERYTHING = PendingRead(ReadSubject.CONNECTION)


def refreshed(provider_account_id: str) -> PendingRead:
    """A pending read of an account whose refresh has ended, as the provider says."""
    return PendingRead(ReadSubject.REFRESHED_HOLDINGS, provider_account_id)


def pending(*reads: PendingRead, at: datetime = NOON) -> PendingReads:
    """Reads that were all announced at the same time."""
    return PendingReads(dict.fromkeys(reads, Announcement(at)))


def changed(connection: Connection, **changes: Any) -> Connection:
    """A connection that is another in some fields, its parts' fields included."""
    whole = dict(changes)
    for name, part in _PARTS.items():
        if own := {each.name for each in fields(part)} & whole.keys():
            of_part = {each: whole.pop(each) for each in own}
            whole[name] = replace(getattr(connection, name), **of_part)
    slots = connection.slots
    for name in _OF_A_SLOT.keys() & whole.keys():
        kind, own_name = _OF_A_SLOT[name]
        slots = slots.with_slot(kind, replace(slots.of(kind), **{own_name: whole.pop(name)}))
    return replace(connection, **({"slots": slots} | whole))


_OF_A_SLOT = {
    "open_refresh_id": (Kind.HOLDINGS, "refresh_id"),
    "open_refresh_called": (Kind.HOLDINGS, "is_called"),
    "check_at": (Kind.HOLDINGS, "check_at"),
    "refresh_refused_until": (Kind.HOLDINGS, "refused_until"),
    "refresh_not_before": (Kind.HOLDINGS, "not_before"),
    "open_sync_id": (Kind.TRANSACTIONS, "refresh_id"),
    "open_sync_called": (Kind.TRANSACTIONS, "is_called"),
    "sync_check_at": (Kind.TRANSACTIONS, "check_at"),
    "sync_refused_until": (Kind.TRANSACTIONS, "refused_until"),
    "sync_not_before": (Kind.TRANSACTIONS, "not_before"),
}
_PARTS: dict[str, type[Any]] = {
    "link": Link,
    "purchases": Purchases,
    "schedule": ReadSchedule,
    "outbox": Outbox,
    "migration": Migration,
}


def an_account_report(**changes: Any) -> AccountReport:
    """An open investment account with holdings."""
    values: dict[str, Any] = {
        "provider_account_id": "account-1",
        "name": "Margin",
        "number": "****8443",
        "kind": "investment",
        "raw_type": "Margin",
        "status": AccountStatus.OPEN,
        "is_paper": False,
        "value": Money(Decimal("15363.23"), "USD"),
        "has_holdings": True,
        "is_loaded": True,
        "synced_at": NOON - timedelta(hours=6),
        "source": '{"id": "account-1", "fee": 1.10}',
    }
    return AccountReport(**(values | changes))


TRANSACTION_DATES = ("transactions_read_to", "transactions_read_at", "history_read_at")


def an_account(**changes: Any) -> Account:
    """An account of `a_connection`; keywords of the report are taken, too."""
    own = {"id", "user_id", "connection_id", "created_at", *TRANSACTION_DATES}
    report = an_account_report(**{k: v for k, v in changes.items() if k not in own})
    values: dict[str, Any] = {
        "id": account_id_for(CONNECTION_ID, report.provider_account_id),
        "user_id": USER,
        "connection_id": CONNECTION_ID,
        "created_at": NOON - timedelta(days=1),
    }
    return Account(report=report, **(values | {k: v for k, v in changes.items() if k in own}))


def an_instrument(**changes: Any) -> Instrument:
    """An exchange-traded fund."""
    values: dict[str, Any] = {
        "kind": "etf",
        "id": "instrument-vti",
        "symbol": "VTI",
        "name": "Total market fund",
        "currency": "USD",
        "mic": "ARCX",
        "figi": "BBG000000001",
    }
    return Instrument(**(values | changes))


def a_position(**changes: Any) -> Position:
    """12.5 shares at 301.20 dollars."""
    values: dict[str, Any] = {
        "instrument": an_instrument(),
        "units": Decimal("12.5"),
        "price": Decimal("301.20"),
        "cost_per_unit": Decimal("250.00"),
        "currency": "USD",
    }
    return Position(**(values | changes))


def a_balance(**changes: Any) -> Balance:
    """Some dollars."""
    values: dict[str, Any] = {
        "currency": "USD",
        "cash": Decimal("300.71"),
        "buying_power": Decimal("410.71"),
    }
    return Balance(**(values | changes))


def some_holdings(**changes: Any) -> Holdings:
    """One position and one balance."""
    values: dict[str, Any] = {
        "positions": (a_position(),),
        "balances": (a_balance(),),
        "source": '{"positions": "[]", "balances": "[]"}',
    }
    return Holdings(**(values | changes))


EMPTY = Holdings(positions=(), balances=(), source="{}")


def a_reading(**changes: Any) -> HoldingsReading:
    """A reading made at noon of data an hour old."""
    values: dict[str, Any] = {
        "holdings": some_holdings(),
        "broker_as_of": NOON - timedelta(hours=1),
        "provider_synced_at": NOON - timedelta(hours=1),
        "started_at": NOON,
        "fetched_at": NOON + timedelta(seconds=1),
    }
    return HoldingsReading(**(values | changes))


def a_policy(**changes: Any) -> PurchasePolicy:
    """Five cents a refresh at SnapTrade, twelve at Plaid; ten dollars a month."""
    values: dict[str, Any] = {
        "prices": {
            Provider.SNAPTRADE: PriceList(Decimal("0.05")),
            Provider.PLAID: PriceList(Decimal("0.12")),
        },
        "monthly_budget": Decimal(10),
        "user_daily_refreshes": 20,
        "connection_daily_refreshes": 4,
        "cooldown": timedelta(minutes=15),
    }
    return PurchasePolicy(**(values | changes))


def a_refresh(**changes: Any) -> Refresh:
    """A purchase that is wanted and not yet reserved."""
    values: dict[str, Any] = {
        "id": new_refresh_id(CONNECTION_ID, zeros),
        "user_id": USER,
        "connection_id": CONNECTION_ID,
        "provider": Provider.SNAPTRADE,
        "method": Method.PURCHASE,
        "trigger": Trigger.USER,
        "actor": USER,
        "status": RefreshStatus.QUEUED,
        "reserved": Money(Decimal("0.05"), "USD"),
        "cost": Money(Decimal("0.05"), "USD"),
        "created_at": NOON,
    }
    return Refresh(**(values | changes))


def a_refresh_command(**changes: Any) -> RefreshCommand:
    """The command for `a_refresh`."""
    values: dict[str, Any] = {
        "user_id": USER,
        "connection_id": CONNECTION_ID,
        "refresh_id": new_refresh_id(CONNECTION_ID, zeros),
        "trigger": Trigger.SCHEDULE,
        "actor": "schedule",
    }
    return RefreshCommand(**(values | changes))


def an_event(**changes: Any) -> WebhookEvent:
    """News about account-1 of `a_connection`."""
    rule = EventRule(
        changes.pop("effect", WebhookEffect.ACCOUNT_READ),
        changes.pop("closes_refresh", True),
        changes.pop("status_hint", None),
    )
    values: dict[str, Any] = {
        "provider": Provider.SNAPTRADE,
        "id": "event-1",
        "kind": "ACCOUNT_HOLDINGS_UPDATED",
        "rule": rule,
        "provider_connection_id": "authorization-1",
        "provider_account_id": "account-1",
        "provider_user_id": "snaptrade-user-1",
        "occurred_at": NOON,
        "received_at": NOON,
        "details": {},
    }
    return WebhookEvent(**(values | changes))


def a_delivery(**changes: Any) -> VerifiedDelivery:
    """A webhook that was let in."""
    values: dict[str, Any] = {
        "provider": Provider.SNAPTRADE,
        "headers": {},
        "text": '{ "a": 1 }',
        "signed_at": NOON,
        "received_at": NOON,
    }
    return VerifiedDelivery(**(values | changes))


def an_announcement(**changes: Any) -> Event:
    """News for the company's own systems: the holdings of `an_account` changed."""
    values: dict[str, Any] = {
        "kind": EventKind.HOLDINGS_CHANGED,
        "user_id": USER,
        "connection_id": CONNECTION_ID,
        "subject_id": account_id_for(CONNECTION_ID, "account-1"),
        "occurred_at": NOON,
    }
    return Event(**(values | changes))


def a_transaction(**changes: Any) -> Transaction:
    """Two shares bought yesterday, as yet without an id."""
    values: dict[str, Any] = {
        "happened_on": date(2026, 11, 19),
        "settled_on": date(2026, 11, 20),
        "type": "BUY",
        "description": "Bought 2 VTI",
        "symbol": "VTI",
        "units": Decimal("2.0"),
        "price": Decimal("301.20"),
        "amount": Decimal("-602.40"),
        "fee": Decimal("0.00"),
        "currency": "USD",
        "source": '{"id": "activity-1"}',
    }
    return Transaction(**(values | changes))


def a_snapshot(**changes: Any) -> HoldingsSnapshot:
    """What is stored after `a_reading`."""
    return replace(first_snapshot(a_reading(), zone=NEW_YORK), **changes)


def an_option(**changes: Any) -> Instrument:
    """A call on a hundred shares."""
    contract: dict[str, Any] = {
        "side": "call",
        "strike": Decimal(240),
        "expires_on": date(2027, 6, 18),
        "underlying": "QARK",
    }
    multiplier = changes.pop("multiplier", Decimal(100))
    return an_instrument(
        kind="option",
        id="instrument-option",
        symbol="QARK  270618C00240000",
        option=OptionContract(**(contract | changes)),
        multiplier=multiplier,
    )


def an_answer(**changes: Any) -> ProviderAnswer:
    """A provider's answer to a refresh, without anything in it that must not be told."""
    values: dict[str, Any] = {
        "provider": "snaptrade",
        "operation": "refresh",
        "status": 503,
        "code": "3002",
        "request_id": "request-1",
    }
    return ProviderAnswer(**(values | changes))


def totals_in(holdings: Holdings) -> tuple[Total, ...]:
    """The totals of holdings of which every part is known."""
    totals = totals_of(holdings)
    assert totals is not None
    return totals

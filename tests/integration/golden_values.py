"""One value of each stored kind, no field left at its default: every attribute shows."""

from copy import replace
from datetime import date, timedelta
from decimal import Decimal

from freshet.domain.cadence import Cadence
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.expiry import Expiry
from freshet.domain.holdings import Debt, Statement
from freshet.domain.ledger import Settlement
from freshet.domain.money import Money
from freshet.domain.pending_reads import Announcement, PendingRead, PendingReads, ReadSubject
from freshet.domain.positions import Lot, PriceBasis
from freshet.domain.refresh import AccountProgress, Kind, RefreshStatus
from freshet.domain.verdicts import Suspicion, VerdictKind
from freshet.domain.webhooks import StatusHint
from tests.builders import (
    NOON,
    a_balance,
    a_connection,
    a_position,
    a_reading,
    a_refresh,
    an_account,
    an_announcement,
    an_answer,
    an_event,
    an_instrument,
    an_option,
    refreshed,
    some_holdings,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

_REFRESH_ID = a_refresh().id
_SYNC_ID = f"{_REFRESH_ID}-sync"

CONNECTION = a_connection(
    status=ConnectionStatus.NEEDS_USER,
    account_ids=("acc_" + "1" * 24,),
    price_bases={"instrument-note": PriceBasis.UNIT},
    status_reason="login_required",
    broken_since=NOON - 2 * DAY,
    suspicion=Suspicion(
        kind=VerdictKind.ABSENT,
        since=NOON - 3 * HOUR,
        held_at=NOON - 2 * HOUR,
        looked_at=NOON - HOUR,
        looks=1,
    ),
    expiry=Expiry(NOON + 30 * DAY, NOON - 5 * DAY, NOON - 4 * DAY),
    paused=True,
    source='{"id": "authorization-1"}',
    refresh_refused_until=NOON + HOUR,
    sync_refused_until=NOON + 2 * HOUR,
    cadence=Cadence(read_every=12 * HOUR, refresh_every=48 * HOUR),
    next_refresh_at=NOON + 2 * DAY,
    reading_until=NOON + timedelta(minutes=5),
    pending=PendingReads(
        {
            refreshed("account-1"): Announcement(NOON, ("balances",)),
            PendingRead(ReadSubject.HISTORY): Announcement(NOON, is_owed=True),
        }
    ),
    open_refresh_id=_REFRESH_ID,
    open_refresh_called=True,
    check_at=NOON + timedelta(minutes=1),
    open_sync_id=_SYNC_ID,
    open_sync_called=True,
    sync_check_at=NOON + timedelta(minutes=3),
    last_refusal="budget_exhausted",
    refresh_not_before=NOON + timedelta(minutes=4),
    sync_not_before=NOON + timedelta(minutes=5),
    last_purchase_at=NOON - 3 * HOUR,
    last_live_read_at=NOON - 2 * HOUR,
    allowed_on=date(2026, 11, 20),
    consecutive_failures=2,
    overdue_since=NOON - HOUR,
    calls_per_read_run=7,
    announced={"acc_1": NOON - HOUR},
    events=(an_announcement(),),
    migrated_accounts={"account-0": "con_new"},
    successor="con_new",
    migrated_at=NOON - timedelta(minutes=1),
    version=7,
)

ACCOUNT = replace(
    an_account(
        transactions_read_to=date(2026, 11, 19),
        transactions_read_at=NOON - HOUR,
        history_read_at=NOON - DAY,
        transactions_synced_on=date(2026, 11, 19),
        institution_account_id="institution-account-1",
    ),
    failed_parts=("balances",),
    price_bases={"instrument-bond": PriceBasis.PERCENT},
)

REFRESH = a_refresh(
    status=RefreshStatus.PARTIAL,
    kind=Kind.TRANSACTIONS,
    reason="some_accounts_missing",
    attempt=1,
    calling_until=NOON + timedelta(minutes=1),
    started_at=NOON + timedelta(seconds=1),
    accounts={"account-1": AccountProgress.DONE, "account-2": AccountProgress.WAITING},
    answer=an_answer(),
    budget_buckets=("2026-11-20", "2026-11"),
    counts_as_assumed=True,
    retry_at=NOON + timedelta(minutes=2),
    checks_done=3,
    next_check_at=NOON + timedelta(minutes=3),
    finished_at=NOON + timedelta(minutes=10),
    version=5,
)

SETTLEMENT = Settlement(
    billed=Money(Decimal("0.02"), "USD"),
    invoice="INV-1",
    by="a.person@example.com",
    reason="billed at the price of last year",
    settled_at=NOON + 12 * DAY,
)

EVENT = an_event(
    status_hint=StatusHint.EXPIRING,
    details={"balances": "unavailable"},
    link_ends_at=NOON + 30 * DAY,
)

READING = a_reading(
    holdings=some_holdings(
        positions=(
            a_position(price_day=date(2026, 11, 19), price_at=NOON - DAY),
            a_position(
                instrument=an_instrument(kind="bond", id="instrument-bond", symbol="GRDN"),
                price_basis=None,
            ),
            a_position(
                instrument=an_instrument(kind="future", multiplier=Decimal(50), id="instrument-es"),
                vested_units=Decimal(1),
                vested_value=Decimal("301.20"),
            ),
            a_position(
                instrument=an_option(),
                units=Decimal("-2"),
                price=None,
                cash_equivalent=True,
                stated_value=Decimal("-812.50"),
                stated_cost=Decimal("-1030.00"),
                lots=(
                    Lot(
                        acquired_at="2022-01-14",
                        units=Decimal("2.50"),
                        cost_per_unit=Decimal("240.00"),
                    ),
                ),
            ),
        ),
        balances=(a_balance(), a_balance(currency="EUR", buying_power=None)),
        debts=(Debt(currency="USD", amount=Decimal("40.00")),),
        statement=Statement(
            total=Decimal("4025.71"), currency="USD", available=Decimal("300.71"), as_of=NOON - HOUR
        ),
        source='{"positions":[{"symbol":"VTI","units":12.50}]}',
    )
)

LATER_READING = a_reading(
    holdings=some_holdings(
        positions=(
            a_position(units=Decimal("13.5")),
            a_position(instrument=an_instrument(id="instrument-new", symbol="NEW")),
        ),
    ),
    broker_as_of=NOON + DAY - HOUR,
    provider_synced_at=NOON + DAY - HOUR,
    started_at=NOON + DAY,
    fetched_at=NOON + DAY + timedelta(seconds=1),
)

"""Promises about what is shown: holdings, numbers, verdicts."""

from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from freshet.adapters import odd_values
from freshet.adapters.snaptrade import errors
from freshet.domain import (
    kept_cash,
    last_known,
    price_days,
    reconciliation,
    snapshot,
    verdicts,
)
from freshet.domain.call_errors import MissingUpstream, ProviderError
from freshet.domain.holdings import Holdings
from freshet.domain.instruments import Instrument
from freshet.domain.money import sane
from tests.breaks.breaking import Break

_SANE = sane
_KIND = errors._kind
_NOT_FOUND = 404


def _newest_read(self: snapshot.HoldingsReading) -> str:
    return self.started_at.isoformat()


def _believe_empty(
    latest: snapshot.HoldingsSnapshot | None, reading: snapshot.HoldingsReading
) -> bool:
    return True


def _rounded(number: Decimal) -> Decimal:
    return _SANE(Decimal(str(float(number))))


def _believe_verdict(
    verdict: verdicts.Verdict, before: Any, *, is_mass: bool, now: datetime
) -> None:
    """Doubt nothing."""


def _believe_status(status: int, code: str | None, document: Any) -> type[ProviderError]:
    return MissingUpstream if status == _NOT_FOUND else _KIND(status, code, document)


def _as_read(holdings: Holdings, before: Holdings | None) -> Holdings:
    return holdings


def _agree(holdings: Holdings, *, as_of: datetime) -> reconciliation.Reconciliation:
    return reconciliation.Reconciliation(status=reconciliation.ReconciliationStatus.AGREES)


def _forget_cash(holdings: Holdings, before: Holdings, **_: Any) -> Holdings:
    return holdings


def _by_the_clock(holdings: Holdings, *, as_of: datetime, zone: tzinfo) -> date:
    return as_of.astimezone(zone).date()


def _count_futures(self: Instrument) -> bool:
    return False


def _mend_nothing(content: Any, place: Any, kind: str) -> None:
    """Give every odd value up, and its answer with it."""


HOLDINGS = (
    Break(
        promise="Latest never goes backwards",
        name="newest-read-wins",
        original=snapshot.HoldingsReading.token,
        replacement=property(_newest_read),
        tests=("tests/unit/test_snapshot_sequences.py",),
    ),
    Break(
        promise="An empty read never erases holdings",
        name="believe-empty",
        original=snapshot._is_repeated,
        replacement=_believe_empty,
        tests=("tests/unit/test_snapshot_sequences.py", "tests/unit/test_snapshot_judgement.py"),
    ),
    Break(
        promise="No float touches money or units",
        name="float",
        original=sane,
        replacement=_rounded,
        tests=("tests/integration/test_snaptrade_positions.py",),
    ),
    Break(
        promise="A verdict follows only from the provider's own words",
        name="believe-status",
        original=errors._kind,
        replacement=_believe_status,
        tests=("tests/integration/test_snaptrade_errors.py",),
    ),
    Break(
        promise="Absence is confirmed, and many verdicts at once are held back",
        name="believe-verdicts",
        original=verdicts.suspicion_after,
        replacement=_believe_verdict,
        tests=("tests/unit/test_verdicts.py", "tests/unit/test_outage_verdicts.py"),
    ),
    Break(
        promise="Every total is held against what the provider states",
        name="agree-with-all",
        original=reconciliation.reconcile,
        replacement=_agree,
        tests=("tests/unit/test_reconciliation.py",),
    ),
    Break(
        promise="Every total is held against what the provider states",
        name="count-futures",
        original=Instrument.is_notional,
        replacement=property(_count_futures),
        tests=("tests/unit/test_reconciliation.py", "tests/unit/test_holdings_properties.py"),
    ),
    Break(
        promise="Unknown is never shown as zero",
        name="forget-cash",
        original=kept_cash.with_kept_cash,
        replacement=_forget_cash,
        tests=("tests/unit/test_kept_cash.py",),
    ),
    Break(
        promise="A close belongs to the market day of its prices",
        name="by-the-clock",
        original=price_days.day_of_prices,
        replacement=_by_the_clock,
        tests=("tests/unit/test_price_days.py",),
    ),
    Break(
        promise="One odd value costs one line at most",
        name="trust-odd-lines",
        original=last_known.with_last_known,
        replacement=_as_read,
        tests=("tests/unit/test_last_known.py",),
    ),
    Break(
        promise="One odd value costs one line at most",
        name="refuse-whole-answers",
        original=odd_values._mend,
        replacement=_mend_nothing,
        tests=("tests/integration/test_odd_values.py",),
    ),
)

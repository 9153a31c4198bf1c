"""One break for each promise that stands; whoever adds a promise adds its break."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from freshet.adapters import deadlines, odd_values
from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.inbox import DynamoInbox
from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.adapters.plaid.look_up_budget import LookUpBudget
from freshet.adapters.snaptrade import errors, signature
from freshet.adapters.snaptrade.webhooks import to_event
from freshet.domain import (
    kept_cash,
    last_known,
    ledger,
    price_days,
    purchase,
    reconciliation,
    refresh,
    snapshot,
    verdicts,
)
from freshet.domain.call_errors import MissingUpstream, ProviderError
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.credential import Secret
from freshet.domain.errors import MalformedWebhook, QueueUnavailable
from freshet.domain.expiry import Expiry
from freshet.domain.holdings import Holdings
from freshet.domain.instruments import Instrument
from freshet.domain.money import Money, sane
from freshet.domain.provider import Provider
from freshet.domain.read_schedule import ReadSchedule
from freshet.domain.webhooks import UNKNOWN_KIND, VerifiedDelivery, WebhookEvent
from freshet.ports import WebhookVerifier
from freshet.services.accept_webhook import Delivery, accept_webhook
from tests.breaks.breaking import Break
from tests.builders import changed

_CLAIM, _WITH_REPORT = DynamoInbox.claim, Connection.with_report
_ACCEPT, _TO_EVENT, _CONNECTION_KEY = accept_webhook, to_event, keys.connection
_PRICE_OF_CALL = ledger._price_of_call
_SANE, _KIND = sane, errors._kind
_NOT_FOUND = 404


class _Forgiving:
    """A queue that is not there, and nobody is told."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def send(self, verified: VerifiedDelivery) -> None:
        with suppress(QueueUnavailable):
            self._queue.send(verified)


def _answer_first(
    delivery: Delivery, *, verifiers: Mapping[Provider, WebhookVerifier], queue: Any, now: datetime
) -> VerifiedDelivery:
    return _ACCEPT(delivery, verifiers=verifiers, queue=_Forgiving(queue), now=now)


def _claim_always(self: DynamoInbox, event: WebhookEvent, **given: Any) -> bool:
    _CLAIM(self, event, **given)
    return True


def _always(signature: str, digests: Sequence[bytes]) -> bool:
    return True


def _call_again(lost: refresh.Refresh, reason: str, *, now: datetime) -> refresh.Refresh:
    return refresh.put_back(lost, reason) if lost.status == "calling" else lost


def _no_pause(*_: Any, **__: Any) -> None:
    """Forget what the provider has asked for."""


def _lease_anyway(self: DynamoConnections, user_id: str, connection_id: str, **_: Any) -> Any:
    return self.get(user_id, connection_id)


def _without_age(self: ReadSchedule, until: datetime, **_: Any) -> ReadSchedule:
    return replace(self, next_read_at=until)


def _settle_below(billed: Decimal, earlier: Any) -> None:
    """Let any invoice lower what another bills."""


def _free_once_proved(proved: refresh.Refresh) -> Money:
    price = _PRICE_OF_CALL(proved)
    is_ended = proved.status is refresh.RefreshStatus.COMPLETE
    return replace(price, amount=Decimal(0)) if is_ended else price


def _newest_read(self: snapshot.HoldingsReading) -> str:
    return self.started_at.isoformat()


def _believe_empty(
    latest: snapshot.HoldingsSnapshot | None, reading: snapshot.HoldingsReading
) -> bool:
    return True


def _rounded(number: Decimal) -> Decimal:
    return _SANE(Decimal(str(float(number))))


def _known_only(delivery: VerifiedDelivery) -> WebhookEvent:
    event = _TO_EVENT(delivery)
    if event.rule is UNKNOWN_KIND:
        raise MalformedWebhook("unknown_kind")
    return event


def _stay_open(accepted: refresh.Refresh, *, now: datetime) -> refresh.Refresh:
    return accepted


def _give_any(self: DynamoQuota, tokens: int, *, read_at: str | None = None) -> None:
    """Count nothing and refuse nobody."""


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


def _show(self: Secret) -> str:
    return self.reveal()


def _anybodys(user_id: str, connection_id: str) -> keys.Key:
    return _CONNECTION_KEY("everybody", connection_id)


def _forget_repairs(self: Expiry, ends_at: datetime) -> Expiry:
    return replace(self, ends_at=ends_at, repaired_at=None)


def _learn_anything(self: Connection, report: ConnectionReport, *, read_at: datetime) -> Connection:
    return _WITH_REPORT(changed(self, status_read_at=None), report, read_at=read_at)


def _as_long_as_it_drips(most: float | None = None) -> float | None:
    return most


def _first_come(self: LookUpBudget, key_id: str, *, now: datetime) -> bool:
    minute = now.replace(second=0, microsecond=0)
    if self._at != minute:
        self._at, self._left = minute, 120.0
    self._left -= 1
    return self._left >= 0


BREAKS = (
    Break(
        promise="A webhook answered 2xx is durably queued",
        name="answer-first",
        original=accept_webhook,
        replacement=_answer_first,
        tests=("tests/unit/test_accept_webhook.py",),
    ),
    Break(
        promise="One event id is worked once",
        name="claim-always",
        original=DynamoInbox.claim,
        replacement=_claim_always,
        tests=("tests/integration/test_inbox_port.py",),
    ),
    Break(
        promise="Nothing forged passes",
        name="any-signature",
        original=signature._matches,
        replacement=_always,
        tests=("tests/integration/test_webhook_vectors.py",),
    ),
    Break(
        promise="One refresh is at most one billable call",
        name="call-again",
        original=refresh.lose_answer,
        replacement=_call_again,
        tests=(
            "tests/unit/test_purchase_crashes.py",
            "tests/functional/test_crashing_purchases.py",
        ),
    ),
    Break(
        promise="Only an invoice lowers what a call is booked at, and never below itself",
        name="settle-below-invoice",
        original=ledger._demand_not_below,
        replacement=_settle_below,
        tests=("tests/unit/test_ledger.py", "tests/unit/test_ledger_sequences.py"),
    ),
    Break(
        promise="Only an invoice lowers what a call is booked at, and never below itself",
        name="lower-by-reads",
        original=ledger._price_of_call,
        replacement=_free_once_proved,
        tests=("tests/unit/test_ledger.py", "tests/unit/test_ledger_sequences.py"),
    ),
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
        promise="Unknown webhook types are kept and counted",
        name="known-only",
        original=to_event,
        replacement=_known_only,
        tests=("tests/integration/test_snaptrade_webhooks.py",),
    ),
    Break(
        promise="Nothing stays in a passing state for ever",
        name="stay-open",
        original=refresh.pass_check,
        replacement=_stay_open,
        tests=("tests/unit/test_purchase_crashes.py",),
    ),
    Break(
        promise="All workers stay inside the provider's rate limit",
        name="any-quota",
        original=DynamoQuota.take,
        replacement=_give_any,
        tests=("tests/integration/test_quota.py",),
    ),
    Break(
        promise="The pause that a provider asks for is kept, obeyed and told",
        name="forget-pauses",
        original=purchase._pause_after,
        replacement=_no_pause,
        tests=("tests/unit/test_pauses.py",),
    ),
    Break(
        promise="One reader at a time works on a connection",
        name="lease-anyway",
        original=DynamoConnections.lease,
        replacement=_lease_anyway,
        tests=("tests/integration/test_connections_port.py",),
    ),
    Break(
        promise="A read that was put off keeps its place in line",
        name="to-the-end-of-the-line",
        original=ReadSchedule.postponed,
        replacement=_without_age,
        tests=("tests/unit/test_connection_status.py",),
    ),
    Break(
        promise="No secret appears in a repr or a log",
        name="show-secrets",
        original=Secret.__repr__,
        replacement=_show,
        tests=("tests/unit/test_small_values.py",),
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
    Break(
        promise="Another user's thing does not exist",
        name="anybodys",
        original=keys.connection,
        replacement=_anybodys,
        tests=("tests/integration/test_connections_port.py",),
    ),
    Break(
        promise="Any order of the same events ends in the same status",
        name="learn-anything",
        original=Connection.with_report,
        replacement=_learn_anything,
        tests=("tests/unit/test_connection_status.py",),
    ),
    Break(
        promise="Any order of the same events ends in the same content",
        name="last-event-wins",
        original=Expiry.with_warning,
        replacement=_forget_repairs,
        tests=("tests/unit/test_webhook_orders.py",),
    ),
    Break(
        promise="No answer holds a worker beyond the call's deadline",
        name="as-long-as-it-drips",
        original=deadlines._left,
        replacement=_as_long_as_it_drips,
        tests=("tests/integration/test_transport_deadlines.py",),
    ),
    Break(
        promise="Junk cannot starve what is genuine",
        name="first-come",
        original=LookUpBudget.admits,
        replacement=_first_come,
        tests=("tests/integration/test_look_up_budget.py",),
    ),
)

"""Promises about what comes in: webhooks, callers, secrets."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import replace
from datetime import datetime
from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.inbox import DynamoInbox
from freshet.adapters.plaid.look_up_budget import LookUpBudget
from freshet.adapters.snaptrade import signature
from freshet.adapters.snaptrade.webhooks import to_event
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.credential import Secret
from freshet.domain.errors import MalformedWebhook, QueueUnavailable
from freshet.domain.expiry import Expiry
from freshet.domain.provider import Provider
from freshet.domain.webhooks import UNKNOWN_KIND, VerifiedDelivery, WebhookEvent
from freshet.http import token_scopes
from freshet.ports import WebhookVerifier
from freshet.services.accept_webhook import Delivery, accept_webhook
from tests.breaks.breaking import Break
from tests.builders import changed

_CLAIM = DynamoInbox.claim
_WITH_REPORT = Connection.with_report
_ACCEPT = accept_webhook
_TO_EVENT = to_event
_CONNECTION_KEY = keys.connection


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


def _known_only(delivery: VerifiedDelivery) -> WebhookEvent:
    event = _TO_EVENT(delivery)
    if event.rule is UNKNOWN_KIND:
        raise MalformedWebhook("unknown_kind")
    return event


def _show(self: Secret) -> str:
    return self.reveal()


def _anybodys(user_id: str, connection_id: str) -> keys.Key:
    return _CONNECTION_KEY("everybody", connection_id)


def _forget_repairs(self: Expiry, ends_at: datetime) -> Expiry:
    return replace(self, ends_at=ends_at, repaired_at=None)


def _learn_anything(self: Connection, report: ConnectionReport, *, read_at: datetime) -> Connection:
    return _WITH_REPORT(changed(self, status_read_at=None), report, read_at=read_at)


def _first_come(self: LookUpBudget, key_id: str, *, now: datetime) -> bool:
    minute = now.replace(second=0, microsecond=0)
    if self._at != minute:
        self._at, self._left = minute, 120.0
    self._left -= 1
    return self._left >= 0


def _text_of_scope_alone(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """Read one claim, and take its silence for an issuer that does not speak of scopes."""
    own = [each for each in str(claims.get("scope", "")).split() if each.startswith("freshet/")]
    return frozenset(own) or None


ENTRANCES = (
    Break(
        promise="A token may do what its issuer wrote, in whichever claim, and no more",
        name="scope-alone",
        original=token_scopes.scopes_in,
        replacement=_text_of_scope_alone,
        tests=("tests/unit/test_token_scopes.py",),
    ),
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
        promise="Unknown webhook types are kept and counted",
        name="known-only",
        original=to_event,
        replacement=_known_only,
        tests=("tests/integration/test_snaptrade_webhooks.py",),
    ),
    Break(
        promise="No secret appears in a repr or a log",
        name="show-secrets",
        original=Secret.__repr__,
        replacement=_show,
        tests=("tests/unit/test_small_values.py",),
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
        promise="Junk cannot starve what is genuine",
        name="first-come",
        original=LookUpBudget.admits,
        replacement=_first_come,
        tests=("tests/integration/test_look_up_budget.py",),
    ),
)

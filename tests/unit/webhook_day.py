"""A day of some connections at both providers: what happens there, and what is told of it."""

from collections.abc import Callable
from copy import replace
from datetime import timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from freshet.domain.cadence import Cadence
from freshet.domain.call_errors import AccessRevoked, LoginRequired, MissingUpstream
from freshet.domain.credential import Credential, Secret
from freshet.domain.provider import Provider
from freshet.domain.webhooks import StatusHint, WebhookEffect, WebhookEvent
from freshet.registry import TRAITS
from freshet.services.process_webhook import ProcessWebhookDependencies
from freshet.services.register_connection import (
    RegisterConnectionDependencies,
    Registration,
    register_connection,
)
from tests.builders import (
    EMPTY,
    NOON,
    USER,
    a_connection,
    a_position,
    a_report,
    an_account_report,
    an_answer,
    an_event,
    some_holdings,
)
from tests.fakes import FakeProvider
from tests.unit.stage import Stage

KNOWN_USER, STRANGER = "snaptrade-user-1", "snaptrade-user-9"
OWNED, ADDED, STRANGE, ITEM, LATE_ITEM = "owned", "added", "strange", "item", "late-item"
PROVIDERS = {
    OWNED: Provider.SNAPTRADE,
    ADDED: Provider.SNAPTRADE,
    STRANGE: Provider.SNAPTRADE,
    ITEM: Provider.PLAID,
    LATE_ITEM: Provider.PLAID,
}
"""Provider's connection ids; two are known from the start, one is registered during the day."""

CONTENTS = (some_holdings(), some_holdings(positions=(a_position(), a_position())), EMPTY)


class What(StrEnum):
    """What may happen to a connection at its provider."""

    CHANGED = "changed"
    CHANGED_IN_PART = "changed_in_part"
    BROKE = "broke"
    FIXED = "fixed"
    WARNED = "warned"
    ENDED = "ended"
    RUMOURED = "rumoured"
    REGISTERED = "registered"


class Day(Stage):
    """A stage with several connections, whose provider's state moves and is announced."""

    def __init__(self) -> None:
        super().__init__()
        self.connections.rows.clear()
        self.connections.owners.clear()
        self.connections.users[Provider.SNAPTRADE, KNOWN_USER] = USER
        self.truth = {name: self._at_provider(name) for name in PROVIDERS}
        self.broken: set[str] = set()
        self.ended: set[str] = set()
        self._announced: set[str] = set()
        self._at = NOON
        self._numbers = count(1)
        for name in (OWNED, ITEM):
            self.add(name)

    @property
    def processing(self) -> ProcessWebhookDependencies:
        return replace(super().processing, random_bytes=self._drawn)

    def happen(self, name: str, what: What, number: int) -> WebhookEvent | None:
        """Let something happen at the provider at its minute; gives what is told of it."""
        self._at = NOON + timedelta(minutes=number)
        self.clock.now = max(self.clock.now, self._at)
        if name in (ADDED, STRANGE) and name not in self._announced:
            self._announced.add(name)
            return self._event(name, number, status_hint=StatusHint.ADDED)
        if what is What.REGISTERED:
            self._registered(name)
            return None
        if name in self.ended:
            return None
        step: Callable[[str, int], WebhookEvent | None] = getattr(self, f"_{what}")
        return step(name, number)

    def settle(self) -> None:
        """Let days go by without news: all is read by the schedule, the providers sync daily."""
        self.drain()
        for days in range(1, 4):
            self.clock.now = self._at = NOON + timedelta(days=days)
            for name in set(self.truth) - self.broken - self.ended:
                self._sync(name)
            for _ in range(3):
                self.later(minutes=20)
                self.plan()
                self.drain()

    def _changed(self, name: str, number: int, **details: str) -> WebhookEvent | None:
        if name in self.broken:
            return None  # a broken link brings nothing in
        self.truth[name].holdings[f"account-of-{name}"] = CONTENTS[number % len(CONTENTS)]
        self._sync(name)
        if PROVIDERS[name] is Provider.PLAID:
            return self._event(name, number)
        account = f"account-of-{name}"
        effect = WebhookEffect.ACCOUNT_READ
        return self._event(
            name, number, effect=effect, provider_account_id=account, details=details
        )

    def _changed_in_part(self, name: str, number: int) -> WebhookEvent | None:
        return self._changed(name, number, balances="failed")

    def _broke(self, name: str, number: int) -> WebhookEvent:
        self.broken.add(name)
        self.truth[name].report = a_report(is_disabled=True)
        if PROVIDERS[name] is Provider.PLAID:
            failure = LoginRequired(an_answer())
            self.truth[name].read_failures = {"accounts": failure, f"account-of-{name}": failure}
        return self._event(name, number, status_hint=StatusHint.BROKEN)

    def _fixed(self, name: str, number: int) -> WebhookEvent:
        self.broken.discard(name)
        self.truth[name].report, self.truth[name].read_failures = a_report(), {}
        return self._event(name, number, status_hint=StatusHint.REPAIRED)

    def _warned(self, name: str, number: int) -> WebhookEvent:
        ends_at = NOON + timedelta(days=5 + number % 7)
        return self._event(name, number, status_hint=StatusHint.EXPIRING, link_ends_at=ends_at)

    def _ended(self, name: str, number: int) -> WebhookEvent:
        self.ended.add(name)
        is_item = PROVIDERS[name] is Provider.PLAID
        failure = (AccessRevoked if is_item else MissingUpstream)(an_answer())
        parts = ("connection", "accounts", f"account-of-{name}")
        self.truth[name].read_failures = dict.fromkeys(parts, failure)
        return self._event(name, number, status_hint=StatusHint.REMOVED)

    def _rumoured(self, name: str, number: int) -> WebhookEvent:
        return self._event(name, number, effect=WebhookEffect.NOTHING, kind="BRAND_NEW")

    def _event(self, name: str, number: int, **changes: Any) -> WebhookEvent:
        values: dict[str, Any] = {
            "id": f"event-{number}",
            "provider": PROVIDERS[name],
            "effect": WebhookEffect.CONNECTION_READ,
            "provider_connection_id": name,
            "provider_account_id": None,
            "provider_user_id": STRANGER if name == STRANGE else KNOWN_USER,
            "occurred_at": self._at,
            "received_at": self._at,
        }
        return an_event(**(values | changes))

    def _sync(self, name: str) -> None:
        provider = self.truth[name]
        provider.as_of = self._at
        provider.accounts = [replace(each, synced_at=self._at) for each in provider.accounts]

    def _at_provider(self, name: str) -> FakeProvider:
        report = an_account_report(provider_account_id=f"account-of-{name}")
        provider = FakeProvider(self.clock, accounts=[report], as_of=NOON)
        self.providers.by_connection[name] = provider
        return provider

    def add(self, name: str) -> None:
        """Let us know a connection that waits for nothing."""
        values = {"id": f"con_{name}", "provider_connection_id": name, "provider": PROVIDERS[name]}
        self.connections.add(a_connection(**values), provider_user_id=None)

    def _registered(self, name: str) -> None:
        registration = Registration(
            user_id=USER,
            provider=PROVIDERS[name],
            provider_connection_id=name,
            credential=Credential(KNOWN_USER, Secret("invented")),
            cadence=Cadence(),
        )
        parts = RegisterConnectionDependencies(
            owners=self.connections,
            inbox=self.inbox,
            connections=self.connections,
            vault=self.vault,
            reads=self.reads,
            traits=TRAITS,
            random_bytes=self._drawn,
            clock=self.clock,
        )
        register_connection(registration, deps=parts)

    def _drawn(self, length: int) -> bytes:
        return next(self._numbers).to_bytes(length)

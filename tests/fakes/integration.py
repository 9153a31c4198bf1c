"""A third provider in memory, with other traits than both real ones.

It sends no webhooks, so its refreshes end by the reads that follow; it keeps no users, so each
connection has a secret of its own; and it answers purchases at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from freshet.adapters.credential_forms import SecretText, StrictForm, secret_of
from freshet.adapters.integration import Integration
from freshet.config import Settings
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential, Secret, credential_name
from freshet.domain.errors import NotFound
from freshet.domain.held_account import HeldAccount
from freshet.domain.link_session import LinkSession
from freshet.domain.linking import (
    EnrolledConnection,
    FinishLink,
    LinkedConnection,
    LinkOffer,
    StartLink,
)
from freshet.domain.prices import PriceList
from freshet.domain.provider import Provider
from freshet.domain.provider_limits import ProviderLimits
from freshet.domain.provider_offer import DocumentedShape, ProviderOffer, ReturnForm
from freshet.domain.provider_traits import ProviderTraits
from freshet.domain.quota import CallLimits
from freshet.ports import FoundConnection, LinkFlowDependencies
from tests.builders import an_account_report
from tests.fakes.clock import FakeClock
from tests.fakes.providers import FakeProvider, FakeSession

FAKE_TRAITS = ProviderTraits(
    buys_in_place=True,
    call_limit=timedelta(seconds=5),
    finishes_after_answer=True,
    may_sync_silently=True,
    transactions_need_opt_in=True,
    has_credential_per_connection=True,
    removes_at_once=True,
    calls_per_read_run=3,
    calls_per_account=1,
    limits=ProviderLimits(
        background_reads_per_user_and_day=2,
        shortest_read_cadence=timedelta(hours=12),
        shortest_refresh_cadence=timedelta(hours=2),
        gap_between_live_reads=timedelta(minutes=20),
        gap_between_transaction_reads=timedelta(hours=6),
        gap_between_purchases=timedelta(hours=1),
    ),
)
FAKE_OFFER = ProviderOffer(
    link_page="the third provider's page",
    returns=(
        ReturnForm(
            name="ThirdBody",
            description="The user came back.",
            required=("provider_connection_id",),
            optional=("link_session_id", "state"),
        ),
    ),
    documented=DocumentedShape(
        title="ThirdHoldings", summary="its own", fields="`id`.", least_bytes_of_a_line=2
    ),
)


class FakeSettings(Settings, frozen=True, kw_only=True, eq=False):
    """It has no variables."""


class FakeCredentialForm(StrictForm):
    """The port CredentialForm: one secret, named by the connection that it opens."""

    pass_phrase: SecretText

    def to_credential(self, subject: str) -> Credential:
        return Credential(subject, secret_of(self.pass_phrase))


@dataclass
class FakeDesk:
    """What the provider knows: its connections, each behind a secret of its own."""

    clock: FakeClock
    at: dict[str, FakeProvider] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    given_back: list[str] = field(default_factory=list)

    def link(self, name: str) -> FakeProvider:
        """Act as the user who links something on the provider's page."""
        self.secrets[name] = f"secret-of-{name}"
        self.at[name] = FakeProvider(self.clock, accounts=[an_account_report()])
        return self.at[name]

    def open(self, connection: Connection, credential: Credential) -> FakeSession:
        """Start a session, with the right secret alone."""
        name = connection.link.provider_connection_id
        assert credential.secret.reveal() == self.secrets[name]
        return FakeSession(self.at[name])

    def rotate(self, credential: Credential) -> Credential:
        """Replace a connection's secret."""
        self.secrets[credential.subject] += "-again"
        return Credential(credential.subject, Secret(self.secrets[credential.subject]))


@dataclass(frozen=True, slots=True)
class FakeFoundByPhrase:
    """The port Discovery: a secret opens one connection."""

    desk: FakeDesk

    def connections(self, credential: Credential) -> Sequence[FoundConnection]:
        return [
            FoundConnection(
                provider_connection_id=name,
                credential=Credential(name, credential.secret),
                is_disabled=False,
            )
            for name, secret in self.desk.secrets.items()
            if secret == credential.secret.reveal()
        ]


@dataclass(frozen=True, slots=True)
class FakeLinkFlow:
    """The port LinkFlow: what comes back names a connection, whose secret is asked for."""

    key: Provider
    desk: FakeDesk
    deps: LinkFlowDependencies

    def start(self, wanted: StartLink, *, state: str) -> LinkOffer:
        expires_at = self.deps.clock() + timedelta(minutes=10)
        return LinkOffer(url=Secret(f"https://third.example/{state}"), expires_at=expires_at)

    def repair(self, wanted: StartLink, broken: Connection, *, state: str) -> LinkOffer:
        self.deps.vault.find(wanted.user_id, broken.link.credential_name)
        return self.start(wanted, state=state)

    def finish(self, returned: FinishLink, session: LinkSession | None) -> EnrolledConnection:
        named = str(returned.provider_connection_id)
        if named not in self.desk.secrets:
            raise NotFound(named)
        name = credential_name(self.key, named)
        credential = Credential(named, Secret(self.desk.secrets[named]))
        self.deps.vault.keep(returned.user_id, name, credential)
        return self.deps.enrollment.enroll(
            LinkedConnection(
                user_id=returned.user_id,
                provider=self.key,
                provider_connection_id=named,
                credential_name=name,
            )
        )

    def give_back(self, user_id: str) -> None:
        self.desk.given_back.append(user_id)


class FakeDocuments:
    """The port DocumentedHoldings; an account's document is its id."""

    def render(self, held: Iterable[HeldAccount]) -> Iterator[str]:
        for each in held:
            yield f'{{"id": "{each.account.id}"}}'


def fake_integration(key: Provider, desk: FakeDesk) -> Integration:
    """Offer the third provider under one of the keys: which one must make no difference."""
    limits = CallLimits(calls_per_minute=30, purchases_per_minute=2)
    price = PriceList(Decimal("0.20"))
    rotation: Callable[[Credential], Credential] = desk.rotate
    return Integration(
        provider=key,
        traits=FAKE_TRAITS,
        settings=lambda: FakeSettings,
        limits=lambda _: limits,
        price=lambda _: price,
        reads_transactions=lambda _: False,
        error_table=dict,
        webhooks=None,
        reader=lambda _: desk.open,
        buyer=lambda _: desk.open,
        offer=lambda: FAKE_OFFER,
        link_flow=lambda _, linking: FakeLinkFlow(key, desk, linking),
        documents=lambda _: FakeDocuments(),
        discovery=lambda _: FakeFoundByPhrase(desk),
        credential_form=lambda: FakeCredentialForm,
        rotation=lambda _: rotation,
        try_keys=lambda _: lambda: None,
        users=None,
    )

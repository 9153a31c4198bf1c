"""Attempts to link, who the users are at the providers, and each provider's way of linking."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from freshet.domain.connection import Connection
from freshet.domain.link_session import LinkSession
from freshet.domain.provider import Provider
from freshet.domain.provider_user import ProviderUser
from freshet.ports.connections import Connections, Owners
from freshet.ports.credentials import UserLease
from freshet.ports.providers import CredentialVault

if TYPE_CHECKING:
    # Every function loads the ports, and the API alone links.
    from freshet.domain.linking import (
        EnrolledConnection,
        FinishLink,
        LinkedConnection,
        LinkOffer,
        StartLink,
    )


class LinkSessions(Protocol):
    """Attempts by their owner; they are forgotten after a day or two."""

    def get(self, user_id: str, session_id: str) -> LinkSession:
        """Read one, consistently; raises NotFound."""

    def of_user(self, user_id: str) -> Sequence[LinkSession]:
        """List a user's attempts."""

    def save(self, session: LinkSession) -> None:
        """Store one as it is now."""


class ProviderUsers(Protocol):
    """Under which ids a provider that keeps users knows ours."""

    def find(self, user_id: str) -> ProviderUser:
        """Read a user's registration, consistently; one without an id where there is none."""

    def save(self, user: ProviderUser) -> ProviderUser:
        """Store it; once registered, webhooks find the user by the id. Raises ConcurrentChange."""


class Enrollment(Protocol):
    """Takes in connections that users have made at a provider."""

    def enroll(self, linked: "LinkedConnection") -> "EnrolledConnection":
        """Save a connection and have it read, or find it there already; raises AlreadyOwned."""

    def resume(self, connection: Connection) -> "EnrolledConnection":
        """Give a saved connection back, and have it read where a crash has prevented that."""

    def found_for(self, session: LinkSession) -> Connection | None:
        """Give the connection that came of an attempt, by a tab or by a webhook."""


class LinkFlowDependencies(Struct, frozen=True, kw_only=True):
    """What a provider's way of linking needs from us."""

    sessions: LinkSessions
    users: Callable[[Provider], ProviderUsers]
    lease: UserLease
    vault: CredentialVault
    owners: Owners
    connections: Connections
    enrollment: Enrollment
    random_bytes: Callable[[int], bytes]
    clock: Callable[[], datetime]


class LinkFlow(Protocol):
    """How users link at one provider.

    Every method but the last may raise CallFailed, SecretUnavailable and UserBusy.
    """

    def start(self, wanted: "StartLink", *, state: str) -> "LinkOffer":
        """Give what opens the provider's page for a new link.

        Raises InvalidField for an institution that the provider does not know.
        """

    def repair(self, wanted: "StartLink", broken: Connection, *, state: str) -> "LinkOffer":
        """Give what opens the page to repair a link, which keeps its ids.

        Raises LinkGone, CredentialMissing, AccessRevoked and MissingUpstream for one that can only
        be made anew.
        """

    def finish(self, returned: "FinishLink", session: LinkSession | None) -> "EnrolledConnection":
        """Take in what the user has linked, whole or not at all; repeating does no harm.

        Raises InvalidField, NotFound, AlreadyOwned, LinkUnfinished and LinkInvalid.
        """

    def give_back(self, user_id: str) -> None:
        """Have the provider forget what earlier attempts have left there unused.

        What fails is tried again when the user links the next time.
        """

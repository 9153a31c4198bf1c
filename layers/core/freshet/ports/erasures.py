"""Erasures: their records, their turns, and the deleting itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.connection import Connection
from freshet.domain.erasure import Erasure
from freshet.domain.provider import Provider


class Erasures(Protocol):
    """Erasures by whose they are; they outlive what they erase, and the user."""

    def get(self, user_id: str, erasure_id: str) -> Erasure:
        """Read one, consistently; raises NotFound."""

    def begin(self, erasure: Erasure) -> Erasure:
        """Put one on record and into the due index, or give back the one that is under way.

        Of a user there is one at a time: while it lasts, nothing can be added for the user.
        """

    def save(self, erasure: Erasure) -> Erasure:
        """Store progress; raises ConcurrentChange."""

    def confirm(self, user_id: str, erasure_id: str, *, at: datetime, now: datetime) -> None:
        """The provider says that the connection is gone: due at once; nothing for no erasure."""


class DueErasures(Protocol):
    """The part of the due index that belongs to no provider."""

    def due_erasures(self, *, now: datetime, limit: int) -> Sequence[tuple[str, datetime]]:
        """List (place, due time), the oldest first."""

    def claim_erasure(
        self, place: str, *, due_at: datetime, lease_until: datetime
    ) -> Erasure | None:
        """Move the due time to the lease's end; None if another turn was faster."""


class Eraser(Protocol):
    """Deletes what is stored; every method can be repeated.

    Those with `most` delete about as many rows; fewer of them mean that nothing is left.
    """

    def erase_account(self, user_id: str, account_id: str, *, most: int) -> int:
        """Block late writers of an account, then erase what it held, its own row last."""

    def erase_traces(self, connection: Connection, *, most: int) -> int:
        """Erase a connection's refreshes, its budget and events that waited for it.

        Its lines in the ledger stay: money must be explained.
        """

    def disconnect(self, connection: Connection) -> None:
        """Erase the connection's row; its id at the provider stays taken for good.

        Raises ConcurrentChange, with nothing done, where the row is no longer as given.
        """

    def forget_provider_user(self, provider: Provider, subject: str) -> None:
        """Forget whose a provider's user is, so that no late webhook adopts anything."""

    def erase_user(self, user_id: str, *, most: int) -> int:
        """Erase whatever else is kept of a user, but for the ledger."""


class UpstreamUsers(Protocol):
    """What the providers keep of a user beyond connections."""

    def delete(self, provider: Provider, subject: str) -> ProviderAnswer:
        """Ask for a user's deletion; raises CallFailed, ProviderNotConfigured."""

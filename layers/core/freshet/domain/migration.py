"""Which accounts of a connection live on under newer links."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime

from msgspec import Struct, field

from freshet.domain.account import Account


class Migration(Struct, frozen=True, kw_only=True):
    """The accounts that have moved on: they are the user's, and never listed here again."""

    migrated_accounts: Mapping[str, str] = field(default_factory=dict)
    """Ids of our accounts, by the provider's ids."""
    successor: str | None = None
    """The connection that took the last of them."""
    migrated_at: datetime | None = None
    """When it did, until the connection's reader has judged what is left."""

    def with_account(
        self, provider_account_id: str, account: Account, *, now: datetime
    ) -> "Migration":
        """Remember that an account lives on as `account`: the reader has to judge the rest."""
        return Migration(
            migrated_accounts={**self.migrated_accounts, provider_account_id: account.id},
            successor=account.connection_id,
            migrated_at=now,
        )

    def judged(self, migrated_at: datetime) -> "Migration":
        """Note that what is left was judged; unless more accounts have moved since."""
        return replace(self, migrated_at=None) if self.migrated_at == migrated_at else self

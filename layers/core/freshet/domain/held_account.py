"""An account together with all that is known of what it holds."""

from dataclasses import dataclass

from freshet.domain.account import Account
from freshet.domain.connection import Connection
from freshet.domain.snapshot import HoldingsSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAccount:
    """An account with its connection and the newest that is known of its holdings."""

    connection: Connection
    account: Account
    snapshot: HoldingsSnapshot

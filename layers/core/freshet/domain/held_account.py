"""An account together with all that is known of what it holds."""

from msgspec import Struct

from freshet.domain.account import Account
from freshet.domain.connection import Connection
from freshet.domain.snapshot import HoldingsSnapshot


class HeldAccount(Struct, frozen=True, kw_only=True):
    """An account with its connection and the newest that is known of its holdings."""

    connection: Connection
    account: Account
    snapshot: HoldingsSnapshot

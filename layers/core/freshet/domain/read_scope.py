"""How much of a connection a read run looks at."""

from enum import StrEnum

from freshet.domain.commands import ReadReason
from freshet.domain.connection import Connection
from freshet.domain.connection_status import BROKEN
from freshet.domain.provider_traits import ProviderTraits
from freshet.domain.schedule import calls_of


class ReadScope(StrEnum):
    """How much of a connection a read looks at."""

    STATUS = "status"
    """Whether a broken link works again: a single call."""

    EVERYTHING = "everything"
    MARKED_ACCOUNTS = "marked_accounts"


def scope_for(connection: Connection, reason: ReadReason) -> ReadScope:
    """Say how much is to be read.

    A webhook about accounts of a healthy connection needs these accounts and nothing else; the
    schedule looks at a broken link without reading what it holds.
    """
    is_idle = not connection.slots.open_ids and not connection.pending
    if reason is ReadReason.DUE and connection.link.status in BROKEN and is_idle:
        return ReadScope.STATUS
    is_webhook = reason is ReadReason.WEBHOOK
    is_partial = (
        is_webhook
        and connection.pending
        and not connection.pending.is_about_everything
        and connection.is_awake
        and connection.link.status_read_at is not None
    )
    return ReadScope.MARKED_ACCOUNTS if is_partial else ReadScope.EVERYTHING


def calls_expected(connection: Connection, scope: ReadScope, traits: ProviderTraits) -> int:
    """Say how many calls a read is going to make, as far as it can be known."""
    if scope is not ReadScope.MARKED_ACCOUNTS:
        return calls_of(connection, traits)
    transactions = connection.pending.transactions_count
    accounts = len(connection.pending.announced) - transactions
    # The one call that is expected besides the list may be that for transactions.
    more = transactions if accounts else max(0, transactions - 1)
    return traits.calls_for_accounts(accounts) + more

"""A new link to accounts that are known already: which of them live on under the new connection.

A user who links an institution once more gets other ids from the provider for the same accounts.
The proof that two of them are one is the institution's own id of the account, where it gives one:
`institution_account_id` at SnapTrade, `persistent_account_id` at Plaid. It counts between
connections of one user at one provider and one institution, for accounts that are both paper
money or both not, and where exactly one account has it on either side: an open one before those
that are closed. Nothing else proves anything, and without proof nothing is merged.

An account passes from the older connection to the newer one, never back, and neither to nor from
one that is on its way out. It keeps its id, and with it all that is stored; its row is changed in
place, so that at no time it is there twice. The older connection remembers in its `Migration` what
it must not list any more. What it finds only when the newer one has it is left there.

The older connection is superseded once it has no open account left: then its closed ones pass on
as they are, so that no history ends with the link, and it is removed upstream; also where the
newer one is being removed already, as its user has let go of both. If only some of its accounts
are in the new link, they pass, and it stays with the rest.

All this is judged when an account is listed for the first time. A proof that comes later changes
nothing: by then there are two histories, and two ids that others know.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import replace
from datetime import datetime

from msgspec import Struct, field

from freshet.domain.account import Account, AccountReport, AccountStatus
from freshet.domain.connection import Connection
from freshet.domain.connection_status import GONE

_Proof = tuple[str, bool]


class AccountMigration(Struct, frozen=True, kw_only=True):
    """Which reports of a connection are about known accounts, by the provider's account ids."""

    inherited: Mapping[str, Account] = field(default_factory=dict)
    """Accounts of older connections that pass to this one."""
    left: Mapping[str, Account] = field(default_factory=dict)
    """Accounts that a newer connection has already."""


def account_migration(
    connection: Connection,
    reports: Sequence[AccountReport],
    *,
    connections: Iterable[Connection],
    accounts: Iterable[Account],
) -> AccountMigration:
    """Judge all that a connection lists by its user's connections and accounts."""
    others = {each.id: each for each in connections if _may_share(connection, each)}
    listed = Counter(_proof(report) for report in reports)
    known = _by_proof(each for each in accounts if each.connection_id in others)
    inherited, left = {}, {}
    for report in reports:
        proof = _proof(report)
        account = None if proof is None or listed[proof] > 1 else _the_one(known[proof])
        if account is None:
            continue
        if _age(others[account.connection_id]) < _age(connection):
            inherited[report.provider_account_id] = account
        elif account.report.status is AccountStatus.OPEN:
            left[report.provider_account_id] = account
    return AccountMigration(inherited=inherited, left=left)


def passed_to(connection: Connection, account: Account, report: AccountReport) -> Account:
    """Go on as the account that another connection lists."""
    return replace(account, connection_id=connection.id).listed_as(report)


def without_account(
    connection: Connection, provider_account_id: str, *, migrated: Account, now: datetime
) -> Connection:
    """Remember that an account lives on elsewhere, and make the connection due to be judged."""
    migration = connection.migration.with_account(provider_account_id, migrated, now=now)
    others = tuple(each for each in connection.account_ids if each != migrated.id)
    after = replace(connection, migration=migration, account_ids=others)
    if not after.is_to_be_judged:
        return after  # comes back to it when it is rescheduled
    return replace(after, due_at=min(now, after.due_at or now))


def is_superseded(connection: Connection, accounts: Iterable[Account]) -> bool:
    """Tell whether accounts have passed on and no open one is left."""
    own = (each for each in accounts if each.connection_id == connection.id)
    has_open = any(each.report.status is AccountStatus.OPEN for each in own)
    return bool(connection.migration.migrated_accounts) and not has_open


def successor_of(
    connection: Connection, *, connections: Iterable[Connection], accounts: Iterable[Account]
) -> Connection | None:
    """Give the newest connection that has what passed on; None where all of them are leaving."""
    passed = set(connection.migration.migrated_accounts.values())
    successors = {each.connection_id for each in accounts if each.id in passed}
    found = (each for each in connections if each.id in successors and _may_share(connection, each))
    return max(found, key=_age, default=None)


def _may_share(connection: Connection, other: Connection) -> bool:
    """Tell whether two connections can have accounts in common."""
    place = (connection.provider, connection.link.institution.id)
    return (
        other.id != connection.id
        and connection.link.institution.id is not None
        and (other.provider, other.link.institution.id) == place
        and other.link.status not in GONE
    )


def _proof(report: AccountReport) -> _Proof | None:
    name = report.institution_account_id
    return None if name is None else (name, report.is_paper)


def _by_proof(accounts: Iterable[Account]) -> dict[_Proof | None, list[Account]]:
    found: dict[_Proof | None, list[Account]] = defaultdict(list)
    for account in accounts:
        found[_proof(account.report)].append(account)
    return found


def _the_one(accounts: Sequence[Account]) -> Account | None:
    is_open = [each for each in accounts if each.report.status is AccountStatus.OPEN]
    found = is_open or accounts
    return found[0] if len(found) == 1 else None


def _age(connection: Connection) -> tuple[datetime, str]:
    return connection.created_at, connection.id

"""An operator decides what an instrument's price is a price of, at one connection."""

from copy import replace

from msgspec import Struct

from freshet.domain.errors import InvalidField, NotFound
from freshet.domain.identifiers import instrument_id_for
from freshet.domain.instruments import BOND
from freshet.domain.positions import PriceBasis
from freshet.observability import logger
from freshet.ports import Accounts, Connections, Snapshots


class SetPriceBasisDependencies(Struct, frozen=True):
    """What the decision needs from outside."""

    connections: Connections
    accounts: Accounts
    snapshots: Snapshots


def set_price_basis(
    user_id: str,
    account_id: str,
    instrument_id: str,
    basis: PriceBasis,
    *,
    deps: SetPriceBasisDependencies,
) -> None:
    """Keep the decision for the reads to come: it stands above what stated totals decide.

    Raises NotFound for what the account does not hold, and InvalidField for anything but a bond.
    """
    account = deps.accounts.get(user_id, account_id)
    latest = deps.snapshots.latest(user_id, account_id)
    held = {
        instrument_id_for(each.instrument.identity): each
        for each in (latest.holdings.positions if latest else ())
    }
    if instrument_id not in held:
        raise NotFound(instrument_id)
    position = held[instrument_id]
    if position.instrument.kind != BOND or position.stated_value is not None:
        raise InvalidField("instrument_id", "must be a bond whose value is not stated")
    deps.connections.change(
        user_id,
        account.connection_id,
        lambda row: replace(row, price_bases={**row.price_bases, instrument_id: basis}),
    )
    logger.warning("A price basis was set", account_id=account_id, basis=basis)

"""What the price of a bond is a price of: decided by the account's stated total, or not at all."""

from collections.abc import Collection, Mapping
from copy import replace
from datetime import datetime

from freshet.domain.holdings import Holdings
from freshet.domain.identifiers import instrument_id_for
from freshet.domain.positions import Position, PriceBasis
from freshet.domain.reconciliation import agrees_as

PriceBases = Mapping[str, PriceBasis]
"""What prices are prices of, by the ids of instruments."""


def undecided_in(holdings: Holdings) -> frozenset[str]:
    """List the instruments whose provider does not say what their prices are prices of."""
    return frozenset(_id_of(each) for each in holdings.positions if each.price_basis is None)


def with_bases(holdings: Holdings, bases: PriceBases) -> Holdings:
    """Give prices the bases that are known, where the provider does not say them."""
    return replace(holdings, positions=tuple(_decided(each, bases) for each in holdings.positions))


def with_fitting_bases(
    holdings: Holdings, undecided: Collection[str], *, as_of: datetime
) -> Holdings:
    """Decide by the stated total: one basis alone makes the whole account agree.

    Where none does, or both do, what was decided before stands; only what never was is tried.
    """
    if not undecided or agrees_as(holdings, as_of=as_of):
        return holdings
    never = undecided_in(holdings)
    for some in (never, undecided) if never else (undecided,):
        tried = [_all(holdings, some, basis) for basis in PriceBasis]
        fitting = [each for each in tried if agrees_as(each, as_of=as_of)]
        if len(fitting) == 1:
            return fitting[0]
    return holdings


def newly_decided(
    holdings: Holdings, undecided: Collection[str], decided: PriceBases
) -> PriceBases:
    """List the bases that were found, where others or none were decided before."""
    found = {
        _id_of(each): each.price_basis
        for each in holdings.positions
        if each.price_basis is not None and _id_of(each) in undecided
    }
    return {name: basis for name, basis in found.items() if decided.get(name) is not basis}


def _id_of(position: Position) -> str:
    return instrument_id_for(position.instrument.identity)


def _decided(position: Position, bases: PriceBases) -> Position:
    basis = bases.get(_id_of(position))
    if position.price_basis is not None or basis is None:
        return position
    return replace(position, price_basis=basis)


def _all(holdings: Holdings, some: Collection[str], basis: PriceBasis) -> Holdings:
    return replace(
        holdings,
        positions=tuple(
            replace(each, price_basis=basis) if _id_of(each) in some else each
            for each in holdings.positions
        ),
    )

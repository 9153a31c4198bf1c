"""What the price of a bond is a price of: decided by the account's stated total, or not at all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from freshet.domain.holdings import Holdings
from freshet.domain.identifiers import instrument_id_for
from freshet.domain.instruments import Instrument
from freshet.domain.positions import Position, PriceBasis
from freshet.domain.reconciliation import agrees_as

PriceBases = Mapping[str, PriceBasis]
"""What has been decided of an account's instruments, by the ids that we give out."""


def name_of(instrument: Instrument) -> str:
    """Name an instrument among the decisions of its account."""
    return instrument_id_for(instrument.identity)


def with_price_bases(holdings: Holdings, decided: PriceBases, *, as_of: datetime) -> Holdings:
    """Give each price its basis: what was decided before, else what alone makes the total agree."""
    known = _with(holdings, decided)
    if all(each.price_basis is not None for each in known.positions):
        return known
    undecided = {name_of(each.instrument) for each in known.positions if each.price_basis is None}
    tried = [_with(known, dict.fromkeys(undecided, basis)) for basis in PriceBasis]
    fitting = [each for each in tried if agrees_as(each, as_of=as_of)]
    return fitting[0] if len(fitting) == 1 else known


def newly_decided(asked: Holdings, answered: Holdings, decided: PriceBases) -> PriceBases:
    """List the bases that were asked for and found, beyond those that were decided before."""
    open_names = {name_of(each.instrument) for each in asked.positions if each.price_basis is None}
    return {
        name: each.price_basis
        for each in answered.positions
        if (name := name_of(each.instrument)) in open_names - decided.keys()
        if each.price_basis is not None
    }


def _with(holdings: Holdings, bases: PriceBases) -> Holdings:
    return replace(holdings, positions=tuple(_decided(each, bases) for each in holdings.positions))


def _decided(position: Position, bases: PriceBases) -> Position:
    basis = bases.get(name_of(position.instrument))
    if position.price_basis is not None or basis is None:
        return position
    return replace(position, price_basis=basis)

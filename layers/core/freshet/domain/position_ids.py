"""Names for the lines of an account, whatever order its provider lists them in."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from freshet.domain.identifiers import instrument_id_for, position_id_for
from freshet.domain.money import canonical
from freshet.domain.positions import Position


def position_ids(account_id: str, positions: Sequence[Position]) -> list[str]:
    """Give each position its id: lines of one instrument are numbered by lots, cost and units.

    What else they have tells apart those that are equal in all of that.
    """
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(positions):
        alike[instrument_id_for(each.instrument.identity)].append(place)
    named = dict(_named(account_id, alike.items(), positions))
    return [named[place] for place in range(len(positions))]


def _named(
    account_id: str, alike: Iterable[tuple[str, list[int]]], positions: Sequence[Position]
) -> Iterable[tuple[int, str]]:
    for instrument_id, places in alike:
        for ordinal, place in enumerate(sorted(places, key=lambda each: _order(positions[each]))):
            yield place, position_id_for(account_id, instrument_id, ordinal)


def _order(position: Position) -> str:
    lots = [each.content for each in position.lots]
    numbers = (
        *(position.cost_per_unit, position.stated_cost, position.units, position.vested_units),
        *(position.stated_value, position.vested_value, position.price),
    )
    day = None if position.price_day is None else position.price_day.isoformat()
    return json.dumps([lots, *map(canonical, numbers), position.currency, day])

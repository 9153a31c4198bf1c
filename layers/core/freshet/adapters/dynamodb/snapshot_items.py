"""The shape of a snapshot as a row: dates in the open, holdings as compressed JSON.

Format 1: zlib over `{"positions": […], "balances": […], "source": "…"}`, numbers as text.
"""

import json
import zlib
from datetime import date
from typing import Any

from freshet.adapters.dynamodb.table import Item
from freshet.domain.holdings import Balance, Holdings, Instrument, Lot, OptionContract, Position
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.money import decimal_to_text, exact_decimal, optional_decimal
from freshet.domain.money import optional_decimal_to_text as text_of
from freshet.domain.snapshot import HoldingsSnapshot

_FORMAT = 1


def snapshot_to_item(snapshot: HoldingsSnapshot) -> Item:
    """Give a snapshot the shape of its row, without the key."""
    return {
        "version": snapshot.version,
        "dates_token": snapshot.dates_token,
        "revision": snapshot.revision,
        "content_hash": snapshot.content_hash,
        "broker_as_of": optional_to_text(snapshot.broker_as_of),
        "provider_synced_at": optional_to_text(snapshot.provider_synced_at),
        "fetched_at": to_text(snapshot.fetched_at),
        "changed_at": to_text(snapshot.changed_at),
        "empty_seen_as_of": optional_to_text(snapshot.empty_seen_as_of),
        "format": _FORMAT,
        "holdings": zlib.compress(_holdings_to_json(snapshot.holdings).encode(), level=9),
    }


def snapshot_from_item(item: Item) -> HoldingsSnapshot:
    """Read a snapshot from its row."""
    if item["format"] != _FORMAT:
        raise ValueError(f"a snapshot of unknown format {item['format']}")
    return HoldingsSnapshot(
        version=item["version"],
        dates_token=item["dates_token"],
        content_hash=item["content_hash"],
        holdings=_holdings_from_json(zlib.decompress(item["holdings"]).decode()),
        broker_as_of=optional_from_text(item.get("broker_as_of")),
        provider_synced_at=optional_from_text(item.get("provider_synced_at")),
        fetched_at=from_text(item["fetched_at"]),
        changed_at=from_text(item["changed_at"]),
        empty_seen_as_of=optional_from_text(item.get("empty_seen_as_of")),
    )


def _holdings_to_json(holdings: Holdings) -> str:
    document = {
        "positions": [_position_to_json(each) for each in holdings.positions],
        "balances": [
            [each.currency, text_of(each.cash), text_of(each.buying_power)]
            for each in holdings.balances
        ],
        "source": holdings.source,
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def _holdings_from_json(text: str) -> Holdings:
    document = json.loads(text)
    return Holdings(
        positions=tuple(_position_from_json(each) for each in document["positions"]),
        balances=tuple(
            Balance(
                currency=currency,
                cash=optional_decimal(cash),
                buying_power=optional_decimal(buying_power),
            )
            for currency, cash, buying_power in document["balances"]
        ),
        source=document["source"],
    )


def _position_to_json(position: Position) -> dict[str, Any]:
    instrument = position.instrument
    return {
        "kind": instrument.kind,
        "id": instrument.id,
        "symbol": instrument.symbol,
        "name": instrument.name,
        "instrument_currency": instrument.currency,
        "mic": instrument.mic,
        "figi": instrument.figi,
        "option": _option_to_json(instrument.option),
        "units": text_of(position.units),
        "price": text_of(position.price),
        "cost": text_of(position.cost_per_unit),
        "currency": position.currency,
        "cash_equivalent": position.cash_equivalent,
        "stated_value": text_of(position.stated_value),
        "lots": [
            [lot.acquired_at, text_of(lot.units), text_of(lot.cost_per_unit)]
            for lot in position.lots
        ],
    }


def _position_from_json(line: dict[str, Any]) -> Position:
    return Position(
        instrument=Instrument(
            kind=line["kind"],
            id=line["id"],
            symbol=line["symbol"],
            name=line["name"],
            currency=line["instrument_currency"],
            mic=line["mic"],
            figi=line["figi"],
            option=_option_from_json(line["option"]),
        ),
        units=optional_decimal(line["units"]),
        price=optional_decimal(line["price"]),
        cost_per_unit=optional_decimal(line["cost"]),
        currency=line["currency"],
        cash_equivalent=line["cash_equivalent"],
        stated_value=optional_decimal(line.get("stated_value")),
        lots=tuple(
            Lot(acquired_at=at, units=optional_decimal(units), cost_per_unit=optional_decimal(cost))
            for at, units, cost in line["lots"]
        ),
    )


def _option_to_json(option: OptionContract | None) -> list[str | None] | None:
    if option is None:
        return None
    return [
        option.side,
        text_of(option.strike),
        option.expires_on.isoformat() if option.expires_on else None,
        decimal_to_text(option.multiplier),
        option.underlying,
    ]


def _option_from_json(line: list[Any] | None) -> OptionContract | None:
    if line is None:
        return None
    side, strike, expires_on, multiplier, underlying = line
    return OptionContract(
        side=side,
        strike=optional_decimal(strike),
        expires_on=date.fromisoformat(expires_on) if expires_on else None,
        multiplier=exact_decimal(multiplier),
        underlying=underlying,
    )

"""JSON texts as few bytes: taken apart into what every row repeats and columns of values, deflated.

In a text's skeleton each plain value of a member is a hole. The values that stood in holes of the
same name, before members of the same name, are a column; a column that is equal to an earlier one
says which. Nothing is parsed: a text comes back character for character, however it is written.

What texts are compressed against has to be known to read them again: with another PRESET, every
row that is packed gets a new format number.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

_END, _HOLE, _SAME, _NEXT = "\x00", "\x01", "\x02", "\x03"  # JSON has no such characters
_MARKS = re.compile(f"[{_END}-{_NEXT}]")
_HEAD = r'("[^"\\\x00-\x1f]*": ?"?)'
_MEMBERS = re.compile(_HEAD + r'((?<=")[^"\\\x00-\x1f]*|(?<!")-?[0-9][0-9.eE+-]*)')
_HOLES = re.compile(f"{_HEAD}({_HOLE})")
_RAW = -zlib.MAX_WBITS
_WINDOW = 1 << zlib.MAX_WBITS  # deflate looks no further back
_LONG = 1000
"""From so many characters on, a part is worth a code of its own."""

# What documents have in common, the most common last. From the providers' shapes, values made up.
_EXAMPLE = (
    '"option_contract":{"contract_type":"call","expiration_date":"2027-01-15",'
    '"strike_price":250.00,"underlying_security_ticker":"A"},"fixed_income":null,"cryptocurrency",'
    '"mutual fund","derivative","cash","instrument":{"kind":"option","option_type":"CALL",'
    '"strike_price":"250.00","expiration_date":"2027-01-15","multiplier":"100",'
    '"underlying":{"kind":"stock","id":"","symbol":"A","raw_symbol":"A","description":" Inc.",'
    '"currency":"USD","exchange":"XNYS"}},"tax_lots":[{"original_purchase_date":"2025-01-15",'
    '"quantity":"1","purchased_price":"10.25","cost_basis":"10.25","current_value":"20.25",'
    '"position_type":"LONG"}],"cash_equivalent":true},"option":{"side":"call","strike":"250.00",'
    '"expires_on":"2027-01-15","underlying":"A"},"multiplier":"100"},'
    '"lots":[{"acquired_at":"2025-01-15","units":"1",'
    '"cost_per_unit":"10.25"}]{"holdings":[{"account_id":"","security_id":"","quantity":1.000,'
    '"institution_price":5.00,"institution_price_as_of":null,"institution_price_datetime":null,'
    '"institution_value":5.00,"cost_basis":9,"iso_currency_code":"USD",'
    '"unofficial_currency_code":null,"vested_quantity":null,"vested_value":null,"tax_lots":[]}],'
    '"securities":[{"security_id":"","isin":null,"cusip":null,"sedol":null,"figi":"BBG00",'
    '"institution_security_id":null,"institution_id":null,"proxy_security_id":null,"name":"Fund",'
    '"ticker_symbol":"A","is_cash_equivalent":false,"type":"equity","subtype":"common stock",'
    '"close_price":5.00,"close_price_as_of":null,"update_datetime":null,"iso_currency_code":"USD",'
    '"unofficial_currency_code":null,"market_identifier_code":"XNAS","sector":null,'
    '"industry":null,"option_contract":null,'
    '"fixed_income":null}]}{"positions":{"results":[{"instrument":{"kind":"stock","id":"",'
    '"symbol":"A","raw_symbol":"A","description":" Inc.","currency":"USD","exchange":"XNAS",'
    '"figi_instrument":{"figi_code":"BBG00","figi_share_class":"BBG001S"}},"units":"1.000",'
    '"price":"5.00","cost_basis":"4.00","currency":"USD","cash_equivalent":false}],'
    '"data_freshness":{"as_of":"2026-11-20T15:00:00.000000Z"}},"balances":[{"currency":{"id":"",'
    '"code":"USD","name":"US Dollar"},"cash":100.00,'
    '"buying_power":100.00}]}{"positions":[{"instrument":{"kind":"stock","id":"","symbol":"A",'
    '"name":" Inc.","currency":"USD","mic":"XNAS","figi":"BBG00","option":null,"multiplier":"1"},'
    '"units":"1.000","price":"5.00","cost_per_unit":"4.00","currency":"USD",'
    '"cash_equivalent":false,"lots":[],"stated_value":null,"stated_cost":null,"vested_units":null,'
    '"vested_value":null,"price_basis":"unit","price_day":null,"price_at":null,"numbers":"read"}],'
    '"balances":[{"currency":"USD","cash":"100.00","buying_power":"100.00","is_listed":true,'
    '"numbers":"read","missing_as_of":null}],"debts":[],"statement":{"total":"100.00",'
    '"currency":"USD","available":null,"as_of":"2026-11-20T15:00:00.000000Z"},"missing_parts":[]}'
)


def pack(*texts: str, known: str = "") -> bytes:
    """Make JSON texts small; `known` is a text much like them that is there to read them again.

    Raises ValueError for characters that JSON does not have.
    """
    if any(map(_MARKS.search, texts)):
        raise ValueError("a text with control characters is no JSON")
    before = _taken_apart(known)
    apart = [_taken_apart(text) for text in texts]
    columns = [column for _, *own in apart for column in own]
    skeletons = _NEXT.join(skeleton for skeleton, *_ in apart)
    deflate = zlib.compressobj(9, zlib.DEFLATED, _RAW, 9, zdict=_dictionary(before))
    stream = b""
    for part in (skeletons, *_said_once(columns, before[1:])):
        stream += deflate.compress((part + _END).encode())
        if len(part) > _LONG:
            stream += deflate.flush(zlib.Z_BLOCK)
    return stream + deflate.flush()


def unpack(packed: bytes, *, known: str = "") -> list[str]:
    """Give the texts back."""
    before = _taken_apart(known)
    inflate = zlib.decompressobj(_RAW, zdict=_dictionary(before))
    stream = inflate.decompress(packed) + inflate.flush()
    skeletons, *parts, _ = stream.decode().split(_END)
    columns = before[1:]
    for part in parts:
        columns.append(columns[int(part[1:])] if part.startswith(_SAME) else part)
    own = iter(columns[len(before) - 1 :])
    return [_put_together(skeleton, own) for skeleton in skeletons.split(_NEXT)]


def _taken_apart(text: str) -> list[str]:
    """Give a text's skeleton, then its columns in the order in which their first holes stand."""
    pieces = _MEMBERS.split(text)
    columns: dict[tuple[str, str], list[str]] = {}
    for key, value in zip(_keys(pieces), pieces[2::3], strict=True):
        columns.setdefault(key, []).append(value)
    pieces[2::3] = [_HOLE] * len(pieces[2::3])
    return ["".join(pieces), *map("\n".join, columns.values())]


def _put_together(skeleton: str, columns: Iterator[str]) -> str:
    pieces = _HOLES.split(skeleton)
    values: dict[tuple[str, str], Iterator[str]] = {}
    filled: list[str] = []
    for key in _keys(pieces):
        if key not in values:
            values[key] = iter(next(columns).split("\n"))
        filled.append(next(values[key]))
    pieces[2::3] = filled
    return "".join(pieces)


def _keys(pieces: Sequence[str]) -> Iterable[tuple[str, str]]:
    # "currency" before "exchange" is another column than "currency" at the end of a row.
    heads = pieces[1::3]
    return zip_longest(heads, heads[1:], fillvalue="")


def _said_once(columns: Iterable[str], known: Sequence[str]) -> Iterator[str]:
    places: dict[str, int] = {}
    for place, column in enumerate([*known, *columns]):
        first = places.setdefault(column, place)
        if place >= len(known):
            yield column if first == place else f"{_SAME}{first}"


def _dictionary(known: Sequence[str]) -> bytes:
    return (PRESET + _END.join(known)).encode()[-_WINDOW:]


PRESET = _END.join(_taken_apart(_EXAMPLE))

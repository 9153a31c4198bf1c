"""JSON text as few bytes: identifiers as the numbers they are, the rest compressed.

Layout: how many identifiers (4 bytes), 16 bytes each, a raw deflate stream of the text with a mark
where each stood. What the text is compressed against, `PRESET` or an earlier text, has to be known
to read it again: with another PRESET, every row that is packed gets a new format number.
"""

import re
import zlib
from collections import Counter

_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MARK = b"\x01"  # JSON has no control characters
_COUNT_BYTES, _UUID_BYTES = 4, 16
_RAW = -zlib.MAX_WBITS
_WINDOW = 1 << zlib.MAX_WBITS  # deflate looks no further back

# What documents have in common, the most common last. From the providers' shapes, values made up.
PRESET = (
    b'"holdings":{"rows!":{"shapes":[["account_id","security_id","institution_price",'
    b'"institution_price_as_of","institution_price_datetime","institution_value","cost_basis",'
    b'"quantity","iso_currency_code","unofficial_currency_code","vested_quantity","vested_value"'
    b']]"securities":"isin","cusip","sedol","institution_security_id","institution_id",'
    b'"proxy_security_id","name","ticker_symbol","is_cash_equivalent","type","subtype",'
    b'"close_price","close_price_as_of","update_datetime","market_identifier_code","sector",'
    b'"industry","option_contract","fixed_income","cryptocurrency","mutual fund","fixed income",'
    b'"equity","derivative","cash","open_pnl","average_purchase_price","fractional_units",'
    b'"option_positions":[],"total_value":{"value":"orders":[]"symbol.symbol.id",'
    b'"symbol.symbol.raw_symbol","symbol.symbol.description","symbol.symbol.currency.code",'
    b'"symbol.symbol.exchange.mic_code","symbol.symbol.type.code","symbol.local_id"'
    b'"instrument.option_type","instrument.strike_price","instrument.expiration_date",'
    b'"instrument.multiplier","instrument.underlying.kind","instrument.underlying.id",'
    b'"instrument.underlying.symbol","instrument.underlying.raw_symbol",'
    b'"instrument.underlying.description","instrument.underlying.currency",'
    b'"instrument.underlying.exchange","tax_lots","original_purchase_date","quantity",'
    b'"purchased_price","current_price","CALL","PUT","option","crypto","mutualfund","bond","etf",'
    b'"XNYS","ARCX","XNAS","CAD","Canadian Dollar","EUR","GBP","cash_equivalent",'
    b'{"source":{"positions":{"results":{"rows!":{"shapes":[["instrument.kind","instrument.id",'
    b'"instrument.symbol","instrument.raw_symbol","instrument.description",'
    b'"instrument.currency","instrument.exchange","instrument.figi_instrument.figi_code",'
    b'"instrument.figi_instrument.figi_share_class","units","price","cost_basis","currency",'
    b'"cash_equivalent"]],"of":{"all":0},"in":{"instrument.kind":{"all":"stock"},'
    b'"instrument.id":{"split":"\x01|\x01|\x01|\x01"},"instrument.symbol":{"split":"A|B"},'
    b'"instrument.raw_symbol":{"as":"instrument.symbol"},'
    b'"instrument.description":{"split":" Inc.| Corporation| ETF| Fund"},'
    b'"instrument.currency":{"all":"USD"},"instrument.exchange":{"all":"XNAS"},'
    b'"instrument.figi_instrument.figi_code":{"split":"BBG00|BBG00"},'
    b'"instrument.figi_instrument.figi_share_class":{"split":"BBG001S|BBG001S"},'
    b'"units":{"split":"1.00|2.5"},"price":{"split":"10.25|301.20"},'
    b'"cost_basis":{"split":"4.00|250.00"},"currency":{"all":"USD"},'
    b'"cash_equivalent":{"all":false}},"count":2}},"data_freshness":{"as_of":'
    b'"2026-11-20T15:00:00.000000Z"}},"balances":[{"currency":{"id":"\x01","code":"USD",'
    b'"name":"US Dollar"},"cash":100.00,"buying_power":100.00}]},"lines":{"kind":{"as":'
    b'"positions/results/instrument.kind"},"id":{"as":"positions/results/instrument.id"},'
    b'"symbol":{"as":"positions/results/instrument.symbol"},"name":{"as":'
    b'"positions/results/instrument.description"},"instrument_currency":{"as":'
    b'"positions/results/instrument.currency"},"mic":{"as":'
    b'"positions/results/instrument.exchange"},"figi":{"as":'
    b'"positions/results/instrument.figi_instrument.figi_code"},"option":{"all":null},'
    b'"units":{"as":"positions/results/units"},"price":{"as":"positions/results/price"},'
    b'"cost":{"as":"positions/results/cost_basis"},"currency":{"as":'
    b'"positions/results/currency"},"cash_equivalent":{"all":false},"stated_value":{"all":null},'
    b'"lots":{"all":[]}},"count":2,"balances":[["USD","100.00","100.00"]]}'
)


def pack(text: str, *, against: bytes = PRESET) -> bytes:
    """Make a text small; reading it needs the same `against`."""
    plain = text.encode()
    window = against[-_WINDOW:]
    # An identifier that comes again is cheaper as text: deflate points back at it.
    times = Counter(_UUID.findall(plain)) + Counter(_UUID.findall(window))
    packed: list[bytes] = []

    def marked(found: re.Match[bytes]) -> bytes:
        if times[found[0]] > 1:
            return found[0]
        packed.append(bytes.fromhex(found[0].replace(b"-", b"").decode()))
        return _MARK

    rest = _UUID.sub(marked, plain)
    deflate = zlib.compressobj(9, zlib.DEFLATED, _RAW, 9, zdict=window)
    stream = deflate.compress(rest) + deflate.flush()
    return len(packed).to_bytes(_COUNT_BYTES) + b"".join(packed) + stream


def unpack(packed: bytes, *, against: bytes = PRESET) -> str:
    """Give the text back."""
    start = _COUNT_BYTES + _UUID_BYTES * int.from_bytes(packed[:_COUNT_BYTES])
    inflate = zlib.decompressobj(_RAW, zdict=against[-_WINDOW:])
    rest = inflate.decompress(packed[start:]) + inflate.flush()
    places = iter(range(_COUNT_BYTES, start, _UUID_BYTES))

    def shown(_: re.Match[bytes]) -> bytes:
        place = next(places)
        return _dashed(packed[place : place + _UUID_BYTES].hex()).encode()

    return re.sub(_MARK, shown, rest).decode()


def _dashed(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

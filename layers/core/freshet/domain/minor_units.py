"""How many decimal places an amount of a currency has when it is shown."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

from freshet.domain.money import EXACT

_USUAL = 2
# ISO 4217: the currencies with another number of places than two.
_ISO_4217 = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
# Codes that ISO does not know: pence, the yuan outside of China, coins and tokens.
_OTHERS = {
    2: "CNH GBX ZAC ILA",
    6: "USDC USDT ADA XRP XLM TRX ATOM DOT",
    8: "BTC XBT BCH LTC DOGE SOL BNB AVAX",
    18: "ETH ETC MATIC LINK UNI DAI SHIB",
}
_PLACES = {
    code: places
    for table in (_ISO_4217, _OTHERS)
    for places, codes in table.items()
    for code in codes.split()
}
_ISO_LENGTH = 3
_UNKNOWN_CODE = 8
"""Places of a currency in no table that cannot be one of ISO's: a coin that is small change."""
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_EVEN)


def rounded(amount: Decimal, currency: str | None) -> Decimal:
    """Round an amount half to even to the smallest unit of its currency, without idle zeros."""
    whole = amount.quantize(Decimal(1).scaleb(-_places_of(currency)), context=_ROUNDING)
    return whole.normalize(EXACT) if whole else Decimal(0)


def _places_of(currency: str | None) -> int:
    if currency is None:
        return _USUAL
    may_be_iso = len(currency) == _ISO_LENGTH and currency.isalpha()
    return _PLACES.get(currency, _USUAL if may_be_iso else _UNKNOWN_CODE)

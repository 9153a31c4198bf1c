"""How many decimal places an amount of a currency has when it is shown."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

from freshet.domain.money import EXACT

_USUAL, _COIN = 2, 8
"""Places where no currency is told, and of a code that stands in no table: some coin."""
_ISO_4217 = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
    "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR "
    "ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
# Codes that ISO does not know: pence, cents and agorot, the yuan outside of China, coins.
_OTHERS = {
    2: "CNH GBX ZAC ILA",
    6: "USDC USDT ADA XRP XLM TRX ATOM",
    8: "BTC XBT BCH LTC DOGE",
    18: "ETH ETC DAI",
}
_PLACES = {
    code: places
    for table in (_ISO_4217, _OTHERS)
    for places, codes in table.items()
    for code in codes.split()
}
_ROUNDING = Context(prec=400, rounding=ROUND_HALF_EVEN)


def rounded(amount: Decimal, currency: str | None) -> Decimal:
    """Round an amount half to even to the smallest unit of its currency, without idle zeros."""
    whole = amount.quantize(Decimal(1).scaleb(-_places_of(currency)), context=_ROUNDING)
    return whole.normalize(EXACT) if whole else Decimal(0)


def _places_of(currency: str | None) -> int:
    return _USUAL if currency is None else _PLACES.get(currency, _COIN)

"""What a customer must have been given before the provider answers it."""

from datetime import datetime
from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.answers import instant
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.knobs import Knobs
from tests.simulators.snaptrade.refusals import FeatureOff, InvalidInput

_RETURNS = {
    "ALL": Decimal("41.07"),
    "1Y": Decimal("9.31"),
    "YTD": Decimal("7.5"),
    "1M": Decimal("-1.204"),
    "1W": Decimal("0.33"),
    "1D": Decimal("-0.02"),
}


def check_feature(knobs: Knobs, feature: str) -> None:
    """Raise FeatureOff when the customer does not have it."""
    if feature not in knobs.features:
        raise FeatureOff


def return_rates_document(call: Call, *, now: datetime) -> Document:
    """Return invented rates of return for the wanted timeframes, all by default."""
    wanted = call.query.get("timeframes", ",".join(_RETURNS)).split(",")
    if not set(wanted) <= _RETURNS.keys():
        raise InvalidInput
    data = [
        {"timeframe": name, "return_percent": _RETURNS[name], "created_date": instant(now)}
        for name in wanted
    ]
    return {"data": data}

"""What a visit to the institution changes in prices, their dates and quantities."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.instruments import PRECISION, value_of
from tests.simulators.plaid.models import Account

_FRIDAY = 4
_PERCENT = Decimal("0.01")
_MOVES = (Decimal("1.013"), Decimal("0.991"), Decimal("1.004"), Decimal("0.978"))


def move_market(
    account: Account, securities: dict[str, Document], *, revision: int, now: datetime
) -> int:
    """Change every other price and one quantity; returns how many holdings changed."""
    moving = [
        held
        for held in account.holdings
        if not securities.get(held["security_id"], {}).get("is_cash_equivalent")
    ]
    changed = 0
    with localcontext(prec=PRECISION):
        for index, held in enumerate(moving):
            scale = _scale(held)
            is_traded = index == revision % len(moving)
            if is_traded:
                # Away from zero, so that a short stays short and nothing closes by accident.
                lot = _lot(securities.get(held["security_id"], {}))
                held["quantity"] += lot if held["quantity"] >= 0 else -lot
            elif (index + revision) % 2:
                held["institution_price"] = _moved(held["institution_price"], revision + index)
            else:
                continue
            changed += 1
            _revalue(held, scale=scale)
    date_prices(account, now=now)
    return changed


def date_prices(account: Account, *, now: datetime) -> None:
    """Date every price to the market's day, but those whose date the sample states."""
    # Coins trade on every day; prices with an exact time are theirs.
    is_exact = account.price_times == "exact"
    day = (now.astimezone(UTC).date() if is_exact else market_day(now)).isoformat()
    told = {"institution_price_as_of": day}
    if is_exact:
        told["institution_price_datetime"] = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    elif account.price_times == "midnight":
        told["institution_price_datetime"] = f"{day}T00:00:00Z"
    for held in account.holdings:
        # A line of a test that tells no date keeps its shape.
        if "institution_price_as_of" in held and held["security_id"] not in account.dated:
            held.update(told)


def reprice(held: Document, price: Decimal) -> None:
    """Give a holding another price, and the value that follows from it."""
    with localcontext(prec=PRECISION):
        scale = _scale(held)
        held["institution_price"] = price
        _revalue(held, scale=scale)


def market_day(now: datetime) -> date:
    """Return the day itself or the Friday before a weekend; the market here has no holidays."""
    day = now.astimezone(UTC).date()
    return day - timedelta(days=max(0, day.weekday() - _FRIDAY))


def _revalue(held: Document, *, scale: Decimal) -> None:
    """Let the value follow quantity and price."""
    price = Decimal(held["institution_price"])
    if held["institution_value"] is not None:
        held["institution_value"] = value_of(Decimal(held["quantity"]), price * scale)
    if held.get("vested_quantity") is not None:
        held["vested_value"] = value_of(Decimal(held["vested_quantity"]), price)


def _scale(held: Document) -> Decimal:
    """Return what quantity times price is multiplied by to be the value, mostly one."""
    quantity, price = Decimal(held["quantity"]), Decimal(held["institution_price"])
    value, product = held["institution_value"], quantity * price
    for scale in (Decimal(1), _PERCENT):
        if value in {None, value_of(quantity, price * scale)}:
            return scale
    return Decimal(value) / product if product else Decimal(1)


def _lot(security: Document) -> int:
    # Options are counted in units of the underlying, and traded by the contract.
    return 100 if security.get("type") == "derivative" else 1


def _moved(price: Decimal, turn: int) -> Decimal:
    exact = Decimal(price)
    exponent = exact.as_tuple().exponent
    last_digit = Decimal((0, (1,), exponent if isinstance(exponent, int) else 0))
    moved = (exact * _MOVES[turn % len(_MOVES)]).quantize(last_digit)
    return moved if moved != exact else exact + last_digit

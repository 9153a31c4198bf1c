"""An amount of money as JSON."""

from freshet.domain.money import Money, decimal_to_text
from freshet.http.shapes.vocabulary import CurrencyCode, DecimalText, Shape


class MoneyShape(Shape):
    """An amount in one currency."""

    amount: DecimalText
    currency: CurrencyCode


def money_shape(money: Money) -> MoneyShape:
    """Show an amount and its currency."""
    return {"amount": decimal_to_text(money.amount), "currency": money.currency}


def optional_money_shape(money: Money | None) -> MoneyShape | None:
    """Show an amount that may be unknown."""
    return None if money is None else money_shape(money)

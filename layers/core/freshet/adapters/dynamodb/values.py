"""Values that several rows share."""

from typing import Any

from freshet.domain.money import Money, decimal_to_text, exact_decimal


def money_to_item(money: Money) -> dict[str, str]:
    """Keep an amount as text: a DynamoDB number would lose the provider's trailing zeros."""
    return {"amount": decimal_to_text(money.amount), "currency": money.currency}


def money_from_item(item: Any) -> Money:
    """Read an amount back, digit for digit."""
    return Money(exact_decimal(item["amount"]), item["currency"])

"""A provider as JSON: whether it is configured, and what a refresh there costs."""

from freshet.domain.money import Money
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import ProviderTraits
from freshet.http.shapes.money import MoneyShape, money_shape
from freshet.http.shapes.vocabulary import Shape


class ProviderRefreshShape(Shape):
    """What a refresh is like there."""

    cost: MoneyShape
    answers_in_place: bool
    """Whether `POST …/refresh` waits for the provider's verdict."""


class ProviderOfferShape(Shape):
    """What this deployment can do with a provider."""

    name: Provider
    configured: bool
    refresh: ProviderRefreshShape


def provider_shape(
    provider: Provider, traits: ProviderTraits, *, is_configured: bool, price: Money
) -> ProviderOfferShape:
    """Show a provider."""
    return {
        "name": provider,
        "configured": is_configured,
        "refresh": {
            "cost": money_shape(price),
            "answers_in_place": traits.buys_in_place,
        },
    }

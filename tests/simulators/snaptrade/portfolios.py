"""The names of sample portfolios: one account each, or a bundle of them."""

from collections.abc import Callable
from functools import cache

from tests.simulators.snaptrade import meaning_samples as meaning
from tests.simulators.snaptrade import samples
from tests.simulators.snaptrade.models import Portfolio


class UnknownPortfolio(ValueError):
    """No sample portfolio has this name."""


_SAMPLES: dict[str, Callable[[], Portfolio]] = {
    sample.__name__: sample
    for sample in (
        samples.everyday,
        samples.trader,
        samples.crypto,
        samples.northern,
        samples.savings,
        samples.retirement,
        samples.empty,
    )
}
_MEANING: dict[str, Callable[[], Portfolio]] = {
    sample.__name__: sample
    for sample in (
        meaning.futures,
        meaning.future_options,
        meaning.bonds,
        meaning.bonds_per_unit,
        meaning.sweep,
        meaning.short_lots,
        meaning.odd_contracts,
        meaning.two_currencies,
        meaning.fills,
        meaning.misstated,
    )
}
_BUNDLES = {
    "starter": ("everyday", "savings"),
    "complete": tuple(_SAMPLES),
    # Where units times price, or the sum of the lines, is not the worth.
    "meaning": tuple(_MEANING),
    # The scenarios of the provider's own test brokerage.
    "self-directed": ("everyday", "trader"),
    "cash-only": ("empty",),
    "no-transactions": ("quiet",),
    "no-accounts": (),
}
_SIZES = {"huge": 1_200, "enormous": 10_000}
_EVERY_SAMPLE = _SAMPLES | _MEANING | {"quiet": samples.quiet, "odd": samples.odd}


def every_sample() -> list[Portfolio]:
    """Return all sample accounts once."""
    return [_sample(name) for name in _EVERY_SAMPLE]


def portfolios_named(name: str) -> list[Portfolio]:
    """Return the accounts of a bundle, one sample, or `generated-<count>`."""
    prefix, _, count = name.partition("-")
    if prefix == "generated" and count.isdigit():
        return [samples.generated(int(count))]
    if name in _SIZES:
        return [samples.generated(_SIZES[name])]
    try:
        return [_sample(each) for each in _BUNDLES.get(name, (name,))]
    except KeyError as error:
        raise UnknownPortfolio(name) from error


def portfolios_in(value: str | list[str]) -> list[Portfolio]:
    """Return the accounts of one name or of several."""
    names = [value] if isinstance(value, str) else value
    return [portfolio for name in names for portfolio in portfolios_named(name)]


@cache
def _sample(name: str) -> Portfolio:
    # Every account of a sample shares its documents; only the lines are copied.
    return _EVERY_SAMPLE[name]()

"""What reading a provider's answer costs, and what importing the reader costs.

CPU time, beside `json.loads(parse_float=Decimal)` of the same bytes and beside the official SDKs.
SnapTrade's SDK hands out plain dicts with floats, so its reading is no yardstick, only a figure.
"""

import platform
from dataclasses import asdict, dataclass
from decimal import Decimal
from importlib.metadata import version

from tests.benchmarks.answers import Served, documents, plaid_holdings, snaptrade_holdings
from tests.benchmarks.cpu import import_seconds_of, seconds_of
from tests.benchmarks.figures import keep
from tests.benchmarks.readers import our_plaid, our_snaptrade, sdk_plaid, sdk_snaptrade
from tests.benchmarks.tables import show_imports, show_readings

SIZES = (10, 50, 500, 5000)
# What is aimed at; small answers and other sizes have no aim.
_MOST_TIMES_BARE, _FROM_POSITIONS = {"snaptrade": 5.5, "plaid": 3.5}, 50
_LEAST_TIMES_FASTER, _FASTER_AT = 12.0, ("plaid", 500)
_PACKAGES = ("pydantic", "simplejson", "plaid-python", "snaptrade-python-sdk")
# What each side imports before it can read holdings.
_IMPORTS = {
    "snaptrade": ("freshet.adapters.snaptrade.session", "snaptrade_client"),
    "plaid": (
        "freshet.adapters.plaid.session",
        "plaid.api.plaid_api, plaid.model.investments_holdings_get_response",
    ),
}
_SERVE = {"snaptrade": snaptrade_holdings, "plaid": plaid_holdings}
_OURS = {"snaptrade": our_snaptrade, "plaid": our_plaid}
_SDKS = {"snaptrade": sdk_snaptrade, "plaid": sdk_plaid}


@dataclass(frozen=True, slots=True)
class TakeSnapshotsDependencies:
    """One answer read in several ways, in milliseconds of CPU."""

    provider: str
    positions: int
    kilobytes: float
    bare_ms: float
    ours_ms: float
    sdk_ms: float
    ours_to_bare: float
    ours_to_bare_at_most: float | None
    sdk_to_ours: float
    sdk_to_ours_at_least: float | None


@dataclass(frozen=True, slots=True)
class Import:
    """The same reader's import, in milliseconds of CPU."""

    provider: str
    ours_ms: float
    sdk_ms: float
    sdk_to_ours: float


def main() -> None:
    """Measure, show and write the figures."""
    readings = [_reading(provider, size) for provider in _IMPORTS for size in SIZES]
    imports = [_import(provider) for provider in _IMPORTS]
    show_readings(readings)
    show_imports(imports)
    figures = {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
        "readings": [asdict(each) for each in readings],
        "imports": [asdict(each) for each in imports],
    }
    keep("providers", figures)


def _reading(provider: str, size: int) -> TakeSnapshotsDependencies:
    served = _SERVE[provider](size)
    best = seconds_of(
        {
            "bare": lambda: documents(served, parse_float=Decimal),
            "ours": _OURS[provider](served),
            "sdk": _SDKS[provider](served),
        }
    )
    return TakeSnapshotsDependencies(
        provider=provider,
        positions=size,
        kilobytes=round(_bytes(served) / 1000, 1),
        bare_ms=_ms(best["bare"]),
        ours_ms=_ms(best["ours"]),
        sdk_ms=_ms(best["sdk"]),
        ours_to_bare=round(best["ours"] / best["bare"], 2),
        ours_to_bare_at_most=_MOST_TIMES_BARE[provider] if size >= _FROM_POSITIONS else None,
        sdk_to_ours=round(best["sdk"] / best["ours"], 2),
        sdk_to_ours_at_least=_LEAST_TIMES_FASTER if (provider, size) == _FASTER_AT else None,
    )


def _import(provider: str) -> Import:
    ours, sdk = (import_seconds_of(modules) for modules in _IMPORTS[provider])
    return Import(provider, _ms(ours), _ms(sdk), round(sdk / ours, 2))


def _bytes(served: Served) -> int:
    return sum(len(body) for body in served.bodies.values())


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 4)

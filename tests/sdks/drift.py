"""Where the saved specifications and today's providers differ, and which side we are on."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drift:
    """A finding that is no fault: where (a pattern), what it says (a part), and why it is right."""

    where: str
    what: str
    reason: str

    def covers(self, where: str, what: str) -> bool:
        """Tell whether a finding is this one."""
        return re.fullmatch(self.where, where) is not None and self.what in what


# Between the specification saved in August and the SDK of October.
_SNAPTRADE = (
    Drift(
        where=r"GET /authorizations(/{authorizationId})? 200 \$(\[\d+\])?\.data_freshness_mode",
        what="is not of type 'string'",
        reason="an object {institution, snaptrade} since September; text before",
    ),
    Drift(
        where=r"GET /connections/{connectionId}/accounts 200 \$",
        what="is not of type 'array'",
        reason="{results: […]} since the operation left its experimental stage; bare before",
    ),
)

DRIFTS: dict[str, tuple[Drift, ...]] = {"snaptrade": _SNAPTRADE, "plaid": ()}

# What the saved specifications do not know yet; the SDKs do, and judge it alone.
NEWER: dict[str, tuple[str, ...]] = {
    "snaptrade": (
        r"GET /accounts/all",
        r"GET /accounts/[^/]+/details",
        r"GET /accounts/[^/]+/balances/v2",
        r"GET /institutions",
    ),
    "plaid": (r"POST /institutions/get_by_id",),
}


def is_newer(provider: str, method: str, path: str) -> bool:
    """Tell whether an operation came after the specification was saved, or was left out of it."""
    return any(re.fullmatch(pattern, f"{method} {path}") for pattern in NEWER[provider])

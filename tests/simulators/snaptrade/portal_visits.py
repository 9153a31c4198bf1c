"""What a user may do in the portal, and how it may end."""

from dataclasses import dataclass

from tests.simulators.snaptrade.models import Portfolio
from tests.simulators.snaptrade.population import CONNECTION_MODES
from tests.simulators.snaptrade.portfolios import portfolios_in


@dataclass(frozen=True, slots=True)
class Failure:
    """How the portal ends badly: the redirect's two codes, and the event's word."""

    status_code: int
    error_code: str
    result: str


DIFFERENT_LOGIN = Failure(400, "1023", "DIFFERENT_ACCOUNT")
_INVALID_CREDENTIALS = Failure(403, "1066", "INVALID_CREDENTIALS")
FAILURES = {
    "error": _INVALID_CREDENTIALS,
    "invalid-credentials": _INVALID_CREDENTIALS,
    "invalid-mfa-code": Failure(400, "1086", "INVALID_MFA_CODE"),
    "different-login": DIFFERENT_LOGIN,
    "permission-missing": Failure(403, "1140", "UNCAUGHT_ERROR"),
    "unreachable": Failure(500, "3000", "UNCAUGHT_ERROR"),
    # No code of these three is documented; they are our assumption.
    "account-locked": Failure(403, "1066", "INVALID_CREDENTIALS"),
    "rate-limited": Failure(429, "0000", "UNCAUGHT_ERROR"),
    "no-data": Failure(500, "1000", "NO_DATA"),
}
OUTCOMES = ("success", "abandoned", "no_status", *FAILURES)


@dataclass(frozen=True, slots=True)
class Visit:
    """What the user does in the portal; refuses nonsense when built."""

    outcome: str = "success"
    brokerage: str | None = None
    portfolio: str | list[str] = "self-directed"
    mode: str = "delayed"
    # Which of the user's logins at the brokerage; None is the usual one, or the known one.
    login: str | None = None
    # Who owns the accounts that are found; None is somebody unlike everybody else.
    holder: str | None = None

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"outcome: {self.outcome}")
        if self.mode not in CONNECTION_MODES:
            raise ValueError(f"mode: {self.mode}")
        self.portfolios()

    def portfolios(self) -> list[Portfolio]:
        """Return the accounts to be found; raises UnknownPortfolio."""
        return portfolios_in(self.portfolio)

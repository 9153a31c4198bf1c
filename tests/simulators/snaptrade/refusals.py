"""Every refusal the simulated provider can answer, in one place.

Refusal
├── NotVerified ─ TimestampRefused
├── UserUnknown, CredentialsMissing, ClientUnknown
├── NotFound, Retired
├── InvalidInput, UserExists, LinkSpent
├── ConnectionDisabled, AlreadyDisabled, FeatureOff, StillPopulating
├── RateLimited ─ AccountRateLimited
└── RefreshedTooRecently
"""

from tests.simulators.common.exact_json import Document
from tests.simulators.common.limits import Allowance
from tests.simulators.common.wire import Refusal


class NotVerified(Refusal):
    """The signature or the timestamp does not hold."""

    status, code, detail = 401, "1076", "Unable to verify data sent"


class TimestampRefused(NotVerified):
    """The timestamp is malformed or too far from the provider's clock."""

    # The live code of this refusal is unknown; we answer the one of the signature.
    detail = "Invalid timestamp"


class UserUnknown(Refusal):
    """The user id and secret do not belong together."""

    status, code, detail = 401, "1083", "Invalid userID or userSecret provided"


class CredentialsMissing(Refusal):
    """The request is not signed at all."""

    status, code, detail = 401, "0000", "Authentication credentials were not provided."


class ClientUnknown(Refusal):
    """The client id is not ours; no code for it was ever recorded, so none is sent."""

    status, code, detail = 401, None, "Invalid clientId provided"


class NotFound(Refusal):
    """The thing does not exist for this user, or is shared."""

    status, code, detail = 404, "1011", "Not found."


class Retired(Refusal):
    """The endpoint is gone for customers that signed up after the cut-off."""

    status, code = 410, None
    detail = "This endpoint is no longer available for your account."


class InvalidInput(Refusal):
    """A parameter or the body makes no sense."""

    status, code, detail = 400, "1012", "Invalid input."


class UserExists(Refusal):
    """The user id is taken."""

    status, code, detail = 400, "1010", "User with this userId already exists."


class LinkSpent(Refusal):
    """The link to the portal is used, too old or unknown."""

    status, code, detail = 400, "1006", "No authorization in progress."


class ConnectionDisabled(Refusal):
    """A disabled connection cannot be synced."""

    status, code, detail = 402, "3003", "Connection is disabled; unable to sync."


class AlreadyDisabled(Refusal):
    """A disabled connection cannot be disabled."""

    status, code, detail = 402, "3011", "This connection is already disabled."


class FeatureOff(Refusal):
    """The feature is off for this connection."""

    status, code, detail = 403, "1141", "This feature is not enabled."


class StillPopulating(Refusal):
    """The first sync of the account is not done."""

    status, code = 425, "3012"
    detail = "The resource is currently being populated. Please try again later."


class RateLimited(Refusal):
    """The customer's limit is used up."""

    status, code, detail = 429, "0000", "Request was throttled."

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(self.detail)
        self.allowance = allowance


class AccountRateLimited(RateLimited):
    """The limit of one account is used up."""


class RefreshedTooRecently(Refusal):
    """The connection was refreshed a moment ago."""

    status, code = 429, "throttled"
    detail = "Connection refreshed too recently. Please try again later."


def refusal_document(refusal: Refusal, *, shape: str) -> Document:
    """Render the body of a refusal as the live service does, or as the specification says."""
    detail = refusal.detail
    if isinstance(refusal, RateLimited):
        detail += f" Expected available in {refusal.allowance.reset_seconds} seconds."
    if refusal.status == Retired.status:
        return {"detail": detail}
    if refusal.code is None:
        return {"detail": detail, "status_code": refusal.status}
    if shape == "spec" and refusal.status in {400, 401, 403, 404} and refusal.code.isdigit():
        return {"default_detail": detail, "default_code": int(refusal.code)}
    return {"detail": detail, "status_code": refusal.status, "code": refusal.code}

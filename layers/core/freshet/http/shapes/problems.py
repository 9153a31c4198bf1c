"""An error as JSON (RFC 9457), and what API Gateway answers by itself."""

from freshet.http.shapes.user_actions import UserActionShape
from freshet.http.shapes.vocabulary import Shape


class ProviderVerdictShape(Shape):
    """What the provider said, where it was asked."""

    name: str
    status: int | None
    code: str | None
    request_id: str | None
    """Name it to the provider's support."""


class ProblemShape(Shape):
    """Why a request was not fulfilled."""

    type: str
    title: str
    status: int
    code: str
    """Stable: decide by it."""
    detail: str | None
    provider: ProviderVerdictShape | None
    user_action: UserActionShape | None
    """What the user's app should do, where anything can be done."""
    retry_after: int | None
    """Seconds; the same as the header `Retry-After`."""


class GatewayErrorShape(Shape):
    """What API Gateway answers before a request reaches Freshet."""

    message: str | None

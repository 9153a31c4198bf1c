"""What an examination of the deployment finds, and what there is to do about it."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from freshet.domain.provider import Provider

PLANNER = "planner"
"""The heartbeat of the planner's turns."""


def webhooks_of(provider: Provider) -> str:
    """Name the heartbeat of a provider's webhooks."""
    return f"webhooks {provider}"


class Health(StrEnum):
    """How something is doing, the worst last; what could not be looked at may be anything."""

    OK = "ok"
    UNKNOWN = "unknown"
    ATTENTION = "attention"
    BROKEN = "broken"


class Finding(Struct, frozen=True):
    """One line: what was looked at, how it is doing, and what to do."""

    check: str
    status: Health
    found: str
    to_do: str | None = None


class Alarm(Struct, frozen=True, kw_only=True):
    """One alarm of the deployment: whether it tells anybody, and whether it is raised."""

    name: str
    is_armed: bool
    is_raised: bool


class Pause(Struct, frozen=True):
    """Until when a provider is not called, and whether that is because it fails by itself."""

    until: datetime
    is_down: bool


def worst_of(findings: list[Finding]) -> Health:
    """Say how the deployment is doing as a whole."""
    order = list(Health)
    return max((each.status for each in findings), key=order.index, default=Health.OK)

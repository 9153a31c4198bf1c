"""Everything the simulator lets a test turn, with the documented or assumed defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

PARTS = ("total_value", "positions", "balances", "orders")
CHOICES = {
    "data_freshness_shape": ("object", "string", "absent"),
    "error_shape": ("live", "spec"),
    "refresh_outcome": ("changed", "unchanged", "stalled"),
    "sync_time_style": ("iso", "blank"),
}


class KnobRefused(ValueError):
    """A knob is unknown or its value makes no sense."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """The current position of every knob; refuses nonsense when built."""

    clock_skew_seconds: float = 300
    customer_limit: int = 250
    rate_limit_headers: bool = True
    data_freshness_shape: str = "object"
    error_shape: str = "live"
    sync_time_style: str = "iso"
    refresh_interval_seconds: float = 300
    refresh_delay_seconds: float = 2
    refresh_outcome: str = "changed"
    refresh_failed_parts: tuple[str, ...] = ()
    refresh_sends_webhooks: bool = True
    refresh_syncs_transactions: bool = True
    transactions_delay_seconds: float = 2
    initial_sync_delay_seconds: float = 0
    initial_holdings_event: bool = False
    deletion_delay_seconds: float = 2
    webhook_time_scale: float = 1
    webhook_timeout_seconds: float = 10

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise KnobRefused(name)
        if not set(self.refresh_failed_parts) <= set(PARTS):
            raise KnobRefused("refresh_failed_parts")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int | float) and value < 0:
                raise KnobRefused(field.name)

    def turned(self, changes: Mapping[str, Any]) -> "Knobs":
        """Return the knobs after some changes given as plain JSON values."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in changes:
            if name not in known:
                raise KnobRefused(name)
        typed = {name: _typed(name, known[name], value) for name, value in changes.items()}
        return replace(self, **typed)


def _typed(name: str, current: object, value: Any) -> Any:
    if isinstance(current, bool) != isinstance(value, bool):
        raise KnobRefused(name)
    if isinstance(current, tuple):
        return tuple(value)
    if isinstance(current, int | float):
        # Control bodies arrive with Decimal fractions; delays go to the threading module.
        return value if isinstance(value, int) else float(value)
    return value

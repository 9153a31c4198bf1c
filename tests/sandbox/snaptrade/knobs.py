"""Everything the simulator lets a test turn, with the documented or assumed defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.simulation.knobs import KnobRefused, check_knobs, turned_knobs

PARTS = ("total_value", "positions", "balances", "orders")
CHOICES = {
    "data_freshness_shape": ("object", "string", "absent"),
    "error_shape": ("live", "spec"),
    "refresh_outcome": ("changed", "unchanged", "stalled"),
    "sync_time_style": ("iso", "blank"),
}


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
        check_knobs(self, CHOICES)
        if not set(self.refresh_failed_parts) <= set(PARTS):
            raise KnobRefused("refresh_failed_parts")

    def turned(self, changes: Mapping[str, Any]) -> "Knobs":
        """Return the knobs after some changes given as plain JSON values."""
        return turned_knobs(self, changes)

"""Everything the simulator lets a test turn, with the documented or assumed defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.common.knobs import KnobRefused, check_knobs, turned_knobs

PARTS = ("total_value", "positions", "balances", "orders")
PERSONAL_ACCOUNT_LIMIT = 10
# What the customer may have to ask the provider for.
FEATURES = ("balances_v2", "disable", "recent_orders", "return_rates")
CHOICES = {
    # Units that are no whole number: in both members, or in `fractional_units` with null units.
    "fractional_units": ("both", "apart"),
    "customer_kind": ("commercial", "personal"),
    "data_freshness_shape": ("object", "string", "absent"),
    "error_shape": ("live", "spec"),
    "refresh_outcome": ("changed", "unchanged", "undated", "stalled"),
    "sync_time_style": ("iso", "blank"),
    "webhook_schema": ("api_key", "oauth_v1"),
}


@dataclass(frozen=True, slots=True)
class Knobs:
    """The current position of every knob; refuses nonsense when built."""

    customer_kind: str = "commercial"
    # Customers that signed up before the summer of 2026 still have the older endpoints.
    legacy_endpoints: bool = False
    # A test key by default: it may disable connections; return rates and balances_v2 are opt-in.
    features: tuple[str, ...] = ("disable", "recent_orders")
    clock_skew_seconds: float = 300
    key_overlap_seconds: float = 0
    customer_limit: int = 250
    # 0 is the documented default: none for commercial keys, 10 for personal ones.
    account_limit: int = 0
    rate_limit_headers: bool = True
    retry_after_header: bool = True
    link_seconds: float = 300
    data_freshness_shape: str = "object"
    error_shape: str = "live"
    institution_account_ids: bool = True
    sync_time_style: str = "iso"
    fractional_units: str = "both"
    # Parts that are null in the retired call: positions, balances.
    retired_nulls: tuple[str, ...] = ()
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
    webhook_schema: str = "api_key"
    webhook_restamps_retries: bool = False
    webhook_copies: int = 1
    webhook_delay_seconds: float = 0

    def __post_init__(self) -> None:
        check_knobs(self, CHOICES)
        if not set(self.refresh_failed_parts) <= set(PARTS):
            raise KnobRefused("refresh_failed_parts")
        if not set(self.retired_nulls) <= {"positions", "balances"}:
            raise KnobRefused("retired_nulls")
        if not set(self.features) <= set(FEATURES):
            raise KnobRefused("features")

    @property
    def effective_account_limit(self) -> int:
        """Return the requests per account and minute; 0 is no limit."""
        if self.account_limit or self.customer_kind == "commercial":
            return self.account_limit
        return PERSONAL_ACCOUNT_LIMIT

    def turned(self, changes: Mapping[str, Any]) -> "Knobs":
        """Return the knobs after some changes given as plain JSON values."""
        return turned_knobs(self, changes)

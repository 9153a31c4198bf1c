"""Everything the simulator lets a test turn, with the documented or assumed defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.common.knobs import KnobRefused, check_knobs, turned_knobs
from tests.simulators.plaid.error_codes import is_known_code
from tests.simulators.plaid.errors import ErrorStyle

CHOICES = {
    "refresh_latency_style": ("fixed", "spread"),
    "transactions_webhook": ("subscribed", "always", "never"),
    "answer_latency_style": ("fixed", "spread"),
    "history_mode": ("sync", "async"),
    "history_at_link": ("none", "recent"),
    "revoked_update": ("allow", "refuse"),
    "webhook_error_style": ("full", "thin"),
    "error_reason_style": ("omitted", "null"),
    "broken_items": ("refuse", "serve_cached"),
    "timestamp_style": ("seconds", "milliseconds"),
    "key_outcome": ("key", "429", "500", "unknown"),
}
# A refresh ends in one of these or in an error code.
REFRESH_OUTCOMES = ("changed", "unchanged", "stalled")


@dataclass(frozen=True, slots=True)
class PlaidKnobs:
    """The current position of every knob; refuses nonsense when built."""

    refresh_entitled: bool = True
    refresh_outcome: str = "changed"
    refresh_latency_seconds: float = 0
    refresh_latency_style: str = "fixed"
    slow_institution_seconds: float = 35
    refresh_answer_delay_seconds: float = 0
    refresh_data_delay_seconds: float = 0
    refresh_item_limit: int = 1
    refresh_client_limit: int = 100
    refresh_limit_code: str = "RATE_LIMIT"
    refresh_failures_count: bool = True
    read_limits: bool = True
    answer_latency_seconds: float = 0
    answer_latency_style: str = "fixed"
    transactions_webhook: str = "subscribed"
    history_mode: str = "sync"
    # What an Item has while its first pull runs in async mode: nothing, or the last 30 days.
    history_at_link: str = "none"
    history_delay_seconds: float = 1
    # Sandbox logins go stale after this time; 0 is never.
    item_lifetime_days: float = 30
    # The trial plan gives 10, and none back; 0 is any number.
    trial_slots: int = 0
    consent_enforced: bool = False
    revoked_update: str = "allow"
    user_ids: bool = False
    persistent_account_ids: bool = False
    broken_items: str = "refuse"
    webhook_delay_seconds: float = 0
    webhook_copies: int = 1
    webhook_time_scale: float = 1
    webhook_timeout_seconds: float = 10
    # How many attempts a day the breaker waits for is our assumption.
    webhook_breaker_minimum: int = 100
    webhook_error_style: str = "full"
    error_reason_style: str = "omitted"
    key_latency_seconds: float = 0
    key_outcome: str = "key"
    timestamp_style: str = "seconds"
    newer_fields: bool = True
    extra_fields: bool = False

    def __post_init__(self) -> None:
        check_knobs(self, CHOICES)
        if self.refresh_outcome not in REFRESH_OUTCOMES and not is_known_code(self.refresh_outcome):
            raise KnobRefused("refresh_outcome")

    @property
    def answer_errors(self) -> ErrorStyle:
        """Return how errors of answers look."""
        return ErrorStyle(is_reason_null=self.error_reason_style == "null")

    @property
    def webhook_errors(self) -> ErrorStyle:
        """Return how errors in webhooks look."""
        is_thin = self.webhook_error_style == "thin"
        return ErrorStyle(is_reason_null=self.error_reason_style == "null", is_thin=is_thin)

    def turned(self, changes: Mapping[str, Any]) -> "PlaidKnobs":
        """Return the knobs after some changes given as plain JSON values."""
        return turned_knobs(self, changes)

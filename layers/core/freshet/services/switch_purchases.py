"""The kill switch: an operator's move."""

from msgspec import Struct

from freshet.observability import logger
from freshet.ports import Budgets


class SwitchPurchasesDependencies(Struct, frozen=True):
    """What the switch needs from outside."""

    budgets: Budgets


def switch_purchases(*, is_stopped: bool, deps: SwitchPurchasesDependencies) -> bool:
    """Stop all purchases or let them go on, and say which; turning it twice does no harm."""
    deps.budgets.stop_purchases(is_stopped=is_stopped)
    logger.warning("Purchases switched", purchases_stopped=is_stopped)
    return is_stopped

"""The kill switch: an operator's move."""

from dataclasses import dataclass

from freshet.observability import logger
from freshet.ports import Budgets


@dataclass(frozen=True, slots=True)
class Switching:
    """What the switch needs from outside."""

    budgets: Budgets


def switch_purchases(*, is_stopped: bool, parts: Switching) -> bool:
    """Stop all purchases or let them go on, and say which; turning it twice does no harm."""
    parts.budgets.stop_purchases(is_stopped=is_stopped)
    logger.warning("Purchases switched", purchases_stopped=is_stopped)
    return is_stopped

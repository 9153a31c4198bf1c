"""An operator settles a refresh at what the provider's invoice bills for it."""

from msgspec import Struct

from freshet.domain.concurrency import retry_lost_races
from freshet.domain.ledger import Settlement, settle
from freshet.domain.refresh import Refresh
from freshet.observability import logger
from freshet.ports import Clock, Refreshes


class SettleRefreshDependencies(Struct, frozen=True):
    """What a settlement needs from outside."""

    refreshes: Refreshes
    clock: Clock


def settle_refresh(
    user_id: str, refresh_id: str, settlement: Settlement, *, deps: SettleRefreshDependencies
) -> Refresh:
    """Book what the invoice bills, once; the budgets follow. Raises NotFound and InvalidField."""

    def attempt() -> Refresh:
        refresh = deps.refreshes.get(user_id, refresh_id)
        settled = settle(refresh, settlement, deps.refreshes.settlements(refresh))
        if settled is None:
            return refresh
        saved = deps.refreshes.settle(settled)
        logger.warning(
            "A refresh was settled",
            refresh_id=refresh_id,
            invoice=settlement.invoice,
            by=settlement.by,
            was=str(refresh.cost.amount),
            billed=str(settlement.billed.amount),
        )
        return saved

    return retry_lost_races(attempt, row=refresh_id)

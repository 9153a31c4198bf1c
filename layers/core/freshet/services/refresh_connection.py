"""What a worker does with a refresh order: buy, or write down why not; never fail for business."""

from datetime import datetime

from freshet import metrics
from freshet.domain.commands import RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.errors import (
    BudgetExhausted,
    CredentialMissing,
    FreshetError,
    NotFound,
    ProviderNotConfigured,
    RefreshRefused,
    RefreshTooSoon,
    refusal_reason,
)
from freshet.observability import count, logger
from freshet.services.announce import announce
from freshet.services.billable_call import PurchaseDependencies
from freshet.services.purchase_refresh import purchase_refresh


def refresh_connection(command: RefreshCommand, *, deps: PurchaseDependencies) -> None:
    """Work one order; raises only for trouble on our side, so that the message comes again."""
    try:
        purchase_refresh(command, deps=deps, may_wait=True)
    except NotFound:
        count(
            metrics.REFRESH_COMMAND_ORPHANED
        )  # the connection was removed while the message waited
    except (RefreshRefused, ProviderNotConfigured, CredentialMissing) as refusal:
        reason = refusal_reason(refusal)
        count(metrics.REFRESH_REFUSED)
        logger.info("Refresh refused", reason=reason)
        _note(command, refusal, reason, deps)


def _note(
    command: RefreshCommand, refusal: FreshetError, reason: str, deps: PurchaseDependencies
) -> None:
    now = deps.clock()

    def step(connection: Connection) -> Connection:
        noted = connection.after_refusal(reason, now=now, retry_at=_retry_at(refusal))
        if isinstance(refusal, CredentialMissing):
            noted = noted.with_login_required(reason, read_at=now)
        return noted.announcing_status(connection, now=now).rescheduled(now=now)

    after = deps.connections.change(command.user_id, command.connection_id, step)
    announce(after, connections=deps.connections, bus=deps.bus)


def _retry_at(refusal: FreshetError) -> datetime | None:
    if isinstance(refusal, RefreshTooSoon):
        return refusal.retry_at
    if isinstance(refusal, BudgetExhausted):
        return refusal.resets_at
    return None

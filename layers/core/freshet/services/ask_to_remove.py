"""One try to have something removed at its provider, whatever becomes of it."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from freshet import metrics
from freshet.domain.call_errors import CallFailed, ProviderAnswer
from freshet.domain.erasure import Upstream
from freshet.domain.errors import (
    CredentialMissing,
    FreshetError,
    ProviderNotConfigured,
    SecretUnavailable,
)
from freshet.domain.trouble import log_keys_of
from freshet.observability import count, logger


class Tried(Struct, frozen=True, kw_only=True):
    """How far the removal is after a try, and when to try again if it is not over."""

    upstream: Upstream
    again_at: datetime


def try_to_remove(
    upstream: Upstream,
    ask: Callable[[], ProviderAnswer],
    *,
    is_done_at_once: bool,
    requested_at: datetime,
    now: datetime,
) -> Tried:
    """Ask once; a failure is an outcome like any other."""
    outcome = _outcome(ask)
    after = upstream.after(
        outcome, is_done_at_once=is_done_at_once, requested_at=requested_at, now=now
    )
    if after.reason is not None:
        count(metrics.REMOVAL_NOT_DONE)
        failed = log_keys_of(outcome) if isinstance(outcome, CallFailed) else {}
        logger.info("Provider has not removed", **{"reason": after.reason} | failed)
    at_least = outcome.retry_at(now) if isinstance(outcome, CallFailed) else now
    return Tried(upstream=after, again_at=max(at_least, after.next_try(now=now)))


def _outcome(ask: Callable[[], ProviderAnswer]) -> ProviderAnswer | FreshetError:
    try:
        return ask()
    except (CallFailed, CredentialMissing, ProviderNotConfigured, SecretUnavailable) as failure:
        return failure

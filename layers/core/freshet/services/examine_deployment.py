"""An operator has the deployment examined: each check looks at one thing and says what to do.

The checks are independent. One that cannot be made tells the class of its error and not the text,
which may quote a secret.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial

from msgspec import Struct

from freshet.domain.call_errors import CallFailed, ProviderRejectedUs
from freshet.domain.errors import KeysNotFilledIn, SecretUnavailable
from freshet.domain.health import PLANNER, Finding, Health, webhooks_of
from freshet.domain.instants import to_words
from freshet.domain.money import decimal_to_text
from freshet.domain.provider import Provider
from freshet.observability import logger
from freshet.ports import (
    Alarms,
    Budgets,
    Clock,
    DeadLetters,
    DueConnections,
    Heartbeats,
    Protection,
    ProviderStanding,
)

_TURN_MISSED = timedelta(minutes=3)
_SILENT = timedelta(hours=26)  # each connection has news once a day
_OVERDUE = timedelta(hours=1)
_NEARLY_SPENT = Decimal("0.8")
_FEW = 10  # of the due: those that a user waits for come first

type Result = tuple[Health, str, str | None]
type Check = Callable[[], Result]


class ExamineDependencies(Struct, frozen=True, kw_only=True):
    """What the checks look at."""

    standings: Mapping[Provider, ProviderStanding]
    hears: frozenset[Provider]
    """The providers that send webhooks."""
    heartbeats: Heartbeats
    dead_letters: Mapping[str, DeadLetters]
    due: DueConnections
    budgets: Budgets
    monthly_budget: Decimal
    alarms: Alarms
    protection: Protection
    clock: Clock


def examine(*, deps: ExamineDependencies) -> list[Finding]:
    """Make every check; none raises."""
    return [_made(name, check) for name, check in _checks(deps)]


def _made(name: str, check: Check) -> Finding:
    try:
        return Finding(name, *check())
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks are made
        logger.warning("Check not made", check=name, reason=type(error).__name__)
        return Finding(
            name, Health.UNKNOWN, f"This could not be looked at ({type(error).__name__})."
        )


def _checks(deps: ExamineDependencies) -> Iterator[tuple[str, Check]]:
    for provider, standing in sorted(deps.standings.items()):
        yield f"keys {provider}", partial(_keys, standing)
        if provider in deps.hears:
            yield f"webhooks {provider}", partial(_webhooks, provider, deps)
        yield f"quota {provider}", partial(_quota, standing, deps)
        yield f"overdue {provider}", partial(_overdue, provider, deps)
    yield "planner", partial(_planner, deps)
    for name, letters in deps.dead_letters.items():
        yield f"dead letters {name}", partial(_dead, name, letters)
    yield "budget", partial(_budget, deps)
    yield "alarms", partial(_alarms, deps.alarms)
    yield "protection", partial(_protection, deps.protection)


def _keys(standing: ProviderStanding) -> Result:
    fill_in = "Put the provider's keys into its secret, as the operator's page says."
    try:
        standing.try_keys()
    except KeysNotFilledIn:
        return Health.BROKEN, "The secret still holds the value that the stack made.", fill_in
    except SecretUnavailable:
        return Health.BROKEN, "The secret cannot be read, or holds no keys.", fill_in
    except ProviderRejectedUs as refused:
        return Health.BROKEN, f"The provider refuses our keys ({refused.reason}).", fill_in
    except CallFailed as failure:
        wait = "Ask again in some minutes; see the provider's status page."
        return Health.UNKNOWN, f"The provider could not be asked ({failure.reason}).", wait
    return Health.OK, "The provider has answered a call with our keys.", None


def _webhooks(provider: Provider, deps: ExamineDependencies) -> Result:
    enter = "See that the provider calls the stack's address, and why deliveries are refused."
    last = deps.heartbeats.last(webhooks_of(provider))
    if last is None:
        return Health.ATTENTION, "No webhook was ever worked.", enter
    found = f"A webhook was last worked at {to_words(last)}."
    if deps.clock() - last > _SILENT:
        return Health.ATTENTION, found, enter
    return Health.OK, found, None


def _quota(standing: ProviderStanding, deps: ExamineDependencies) -> Result:
    limit, pause = f"{standing.calls_per_minute} calls a minute", standing.pause(now=deps.clock())
    if pause is None:
        return Health.OK, f"Up to {limit} are made.", None
    why = "it fails by itself" if pause.is_down else "its limit is used up or it asked for a pause"
    found = f"No call is made until {to_words(pause.until)}, since {why}; else {limit}."
    to_do = "Wait; if it lasts, see the provider's status page and what else uses the key."
    return Health.ATTENTION, found, to_do


def _overdue(provider: Provider, deps: ExamineDependencies) -> Result:
    now = deps.clock()
    found = deps.due.due(provider, now=now, limit=_FEW)
    if not found:
        return Health.OK, "No connection is overdue.", None
    _, connection_id, due_at = min(found, key=lambda each: each[2])
    told = f"{connection_id} has been due since {to_words(due_at)}."
    if now - due_at > _OVERDUE:
        return Health.ATTENTION, told, "See the planner, the quota and the page's capacity section."
    return Health.OK, told, None


def _planner(deps: ExamineDependencies) -> Result:
    to_do = "See the log of plan_refreshes, its dead letters, and whether its schedule is enabled."
    last = deps.heartbeats.last(PLANNER)
    if last is None:
        return Health.BROKEN, "No turn has ever ended well.", to_do
    is_late = deps.clock() - last > _TURN_MISSED
    found = f"The last turn ended well at {to_words(last)}."
    return (Health.BROKEN, found, to_do) if is_late else (Health.OK, found, None)


def _dead(name: str, letters: DeadLetters) -> Result:
    number = letters.count()
    if number == 0:
        return Health.OK, "There are none.", None
    to_do = f"See the worker's log, deploy the fix, then send redrive with queue {name}."
    return Health.ATTENTION, f"There are about {number}.", to_do


def _budget(deps: ExamineDependencies) -> Result:
    spent, limit = deps.budgets.of_deployment(now=deps.clock()), deps.monthly_budget
    dollars = spent.spending.dollars
    found = (
        f"{decimal_to_text(dollars)} of {decimal_to_text(limit)} USD are spent this month,"
        f" {decimal_to_text(max(limit - dollars, Decimal(0)))} are left."
    )
    if spent.is_stopped:
        return Health.ATTENTION, f"Purchases are stopped. {found}", "Send resume_purchases."
    if dollars >= limit * _NEARLY_SPENT:
        return Health.ATTENTION, found, "Raise DeploymentMonthlyBudgetUsd, or let refreshes end."
    return Health.OK, found, None


def _alarms(alarms: Alarms) -> Result:
    found = alarms.all()
    raised = sorted(each.name for each in found if each.is_raised)
    silent = sum(not each.is_armed for each in found)
    if raised:
        return Health.BROKEN, f"Raised: {', '.join(raised)}.", "See what the page says of each."
    if not found or silent:
        told = f"{silent} of {len(found)} alarms have no action." if found else "There are none."
        return Health.ATTENTION, told, "Deploy with AlarmTopicArn or AlarmEmail."
    return Health.OK, f"All {len(found)} alarms are armed, and none is raised.", None


def _protection(protection: Protection) -> Result:
    bare = sorted(name for name, is_so in protection.by_table().items() if not is_so)
    if bare:
        found = f"These tables can be deleted: {', '.join(bare)}."
        return Health.ATTENTION, found, "Deploy with ProtectData=yes."
    return Health.OK, "The tables are protected from deletion.", None

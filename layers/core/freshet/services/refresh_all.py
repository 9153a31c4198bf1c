"""All connections of a user at once: each on its own, so that one refusal stops no other.

What is refused is told from what was read at once for all of them, without a request for each.
Purchases are reserved one after the other, live reads begun several at a time, until the time is
up; the same idempotency key goes on with what was not begun.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import batched

from msgspec import Struct

from freshet.domain.budgets import Spent
from freshet.domain.commands import RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ASLEEP
from freshet.domain.errors import (
    ConcurrentChange,
    CredentialMissing,
    FreshetError,
    NotBegun,
    NotFound,
    ProviderNotConfigured,
    QueueUnavailable,
    RefreshRefused,
    SecretUnavailable,
)
from freshet.domain.purchase_checks import refusal_of
from freshet.domain.refresh import Kind, Refresh
from freshet.domain.refresh_request import RefreshRequest
from freshet.services.preview_refresh import Preview, preview_of
from freshet.services.refresh_records import (
    Purchase,
    RequestRefreshDependencies,
    called,
    is_to_be_called,
    terms_of,
)
from freshet.services.request_refresh import begin_refresh

_TIME = timedelta(seconds=8)
"""Nothing is begun after this: what is under way ends well within the caller's patience."""
_SIDE_BY_SIDE = 8
_OF_ONE_CONNECTION = (
    RefreshRefused,
    NotFound,
    ProviderNotConfigured,
    CredentialMissing,
    SecretUnavailable,
    ConcurrentChange,
    QueueUnavailable,
)


class RefreshAllRequest(Struct, frozen=True, kw_only=True):
    """A user's request for everything; `actor` as in RefreshRequest."""

    user_id: str
    actor: str
    idempotency_key: str | None = None

    def of(self, connection: Connection) -> RefreshRequest:
        """Make the request for one of the connections."""
        return RefreshRequest(
            user_id=self.user_id,
            connection_id=connection.id,
            actor=self.actor,
            idempotency_key=self.idempotency_key,
            is_one_of_all=True,
        )


class Answered[Result](Struct, frozen=True, kw_only=True):
    """What became of one connection: a result or the reason why there is none."""

    connection_id: str
    result: Result | None = None
    refusal: FreshetError | None = None


class _Asked(Struct, frozen=True, kw_only=True):
    """One of the connections, the command it becomes, and what is on record of it."""

    connection: Connection
    command: RefreshCommand
    known: Refresh | None
    """What the same key has brought before."""
    opened: Refresh | None


def refresh_all(
    request: RefreshAllRequest, *, deps: RequestRefreshDependencies
) -> list[Answered[Purchase]]:
    """Refresh every connection of a user, never in place; the same key gives the same refreshes."""
    until = deps.purchasing.clock() + _TIME
    asked, spent = _read(request, deps, now=until - _TIME)
    answers = _on_record(asked, deps)
    _tell_workers(asked, answers, deps)
    answers |= _bought(
        [each for each in asked if each.connection.id not in answers and _is_purchase(each)],
        spent,
        deps,
        until=until,
    )
    others = [
        each for each in asked if each.connection.id not in answers and not _is_purchase(each)
    ]
    for some in batched(others, _SIDE_BY_SIDE, strict=False):
        if deps.purchasing.clock() > until:
            break
        begun = deps.overlapped(lambda each: _answered(each, partial(_begun, deps=deps)), some)
        answers |= {each.connection_id: each for each in begun}
    return [
        answers.get(each.connection.id)
        or Answered(connection_id=each.connection.id, refusal=NotBegun())
        for each in asked
    ]


def preview_all(
    request: RefreshAllRequest, *, deps: RequestRefreshDependencies
) -> list[Answered[Preview]]:
    """Say what `refresh_all` would do: each purchase leaves less for the next ones.

    Raises IdempotencyMismatch.
    """
    now = deps.purchasing.clock()
    asked, spent = _read(request, deps, now=now)

    def preview(each: _Asked) -> Preview:
        nonlocal spent
        found = preview_of(
            each.connection, each.known, each.opened, spent, deps=deps.purchasing, now=now
        )
        spent = found.spent
        return found

    return [_answered(each, preview) for each in asked]


def _read(
    request: RefreshAllRequest, deps: RequestRefreshDependencies, *, now: datetime
) -> tuple[list[_Asked], Spent]:
    """Read all that is to be known of the connections, those first that wait longest.

    Should a budget end halfway, those go without that were refreshed last.
    """
    budgets = deps.purchasing.budgets
    connections, of_user = budgets.with_connections(request.user_id, now=now)
    in_turn = sorted(connections, key=lambda each: (_waiting_since(each), each.id))
    commands = [_command(request.of(each), deps) for each in in_turn]
    wanted = [each for connection in in_turn if (each := connection.slots.holdings.refresh_id)]
    if request.idempotency_key is not None:
        wanted += [each.refresh_id for each in commands]
    found: Mapping[str, Refresh] = {}
    if wanted:
        found = deps.purchasing.refreshes.some(request.user_id, wanted)
    asked = [
        _Asked(
            connection=connection,
            command=command,
            known=found.get(command.refresh_id),
            opened=found.get(connection.slots.holdings.refresh_id or ""),
        )
        for connection, command in zip(in_turn, commands, strict=True)
    ]
    return asked, Spent(of_user=of_user, of_deployment=budgets.of_deployment(now=now))


def _command(request: RefreshRequest, deps: RequestRefreshDependencies) -> RefreshCommand:
    return request.command(request.refresh_id(Kind.HOLDINGS, deps.random_bytes))


def _on_record(
    asked: Sequence[_Asked], deps: RequestRefreshDependencies
) -> dict[str, Answered[Purchase]]:
    """Answer with what the same key has brought before, and with what is open."""
    answers: dict[str, Answered[Purchase]] = {}
    for each in asked:
        connection = each.connection
        if each.known is not None:
            found = called(each.known, connection, None, deps.purchasing)
        elif each.opened is not None and connection.link.status not in ASLEEP:
            found = Purchase(refresh=each.opened, joined=True)
        else:
            continue
        answers[connection.id] = Answered(connection_id=connection.id, result=found)
    return answers


def _is_purchase(each: _Asked) -> bool:
    connection = each.connection
    return connection.can_refresh and connection.link.status not in ASLEEP


def _bought(
    asked: Sequence[_Asked], spent: Spent, deps: RequestRefreshDependencies, *, until: datetime
) -> dict[str, Answered[Purchase]]:
    """Reserve one after the other: all of them share the rows of the user and the deployment.

    Each leaves less for the next ones; what is refused for a pause or a budget costs no request.
    """
    answers = dict[str, Answered[Purchase]]()
    try:
        for each in asked:
            connection, now = each.connection, deps.purchasing.clock()
            terms = terms_of(connection.provider, deps.purchasing)
            refusal = refusal_of(connection, spent, terms=terms, now=now)
            if refusal is not None:
                answer = Answered[Purchase](connection_id=connection.id, refusal=refusal)
            elif now > until:
                continue
            else:
                answer = _answered(each, partial(_begun, deps=deps))
                if answer.result is not None:
                    spent = spent.plus(connection.id, terms.price)
            answers[connection.id] = answer
    finally:
        _tell_workers(asked, answers, deps)
    return answers


def _begun(each: _Asked, *, deps: RequestRefreshDependencies) -> Purchase:
    return begin_refresh(
        each.command, each.known, each.connection, in_place=False, deps=deps.purchasing
    )


def _tell_workers(
    some: Sequence[_Asked],
    answers: Mapping[str, Answered[Purchase]],
    deps: RequestRefreshDependencies,
) -> None:
    """Have those called that are reserved; should no message be sent, they are due again soon."""
    now, commands = deps.purchasing.clock(), []
    for each in some:
        purchase = answers[each.connection.id].result if each.connection.id in answers else None
        if purchase is not None and is_to_be_called(purchase, each.connection, now=now):
            commands.append(replace(each.command, refresh_id=purchase.refresh.id))
    if commands:
        with suppress(QueueUnavailable):
            deps.queue.send(commands)


def _waiting_since(connection: Connection) -> datetime:
    return connection.purchases.last_purchase_at or connection.created_at


def _answered[Result](each: _Asked, ask: Callable[[_Asked], Result]) -> Answered[Result]:
    connection_id = each.connection.id
    try:
        return Answered(connection_id=connection_id, result=ask(each))
    except _OF_ONE_CONNECTION as refusal:
        return Answered(connection_id=connection_id, refusal=refusal)

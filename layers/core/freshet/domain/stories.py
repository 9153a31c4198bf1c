"""A connection, a refresh and a webhook told in plain sentences, from what is stored of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from freshet.domain.connection import Connection
from freshet.domain.connection_status import BROKEN, GONE
from freshet.domain.instants import to_words
from freshet.domain.ledger import LedgerEntry, Settlement
from freshet.domain.money import Money, decimal_to_text
from freshet.domain.refresh import Method, Refresh
from freshet.domain.webhooks import LeftOfEvent, WebhookEvent


def story_of_connection(connection: Connection, *, now: datetime) -> Iterator[str]:
    """Tell how it came and how it is, and when it is read next and why then."""
    link, schedule = connection.link, connection.schedule
    yield (
        f"{to_words(connection.created_at)}: connection {connection.id} was registered, with"
        f" {len(connection.account_ids)} accounts so far; at {connection.provider} it is"
        f" {link.provider_connection_id}, at the institution {link.institution.name or 'unknown'}."
    )
    why = f" because of {link.status_reason}" if link.status_reason else ""
    yield f"Its status is {link.status}{why}."
    if link.status_read_at is None:
        yield "It was never read."
    else:
        yield f"{to_words(link.status_read_at)}: the last read that told how it is."
    if link.broken_since is not None:
        yield f"{to_words(link.broken_since)}: the provider first said that it is broken."
    if link.suspicion is not None:
        yield f"The provider says that it is broken ({link.suspicion.reason}); not believed yet."
    if schedule.consecutive_failures:
        yield f"Its last {schedule.consecutive_failures} reads in a row have failed."
    yield from _next_read(connection, now=now)
    yield from _purchases(connection)


def _next_read(connection: Connection, *, now: datetime) -> Iterator[str]:
    link, schedule = connection.link, connection.schedule
    if link.status in GONE:
        yield "It is read no more: it was removed, or is being removed."
        return
    if link.status in BROKEN:
        look = link.next_look_at
        until = f"; it is looked at again at {to_words(look)}" if look else ""
        yield f"It is not read until its user links again{until}."
        return
    if connection.paused:
        yield "It is paused: only its user's requests read it."
        return
    for read, announced in connection.pending.announced.items():
        yield f"{to_words(announced.at)}: a webhook announced its {read.subject}, unread so far."
    if schedule.is_being_read(now=now):
        yield "It is being read at this moment."
    if schedule.next_read_at is not None:
        yield f"{to_words(schedule.next_read_at)}: its next read, {_why_then(connection)}."
    if connection.due_at is not None:
        yield f"{to_words(connection.due_at)}: the planner looks at it then, or did and is late."


def _why_then(connection: Connection) -> str:
    schedule = connection.schedule
    if schedule.overdue_since is not None:
        return f"put off for want of quota since {to_words(schedule.overdue_since)}"
    if schedule.consecutive_failures:
        return "later after each failure"
    if connection.link.status_read_at is None:
        return "the first"
    return f"as it is read every {connection.cadence.read_every}"


def _purchases(connection: Connection) -> Iterator[str]:
    purchases, every = connection.purchases, connection.cadence.refresh_every
    for refresh_id in connection.slots.open_ids:
        yield f"Refresh {refresh_id} is open."
    if every is not None and purchases.next_refresh_at is not None:
        yield f"{to_words(purchases.next_refresh_at)}: the schedule buys next, every {every}."
    if purchases.last_refusal is not None:
        yield f"The last wanted purchase did not happen: {purchases.last_refusal}."


def line_of_refresh(refresh: Refresh) -> str:
    """Tell a refresh in one sentence."""
    reason = f" ({refresh.reason})" if refresh.reason else ""
    return (
        f"{to_words(refresh.created_at)}: {refresh.method} {refresh.id} for {refresh.actor}:"
        f" {refresh.status}{reason}, {_money(refresh.cost)}."
    )


def story_of_refresh(refresh: Refresh, settlements: Sequence[Settlement]) -> Iterator[str]:
    """Tell who asked, what was called and answered, how it ended, and what the books say."""
    yield (
        f"{to_words(refresh.created_at)}: {refresh.actor} asked ({refresh.trigger}) for a"
        f" {refresh.method} of {refresh.kind} of connection {refresh.connection_id}."
    )
    if refresh.method is Method.PURCHASE and refresh.budget_buckets:
        months = ", ".join(refresh.budget_buckets)
        yield f"{_money(refresh.reserved)} were reserved in the budgets of {months}."
    if refresh.started_at is None:
        yield "The provider was not called."
    else:
        calls = f"attempt {refresh.attempt}" if refresh.attempt else "once"
        yield f"{to_words(refresh.started_at)}: the provider was called, {calls}."
        if refresh.answer is None:
            yield "There is no answer of the provider on record."
        else:
            yield f"The provider answered with HTTP {refresh.answer.status}."
    done = f"{refresh.accounts_done} of {len(refresh.accounts)} accounts have newer data"
    reason = f" because of {refresh.reason}" if refresh.reason else ""
    if refresh.finished_at is not None:
        yield f"{to_words(refresh.finished_at)}: it ended as {refresh.status}{reason}; {done}."
    else:
        yield f"It is {refresh.status}{reason}; {done}."
    if refresh.next_check_at is not None:
        yield f"{to_words(refresh.next_check_at)}: a free read looks for its proof."
    if refresh.retry_at is not None:
        yield f"{to_words(refresh.retry_at)}: not before then may it be called again."
    yield from _books(refresh, settlements)


def _books(refresh: Refresh, settlements: Sequence[Settlement]) -> Iterator[str]:
    if refresh.method is not Method.PURCHASE or refresh.started_at is None:
        yield "It has no line in the ledger: nothing was bought."
        return
    line = LedgerEntry.of(refresh)
    yield f"Its line in the ledger: {_money(line.cost)}, {line.standing}, {line.outcome}."
    for each in settlements:
        yield (
            f"{to_words(each.settled_at)}: {each.by} settled it at {_money(each.billed)} by invoice"
            f" {each.invoice}."
        )
    yield f"It costs {_money(refresh.cost)}."


def story_of_webhook(
    event: WebhookEvent, owner: tuple[str, str] | None, left: LeftOfEvent | None
) -> Iterator[str]:
    """Tell when it came, whose it is, and what it asked for."""
    yield f"{to_words(event.occurred_at)}: {event.provider} says that {event.kind} happened."
    yield f"{to_words(event.received_at)}: its webhook {event.id} was received and queued."
    yield f"It was worked, once for all of its repeats; it asks for {event.rule.effect}."
    if event.rule.status_hint is not None:
        yield f"It suggests that the connection is {event.rule.status_hint}; a read decides."
    if owner is None and event.provider_connection_id is None:
        yield "It is about no connection."
    elif owner is None:
        yield f"It is parked: {event.provider_connection_id} is not known here."
    else:
        yield f"It belongs to connection {owner[1]}."
        if left is not None and left.is_read_owed:
            yield "That connection is marked and was not read since."
        elif left is not None:
            yield "Nothing of that connection waits to be read."


def _money(money: Money) -> str:
    return f"{decimal_to_text(money.amount)} {money.currency}"

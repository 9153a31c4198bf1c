"""Inbox: an event is claimed once, marked in the same step, parked without an owner."""

from copy import replace
from datetime import timedelta

import pytest

from freshet.domain.errors import NotFound
from freshet.domain.pending_reads import Announcement, PendingReads
from freshet.domain.provider import Provider
from freshet.domain.webhooks import LeftOfEvent, StatusHint, WebhookEffect, WebhookEvent
from freshet.ports import Inbox
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, an_event, pending, refreshed
from tests.clients import DynamoDB
from tests.integration.stores import Stores, dynamo_stores

OWNER = (USER, CONNECTION_ID)
GONE = (USER, "con_" + "b" * 24)


@pytest.fixture
def inbox(stores: Stores) -> Inbox:
    stores.connections.add(a_connection(due_at=None), provider_user_id=None)
    return stores.inbox


def _pending(stores: Stores) -> PendingReads:
    return stores.connections.get(*OWNER).pending


def test_event_is_claimed_and_its_connection_marked_when_it_is_new(
    stores: Stores, inbox: Inbox
) -> None:
    early = an_event(received_at=NOON - timedelta(minutes=3))
    assert inbox.claim(early, owner=OWNER, marked_at=NOON)
    assert _pending(stores) == pending(refreshed("account-1"))
    due_at = NOON + timedelta(minutes=2)
    assert stores.connections.get(*OWNER).due_at == due_at
    assert stores.connections.due(Provider.SNAPTRADE, now=due_at, limit=9) == [(*OWNER, due_at)]


def test_duplicate_changes_nothing_when_it_comes_later(stores: Stores, inbox: Inbox) -> None:
    inbox.claim(an_event(), owner=OWNER, marked_at=NOON)
    before = stores.connections.get(*OWNER)
    later = NOON + timedelta(hours=1)
    late = an_event(received_at=later, provider_account_id="account-2")
    assert not inbox.claim(late, owner=OWNER, marked_at=later)
    assert stores.connections.get(*OWNER) == before


def test_two_genuine_events_are_two_when_only_their_ids_differ(
    stores: Stores, inbox: Inbox
) -> None:
    assert inbox.claim(an_event(id="a"), owner=OWNER, marked_at=NOON)
    other = an_event(id="b", provider_account_id="account-2")
    assert inbox.claim(other, owner=OWNER, marked_at=NOON)
    assert set(_pending(stores).announced) == {refreshed("account-1"), refreshed("account-2")}


@pytest.mark.parametrize("account", ["account.with#every/character: ü", "SET"])
def test_mark_may_be_any_text_when_a_provider_names_its_accounts(
    stores: Stores, inbox: Inbox, account: str
) -> None:
    inbox.claim(an_event(provider_account_id=account), owner=OWNER, marked_at=NOON)
    assert set(_pending(stores).announced) == {refreshed(account)}


@pytest.mark.parametrize("owner", [None, OWNER])
def test_event_is_kept_and_nothing_marked_when_it_leaves_no_mark(
    stores: Stores, inbox: Inbox, owner: tuple[str, str] | None
) -> None:
    event = an_event(effect=WebhookEffect.NOTHING)
    assert inbox.claim(event, owner=owner, marked_at=NOON)
    assert _pending(stores) == PendingReads()
    assert not inbox.claim(event, owner=owner, marked_at=NOON)


def test_event_is_kept_when_its_connection_was_erased_meanwhile(
    stores: Stores, inbox: Inbox
) -> None:
    assert inbox.claim(an_event(), owner=GONE, marked_at=NOON)
    assert not inbox.claim(an_event(), owner=GONE, marked_at=NOON)
    assert len(stores.connections.of_user(USER)) == 1
    assert inbox.parked(Provider.SNAPTRADE) == []


EVENTS = [
    an_event(),
    an_event(
        kind="ITEM:PENDING_DISCONNECT",
        provider=Provider.PLAID,
        effect=WebhookEffect.CONNECTION_READ,
        closes_refresh=False,
        status_hint=StatusHint.EXPIRING,
        provider_account_id=None,
        provider_user_id=None,
        details={"positions": "failed"},
        link_ends_at=NOON + timedelta(days=7),
    ),
]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("owner", [None, OWNER])
def test_event_comes_back_whole_when_looked_up(
    inbox: Inbox, event: WebhookEvent, owner: tuple[str, str] | None
) -> None:
    inbox.claim(event, owner=owner, marked_at=NOON)
    assert inbox.find(event.provider, event.id) == (event, owner)
    with pytest.raises(NotFound):
        inbox.find(event.provider, "event-9")


@pytest.mark.parametrize("event", EVENTS)
def test_event_waits_and_is_given_away_once_when_its_owner_comes_later(
    stores: Stores, inbox: Inbox, event: WebhookEvent
) -> None:
    inbox.claim(event, owner=None, marked_at=NOON)
    assert list(inbox.parked(event.provider)) == [event]
    assert inbox.unpark(event, owner=OWNER, marked_at=NOON)
    assert not inbox.unpark(event, owner=OWNER, marked_at=NOON)
    assert inbox.find(event.provider, event.id) == (event, OWNER)
    assert (len(_pending(stores).announced), list(inbox.parked(event.provider))) == (1, [])


def test_event_goes_on_waiting_when_its_new_owner_is_gone_again(inbox: Inbox) -> None:
    inbox.claim(an_event(), owner=None, marked_at=NOON)
    assert not inbox.unpark(an_event(), owner=GONE, marked_at=NOON)
    assert list(inbox.parked(Provider.SNAPTRADE)) == [an_event()]


def test_connection_finds_its_own_waiting_events_alone_when_others_wait_too(inbox: Inbox) -> None:
    mine = [an_event(id=each) for each in ("a", "b")]
    other = an_event(id="c", provider_connection_id="authorization-11")
    aimless = an_event(id="d", provider_connection_id=None)
    for event in (*mine, other, aimless):
        inbox.claim(event, owner=None, marked_at=NOON)
    assert list(inbox.parked(Provider.SNAPTRADE, "authorization-1")) == mine
    assert len(inbox.parked(Provider.SNAPTRADE)) == 3
    assert inbox.parked(Provider.PLAID) == []


def test_connection_is_marked_again_when_an_event_is_replayed(stores: Stores, inbox: Inbox) -> None:
    inbox.mark(an_event(), owner=OWNER, marked_at=NOON)
    assert _pending(stores) == pending(refreshed("account-1"))
    inbox.mark(an_event(), owner=GONE, marked_at=NOON)
    inbox.mark(an_event(effect=WebhookEffect.NOTHING), owner=OWNER, marked_at=NOON)
    assert _pending(stores) == pending(refreshed("account-1"))


def test_failed_parts_are_those_of_the_latest_event_when_there_were_several(
    stores: Stores, inbox: Inbox
) -> None:
    failed = {"orders": "failed", "balances": "failed"}
    inbox.claim(an_event(id="a", details=failed), owner=OWNER, marked_at=NOON)
    refresh_ended = _pending(stores).refreshed("account-1")
    assert refresh_ended == Announcement(NOON, ("balances", "orders"))
    inbox.claim(an_event(id="b"), owner=OWNER, marked_at=NOON)
    assert _pending(stores).refreshed("account-1") == Announcement(NOON)


def test_row_expires_and_holds_no_body_when_an_event_is_stored(dynamodb: DynamoDB) -> None:
    event = an_event(details={"positions": "failed"})
    dynamo_stores(dynamodb).inbox.claim(event, owner=None, marked_at=NOON)
    rows = dynamodb.scan(TableName="connections")["Items"]
    names = {row["PK"]["S"] for row in rows}
    assert names == {f"EVENT#{Provider.SNAPTRADE}#event-1", f"PARKED#{Provider.SNAPTRADE}"}
    for row in rows:
        assert int(row["expires_at"]["N"]) == int((NOON + timedelta(days=30)).timestamp())
        assert row["details"] == {"M": {"positions": {"S": "failed"}}}


def test_read_is_owed_until_the_connection_was_read(stores: Stores, inbox: Inbox) -> None:
    inbox.claim(an_event(), owner=OWNER, marked_at=NOON)
    assert inbox.left_of(an_event(), owner=OWNER) == LeftOfEvent(is_parked=False, is_read_owed=True)
    stores.connections.change(*OWNER, lambda row: replace(row, pending=PendingReads()))
    assert inbox.left_of(an_event(), owner=OWNER) == LeftOfEvent(
        is_parked=False, is_read_owed=False
    )


def test_event_without_an_owner_is_parked_until_it_was_given_one(inbox: Inbox) -> None:
    inbox.claim(an_event(), owner=None, marked_at=NOON)
    assert inbox.left_of(an_event(), owner=OWNER) == LeftOfEvent(is_parked=True, is_read_owed=False)
    inbox.unpark(an_event(), owner=OWNER, marked_at=NOON)
    assert inbox.left_of(an_event(), owner=OWNER) == LeftOfEvent(is_parked=False, is_read_owed=True)


def test_nothing_is_left_to_do_for_a_connection_that_is_gone(inbox: Inbox) -> None:
    inbox.claim(an_event(), owner=OWNER, marked_at=NOON)
    left = inbox.left_of(an_event(), owner=GONE)
    assert left == LeftOfEvent(is_parked=False, is_read_owed=False)

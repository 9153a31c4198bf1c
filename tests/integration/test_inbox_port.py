"""Inbox: an event is claimed once, and its mark is set in the same step (promise 2)."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.provider import Provider
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, an_event
from tests.integration.stores import Stores, dynamo_stores

OWNER = (USER, CONNECTION_ID)


@pytest.fixture
def inbox(stores: Stores) -> Any:
    stores.connections.add(a_connection(due_at=None), provider_user_id=None)
    return stores.inbox


def _marks(stores: Stores) -> dict[str, Any]:
    return dict(stores.connections.get(*OWNER).marks)


def test_event_is_claimed_and_its_connection_marked_when_it_is_new(
    stores: Stores, inbox: Any
) -> None:
    early = an_event(received_at=NOON - timedelta(minutes=3))
    assert inbox.claim(early, owner=OWNER, mark="account-1", marked_at=NOON)
    assert _marks(stores) == {"account-1": NOON}
    due_at = NOON + timedelta(minutes=2)
    assert stores.connections.get(*OWNER).due_at == due_at
    assert stores.connections.due(Provider.SNAPTRADE, now=due_at, limit=9) == [(*OWNER, due_at)]


def test_duplicate_changes_nothing_when_it_comes_later(stores: Stores, inbox: Any) -> None:
    inbox.claim(an_event(), owner=OWNER, mark="account-1", marked_at=NOON)
    before = stores.connections.get(*OWNER)
    later = NOON + timedelta(hours=1)
    late = an_event(received_at=later)
    assert not inbox.claim(late, owner=OWNER, mark="account-2", marked_at=later)
    assert stores.connections.get(*OWNER) == before


def test_two_genuine_events_are_two_when_only_their_ids_differ(stores: Stores, inbox: Any) -> None:
    assert inbox.claim(an_event(id="a"), owner=OWNER, mark="account-1", marked_at=NOON)
    assert inbox.claim(an_event(id="b"), owner=OWNER, mark="account-2", marked_at=NOON)
    assert set(_marks(stores)) == {"account-1", "account-2"}


@pytest.mark.parametrize("mark", ["*", "account.with#every/character ü", "SET"])
def test_mark_may_be_any_text_when_a_provider_names_its_accounts(
    stores: Stores, inbox: Any, mark: str
) -> None:
    inbox.claim(an_event(), owner=OWNER, mark=mark, marked_at=NOON)
    assert set(_marks(stores)) == {mark}


@pytest.mark.parametrize("owner", [None, OWNER])
def test_event_is_kept_and_nothing_marked_when_it_leaves_no_mark(
    stores: Stores, inbox: Any, owner: Any
) -> None:
    assert inbox.claim(an_event(), owner=owner, mark=None, marked_at=NOON)
    assert _marks(stores) == {}
    assert not inbox.claim(an_event(), owner=owner, mark=None, marked_at=NOON)


def test_event_is_kept_when_its_connection_was_erased_meanwhile(stores: Stores, inbox: Any) -> None:
    gone = (USER, "con_" + "b" * 24)
    assert inbox.claim(an_event(), owner=gone, mark="account-1", marked_at=NOON)
    assert not inbox.claim(an_event(), owner=gone, mark="account-1", marked_at=NOON)
    assert len(stores.connections.of_user(USER)) == 1


def test_row_expires_and_holds_no_body_when_an_event_is_stored(dynamodb: Any) -> None:
    event = an_event(details={"positions": "failed"})
    dynamo_stores(dynamodb).inbox.claim(event, owner=None, mark=None, marked_at=NOON)
    (row,) = dynamodb.scan(TableName="connections")["Items"]
    assert row["PK"]["S"] == f"EVENT#{Provider.SNAPTRADE}#event-1"
    assert int(row["expires_at"]["N"]) == int((NOON + timedelta(days=30)).timestamp())
    assert row["details"] == {"M": {"positions": {"S": "failed"}}}

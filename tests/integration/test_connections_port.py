"""Connections, Owners and DueConnections: one contract for the table and its twin."""

from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.connection_status import GONE, ConnectionStatus
from freshet.domain.errors import AlreadyOwned, NotFound
from freshet.domain.expiry import Expiry
from freshet.domain.pending_reads import Announcement, PendingReads
from freshet.domain.provider import Provider
from freshet.domain.read_schedule import READ_LEASE
from tests.builders import (
    CONNECTION_ID,
    EVERYTHING,
    NOON,
    USER,
    a_connection,
    an_announcement,
    pending,
    refreshed,
)
from tests.integration.stores import Stores

SECOND = timedelta(seconds=1)
FULL = a_connection(
    status_reason="provider_failed",
    cadence=Cadence(timedelta(hours=6), timedelta(hours=24)),
    next_refresh_at=NOON,
    reading_until=NOON,
    pending=PendingReads(
        {
            refreshed("account-1"): Announcement(NOON, ("orders",)),
            EVERYTHING: Announcement(NOON + timedelta(microseconds=1), is_owed=True),
        }
    ),
    open_refresh_id="ref_1",
    open_refresh_called=True,
    last_refusal="cooldown",
    refresh_refused_until=NOON,
    sync_refused_until=NOON,
    calls_per_read_run=14,
    last_purchase_at=NOON,
    last_live_read_at=NOON,
    announced={"acc_x": NOON},
    events=(an_announcement(), an_announcement(subject_id="acc_other")),
    consecutive_failures=3,
    migrated_accounts={"account-2": "acc_y"},
    expiry=Expiry(NOON, NOON - timedelta(days=1), NOON + timedelta(days=1)),
    successor="con_newer",
    migrated_at=NOON,
    source='{"ünknown": 1.10}',
)


def _other(number: int, **changes: object) -> Connection:
    return a_connection(
        id=f"con_{number:024d}", provider_connection_id=f"authorization-{number}", **changes
    )


@pytest.mark.parametrize("connection", [a_connection(), FULL, a_connection(due_at=None)])
def test_connection_comes_back_as_it_went_when_stored(
    stores: Stores, connection: Connection
) -> None:
    assert stores.connections.add(connection, provider_user_id="provider-user") == connection
    assert stores.connections.get(USER, CONNECTION_ID) == connection


@pytest.mark.parametrize(
    ("user_id", "connection_id"), [("user-2", CONNECTION_ID), (USER, "con_" + "b" * 24)]
)
def test_same_nothing_is_found_when_it_is_anothers_and_when_it_does_not_exist(
    stores: Stores, user_id: str, connection_id: str
) -> None:
    stores.connections.add(a_connection(), provider_user_id=None)
    with pytest.raises(NotFound):
        stores.connections.get(user_id, connection_id)
    with pytest.raises(NotFound):
        stores.connections.change(user_id, connection_id, lambda row: row)
    assert stores.connections.of_user("user-2") == []


def test_first_one_is_given_back_when_it_is_added_again(stores: Stores) -> None:
    first = stores.connections.add(a_connection(), provider_user_id="provider-user")
    again = replace(a_connection(), id="con_" + "b" * 24)
    assert stores.connections.add(again, provider_user_id="provider-user") == first
    assert stores.connections.of_user(USER) == [first]


def test_other_users_connection_is_not_taken_when_added(stores: Stores) -> None:
    stores.connections.add(a_connection(), provider_user_id="provider-user")
    with pytest.raises(AlreadyOwned):
        stores.connections.add(a_connection(user_id="user-2"), provider_user_id="another")
    owner = stores.connections.of_connection(Provider.SNAPTRADE, "authorization-1")
    assert owner == (USER, CONNECTION_ID)


def test_owner_is_known_by_the_providers_id_when_registered(stores: Stores) -> None:
    stores.connections.add(a_connection(), provider_user_id=None)
    found = stores.connections.of_connection(Provider.SNAPTRADE, "authorization-1")
    assert found == (USER, CONNECTION_ID)
    assert stores.connections.of_connection(Provider.SNAPTRADE, "authorization-9") is None


def test_list_is_oldest_first_when_a_user_has_several(stores: Stores) -> None:
    for number, days in ((1, 1), (2, 3), (3, 2)):
        connection = _other(number, created_at=NOON - timedelta(days=days))
        stores.connections.add(connection, provider_user_id=None)
    listed = [each.id[-1] for each in stores.connections.of_user(USER)]
    assert listed == ["2", "3", "1"]


def test_version_rises_only_when_something_changed(stores: Stores) -> None:
    stores.connections.add(a_connection(), provider_user_id=None)
    stores.connections.change(USER, CONNECTION_ID, lambda row: row)
    assert stores.connections.get(USER, CONNECTION_ID).version == 1
    changed = stores.connections.change(
        USER, CONNECTION_ID, lambda row: replace(row, paused=True, due_at=None)
    )
    assert changed == replace(a_connection(), paused=True, due_at=None, version=2)
    assert stores.connections.get(USER, CONNECTION_ID) == changed


@pytest.mark.parametrize("early", [timedelta(microseconds=1), timedelta(hours=1)])
def test_connection_is_due_at_its_time_when_the_index_is_asked(
    stores: Stores, early: timedelta
) -> None:
    stores.connections.add(a_connection(due_at=NOON), provider_user_id=None)
    assert stores.connections.due(Provider.SNAPTRADE, now=NOON - early, limit=9) == []
    assert stores.connections.due(Provider.SNAPTRADE, now=NOON, limit=9) == [
        (USER, CONNECTION_ID, NOON)
    ]


def test_oldest_are_listed_first_when_more_is_due_than_fits(stores: Stores) -> None:
    for number in range(1, 8):
        due_at = NOON - timedelta(minutes=number)
        stores.connections.add(_other(number, due_at=due_at), provider_user_id=None)
    stores.connections.add(_other(9, due_at=None), provider_user_id=None)
    found = stores.connections.due(Provider.SNAPTRADE, now=NOON, limit=3)
    assert [connection_id[-1] for _, connection_id, _ in found] == ["7", "6", "5"]


def test_one_providers_backlog_hides_no_other_when_both_are_due(stores: Stores) -> None:
    for number in range(1, 7):
        due_at = NOON - timedelta(minutes=number)
        stores.connections.add(_other(number, due_at=due_at), provider_user_id=None)
    item = _other(9, provider=Provider.PLAID, due_at=NOON)
    stores.connections.add(item, provider_user_id=None)
    found = stores.connections.due(Provider.PLAID, now=NOON, limit=3)
    assert found == [(USER, item.id, NOON)]
    assert len(stores.connections.due(Provider.SNAPTRADE, now=NOON, limit=9)) == 6


def test_turn_is_claimed_once_when_two_planners_saw_it(stores: Stores) -> None:
    stores.connections.add(a_connection(due_at=NOON), provider_user_id=None)
    lease = NOON + timedelta(minutes=15)
    claims = [
        stores.connections.claim(USER, CONNECTION_ID, due_at=NOON, lease_until=lease)
        for _ in range(2)
    ]
    assert claims == [a_connection(due_at=lease, version=2), None]
    assert stores.connections.due(Provider.SNAPTRADE, now=NOON, limit=9) == []
    assert stores.connections.due(Provider.SNAPTRADE, now=lease, limit=9) == [
        (USER, CONNECTION_ID, lease)
    ]


def test_broken_links_are_due_apart_from_what_is_read(stores: Stores) -> None:
    broken = a_connection(status=ConnectionStatus.NEEDS_USER, due_at=NOON)
    stores.connections.add(broken, provider_user_id=None)
    entry = [(USER, CONNECTION_ID, NOON)]
    provider = Provider.SNAPTRADE
    assert stores.connections.due(provider, now=NOON, limit=9) == []
    assert stores.connections.due_looks(provider, now=NOON, limit=9) == entry
    stores.connections.change(
        USER, CONNECTION_ID, lambda row: replace(row, pending=pending(EVERYTHING))
    )
    assert stores.connections.due(provider, now=NOON, limit=9) == entry
    assert stores.connections.due_looks(provider, now=NOON, limit=9) == []


def test_claim_is_undone_when_it_came_to_nothing(stores: Stores) -> None:
    connections = stores.connections
    connections.add(a_connection(due_at=NOON), provider_user_id=None)
    lease = NOON + timedelta(minutes=15)
    for until in (lease, lease + timedelta(minutes=1)):  # the second belongs to another turn
        connections.claim(USER, CONNECTION_ID, due_at=NOON, lease_until=until)
        connections.give_back(USER, CONNECTION_ID, due_at=NOON, lease_until=lease)
    assert connections.get(USER, CONNECTION_ID).due_at == lease + timedelta(minutes=1)


def test_connection_goes_first_when_somebody_waits_for_its_refresh(stores: Stores) -> None:
    for number in range(2, 6):
        old = a_connection(
            id=f"con_{number:024d}",
            provider_connection_id=f"authorization-{number}",
            due_at=NOON - timedelta(days=number),
            open_refresh_id="ref_1" if number == 3 else None,
        )
        stores.connections.add(old, provider_user_id=None)
    found = stores.connections.due(Provider.SNAPTRADE, now=NOON, limit=3)
    assert [connection_id[-1] for _, connection_id, _ in found] == ["3", "5", "4"]


def test_one_reader_at_a_time_holds_the_lease(stores: Stores) -> None:
    stores.connections.add(a_connection(), provider_user_id=None)
    first = stores.connections.lease(USER, CONNECTION_ID, only_pending=False, now=NOON)
    assert first is not None
    assert first == stores.connections.get(USER, CONNECTION_ID)
    assert first.schedule.reading_until == NOON + READ_LEASE
    for later in (NOON, NOON + READ_LEASE - SECOND):
        assert stores.connections.lease(USER, CONNECTION_ID, only_pending=False, now=later) is None
    again = stores.connections.lease(USER, CONNECTION_ID, only_pending=False, now=NOON + READ_LEASE)
    assert again is not None
    assert again.version == first.version + 1


def test_lease_is_for_what_is_pending_when_asked_for_that(stores: Stores) -> None:
    stores.connections.add(a_connection(), provider_user_id=None)
    assert stores.connections.lease(USER, CONNECTION_ID, only_pending=True, now=NOON) is None
    stores.connections.change(
        USER, CONNECTION_ID, lambda row: replace(row, pending=pending(refreshed("account-1")))
    )
    assert stores.connections.lease(USER, CONNECTION_ID, only_pending=True, now=NOON) is not None


@pytest.mark.parametrize("status", ConnectionStatus)
def test_link_that_has_ended_is_leased_to_nobody(stores: Stores, status: ConnectionStatus) -> None:
    stores.connections.add(a_connection(status=status), provider_user_id=None)
    leased = stores.connections.lease(USER, CONNECTION_ID, only_pending=False, now=NOON)
    assert (leased is None) is (status in GONE)


def test_lease_finds_nothing_where_nothing_is(stores: Stores) -> None:
    with pytest.raises(NotFound):
        stores.connections.lease(USER, CONNECTION_ID, only_pending=False, now=NOON)


def test_slots_are_handed_out_by_how_long_a_connection_is_overdue(stores: Stores) -> None:
    rows: list[dict[str, Any]] = [
        {"due_at": NOON - timedelta(hours=1)},
        {"due_at": NOON - timedelta(hours=2)},
        {"due_at": NOON, "overdue_since": NOON - timedelta(hours=3)},
        {"due_at": NOON, "overdue_since": NOON - timedelta(hours=3), "consecutive_failures": 1},
        {"due_at": NOON, "open_refresh_id": "ref_1"},
        {"due_at": NOON - timedelta(hours=4)},
    ]
    for number, changes in enumerate(rows):
        connection = a_connection(
            id=f"con_{number}", provider_connection_id=f"authorization-{number}", **changes
        )
        stores.connections.add(connection, provider_user_id=None)
    due = stores.connections.due(Provider.SNAPTRADE, now=NOON, limit=9)
    assert [each for _, each, _ in due] == ["con_4", "con_5", "con_2", "con_3", "con_1", "con_0"]

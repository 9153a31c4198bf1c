"""One event is worked once; two genuine events never collapse into one."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection import Connection
from freshet.domain.pending_reads import PendingRead, PendingReads, ReadSubject
from freshet.domain.positions import Numbers
from freshet.domain.provider import Provider
from freshet.domain.webhooks import StatusHint, WebhookEffect, WebhookEvent
from tests.builders import (
    CONNECTION_ID,
    EVERYTHING,
    NOON,
    USER,
    a_connection,
    an_event,
    pending,
    refreshed,
    some_holdings,
)
from tests.replacing import InPlaceOf
from tests.unit.crashing import Crash
from tests.unit.stage import ACCOUNT_ID, Stage

OTHER_ID = "con_" + "b" * 24
AT_ONCE = timedelta(seconds=5)


def test_account_is_marked_and_a_delayed_read_asked_for_when_an_event_is_new() -> None:
    stage = Stage()
    stage.hear(an_event())
    assert stage.connection.pending == pending(refreshed("account-1"))
    assert stage.connection.due_at == NOON + timedelta(minutes=2)
    (command,) = stage.reads.commands
    assert (command.user_id, command.connection_id) == (USER, CONNECTION_ID)
    assert (command.reason, command.delay) == (ReadReason.WEBHOOK, AT_ONCE)


def test_whole_connection_is_marked_when_the_event_is_about_it() -> None:
    stage = Stage()
    stage.hear(an_event(effect=WebhookEffect.CONNECTION_READ))
    assert set(stage.connection.pending.announced) == {EVERYTHING}


def test_duplicate_asks_for_nothing_when_the_read_was_made() -> None:
    stage = Stage()
    stage.hear(an_event())
    stage.later(seconds=5)
    stage.drain()
    stage.hear(an_event())
    assert stage.reads.commands == []


def test_read_is_asked_for_again_when_the_worker_died_between_claim_and_message() -> None:
    stage = Stage()

    def die(commands: object) -> list[ReadCommand]:
        raise Crash

    with InPlaceOf(stage.reads.send).holding(die), pytest.raises(Crash):
        stage.hear(an_event())
    stage.hear(an_event())
    assert len(stage.reads.commands) == 1


def test_schedule_makes_the_read_when_its_message_is_lost_for_good() -> None:
    stage = Stage()
    stage.hear(an_event())
    stage.reads.drain()
    stage.later(minutes=2)
    assert stage.plan() == 1
    stage.drain()
    assert not stage.connection.pending
    assert stage.snapshots.rows


@pytest.mark.parametrize(
    "changes",
    [
        {"provider_connection_id": "authorization-unknown"},
        {"provider_connection_id": None},
        {"effect": WebhookEffect.NOTHING, "kind": "SOMETHING_NEW"},
    ],
)
def test_event_is_kept_and_nothing_read_when_it_concerns_nobody(changes: dict[str, object]) -> None:
    stage = Stage()
    stage.hear(an_event(**changes))
    assert stage.reads.commands == []
    assert not stage.connection.pending
    assert len(stage.inbox.rows) == 1


def test_event_is_kept_and_harmless_when_its_connection_was_erased() -> None:
    stage = Stage()
    stage.connections.rows.clear()
    stage.hear(an_event())
    assert len(stage.inbox.rows) == 1
    stage.drain()
    assert stage.provider.reads == 0


def test_duplicate_ends_quietly_when_its_connection_was_erased_meanwhile() -> None:
    stage = Stage()
    stage.hear(an_event())
    stage.reads.drain()
    stage.connections.rows.clear()
    stage.hear(an_event())
    assert stage.reads.commands == []


@given(st.lists(st.sampled_from(["event-1", "event-2", "event-3"]), min_size=1, max_size=8))
def test_same_holdings_and_status_are_there_in_the_end_when_events_repeat_and_mix(
    ids: list[str],
) -> None:
    stage = Stage()
    stage.provider.as_of = NOON
    for event_id in ids:
        stage.hear(an_event(id=event_id))
        stage.later(seconds=1)
    stage.later(seconds=10)
    stage.drain()
    assert len(stage.inbox.rows) == len(set(ids))
    assert (stage.connection.link.status, stage.connection.pending) == ("active", PendingReads())
    assert len(stage.snapshots.kept) == 1
    assert stage.provider.reads == 2


UNKNOWN = {"provider_connection_id": "authorization-2"}


def _saved(stage: Stage) -> Connection:
    """The connection of UNKNOWN, saved as linking it would."""
    connection = a_connection(id=OTHER_ID, **UNKNOWN)
    stage.providers.by_connection["authorization-2"] = stage.provider
    return stage.connections.add(connection, provider_user_id="snaptrade-user-1")


def test_event_waits_for_its_connection_when_nobody_knows_it_yet() -> None:
    stage = Stage()
    stage.hear(an_event(**UNKNOWN))
    assert len(stage.inbox.waiting) == 1
    assert stage.reads.commands == []


def test_waiting_events_are_worked_when_their_connection_is_known_at_the_next_event() -> None:
    stage = Stage()
    stage.hear(an_event(id="a", **UNKNOWN))
    stage.hear(an_event(id="b", provider_account_id="account-2", **UNKNOWN))
    _saved(stage)
    stage.hear(an_event(id="a", **UNKNOWN))
    assert stage.inbox.waiting == {}
    assert set(stage.connections.get(USER, OTHER_ID).pending.announced) == {
        refreshed("account-1"),
        refreshed("account-2"),
    }
    assert [command.connection_id for command in stage.reads.commands] == [OTHER_ID]


def test_event_is_worked_when_its_connection_was_saved_while_it_was_parked() -> None:
    stage = Stage()
    claim = stage.inbox.claim

    def slow_claim(event: WebhookEvent, **given: Any) -> bool:
        is_new = claim(event, **given)
        _saved(stage)
        return is_new

    InPlaceOf(claim).put(slow_claim)
    stage.hear(an_event(**UNKNOWN))
    assert stage.inbox.waiting == {}
    assert [command.connection_id for command in stage.reads.commands] == [OTHER_ID]


def _added(**changes: Any) -> WebhookEvent:
    more = {"effect": WebhookEffect.CONNECTION_READ, "status_hint": StatusHint.ADDED, "id": "added"}
    return an_event(kind="CONNECTION_ADDED", provider_account_id=None, **(UNKNOWN | more | changes))


def test_connection_is_adopted_when_a_user_we_know_has_added_it() -> None:
    stage = Stage()
    stage.connections.users[Provider.SNAPTRADE, "snaptrade-user-1"] = USER
    stage.hear(an_event(**UNKNOWN))
    stage.hear(_added())
    stage.hear(_added())
    adopted = stage.connections.get(
        *stage.connections.owners[Provider.SNAPTRADE, "authorization-2"]
    )
    assert (adopted.user_id, adopted.link.status) == (USER, "initialising")
    assert adopted.link.credential_name == "snaptrade#snaptrade-user-1"
    assert ReadReason.FIRST_LOAD in {command.reason for command in stage.reads.commands}
    assert len(stage.connections.rows) == 2


@pytest.mark.parametrize("changes", [{}, {"provider_user_id": None}])
def test_connection_is_not_adopted_when_its_user_is_a_stranger(changes: dict[str, Any]) -> None:
    stage = Stage()
    stage.hear(_added(**changes))
    assert (len(stage.connections.rows), len(stage.inbox.waiting)) == (1, 1)


ENDS = NOON + timedelta(days=7)
WARNING = {"effect": WebhookEffect.CONNECTION_READ, "status_hint": StatusHint.EXPIRING}
REPAIR = {"effect": WebhookEffect.CONNECTION_READ, "status_hint": StatusHint.REPAIRED}


@pytest.mark.parametrize("link_ends_at", [ENDS, None])
def test_connection_is_expiring_when_its_provider_warns_of_the_end(link_ends_at: Any) -> None:
    stage = Stage()
    stage.hear(an_event(link_ends_at=link_ends_at, **WARNING))
    assert (stage.connection.link.status, stage.connection.link.expiry.ends_at) == (
        "expiring",
        ENDS,
    )
    stage.drain()
    assert stage.connection.link.status == "expiring"


def test_warning_holds_when_the_worker_died_before_it_was_noted() -> None:
    stage = Stage()
    changing = InPlaceOf(stage.connections.change)

    def die(*_: object, **__: object) -> Connection:
        raise Crash

    InPlaceOf(stage.inbox.mark).put(lambda *_, **__: changing.put(die))
    with pytest.raises(Crash):
        stage.hear(an_event(**WARNING))
    changing.put_back()
    stage.hear(an_event(**WARNING))
    assert stage.connection.link.status == "expiring"


@pytest.mark.parametrize("repair_first", [True, False])
def test_warning_is_over_when_the_link_was_repaired_in_either_order(repair_first: bool) -> None:
    stage = Stage()
    warning = an_event(id="warning", link_ends_at=NOON + timedelta(days=5), **WARNING)
    repair = an_event(id="repair", **REPAIR)
    for event in [repair, warning] if repair_first else [warning, repair]:
        stage.hear(event)
    assert stage.connection.link.status == "active"


def test_part_that_failed_is_on_record_and_moves_no_date_when_the_rest_is_read() -> None:
    stage = Stage()
    stage.read()
    before = stage.snapshots.latest(USER, ACCOUNT_ID)
    stage.later(hours=5)
    stage.provider.as_of = stage.clock()
    stage.provider.holdings["account-1"] = some_holdings(balances=())
    stage.hear(an_event(details={"balances": "failed"}))
    stage.drain()
    after = stage.snapshots.latest(USER, ACCOUNT_ID)
    assert before is not None
    assert after is not None
    assert [each.numbers for each in after.holdings.balances] == [Numbers.KEPT]
    assert (after.broker_as_of, after.provider_synced_at) == (
        *(before.broker_as_of, before.provider_synced_at),
    )
    assert stage.accounts.get(USER, ACCOUNT_ID).failed_parts == ("balances",)
    stage.hear(an_event(id="event-2"))
    stage.drain()
    whole = stage.snapshots.latest(USER, ACCOUNT_ID)
    assert whole is not None
    assert whole.broker_as_of == stage.provider.as_of
    assert stage.accounts.get(USER, ACCOUNT_ID).failed_parts == ()


def test_trade_has_its_account_read_and_ends_no_refresh_when_it_is_reported() -> None:
    stage = Stage()
    stage.hear(an_event(kind="TRADE_DETECTION", closes_refresh=False))
    assert set(stage.connection.pending.announced) == {
        PendingRead(ReadSubject.HOLDINGS, "account-1")
    }
    stage.later(seconds=5)
    stage.drain()
    assert not stage.connection.pending
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None


def test_every_connection_of_a_user_is_looked_at_when_the_user_is_gone() -> None:
    stage = Stage()
    stage.connections.users[Provider.SNAPTRADE, "snaptrade-user-1"] = USER
    stage.connections.add(
        a_connection(id=OTHER_ID, provider_connection_id="authorization-2"), provider_user_id=None
    )
    elsewhere = a_connection(
        id="con_" + "c" * 24, provider=Provider.PLAID, provider_connection_id="item-1"
    )
    stage.connections.add(elsewhere, provider_user_id=None)
    gone = an_event(
        kind="USER_DELETED",
        effect=WebhookEffect.USER_READ,
        status_hint=StatusHint.REMOVED,
        provider_connection_id=None,
        provider_account_id=None,
    )
    for _ in range(2):  # a message may come twice, the second after a crash
        stage.hear(gone)
    for connection_id in (CONNECTION_ID, OTHER_ID):
        assert stage.connections.get(USER, connection_id).pending.has_removal
    assert not stage.connections.get(USER, elsewhere.id).pending
    asked = {command.connection_id for command in stage.reads.commands}
    assert asked == {CONNECTION_ID, OTHER_ID}


def test_nothing_is_looked_at_when_a_user_is_gone_who_is_unknown() -> None:
    stage = Stage()
    for user in (None, "snaptrade-user-9"):
        gone = an_event(
            id=f"event-{user}",
            effect=WebhookEffect.USER_READ,
            provider_connection_id=None,
            provider_user_id=user,
        )
        stage.hear(gone)
    assert stage.reads.commands == []

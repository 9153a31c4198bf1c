"""A connection is taken away, whatever else goes on with it at the same time."""

from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from freshet.domain import call_errors, errors
from freshet.domain.cadence import Cadence
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import Credential, Secret
from freshet.domain.erasure import TROUBLE_LASTS, Erasure
from freshet.domain.provider import Provider
from freshet.domain.webhooks import StatusHint, WebhookEffect, WebhookEvent
from freshet.registry import TRAITS
from freshet.services import erase_connection as limits
from freshet.services.begin_removal import remove_connection, remove_user
from freshet.services.register_connection import (
    RegisterConnectionDependencies,
    Registration,
    register_connection,
)
from freshet.services.take_snapshots import take_snapshots
from tests.builders import (
    CONNECTION_ID,
    USER,
    a_refresh_command,
    an_answer,
    an_event,
    changed,
    ones,
)
from tests.replacing import InPlaceOf
from tests.unit.stage import ACCOUNT_ID, Stage

SUBJECT = "snaptrade-user-1"
NAME = f"snaptrade#{SUBJECT}"
FAILURE = call_errors.ProviderUnavailable(an_answer())


class Leaving(Stage):
    """A stage whose connection was read once and can be removed."""

    def __init__(self, **changes: Any) -> None:
        super().__init__(**({"credential_name": NAME} | changes))
        self.vault.keep(USER, NAME, Credential(SUBJECT, Secret("invented")))
        self.connections.users[Provider.SNAPTRADE, SUBJECT] = USER
        self.read()
        self.provider.removes_at_once = True

    def remove(self, connection_id: str = CONNECTION_ID) -> Erasure:
        return remove_connection(USER, connection_id, actor=USER, deps=self.removing)

    def erasure(self) -> Erasure:
        (found,) = self.erasures.rows.values()
        return found

    def settle(self, minutes: int = 30) -> None:
        """Let time pass, with the planner's turns in it."""
        self.drain()
        for _ in range(minutes):
            self.later(minutes=1)
            self.plan()
            self.drain()

    def is_gone(self) -> bool:
        """Whether nothing is left of the connection but what stays on purpose."""
        nothing = not any(
            (self.connections.rows, self.accounts.rows, self.snapshots.rows, self.snapshots.kept)
        )
        return nothing and not self.refreshes.rows and not self.vault.held_by_name


def _deleted(**changes: Any) -> WebhookEvent:
    values = {"effect": WebhookEffect.CONNECTION_READ, "status_hint": StatusHint.REMOVED}
    return an_event(kind="CONNECTION_DELETED", provider_account_id=None, **(values | changes))


def test_everything_is_gone_and_a_receipt_stays_when_a_connection_is_removed() -> None:
    stage = Leaving()
    first = stage.remove()
    assert stage.connection.link.status is ConnectionStatus.REMOVING
    assert stage.remove().id == first.id
    stage.settle()
    assert stage.is_gone()
    erasure = stage.erasure()
    assert (erasure.status, erasure.upstream.status) == ("removed", "removed")
    assert (erasure.accounts_erased, erasure.rows_erased) == (1, 3)
    assert erasure.due_at is None
    assert stage.provider_users.deleted == {(Provider.SNAPTRADE, SUBJECT)}
    assert stage.remove().id == first.id


def test_nothing_is_erased_when_the_connection_is_anothers() -> None:
    stage = Leaving()
    with pytest.raises(errors.NotFound):
        remove_connection("user-2", CONNECTION_ID, actor="user-2", deps=stage.removing)
    assert stage.erasures.rows == {}


def test_removal_goes_on_by_itself_when_its_message_is_lost() -> None:
    stage = Leaving()
    stage.buys.refuse_next = 1
    stage.remove()
    assert stage.buys.commands == []
    stage.settle()
    assert stage.is_gone()


@pytest.mark.parametrize("failures", [1, 4])
def test_provider_is_asked_again_and_nothing_erased_before_when_it_is_in_trouble(
    failures: int,
) -> None:
    stage = Leaving()
    stage.provider.remove_failures = [FAILURE] * failures
    stage.remove()
    stage.drain()
    assert stage.erasure().upstream.reason == "provider_unavailable"
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None
    stage.settle(90)
    assert stage.is_gone()
    assert stage.provider.asked_to_remove >= failures + 1


def test_data_is_erased_all_the_same_when_the_provider_never_answers() -> None:
    stage = Leaving()
    stage.provider.remove_failures = [FAILURE] * 1_000
    stage.remove()
    for _ in range(2 * TROUBLE_LASTS.days + 4):
        stage.later(hours=12)
        stage.plan()
        stage.drain()
    stage.settle()
    assert stage.is_gone()
    upstream = stage.erasure().upstream
    assert (upstream.status, upstream.reason) == ("not_removed", "provider_unavailable")


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (errors.CredentialMissing(NAME), "credential_missing"),
        (errors.ProviderNotConfigured("snaptrade"), "provider_not_configured"),
    ],
)
def test_data_is_erased_with_the_reason_on_record_when_nobody_can_ask(
    failure: Exception, reason: str
) -> None:
    stage = Leaving()
    stage.providers.failure = failure
    stage.remove()
    stage.settle()
    assert stage.is_gone()
    assert (stage.erasure().upstream.status, stage.erasure().upstream.reason) == (
        "not_removed",
        reason,
    )


def test_deletion_is_confirmed_by_the_next_try_when_no_webhook_comes() -> None:
    stage = Leaving()
    stage.remove()
    stage.drain()
    assert (stage.erasure().upstream.status, stage.erasure().reason) == (
        "asked",
        "provider_removes",
    )
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None
    stage.settle(2)
    assert stage.erasure().upstream.status == "removed"


def test_deletion_is_confirmed_by_webhook_when_it_comes_first() -> None:
    stage = Leaving()
    stage.remove()
    stage.drain()
    asked = stage.provider.asked_to_remove
    stage.later(seconds=10)
    stage.hear(_deleted(occurred_at=stage.clock()))
    stage.plan()
    stage.drain()
    assert stage.provider.asked_to_remove == asked
    assert stage.erasure().upstream.status == "removed"
    assert stage.connections.rows == {}


@pytest.mark.parametrize("minutes", [0, 1, 2, 60])
def test_nothing_comes_back_when_webhooks_come_at_any_time(minutes: int) -> None:
    stage = Leaving()
    stage.remove()
    for minute in range(90):
        if minute == minutes:
            events = [
                an_event(id="late-1"),
                _deleted(id="late-2"),
                an_event(
                    id="late-3", status_hint=StatusHint.ADDED, effect=WebhookEffect.CONNECTION_READ
                ),
                an_event(id="late-4", status_hint=StatusHint.REPAIRED),
                an_event(
                    id="late-5",
                    provider_connection_id="authorization-new",
                    status_hint=StatusHint.ADDED,
                    effect=WebhookEffect.CONNECTION_READ,
                ),
            ][: 5 if minutes == 60 else 4]
            for event in events:
                stage.hear(event)
                stage.hear(event)
        stage.later(minutes=1)
        stage.plan()
        stage.drain()
    assert stage.is_gone()
    assert stage.erasure().is_done
    assert stage.reads.commands == []


def test_webhook_before_the_request_changes_nothing_when_the_connection_was_gone_already() -> None:
    stage = Leaving()
    stage.provider.is_removed = True
    stage.hear(_deleted())
    stage.remove()
    stage.settle()
    assert stage.is_gone()
    assert stage.provider.asked_to_remove == 1


def test_late_reader_stores_nothing_when_the_tombstone_is_there() -> None:
    stage = Leaving()
    stage.later(hours=24)
    usual = stage.snapshots.store
    storing, commands = InPlaceOf(usual), []

    def erase_first(*given: Any, **named: Any) -> bool:
        # The reader is at work while everything of the connection is taken away.
        storing.put_back()
        stage.connections.change(USER, CONNECTION_ID, lambda row: changed(row, reading_until=None))
        stage.remove()
        stage.settle()
        assert stage.is_gone()
        commands.append(given)
        return usual(*given, **named)

    storing.put(erase_first)
    stage.provider.as_of = stage.clock()
    stage.read()
    assert commands
    assert stage.is_gone()


def test_erasure_waits_for_the_reader_when_one_is_at_work() -> None:
    stage = Leaving()
    stage.connections.change(
        USER,
        CONNECTION_ID,
        lambda row: replace(row, schedule=row.schedule.started(now=stage.clock())),
    )
    stage.remove()
    stage.settle(1)
    assert stage.erasure().reason == "read_under_way"
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None
    stage.settle(5)
    assert stage.is_gone()


def test_connection_rests_when_it_is_read_on_its_way_out() -> None:
    stage = Leaving()
    stage.provider.removes_at_once = False
    stage.remove()
    stage.hear(an_event())
    assert stage.connection.due_at is not None
    reads = stage.provider.reads
    command = ReadCommand(user_id=USER, connection_id=CONNECTION_ID, reason=ReadReason.WEBHOOK)
    take_snapshots(command, deps=stage.reading)
    after = stage.connection
    assert after.due_at is None
    assert not after.pending
    assert stage.provider.reads == reads


def _booked(stage: Leaving) -> list[tuple[str, str]]:
    return [(str(each.cost.amount), each.outcome) for each in stage.refreshes.ledger.values()]


def test_call_is_on_the_books_when_its_connection_is_removed_during_it() -> None:
    stage = Leaving()

    def remove() -> None:
        stage.remove()
        stage.drain()

    stage.provider.during_refresh = remove
    stage.buy()
    assert stage.erasure().reason == "refresh_under_way"
    assert stage.provider.billed == 1
    stage.settle()
    assert stage.is_gone()
    assert _booked(stage) == [("0.05", "accepted")]


def test_call_is_on_the_books_when_the_connection_goes_before_its_answer_is_written() -> None:
    stage = Leaving()

    def remove() -> None:
        stage.remove()
        stage.settle(30)

    stage.provider.during_refresh = remove
    with pytest.raises(errors.NotFound):
        stage.buy()
    assert stage.is_gone()
    assert _booked(stage) == [("0.05", "caller_died")]


def test_money_is_given_back_when_nothing_was_called_yet() -> None:
    stage = Leaving()
    stage.provider.refresh_failures = [call_errors.NotReached(an_answer())]
    stage.buy()
    assert stage.refresh().status == "reserved"
    stage.remove()
    stage.settle()
    assert stage.is_gone()
    assert stage.refreshes.total() == 0
    assert set(stage.refreshes.calls.values()) == {0}
    stage.work(a_refresh_command())  # its message comes late
    assert stage.provider.billed == 0


def test_nothing_is_bought_when_the_connection_is_leaving() -> None:
    stage = Leaving()
    stage.provider.removes_at_once = False
    stage.remove()
    with pytest.raises(errors.ConnectionRemoving):
        stage.press()
    with pytest.raises(errors.ConnectionRemoving):
        stage.buy()
    assert stage.provider.billed == 0


def test_purchase_that_slipped_in_is_ended_when_the_row_is_about_to_go() -> None:
    stage = Leaving()
    usual = stage.eraser.erase_traces

    def slip_in(*given: Any, **named: Any) -> int:
        InPlaceOf(usual).put_back()
        erased = usual(*given, **named)
        stage.connections.change(
            USER, CONNECTION_ID, lambda row: changed(row, status=ConnectionStatus.ACTIVE)
        )
        stage.buy()
        return erased

    InPlaceOf(stage.eraser.erase_traces).put(slip_in)
    stage.remove()
    stage.settle()
    assert stage.is_gone()
    assert _booked(stage) == [("0.05", "accepted")]


def test_shared_credential_stays_when_another_connection_needs_it() -> None:
    stage = Leaving()
    other = stage.also_link("b", credential_name=NAME)
    stage.remove()
    stage.settle()
    assert (USER, NAME) in stage.vault.held_by_name
    assert stage.provider_users.deleted == set()
    stage.provider.is_removed = False
    stage.remove(other)
    stage.settle()
    assert stage.is_gone()
    assert stage.provider_users.deleted == {(Provider.SNAPTRADE, SUBJECT)}


def test_credential_goes_when_both_connections_that_share_it_are_removed_at_once() -> None:
    stage = Leaving()
    other = stage.also_link("b", credential_name=NAME)
    stage.remove()
    stage.remove(other)
    stage.settle()
    assert stage.is_gone()


def test_rest_is_left_to_the_next_turn_when_there_is_much_to_erase(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MOST_ROWS", 2)
    stage = Leaving()
    stage.remove()
    stage.settle(1)
    assert stage.erasure().reason == "more_to_erase"
    stage.settle()
    assert stage.is_gone()
    assert stage.erasure().rows_erased == 3


def test_second_worker_stands_back_when_two_have_the_same_command() -> None:
    stage = Leaving()
    stage.remove()
    (command,) = stage.buys.drain()
    usual = stage.erasures.save

    def both(erasure: Erasure) -> Erasure:
        InPlaceOf(usual).put_back()
        stage.work(command)
        return usual(erasure)

    InPlaceOf(stage.erasures.save).put(both)
    stage.work(command)
    stage.settle()
    assert stage.is_gone()


def test_secrets_trouble_is_on_record_and_tried_again_when_the_vault_fails() -> None:
    stage = Leaving()
    usual = stage.vault.forget

    def fail(user_id: str, name: str) -> None:
        InPlaceOf(usual).put_back()
        raise errors.SecretUnavailable("x")

    InPlaceOf(stage.vault.forget).put(fail)
    stage.remove()
    stage.settle(3)
    assert stage.erasure().disconnected_at is not None
    stage.settle()
    assert stage.is_gone()


def _relinked(stage: Leaving) -> None:
    registration = Registration(
        user_id=USER,
        provider=Provider.SNAPTRADE,
        provider_connection_id="authorization-1",
        credential=Credential(SUBJECT, Secret("another")),
        cadence=Cadence(),
    )
    parts = RegisterConnectionDependencies(
        owners=stage.connections,
        inbox=stage.inbox,
        connections=stage.connections,
        vault=stage.vault,
        reads=stage.reads,
        traits=TRAITS,
        random_bytes=ones,
        clock=stage.clock,
    )
    register_connection(registration, deps=parts)


@pytest.mark.parametrize(
    ("minutes", "refusal"), [(0, errors.ConnectionRemoving), (30, errors.NotFound)]
)
def test_connection_is_gone_all_the_same_when_it_is_linked_again_meanwhile(
    minutes: int, refusal: type[Exception]
) -> None:
    stage = Leaving()
    _relinked(stage)  # a moment before: its read is still to come
    stage.remove()
    stage.settle(minutes)
    with pytest.raises(refusal):
        _relinked(stage)
    stage.hear(
        an_event(id="fixed", status_hint=StatusHint.REPAIRED, effect=WebhookEffect.CONNECTION_READ)
    )
    stage.settle()
    assert stage.is_gone()


def test_user_leaves_with_everything_when_asked_to() -> None:
    stage = Leaving()
    item = stage.also_link("b", provider=Provider.PLAID, credential_name="plaid#item-1")
    stage.vault.keep(USER, "plaid#item-1", Credential("item-1", Secret("invented")))
    first = remove_user(USER, actor=USER, deps=stage.removing)
    assert remove_user(USER, actor=USER, deps=stage.removing).id == first.id
    stage.drain()
    assert {each.link.status for each in stage.connections.of_user(USER)} <= {"removing"}
    stage.settle()
    assert stage.is_gone()
    receipt = stage.erasures.get(USER, first.id)
    assert (receipt.status, set(receipt.connections)) == ("removed", {CONNECTION_ID, item})
    assert stage.connections.leaving == {}


def test_user_without_connections_leaves_when_asked_to() -> None:
    stage = Leaving()
    stage.connections.rows.clear()
    receipt = remove_user(USER, actor=USER, deps=stage.removing)
    stage.settle(1)
    assert stage.erasures.get(USER, receipt.id).is_done
    assert stage.vault.held_by_name == {}


def test_provider_forgets_every_id_of_a_user_who_never_linked_anything() -> None:
    stage = Leaving()
    stage.connections.rows.clear()
    known = stage.users.find(USER).registering("first").registering("second").registered()
    stage.users.save(known)
    receipt = remove_user(USER, actor=USER, deps=stage.removing)
    stage.drain()
    waiting = stage.erasures.get(USER, receipt.id)
    assert (waiting.is_done, waiting.reason) == (False, "provider_removes_user")
    stage.settle()
    gone = stage.erasures.get(USER, receipt.id)
    assert (gone.status, gone.provider_user.status) == ("removed", "removed")
    assert stage.provider_users.deleted == {
        (Provider.SNAPTRADE, "first"),
        (Provider.SNAPTRADE, "second"),
    }
    assert stage.users.find(USER).subjects == ()
    assert stage.connections.of_provider_user(Provider.SNAPTRADE, "second") is None


def test_user_leaves_all_the_same_when_the_provider_cannot_be_asked_for_the_user() -> None:
    stage = Leaving()
    stage.connections.rows.clear()
    stage.users.save(stage.users.find(USER).registering("first").registered())
    stage.provider_users.failures = [errors.ProviderNotConfigured("snaptrade")]
    receipt = remove_user(USER, actor=USER, deps=stage.removing)
    stage.settle()
    gone = stage.erasures.get(USER, receipt.id)
    assert (gone.status, gone.provider_user.status) == ("removed", "not_removed")


def test_nothing_is_adopted_when_its_user_is_leaving() -> None:
    stage = Leaving()
    remove_user(USER, actor=USER, deps=stage.removing)
    stage.hear(
        an_event(
            provider_connection_id="authorization-new",
            status_hint=StatusHint.ADDED,
            effect=WebhookEffect.CONNECTION_READ,
        )
    )
    stage.settle()
    assert stage.is_gone()


def test_user_who_comes_back_is_not_taken_away_by_the_old_request() -> None:
    stage = Leaving()
    first = remove_user(USER, actor=USER, deps=stage.removing)
    stage.settle()
    stage.also_link("c")
    stage.settle()
    assert len(stage.connections.of_user(USER)) == 1
    again = replace(stage.removing, random_bytes=lambda length: b"\x02" * length)
    assert remove_user(USER, actor=USER, deps=again).id != first.id


def test_wait_is_half_a_minute_when_a_connection_is_still_under_way() -> None:
    stage = Leaving()
    stage.provider.remove_failures = [FAILURE] * 3
    receipt = remove_user(USER, actor=USER, deps=stage.removing)
    stage.drain()
    waiting = stage.erasures.get(USER, receipt.id)
    assert waiting.reason == "connections_under_way"
    assert waiting.due_at == stage.clock() + timedelta(seconds=30)

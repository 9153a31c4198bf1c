"""Taking in what was linked: once, whole or not at all, whoever comes first."""

from typing import Any

import pytest

from freshet.domain.call_errors import AnswerLost, LinkInvalid
from freshet.domain.commands import ReadReason
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import (
    InvalidField,
    LinkUnfinished,
    NotFound,
    ProviderNotConfigured,
    SecretUnavailable,
)
from freshet.domain.link_session import LinkOutcome, LinkStatus
from freshet.domain.linking import EnrolledConnection
from freshet.domain.provider import Provider
from freshet.services.start_link import StartedLink
from tests.builders import CONNECTION_ID, USER, a_connection, an_answer, an_event
from tests.unit.crashing import Crashes
from tests.unit.link_stage import LinkStage

ITEM = "item-9"
FEWEST_STEPS = 5


def _completed(connection_id: str) -> LinkOutcome:
    return LinkOutcome(LinkStatus.COMPLETED, connection_id)


def test_item_is_kept_saved_and_read_when_its_token_is_exchanged() -> None:
    stage = LinkStage()
    started = stage.start(Provider.PLAID)
    public_token = stage.items.finish(ITEM)
    taken_in = stage.arrive(
        Provider.PLAID, public_token=public_token, link_session_id=started.session.id
    )
    connection = taken_in.connection
    assert taken_in.is_new
    assert (connection.link.status, connection.due_at) == (
        ConnectionStatus.INITIALISING,
        stage.clock(),
    )
    kept = stage.vault.find(USER, connection.link.credential_name)
    assert kept == Credential(ITEM, Secret(f"access-{ITEM}"))
    (command,) = stage.reads.commands
    assert (command.connection_id, command.reason) == (connection.id, ReadReason.FIRST_LOAD)
    assert stage.outcome(started) == _completed(connection.id)
    assert public_token.reveal() not in f"{connection!r} {stage.sessions.rows!r}"


def test_item_is_taken_in_once_when_its_token_comes_twice() -> None:
    stage = LinkStage()
    public_token = stage.items.finish(ITEM)
    first, second = (stage.arrive(Provider.PLAID, public_token=public_token) for _ in range(2))
    assert (first.connection, first.is_new) == (second.connection, True)
    assert not second.is_new
    assert len(stage.connections.rows) == len(stage.vault.held_by_name) == 1


def test_events_that_came_first_are_worked_when_the_item_is_taken_in() -> None:
    stage = LinkStage()
    event = an_event(provider=Provider.PLAID, provider_connection_id=ITEM)
    stage.inbox.claim(event, owner=None, marked_at=stage.clock())
    taken_in = stage.arrive(Provider.PLAID, public_token=stage.items.finish(ITEM))
    assert stage.connections.get(USER, taken_in.connection.id).pending


def test_item_is_given_back_when_its_token_cannot_be_kept() -> None:
    stage = LinkStage()
    started = stage.start(Provider.PLAID)
    stage.vault.is_broken = True
    with pytest.raises(SecretUnavailable):
        stage.arrive(
            Provider.PLAID,
            public_token=stage.items.finish(ITEM),
            link_session_id=started.session.id,
        )
    assert stage.items.items == set()
    assert stage.connections.rows == {}
    assert stage.outcome(started).status is LinkStatus.FAILED


def test_token_of_an_item_that_was_given_back_is_forgotten_when_its_write_took_effect() -> None:
    stage = LinkStage()
    stage.vault.fails_after_effect = True
    public_token = stage.items.finish(ITEM)
    with pytest.raises(SecretUnavailable):
        stage.arrive(Provider.PLAID, public_token=public_token)
    assert stage.items.items == set()
    assert stage.vault.held_by_name == {}
    stage.vault.fails_after_effect = False
    with pytest.raises(LinkInvalid):  # and not a connection to an Item that is gone
        stage.arrive(Provider.PLAID, public_token=public_token)
    assert stage.connections.rows == {}


def test_trouble_is_told_as_it_was_when_the_item_cannot_be_given_back_either() -> None:
    stage = LinkStage()
    stage.vault.is_broken = True
    stage.items.failures["remove"] = [AnswerLost(an_answer())]
    with pytest.raises(SecretUnavailable):
        stage.arrive(Provider.PLAID, public_token=stage.items.finish(ITEM))
    assert stage.items.items == {ITEM}


def test_session_has_failed_when_its_token_is_spent_until_another_comes() -> None:
    stage = LinkStage()
    started = stage.start(Provider.PLAID)
    arrival = {"link_session_id": started.session.id, "state": started.state}
    with pytest.raises(LinkInvalid):
        stage.arrive(Provider.PLAID, public_token=Secret("spent"), **arrival)
    assert stage.outcome(started).status is LinkStatus.FAILED
    taken_in = stage.arrive(Provider.PLAID, public_token=stage.items.finish(ITEM), **arrival)
    assert stage.outcome(started) == _completed(taken_in.connection.id)
    assert stage.arrive(Provider.PLAID, **arrival).connection == taken_in.connection


@pytest.mark.parametrize("is_after_effect", [False, True])
def test_item_ends_whole_or_lost_to_all_when_the_process_died_at_any_step(
    is_after_effect: bool,
) -> None:
    number, is_through, lost = 0, False, []
    while not is_through:
        crashes = Crashes()
        stage = LinkStage(crashes)
        body: dict[str, Any] = {"public_token": stage.items.finish(ITEM)}
        crashes.planned[crashes.calls + number] = is_after_effect
        at, number = crashes.calls + number, number + 1
        stage.survive(lambda: stage.arrive(Provider.PLAID, **body))  # noqa: B023 - called at once
        is_through = crashes.calls <= at
        stage.recover()
        try:
            taken_in = stage.arrive(Provider.PLAID, **body)
        except LinkInvalid:
            # Died with the only copy of the token in hand: before it was kept, and no earlier.
            lost.append(number)
            assert stage.connections.rows == {}
            assert stage.vault.held_by_name == {}
            continue
        assert stage.connections.of_user(USER) == [taken_in.connection]
        assert stage.vault.find(USER, taken_in.connection.link.credential_name).subject == ITEM
        assert stage.reads.commands
    assert number > FEWEST_STEPS
    assert len(lost) == 1


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("is_webhook_first", [True, False])
def test_connection_is_new_to_one_only_when_both_come_at_once(
    is_named: bool, is_webhook_first: bool
) -> None:
    stage = LinkStage()
    started, made = _linked(stage)
    body: dict[str, Any] = {"link_session_id": started.session.id}
    if is_named:
        body = {"provider_connection_id": made}
    others: list[EnrolledConnection] = []

    def meanwhile() -> None:
        if is_webhook_first:
            stage.hear_added(made)
        else:
            others.append(stage.arrive(**body))

    stage.portal.during_listing = meanwhile
    taken_in = stage.arrive(**body)
    assert not taken_in.is_new
    assert [each.is_new for each in others] == [True] * (not is_webhook_first)
    (saved,) = stage.connections.of_user(USER)
    assert saved.id == taken_in.connection.id


def _linked(stage: LinkStage) -> tuple[StartedLink, str]:
    return stage.start(), stage.visit_portal()


@pytest.mark.parametrize("is_named", [True, False])
def test_connection_is_taken_in_when_the_tab_comes_first(is_named: bool) -> None:
    stage = LinkStage()
    started, made = _linked(stage)
    arrival: dict[str, Any] = {"link_session_id": started.session.id, "state": started.state}
    if is_named:
        arrival = {"provider_connection_id": made}
    taken_in, again = (stage.arrive(**arrival) for _ in range(2))
    assert (taken_in.is_new, again.is_new) == (True, False)
    assert taken_in.connection.link.credential_name == f"snaptrade#{stage.subject}"
    stage.hear_added(made)
    assert stage.outcome(started) == _completed(taken_in.connection.id)
    assert len(stage.connections.of_user(USER)) == 1


@pytest.mark.parametrize("is_named", [True, False])
def test_same_connection_is_answered_when_the_webhook_came_first(is_named: bool) -> None:
    stage = LinkStage()
    started, made = _linked(stage)
    stage.hear_added(made)
    (adopted,) = stage.connections.of_user(USER)
    assert stage.outcome(started) == _completed(adopted.id)
    arrival: dict[str, Any] = {"provider_connection_id": made} if is_named else {}
    taken_in = stage.arrive(link_session_id=started.session.id, **arrival)
    assert (taken_in.connection.id, taken_in.is_new) == (adopted.id, False)


def test_each_session_has_its_own_when_two_tabs_named_theirs() -> None:
    stage = LinkStage()
    sessions = [stage.start() for _ in range(2)]
    made = [stage.visit_portal(f"authorization-{at}") for at in range(2)]
    for each in made:
        stage.hear_added(each)
    for session, each in zip(sessions, made, strict=True):
        stage.arrive(link_session_id=session.session.id, provider_connection_id=each)
    outcomes = [stage.outcome(each).connection_id for each in sessions]
    owners = [stage.connections.of_connection(Provider.SNAPTRADE, each) for each in made]
    assert [(USER, each) for each in outcomes] == owners


def test_nothing_is_taken_in_when_the_portal_made_nothing() -> None:
    stage = LinkStage()
    started = stage.start()
    with pytest.raises(LinkUnfinished):
        stage.arrive(link_session_id=started.session.id)
    with pytest.raises(NotFound):
        stage.arrive(provider_connection_id="authorization-of-another")
    assert stage.outcome(started).status is LinkStatus.PENDING


def test_nothing_is_asked_when_the_user_was_never_registered() -> None:
    stage = LinkStage()
    with pytest.raises(NotFound):
        stage.arrive(provider_connection_id="authorization-1")
    assert stage.portal.users == {}


@pytest.mark.parametrize("is_after_effect", [False, True])
def test_connection_is_taken_in_once_when_the_process_died_at_any_step(
    is_after_effect: bool,
) -> None:
    number, is_through = 0, False
    while not is_through:
        crashes = Crashes()
        stage = LinkStage(crashes)
        started, made = _linked(stage)
        body: dict[str, Any] = {"link_session_id": started.session.id}
        crashes.planned[crashes.calls + number] = is_after_effect
        at, number = crashes.calls + number, number + 1
        stage.survive(lambda: stage.arrive(**body))  # noqa: B023 - called at once
        is_through = crashes.calls <= at
        stage.recover()
        stage.hear_added(made)
        taken_in = stage.arrive(**body)
        assert [each.id for each in stage.connections.of_user(USER)] == [taken_in.connection.id]
        assert stage.outcome(started) == _completed(taken_in.connection.id)
        assert stage.reads.commands
    assert number > FEWEST_STEPS


def test_read_is_asked_for_and_believed_alone_when_a_user_comes_back_from_a_repair() -> None:
    stage = LinkStage()
    broken = a_connection(provider=Provider.PLAID, status=ConnectionStatus.NEEDS_USER)
    stage.connections.add(broken, provider_user_id=None)
    stage.vault.keep(USER, broken.link.credential_name, Credential(ITEM, Secret("access")))
    started = stage.start(None, connection_id=CONNECTION_ID)
    stage.reads.drain()
    for _ in range(2):
        taken_in = stage.arrive(Provider.PLAID, link_session_id=started.session.id)
        assert (taken_in.connection.id, taken_in.is_new) == (CONNECTION_ID, False)
    assert {command.reason for command in stage.reads.commands} == {ReadReason.FIRST_LOAD}
    assert stage.connections.get(USER, CONNECTION_ID).link.expiry.returned_at == stage.clock()
    assert stage.outcome(started).status is LinkStatus.PENDING


@pytest.mark.parametrize(
    ("arrival", "field"),
    [
        ({"state": "without a session"}, "state"),
        ({"link_session_id": "mine", "state": "not mine"}, "state"),
        ({"provider": Provider.PLAID, "link_session_id": "mine"}, "provider"),
        ({"provider": Provider.PLAID}, "public_token"),
    ],
)
def test_field_is_named_when_it_makes_no_sense(arrival: dict[str, Any], field: str) -> None:
    stage = LinkStage()
    started = stage.start()
    if "link_session_id" in arrival:
        arrival = arrival | {"link_session_id": started.session.id}
    with pytest.raises(InvalidField) as refused:
        stage.arrive(**arrival)
    assert refused.value.field == field


def test_session_of_another_is_not_found() -> None:
    stage = LinkStage()
    started = stage.start()
    with pytest.raises(NotFound):
        stage.arrive(user_id="user-2", link_session_id=started.session.id)


def test_nothing_is_exchanged_when_the_provider_is_not_configured() -> None:
    stage = LinkStage()
    stage.is_configured = False
    with pytest.raises(ProviderNotConfigured):
        stage.arrive(Provider.PLAID, public_token=Secret("public"))

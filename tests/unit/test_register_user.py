"""A user is one user at SnapTrade, however many ask and whatever gets lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import replace

import pytest

from freshet.adapters.snaptrade.registration import registered_anew, registered_user
from freshet.domain.call_errors import (
    AlreadyRegistered,
    AnswerLost,
    CallFailed,
    CredentialRefused,
    NotReached,
)
from freshet.domain.credential import Credential, Secret, credential_name
from freshet.domain.errors import SecretUnavailable, UserBusy
from freshet.domain.provider import Provider
from tests.builders import USER, an_answer
from tests.unit.crashing import Crashes
from tests.unit.link_stage import LinkStage

FEWEST_STEPS = 8


def test_user_is_registered_under_an_id_that_names_nobody_when_new() -> None:
    stage = LinkStage()
    credential = registered_user(USER, deps=stage.registering)
    assert stage.portal.users == {credential.subject: credential.secret.reveal()}
    assert USER not in credential.subject
    assert stage.users.find(USER).is_registered
    assert stage.connections.of_provider_user(Provider.SNAPTRADE, credential.subject) == USER


def test_user_stays_the_same_when_asked_for_again() -> None:
    stage = LinkStage()
    first, second = (registered_user(USER, deps=stage.registering) for _ in range(2))
    assert first == second
    assert len(stage.portal.users) == 1


def test_second_tab_registers_nobody_when_the_first_is_at_it() -> None:
    stage = LinkStage()

    def second_tab() -> None:
        another = replace(stage.registering, lease=stage.lease.of_another())
        with pytest.raises(UserBusy):
            registered_user(USER, deps=another)

    stage.portal.during_registration = second_tab
    first = registered_user(USER, deps=stage.registering)
    assert registered_user(USER, deps=stage.registering) == first
    assert len(stage.portal.users) == 1


def test_second_tab_gets_the_same_user_when_it_had_to_wait_for_the_first() -> None:
    stage = LinkStage()
    before, first = stage.lease, stage.registering

    class Waited:
        @contextmanager
        def hold(self, user_id: str) -> Iterator[None]:
            registered_user(user_id, deps=first)
            with before.hold(user_id):
                yield

    second = registered_user(USER, deps=replace(stage.registering, lease=Waited()))
    assert stage.portal.users.keys() == {second.subject}


def test_other_users_do_not_wait_when_one_registers() -> None:
    stage = LinkStage()

    def other_user() -> None:
        stage.portal.during_registration = None
        registered_user("user-2", deps=stage.registering)

    stage.portal.during_registration = other_user
    registered_user(USER, deps=stage.registering)
    assert len(stage.portal.users) == 2


@pytest.mark.parametrize("failure", [NotReached, AnswerLost])
def test_id_is_given_up_when_nobody_knows_what_became_of_it(failure: type[CallFailed]) -> None:
    stage = LinkStage()
    stage.portal.failures["register_user"] = [failure(an_answer())]
    with pytest.raises(failure):
        registered_user(USER, deps=stage.registering)
    lost = stage.subject
    credential = registered_user(USER, deps=stage.registering)
    assert credential.subject == stage.subject != lost
    assert stage.users.find(USER).given_up == (lost,)


def test_another_id_is_tried_when_the_first_is_taken() -> None:
    stage = LinkStage()
    stage.portal.failures["register_user"] = [AlreadyRegistered(an_answer())]
    credential = registered_user(USER, deps=stage.registering)
    assert stage.portal.users.keys() == {credential.subject}
    assert len(stage.users.find(USER).given_up) == 1


def test_registration_fails_when_every_id_is_taken() -> None:
    stage = LinkStage()
    stage.portal.failures["register_user"] = [AlreadyRegistered(an_answer()) for _ in range(2)]
    with pytest.raises(AlreadyRegistered):
        registered_user(USER, deps=stage.registering)
    assert not stage.users.find(USER).is_registered


def test_id_is_given_up_when_its_secret_could_not_be_kept() -> None:
    stage = LinkStage()
    stage.vault.is_broken = True
    with pytest.raises(SecretUnavailable):
        registered_user(USER, deps=stage.registering)
    lost, stage.vault.is_broken = stage.subject, False
    assert registered_user(USER, deps=stage.registering).subject != lost
    assert stage.users.find(USER).given_up == (lost,)


def test_id_is_given_up_when_the_vault_has_lost_its_secret() -> None:
    stage = LinkStage()
    lost = registered_user(USER, deps=stage.registering).subject
    stage.vault.held_by_name.clear()
    assert registered_user(USER, deps=stage.registering).subject != lost
    assert stage.users.find(USER).given_up == (lost,)


def test_user_gets_another_id_when_the_provider_refuses_the_secret() -> None:
    stage = LinkStage()
    lost = registered_user(USER, deps=stage.registering).subject
    stage.portal.failures["portal"] = [CredentialRefused(an_answer())]
    assert stage.start().offer.url is not None
    assert stage.subject != lost
    assert stage.portal.visits[-1]["user"] == stage.subject
    assert stage.portal.deleting == {lost}
    assert stage.users.find(USER).given_up == (lost,)


def test_refusal_is_told_when_the_new_secret_is_refused_as_well() -> None:
    stage = LinkStage()
    stage.portal.failures["portal"] = [CredentialRefused(an_answer()) for _ in range(2)]
    with pytest.raises(CredentialRefused):
        stage.start()


def test_user_stays_the_same_when_the_secret_was_replaced_before_the_refusal() -> None:
    stage = LinkStage()
    first = registered_user(USER, deps=stage.registering)
    newer = Credential(first.subject, Secret("rotated meanwhile"))
    stage.vault.keep(USER, credential_name(Provider.SNAPTRADE, first.subject), newer)
    assert registered_anew(USER, first, deps=stage.registering) == newer
    assert stage.users.find(USER).given_up == ()


def test_given_up_id_is_deleted_until_the_provider_knows_it_no_more() -> None:
    stage = LinkStage()
    stage.vault.is_broken = True
    with pytest.raises(SecretUnavailable):
        stage.start()
    lost, stage.vault.is_broken = stage.subject, False
    stage.start()
    assert stage.portal.deleting == {lost}
    assert stage.users.find(USER).given_up == (lost,)
    stage.portal.finish_deletions()
    stage.start()
    assert stage.users.find(USER).given_up == ()
    assert stage.portal.users.keys() == {stage.subject}


def test_link_is_given_all_the_same_when_the_deletion_fails() -> None:
    stage = LinkStage()
    registered_user(USER, deps=stage.registering)
    stage.vault.held_by_name.clear()
    stage.portal.failures["delete_user"] = [NotReached(an_answer())]
    assert stage.start().offer.url is not None
    assert len(stage.users.find(USER).given_up) == 1


def test_deletion_waits_for_the_next_time_when_this_one_took_long() -> None:
    stage = LinkStage()
    registered_user(USER, deps=stage.registering)
    stage.vault.held_by_name.clear()
    stage.portal.during_registration = lambda: stage.later(seconds=9)
    stage.start()
    assert stage.portal.deleting == set()


def test_user_ends_as_one_when_the_process_died_at_any_step() -> None:
    number = 0
    while True:
        for is_after_effect in (False, True):
            crashes = Crashes({number: is_after_effect})
            stage = LinkStage(crashes)
            stage.survive(lambda: stage.start())  # noqa: B023 - called at once
            is_through = crashes.calls <= number
            stage.recover()
            stage.start()
            stage.portal.finish_deletions()
            stage.start()
            _demand_one_user(stage)
        if is_through:
            break
        number += 1
    assert number >= FEWEST_STEPS


def _demand_one_user(stage: LinkStage) -> None:
    known = stage.users.find(USER)
    assert known.is_registered
    assert known.given_up == ()
    assert stage.portal.users.keys() == {known.subject}
    assert stage.connections.of_provider_user(Provider.SNAPTRADE, str(known.subject)) == USER
    assert registered_user(USER, deps=stage.registering).subject == known.subject

"""Moving credentials: nothing is lost, nothing newer overwritten, and each user has a line."""

from contextlib import ExitStack
from datetime import timedelta

import pytest

from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import SecretUnavailable
from freshet.services.move_credentials import (
    ENOUGH,
    Move,
    MoveCredentialsDependencies,
    MoveStatus,
    move_credentials,
)
from tests.builders import NOON, USER
from tests.fakes import FakeClock, FakeUserLease, FakeVault

ONE = Credential("provider-user-1", Secret("invented-secret-1"))
TWO = Credential("provider-user-2", Secret("invented-secret-2"))
MOVED, NOTHING = MoveStatus.MOVED, MoveStatus.NOTHING_TO_MOVE


class Stores:
    """Two stores, the user's lease and a clock."""

    def __init__(self) -> None:
        self.old, self.new = FakeVault(), FakeVault()
        self.lease, self.clock = FakeUserLease(), FakeClock(NOON)
        self.old.keep(USER, "a", ONE)
        self.old.keep(USER, "b", TWO)

    def move(self, *user_ids: str) -> list[Move]:
        parts = MoveCredentialsDependencies(
            old=self.old, new=self.new, lease=self.lease, clock=self.clock
        )
        return move_credentials(user_ids, deps=parts)


def test_all_of_a_users_credentials_move_and_the_old_ones_are_gone() -> None:
    stores = Stores()
    stores.old.keep("user-2", "a", ONE)
    assert stores.move(USER) == [Move(USER, MOVED)]
    assert stores.new.held(USER) == {"a": ONE, "b": TWO}
    assert stores.old.held(USER) == {}
    assert stores.old.held("user-2") == {"a": ONE}


def test_repeating_does_no_harm_and_unknown_users_have_nothing() -> None:
    stores = Stores()
    lines = stores.move(USER, USER, "nobody")
    assert [each.status for each in lines] == [MOVED, NOTHING, NOTHING]
    assert stores.new.held(USER) == {"a": ONE, "b": TWO}


def test_what_was_kept_since_is_not_overwritten_by_what_is_older() -> None:
    stores = Stores()
    stores.new.keep(USER, "a", TWO)
    assert stores.move(USER) == [Move(USER, MOVED)]
    assert stores.new.held(USER) == {"a": TWO, "b": TWO}


def test_one_users_trouble_is_his_own_and_nothing_of_his_is_dropped() -> None:
    stores = Stores()
    stores.old.keep("user-2", "a", ONE)
    with stores.lease.of_another().hold(USER):
        lines = stores.move(USER, "user-2")
    assert [each.status for each in lines] == [MoveStatus.FAILED, MOVED]
    assert stores.old.held(USER) == {"a": ONE, "b": TWO}


@pytest.mark.parametrize("is_refused", [True, False])
def test_nothing_is_dropped_when_the_new_store_does_not_take_it(is_refused: bool) -> None:
    class Careless(FakeVault):
        def keep(self, user_id: str, name: str, credential: Credential) -> None:
            if name == "b" and is_refused:
                raise SecretUnavailable("no room")
            super().keep(user_id, name, ONE)

    stores = Stores()
    stores.new = Careless()
    (line,) = stores.move(USER)
    assert line.status is MoveStatus.FAILED
    assert line.reason
    assert "invented" not in line.reason
    assert stores.old.held(USER) == {"a": ONE, "b": TWO}


def test_nothing_is_written_when_the_lease_was_lost_meanwhile() -> None:
    stores, others = Stores(), ExitStack()

    class Slow(FakeVault):
        def find(self, user_id: str, name: str) -> Credential:
            stores.lease.expire()
            others.enter_context(stores.lease.of_another().hold(user_id))
            return super().find(user_id, name)

    stores.new = Slow()
    with others:
        (line,) = stores.move(USER)
    assert line.status is MoveStatus.FAILED
    assert stores.new.held(USER) == {}
    assert stores.old.held(USER) == {"a": ONE, "b": TWO}


def test_users_are_left_for_the_next_event_when_time_runs_out() -> None:
    stores = Stores()

    class Slow(FakeVault):
        def keep(self, user_id: str, name: str, credential: Credential) -> None:
            stores.clock.advance(ENOUGH / 2 + timedelta(seconds=1))
            super().keep(user_id, name, credential)

    stores.new = Slow()
    stores.old.keep("user-2", "a", ONE)
    lines = stores.move(USER, "user-2")
    assert [each.status for each in lines] == [MOVED, MoveStatus.NOT_BEGUN]
    assert stores.move("user-2") == [Move("user-2", MOVED)]


def test_no_secret_is_in_a_repr() -> None:
    stores = Stores()
    assert "invented" not in repr(stores.move(USER))

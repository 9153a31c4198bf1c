"""Whoever removes dies at every step in turn: in the end everything is gone, and nothing twice."""

from collections.abc import Callable

import pytest

from freshet.domain.credential import Credential, Secret
from freshet.domain.provider import Provider
from freshet.domain.webhooks import StatusHint, WebhookEffect, WebhookEvent
from freshet.services.begin_removal import remove_connection, remove_user
from tests.builders import CONNECTION_ID, USER, an_event
from tests.unit.crashing import Crashes, MortalStage, make_mortal

SUBJECT = "snaptrade-user-1"
NAME = f"snaptrade#{SUBJECT}"
MOST_STEPS = 95
FEWEST_STEPS = 15
MINUTES = 60

Removal = Callable[["Leaving"], object]


class Leaving(MortalStage):
    """A stage with something to take away; its ports begin to die once all is set up."""

    def __init__(self, planned: dict[int, bool]) -> None:
        super().__init__(Crashes(), credential_name=NAME)
        self.vault.keep(USER, NAME, Credential(SUBJECT, Secret("invented")))
        self.connections.users[Provider.SNAPTRADE, SUBJECT] = USER
        self.read()
        self.buy()
        make_mortal(self, self.crashes, "erasures", "eraser", "vault", "provider_users")
        self.crashes.calls, self.crashes.planned = 0, planned

    def live(self, removal: Removal) -> None:
        """Ask until somebody answers; then let an hour pass in which nobody dies any more."""
        while not self.survive(removal, self):
            self.later(seconds=5)
        for minute in range(MINUTES):
            self.survive(self.drain)
            if minute == 2:
                self.survive(self.hear, _deleted())
            self.later(minutes=1)
            self.survive(self.plan)

    def demand_promises(self) -> None:
        """Nothing is left but receipts and the books; all credentials are forgotten."""
        assert self.connections.rows == {}
        assert self.accounts.rows == {}
        assert self.snapshots.rows == {}
        assert self.snapshots.kept == {}
        assert self.refreshes.rows == {}
        assert self.vault.held_by_name == {}
        assert self.provider_users.deleted == {(Provider.SNAPTRADE, SUBJECT)}
        assert all(each.is_done for each in self.erasures.rows.values())
        assert [str(each.cost.amount) for each in self.refreshes.ledger.values()] == ["0.05"]
        assert self.provider.billed == 1


def _deleted() -> WebhookEvent:
    return an_event(
        id="deleted", effect=WebhookEffect.CONNECTION_READ, status_hint=StatusHint.REMOVED
    )


def _one(stage: Leaving) -> object:
    return remove_connection(USER, CONNECTION_ID, actor=USER, deps=stage.removing)


def _all(stage: Leaving) -> object:
    return remove_user(USER, actor=USER, deps=stage.removing)


@pytest.mark.parametrize("removal", [_one, _all])
def test_every_step_of_a_removal_is_covered_when_it_runs_through(removal: Removal) -> None:
    stage = Leaving({})
    stage.live(removal)
    assert stage.crashes.calls >= FEWEST_STEPS
    stage.demand_promises()


@pytest.mark.sampled(40, by="removal")
@pytest.mark.parametrize("number", range(MOST_STEPS))
@pytest.mark.parametrize("is_after_effect", [False, True])
@pytest.mark.parametrize("removal", [_one, _all])
def test_everything_is_gone_when_somebody_dies_at_any_step(
    removal: Removal, is_after_effect: bool, number: int
) -> None:
    stage = Leaving({number: is_after_effect})
    stage.live(removal)
    stage.demand_promises()


@pytest.mark.sampled(8)
@pytest.mark.parametrize("first", range(0, MOST_STEPS, 5))
@pytest.mark.parametrize("is_after_effect", [False, True])
def test_everything_is_gone_when_many_die_in_a_row(first: int, is_after_effect: bool) -> None:
    stage = Leaving(dict.fromkeys(range(first, first + 12, 2), is_after_effect))
    stage.live(_all)
    stage.demand_promises()

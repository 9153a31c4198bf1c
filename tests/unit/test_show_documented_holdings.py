"""Whose accounts are shown together, and which of them."""

from collections.abc import Iterable, Iterator

import pytest

from freshet.adapters.exact_json import written_out
from freshet.adapters.snaptrade.account_holdings import OPTION_POSITION, POSITION
from freshet.adapters.snaptrade.fields import Field, Reference, filled_in
from freshet.adapters.snaptrade.offer import OFFER
from freshet.domain.errors import InvalidField, NotFound, TooManyLines
from freshet.domain.held_account import HeldAccount
from freshet.domain.provider import Provider
from freshet.services.show_documented_holdings import (
    ShowDocumentedDependencies,
    documented_holdings,
)
from tests.builders import CONNECTION_ID, USER, a_snapshot, an_account
from tests.unit.stage import ACCOUNT_ID, Stage


class Names:
    """The port DocumentedHoldings; an account's document is its id."""

    def render(self, held: Iterable[HeldAccount]) -> Iterator[str]:
        for each in held:
            assert each.account.connection_id == each.connection.id
            yield each.account.id


@pytest.fixture
def stage() -> Stage:
    built = Stage()
    built.read()
    return built


def _shown(
    stage: Stage,
    connection_id: str | None = None,
    *,
    user_id: str = USER,
    most_lines: int = 99,
) -> list[str]:
    provider = Provider.SNAPTRADE
    parts = ShowDocumentedDependencies(showing=stage.showing, documents={provider: Names()})
    shown = documented_holdings(
        user_id, connection_id, provider=provider, most_lines=most_lines, deps=parts
    )
    return list(shown)


def _also_hold(stage: Stage, connection_id: str) -> str:
    account = an_account(id="acc_of_" + connection_id, connection_id=connection_id)
    stage.accounts.save(account)
    stage.snapshots.rows[USER, account.id] = a_snapshot()
    return account.id


def test_accounts_are_in_the_order_of_their_connections_when_all_are_shown(stage: Stage) -> None:
    second = stage.also_link("b")
    other = _also_hold(stage, second)
    assert _shown(stage) == [ACCOUNT_ID, other]
    assert _shown(stage, second) == [other]
    assert _shown(stage, CONNECTION_ID) == [ACCOUNT_ID]


def test_account_is_passed_over_when_it_is_closed_or_nothing_is_known_of_it(stage: Stage) -> None:
    stage.accounts.save(an_account(provider_account_id="account-2"))
    assert _shown(stage) == [ACCOUNT_ID]
    stage.accounts.save(an_account().closed())
    assert _shown(stage) == []


def test_connection_elsewhere_is_passed_over_unless_it_is_named(stage: Stage) -> None:
    item = stage.also_link("b", provider=Provider.PLAID)
    _also_hold(stage, item)
    assert _shown(stage) == [ACCOUNT_ID]
    with pytest.raises(InvalidField) as refused:
        _shown(stage, item)
    assert refused.value.field == "connection_id"


def test_same_nothing_is_found_when_it_is_anothers_and_when_it_does_not_exist(
    stage: Stage,
) -> None:
    for user_id, connection_id in (("user-2", CONNECTION_ID), (USER, "con_" + "b" * 24)):
        with pytest.raises(NotFound):
            _shown(stage, connection_id, user_id=user_id)
    assert _shown(stage, user_id="user-2") == []


def test_nothing_is_made_when_the_lines_are_too_many(stage: Stage) -> None:
    _also_hold(stage, stage.also_link("b"))
    assert len(_shown(stage, most_lines=2)) == 2
    with pytest.raises(TooManyLines):
        _shown(stage, most_lines=1)
    assert len(_shown(stage, CONNECTION_ID, most_lines=1)) == 1


@pytest.mark.parametrize("fields", [POSITION, OPTION_POSITION])
def test_line_of_nulls_alone_is_not_shorter_than_is_said(fields: tuple[Field, ...]) -> None:
    nothing = Reference(exchanges={}, currencies={}, types={})
    text = written_out(filled_in(fields, {"open_pnl": None}, nothing))
    shape = OFFER.documented
    assert shape is not None
    assert len(text) + text.count('"') >= shape.least_bytes_of_a_line

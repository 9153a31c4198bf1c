"""Ids are opaque, stable and recognisable."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from freshet.domain.identifiers import (
    account_id_for,
    connection_id_of,
    is_account_id,
    is_connection_id,
    new_connection_id,
    new_refresh_id,
    refresh_id_for,
)
from tests.builders import CONNECTION_ID, zeros

PARTS = st.lists(st.text("a1:", max_size=3), min_size=1, max_size=3)


def test_id_is_recognised_when_we_gave_it_out() -> None:
    connection_id = new_connection_id(zeros)
    account_id = account_id_for(connection_id, "account-1")
    assert is_connection_id(connection_id)
    assert is_account_id(account_id)
    assert not is_account_id(connection_id)
    assert not is_connection_id(account_id)


@pytest.mark.parametrize("text", ["", "con_", "con_" + "A" * 24, "con_" + "a" * 25, "a" * 28])
def test_id_is_not_ours_when_its_shape_is_another(text: str) -> None:
    assert not is_connection_id(text)
    assert not is_account_id(text)
    assert connection_id_of(text) is None


def test_refresh_id_leads_to_its_connection_when_drawn_or_derived() -> None:
    assert connection_id_of(new_refresh_id(CONNECTION_ID, zeros)) == CONNECTION_ID
    assert connection_id_of(refresh_id_for(CONNECTION_ID, "user", "key-1")) == CONNECTION_ID


def test_ids_agree_when_two_readers_derive_them_from_the_same_thing() -> None:
    assert account_id_for(CONNECTION_ID, "a") == account_id_for(CONNECTION_ID, "a")
    assert refresh_id_for(CONNECTION_ID, "a") == refresh_id_for(CONNECTION_ID, "a")


def test_accounts_differ_when_only_their_connection_does() -> None:
    assert account_id_for(CONNECTION_ID, "a") != account_id_for("con_" + "b" * 24, "a")


@given(PARTS, PARTS)
def test_refresh_ids_differ_when_their_reasons_do(one: list[str], two: list[str]) -> None:
    assume(one != two)
    assert refresh_id_for(CONNECTION_ID, *one) != refresh_id_for(CONNECTION_ID, *two)

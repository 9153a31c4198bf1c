"""Erasures: one contract for the table and its twin."""

from collections.abc import Sequence
from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.erasure import Erasure, Upstream, UpstreamStatus
from freshet.domain.errors import ConcurrentChange, NotFound, UserLeaving
from freshet.domain.identifiers import erasure_id_for
from freshet.domain.provider import Provider
from tests.builders import CONNECTION_ID, NOON, USER, a_connection
from tests.clients import DynamoDB
from tests.integration.stores import Stores, dynamo_stores

ID = erasure_id_for(CONNECTION_ID)
MINUTE = timedelta(minutes=1)


def _erasure(**changes: Any) -> Erasure:
    values: dict[str, Any] = {
        "id": ID,
        "user_id": USER,
        "actor": "machine-1",
        "connection_id": CONNECTION_ID,
        "provider": Provider.SNAPTRADE,
        "credential_name": "snaptrade#user",
        "requested_at": NOON,
        "due_at": NOON,
    }
    return Erasure(**(values | changes))


FULL = _erasure(
    reason="provider_removes",
    upstream=Upstream(
        status=UpstreamStatus.ASKED, reason="x", attempts=3, asked_at=NOON, removed_at=NOON
    ),
    provider_user=Upstream(attempts=1),
    confirmed_at=NOON,
    disconnected_at=NOON,
    accounts_erased=2,
    superseded_by="con_newer",
    rows_erased=30,
    due_at=NOON + MINUTE,
)
OF_USER = _erasure(
    id="era_" + "a" * 24,
    actor=USER,
    connection_id=None,
    provider=None,
    credential_name=None,
    connections=("con_1", "con_2"),
)


@pytest.mark.parametrize("erasure", [_erasure(), FULL, OF_USER])
def test_erasure_comes_back_as_it_went_when_stored(stores: Stores, erasure: Erasure) -> None:
    assert stores.erasures.begin(erasure) == erasure
    assert stores.erasures.get(USER, erasure.id) == erasure


def test_first_one_is_given_back_when_it_is_asked_for_again(stores: Stores) -> None:
    first = stores.erasures.begin(_erasure())
    assert stores.erasures.begin(_erasure(requested_at=NOON + MINUTE)) == first


def test_user_has_one_at_a_time_when_asked_again_under_another_id(stores: Stores) -> None:
    first = stores.erasures.begin(OF_USER)
    again = replace(OF_USER, id="era_" + "b" * 24)
    assert stores.erasures.begin(again) == first
    with pytest.raises(NotFound):
        stores.erasures.get(USER, again.id)


def test_nothing_is_added_while_its_user_is_leaving_and_again_after_that(stores: Stores) -> None:
    leaving = stores.erasures.begin(OF_USER)
    with pytest.raises(UserLeaving):
        stores.connections.add(a_connection(), provider_user_id=None)
    stores.connections.add(a_connection(user_id="user-2"), provider_user_id=None)
    stores.erasures.save(leaving.done(now=NOON))
    other = a_connection(provider_connection_id="authorization-2")
    assert stores.connections.add(other, provider_user_id=None) == other


@pytest.mark.parametrize("erasure", [_erasure(), OF_USER])
def test_nothing_is_stored_when_somebody_else_was_faster(stores: Stores, erasure: Erasure) -> None:
    begun = stores.erasures.begin(erasure)
    saved = stores.erasures.save(replace(begun, rows_erased=1))
    assert saved == replace(begun, rows_erased=1, version=2)
    with pytest.raises(ConcurrentChange):
        stores.erasures.save(begun.done(now=NOON))
    assert stores.erasures.get(USER, erasure.id) == saved


def test_same_nothing_is_found_when_it_is_anothers_and_when_it_does_not_exist(
    stores: Stores,
) -> None:
    stores.erasures.begin(_erasure())
    for user_id, erasure_id in (("user-2", ID), (USER, "era_" + "b" * 24)):
        with pytest.raises(NotFound):
            stores.erasures.get(user_id, erasure_id)


def test_oldest_is_due_first_and_claimed_once_when_its_time_has_come(stores: Stores) -> None:
    later = _erasure(id="era_" + "b" * 24, connection_id="con_b", due_at=NOON + MINUTE)
    for erasure in (later, _erasure(), replace(later, id="era_" + "c" * 24, due_at=None)):
        stores.erasures.begin(erasure)
    due: Sequence[tuple[str, Any]] = stores.erasures.due_erasures(now=NOON + MINUTE, limit=10)
    assert [due_at for _, due_at in due] == [NOON, NOON + MINUTE]
    assert stores.erasures.due_erasures(now=NOON, limit=10) == due[:1]
    assert stores.erasures.due_erasures(now=NOON + MINUTE, limit=1) == due[:1]
    (place, due_at), _ = due
    lease = NOON + 15 * MINUTE
    claimed = stores.erasures.claim_erasure(place, due_at=due_at, lease_until=lease)
    assert claimed == replace(_erasure(), due_at=lease, version=2)
    assert stores.erasures.claim_erasure(place, due_at=due_at, lease_until=lease) is None


def test_confirmation_makes_it_due_once_when_it_is_under_way(stores: Stores) -> None:
    stores.erasures.confirm(USER, ID, at=NOON, now=NOON)  # of nothing
    begun = stores.erasures.begin(_erasure(due_at=NOON + 60 * MINUTE))
    for minute in (1, 2):
        stores.erasures.confirm(USER, ID, at=NOON, now=NOON + minute * MINUTE)
    confirmed = stores.erasures.get(USER, ID)
    assert confirmed == replace(begun, confirmed_at=NOON, due_at=NOON + MINUTE, version=2)
    done = stores.erasures.save(confirmed.done(now=NOON))
    stores.erasures.confirm(USER, ID, at=NOON, now=NOON)
    assert stores.erasures.get(USER, ID) == done
    assert stores.erasures.due_erasures(now=NOON + 999 * MINUTE, limit=10) == []


def test_receipt_names_neither_user_nor_credential_when_all_is_over(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(dynamodb)
    begun = stores.erasures.begin(replace(FULL, actor=USER))
    stores.erasures.save(begun.done(now=NOON))
    (row,) = dynamodb.scan(TableName="connections")["Items"]
    assert USER not in str(row)
    assert "snaptrade#user" not in str(row)
    assert "due_at" not in row
    assert "expires_at" not in row

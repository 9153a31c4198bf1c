"""ReferenceData: one contract for the table and its twin."""

from datetime import timedelta

import pytest

from freshet.domain.provider import Provider
from freshet.domain.reference import ReferenceEntry, ReferenceKind, ReferenceName
from tests.builders import NOON
from tests.integration.stores import Stores

CURRENCY, EXCHANGE = ReferenceKind.CURRENCY, ReferenceKind.EXCHANGE
KEPT = '{"id": "ü", "n": 1.10}'
MINUTE = timedelta(minutes=1)


def _entry(
    kind: ReferenceKind = CURRENCY,
    code: str = "USD",
    document: str | None = '{"id": "ü", "n": 1.10}',
) -> ReferenceEntry:
    return ReferenceEntry(name=ReferenceName(kind, code), document=document, learned_at=NOON)


def test_nothing_is_known_when_nothing_was_kept(stores: Stores) -> None:
    assert stores.reference_data.of_provider(Provider.SNAPTRADE) == []


def test_entries_come_back_in_order_when_they_were_kept(stores: Stores) -> None:
    entries = [
        _entry(EXCHANGE, "ARCX"),
        _entry(CURRENCY, "USD"),
        _entry(CURRENCY, "CHF", document=None),
    ]
    stores.reference_data.keep(Provider.SNAPTRADE, entries)
    assert stores.reference_data.of_provider(Provider.SNAPTRADE) == entries[::-1]
    assert stores.reference_data.of_provider(Provider.PLAID) == []


def test_newest_counts_when_a_thing_is_kept_again(stores: Stores) -> None:
    stores.reference_data.keep(Provider.SNAPTRADE, [_entry(document=None)])
    stores.reference_data.keep(Provider.SNAPTRADE, [_entry()])
    assert stores.reference_data.of_provider(Provider.SNAPTRADE) == [_entry()]


@pytest.mark.parametrize(("later", "is_free"), [(MINUTE / 2, False), (MINUTE, True)])
def test_turn_is_free_again_when_its_time_is_over(
    stores: Stores, later: timedelta, is_free: bool
) -> None:
    kept = stores.reference_data
    assert kept.claim(Provider.SNAPTRADE, now=NOON, until=NOON + MINUTE)
    assert kept.claim(Provider.SNAPTRADE, now=NOON + later, until=NOON + 2 * MINUTE) is is_free


def test_turn_is_no_reference_data_when_it_is_taken(stores: Stores) -> None:
    stores.reference_data.claim(Provider.SNAPTRADE, now=NOON, until=NOON + MINUTE)
    assert stores.reference_data.of_provider(Provider.SNAPTRADE) == []
    assert stores.reference_data.claim(Provider.PLAID, now=NOON, until=NOON + MINUTE)

"""Any sequence of reads: nothing erased, nothing backwards, every digit, the same in the end."""

from copy import replace
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from freshet.domain.holdings import Holdings
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, judge
from tests.builders import (
    EMPTY,
    NEW_YORK,
    NOON,
    USER,
    a_position,
    a_reading,
    some_holdings,
)
from tests.depth import many
from tests.fakes import FakeSnapshots

ACCOUNT = "acc_1"
HOUR = timedelta(hours=1)
CONTENTS = [
    some_holdings(positions=(a_position(units=Decimal(units), price=Decimal(price)),))
    for units in (1, 2)
    for price in ("10.10", "11.00")
]


@dataclass(frozen=True)
class Told:
    """One answer of the provider: what, as of which hour, read when."""

    holdings: Holdings
    as_of: int | None
    is_partial: bool

    def reading(self, number: int) -> HoldingsReading:
        at = NOON + timedelta(days=2) + number * timedelta(minutes=7)
        as_of = None if self.as_of is None else NOON + self.as_of * HOUR
        return a_reading(
            holdings=self.holdings,
            broker_as_of=as_of,
            provider_synced_at=as_of,
            started_at=at,
            fetched_at=at + timedelta(seconds=2),
            is_partial=self.is_partial,
        )


ANSWERS = st.builds(
    Told,
    holdings=st.sampled_from([*CONTENTS, EMPTY]),
    as_of=st.none() | st.integers(0, 5),
    is_partial=st.sampled_from([False, False, False, True]),
)
SEQUENCES = st.lists(ANSWERS, max_size=12)


def _latest(store: FakeSnapshots) -> HoldingsSnapshot | None:
    return store.latest(USER, ACCOUNT)


def _stored(readings: list[HoldingsReading]) -> list[HoldingsSnapshot | None]:
    """Store one reading after the other; gives `latest` after each."""
    store, seen = FakeSnapshots(), []
    for reading in readings:
        before = _latest(store)
        assert store.store(USER, ACCOUNT, judge(before, reading, zone=NEW_YORK), before=before)
        seen.append(_latest(store))
    return seen


def _steps(told: list[Told]) -> list[tuple[Any, HoldingsReading, Any]]:
    readings = [each.reading(number) for number, each in enumerate(told)]
    states = _stored(readings)
    return list(zip([None, *states[:-1]], readings, states, strict=True)) if told else []


@settings(max_examples=many(in_gate=33, deep=400))
@given(SEQUENCES)
def test_latest_never_goes_back_when_anything_is_read(told: list[Told]) -> None:
    for before, _, after in _steps(told):
        if before is not None:
            assert after.dates_token >= before.dates_token
            assert after.data_as_of >= before.data_as_of
            assert after.version >= before.version


@settings(max_examples=many(in_gate=33, deep=400))
@given(SEQUENCES)
def test_version_and_date_of_change_move_together_with_the_content(told: list[Told]) -> None:
    for before, _, after in _steps(told):
        if before is not None:
            is_same = before.content_hash == after.content_hash
            assert (before.version == after.version) is is_same
            assert (before.changed_at == after.changed_at) is is_same


@settings(max_examples=many(in_gate=33, deep=400))
@given(SEQUENCES)
def test_holdings_vanish_only_when_newer_data_has_said_so_twice(told: list[Told]) -> None:
    seen: datetime | None = None
    for before, reading, after in _steps(told):
        if before is None or before.holdings.is_empty:
            seen = None
            continue
        says_empty = reading.holdings.is_empty and not reading.is_partial
        if after.holdings.is_empty:
            assert says_empty
            assert seen is not None
            assert reading.data_as_of > seen
        elif says_empty and after != before:
            seen = after.empty_seen_as_of
        elif after.empty_seen_as_of is None:
            seen = None


@settings(max_examples=many(in_gate=33, deep=400))
@given(SEQUENCES)
def test_no_date_moves_when_an_answer_is_empty_or_not_newer(told: list[Told]) -> None:
    for before, reading, after in _steps(told):
        if before is None:
            continue
        is_doubted = reading.holdings.is_empty and after.holdings == before.holdings != EMPTY
        if is_doubted or after.dates_token == before.dates_token:
            for name in ("broker_as_of", "provider_synced_at", "fetched_at", "changed_at"):
                assert getattr(after, name) == getattr(before, name)


@settings(max_examples=many(in_gate=33, deep=400))
@given(SEQUENCES)
def test_no_date_moves_when_a_part_is_missing(told: list[Told]) -> None:
    for before, reading, after in _steps(told):
        if reading.is_partial and before is not None:
            for name in ("broker_as_of", "provider_synced_at", "fetched_at", "data_as_of"):
                assert getattr(after, name) == getattr(before, name)


@settings(max_examples=many(in_gate=33, deep=400))
@given(st.lists(ANSWERS, max_size=8), st.randoms(use_true_random=False))
def test_end_is_the_same_when_dated_readings_arrive_in_any_order(
    told: list[Told], random: Any
) -> None:
    # Empty ones are a question of what came in between; without dates, the order is all there is.
    readings = [
        each.reading(number)
        for number, each in enumerate(told)
        if each.as_of is not None and not each.is_partial and not each.holdings.is_empty
    ]
    shuffled = list(readings)
    random.shuffle(shuffled)
    one, other = (_stored(each)[-1:] for each in (readings, shuffled))
    for mine, its in zip(one, other, strict=True):
        assert mine is not None
        assert its is not None
        assert mine.holdings == its.holdings
        assert mine.dates_token == its.dates_token


@settings(max_examples=many(in_gate=33, deep=400))
@given(SEQUENCES)
def test_same_answer_twice_is_stored_once(told: list[Told]) -> None:
    for _, reading, after in _steps(told):
        if after is not None:
            assert (
                judge(after, reading, zone=NEW_YORK).latest is None
                or reading.token > after.dates_token
            )


def test_reload_is_proof_when_it_ends_empty() -> None:
    before = judge(None, CONTENTS_READING, zone=NEW_YORK).latest
    assert before is not None
    emptied = replace(Told(EMPTY, 3, is_partial=False).reading(1), is_reloaded=True)
    outcome = judge(before, emptied, zone=NEW_YORK)
    assert outcome.latest is not None
    assert outcome.latest.holdings.is_empty
    assert [str(each.kind) for each in outcome.changes] == ["closed", "cash"]


CONTENTS_READING = Told(CONTENTS[0], 1, is_partial=False).reading(0)

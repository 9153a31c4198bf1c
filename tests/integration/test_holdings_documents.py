"""Holdings as documents: small, and not a digit or a member lost."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.adapters.dynamodb.columns import from_columns, to_columns
from freshet.adapters.dynamodb.compression import pack, unpack
from freshet.adapters.dynamodb.holdings_documents import (
    from_close_document,
    from_document,
    to_close_document,
    to_document,
)
from freshet.adapters.exact_json import rendered
from freshet.domain.holdings import Holdings
from tests.builders import a_position, some_holdings
from tests.unit.holdings_strategies import HOLDINGS

UUID = "8d1c443e-4b29-582b-85f8-51c7253da87c"
# Names that the codec itself uses, or splits paths with, are among them.
NAMES = st.sampled_from(["a", "b", "in", "as", "all", "a.b", "rows!", "count", ""])
PLAIN = st.sampled_from(["a", "b", "in", "as", "all", "count"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([Decimal("1.0"), Decimal("1.00"), Decimal("1E+2")]),
    st.sampled_from(["", "1", "\x01", "ü", "\ud800", UUID, UUID.upper(), UUID.replace("8", "9")]),
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
)


@given(DOCUMENTS)
def test_source_comes_back_character_for_character_whatever_it_is(document: Any) -> None:
    holdings = some_holdings(source=rendered(document))
    assert from_document(to_document(holdings)) == holdings


@pytest.mark.parametrize(
    "source",
    ["", "no JSON", '{ "a": 1 }', '{"a": 1e2}', '[{"a":1},{"a":1.0}]', '{"a":1,"a":2}', "[" * 99],
)
def test_source_is_kept_as_it_is_when_it_is_not_written_like_ours(source: str) -> None:
    holdings = some_holdings(source=source)
    assert from_document(to_document(holdings)).source == source


@given(HOLDINGS)
def test_every_line_comes_back_digit_for_digit(holdings: Holdings) -> None:
    assert repr(from_document(to_document(holdings))) == repr(holdings)


@given(HOLDINGS, st.none() | HOLDINGS)
def test_close_comes_back_digit_for_digit_against_any_base(
    holdings: Holdings, base: Holdings | None
) -> None:
    shown = from_close_document(to_close_document(holdings, base=base), base=base)
    assert repr(shown.positions) == repr(holdings.positions)
    assert repr(shown.balances) == repr(holdings.balances)
    assert shown.source == ""


@given(st.lists(st.dictionaries(PLAIN, SCALARS, min_size=1, max_size=4), min_size=2, max_size=6))
def test_rows_are_the_same_when_they_were_columns_meanwhile(rows: list[Any]) -> None:
    assert rendered(from_columns(to_columns(rows))) == rendered(rows)


@pytest.mark.parametrize("name", ["a.b", "rows!"])
def test_name_that_means_something_to_columns_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="member"):
        to_columns({"x": [{name: 1}, {"b": 2}], name: 3})


@given(st.text(alphabet=st.characters(exclude_characters="\x01", codec="utf-8")), st.binary())
def test_text_comes_back_when_it_was_packed(text: str, against: bytes) -> None:
    dressed = f'{text}"{UUID}" "{UUID[::-1]}" {text}'
    assert unpack(pack(dressed, against=against), against=against) == dressed


def test_what_stayed_costs_next_to_nothing_when_a_day_closes() -> None:
    def worth(cents: int) -> Holdings:
        lines = [
            a_position(price=Decimal(cents + number).scaleb(-2), units=Decimal(number))
            for number in range(60)
        ]
        return some_holdings(positions=tuple(lines))

    alone = to_close_document(worth(30_120), base=None)
    against = to_close_document(worth(30_977), base=worth(30_120))
    assert len(against) < len(alone) / 2

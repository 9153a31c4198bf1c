"""Holdings as documents: small, and not a digit or a member lost."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.adapters.dynamodb.compression import pack, unpack
from freshet.adapters.dynamodb.holdings_documents import (
    from_close_document,
    from_document,
    to_close_document,
    to_document,
)
from freshet.adapters.exact_json import rendered
from freshet.domain.holdings import Holdings
from tests.builders import a_position, an_instrument, some_holdings
from tests.unit.holdings_strategies import HOLDINGS

UUID = "8d1c443e-4b29-582b-85f8-51c7253da87c"
NAMES = st.sampled_from(["a", "b", "", ':"', "\\", UUID])
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
# Parts of members, in any order: the codec must not take for one what is none.
TEXTS = st.lists(
    st.sampled_from(
        ['"', '"a"', '"a":', '"a": "b"', '"a":1e2', ":", " ", "-1", "\\", "ü", "\n", ","]
    )
    | st.characters(exclude_categories=("Cs", "Cc")),
    max_size=12,
).map("".join)


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


@given(st.lists(TEXTS, min_size=1, max_size=3), TEXTS)
def test_texts_come_back_character_for_character_whatever_is_known(
    texts: list[str], known: str
) -> None:
    assert unpack(pack(*texts, known=known), known=known) == texts


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x02", "\x03"])
def test_text_is_refused_when_it_has_a_character_that_json_has_not(character: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        pack(f'{{"a":"{character}"}}')


def test_column_is_said_once_when_the_source_has_it_under_another_name() -> None:
    ids = [f"{number * 7919 % 10**12:012d}" for number in range(10**9, 10**9 + 300)]
    source = rendered([{"id": each, "symbol": "A"} for each in ids])
    lines = rendered([{"instrument": each, "option": None} for each in ids])
    assert len(pack(source, lines)) < len(pack(source)) * 1.1


def test_what_stayed_costs_next_to_nothing_when_a_day_closes() -> None:
    def worth(cents: int) -> Holdings:
        lines = [
            a_position(
                instrument=an_instrument(id=f"{number * 7919 % 9973:04d}"),
                price=Decimal(cents + number).scaleb(-2),
                units=Decimal(number * 7907 % 9967),
            )
            for number in range(60)
        ]
        return some_holdings(positions=tuple(lines))

    alone = to_close_document(worth(30_120), base=None)
    against = to_close_document(worth(30_977), base=worth(30_120))
    assert len(against) < len(alone) / 2

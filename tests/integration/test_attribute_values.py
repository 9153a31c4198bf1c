"""Our typed values beside those that boto3 writes and reads."""

from decimal import Decimal, Inexact
from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from freshet.adapters.dynamodb.attribute_values import from_attribute, to_attribute

_NUMBERS = st.integers(-(10**37), 10**37) | st.decimals(
    allow_nan=False, allow_infinity=False, places=9, min_value=-(10**20), max_value=10**20
)
_SCALARS = st.none() | st.booleans() | st.text() | _NUMBERS | st.binary()
_SETS = st.one_of(
    *(st.sets(each, min_size=1) for each in (st.text(), st.integers(0, 10**9), st.binary()))
)
_VALUES = st.recursive(
    _SCALARS | _SETS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_value_is_written_and_read_as_boto3_does(value: Any) -> None:
    written = to_attribute(value)
    assert written == TypeSerializer().serialize(value)
    assert from_attribute(written) == _plain(TypeDeserializer().deserialize(written))


def _plain(value: Any) -> Any:
    match value:
        case Binary():
            plain: Any = value  # its stubs do not know how it becomes bytes
            return bytes(plain)
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | set():
            return type(value)(_plain(each) for each in value)
    return value


@pytest.mark.parametrize(
    "value", [1.5, object(), set(), {1, "text"}, {1.5}, Decimal("NaN"), Decimal("Infinity")]
)
def test_value_is_refused_when_dynamodb_has_no_type_for_it(value: Any) -> None:
    with pytest.raises(TypeError):
        to_attribute(value)


def test_number_is_refused_when_it_would_not_be_kept_whole() -> None:
    with pytest.raises(Inexact):
        to_attribute(Decimal("1." + "1" * 38))

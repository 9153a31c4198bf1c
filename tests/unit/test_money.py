"""Numbers keep their digits from text to text."""

import re
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.money import (
    EXACT,
    Money,
    decimal_to_text,
    exact_decimal,
    optional_decimal,
    optional_decimal_to_text,
    sane,
)

PLAIN = r"-?[0-9]{1,20}(\.[0-9]{1,20})?"


@given(st.from_regex(PLAIN, fullmatch=True))
def test_digits_survive_when_a_decimal_goes_from_text_to_text(text: str) -> None:
    number = exact_decimal(text)
    again = decimal_to_text(number)
    assert exact_decimal(again) == number
    assert "e" not in again.lower()
    assert again.split(".")[1:] == text.split(".")[1:]


@given(st.integers(-30, 30))
def test_no_exponent_appears_when_a_number_came_with_one(exponent: int) -> None:
    rendered = decimal_to_text(exact_decimal(f"1.5E{exponent}"))
    assert "E" not in rendered
    assert Decimal(rendered) == Decimal(f"1.5E{exponent}")


@pytest.mark.parametrize(
    "text", ["", "ten", "NaN", "sNaN", "Infinity", "-inf", "1E31", "1E-31", "."]
)
def test_number_is_refused_without_quoting_it_when_it_is_no_sane_one(text: str) -> None:
    with pytest.raises(ValueError, match="number") as refused:
        exact_decimal(text)
    assert text not in str(refused.value) or not text


@pytest.mark.parametrize(("text", "number"), [(".5", "0.5"), ("-.25", "-0.25"), ("5.", "5")])
def test_half_is_read_when_its_zero_is_left_out(text: str, number: str) -> None:
    assert exact_decimal(text) == Decimal(number)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_products_of_what_passes_stay_within_eighty_digits(number: Decimal) -> None:
    with suppress(ValueError):
        product = EXACT.multiply(sane(number), sane(number))
        assert len(product.as_tuple().digits) <= 80
        assert abs(product.adjusted()) <= 61


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_money_cannot_exist_when_its_amount_is_not_finite(text: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        Money(Decimal(text), "USD")


def test_missing_numbers_stay_missing_when_they_are_converted() -> None:
    assert optional_decimal(None) is None
    assert optional_decimal_to_text(None) is None
    assert optional_decimal("1.50") == Decimal("1.50")
    assert optional_decimal_to_text(Decimal("1.50")) == "1.50"


@pytest.mark.parametrize(
    "number", ["NaN", "sNaN", "Infinity", "-Infinity", "1E31", "1E-31", "9" * 41, "1." + "1" * 200]
)
def test_parsed_number_is_refused_when_no_money_could_be_it(number: str) -> None:
    with pytest.raises(ValueError, match="sane"):
        sane(Decimal(number))


@pytest.mark.parametrize("number", ["0", "-0.00", "12.50", "0.12345678901234567", "1E-18"])
def test_parsed_number_keeps_its_digits_when_it_is_sane(number: str) -> None:
    assert str(sane(Decimal(number))) == str(Decimal(number))


_NUMBERS = st.from_regex(r"-?[0-9]{0,42}(\.[0-9]{0,42})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)


@given(_NUMBERS | st.text(max_size=5) | st.decimals(allow_nan=False).map(str))
def test_number_is_read_exactly_or_refused_however_it_is_written(text: str) -> None:
    shape = r"-?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
    try:
        found = repr(exact_decimal(text))
    except ValueError:
        found = "refused"
    if not re.fullmatch(shape, text) or abs(Decimal(text).adjusted()) > 30:
        assert found == "refused"
    else:
        digits = "".join(map(str, Decimal(text).as_tuple().digits))
        is_long = len(digits.lstrip("0").rstrip("0")) > 40
        assert found == ("refused" if is_long else repr(Decimal(text)))

"""Numbers keep their digits from text to text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.money import (
    Money,
    decimal_to_text,
    exact_decimal,
    optional_decimal,
    optional_decimal_to_text,
    sane,
)

PLAIN = r"-?[0-9]{1,25}(\.[0-9]{1,25})?"


@given(st.from_regex(PLAIN, fullmatch=True))
def test_digits_survive_when_a_decimal_goes_from_text_to_text(text: str) -> None:
    number = exact_decimal(text)
    again = decimal_to_text(number)
    assert exact_decimal(again) == number
    assert "e" not in again.lower()
    assert again.split(".")[1:] == text.split(".")[1:]


@given(st.integers(-40, 40))
def test_no_exponent_appears_when_a_number_came_with_one(exponent: int) -> None:
    rendered = decimal_to_text(exact_decimal(f"1.5E{exponent}"))
    assert "E" not in rendered
    assert Decimal(rendered) == Decimal(f"1.5E{exponent}")


@pytest.mark.parametrize("text", ["", "ten", "NaN", "sNaN", "Infinity", "-inf", "1E61", "1E-61"])
def test_number_is_refused_without_quoting_it_when_it_is_no_sane_one(text: str) -> None:
    with pytest.raises(ValueError, match="number") as refused:
        exact_decimal(text)
    assert text not in str(refused.value) or not text


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
    "number", ["NaN", "sNaN", "Infinity", "-Infinity", "1E61", "1E-61", "9" * 200, "1." + "1" * 200]
)
def test_parsed_number_is_refused_when_no_money_could_be_it(number: str) -> None:
    with pytest.raises(ValueError, match="sane"):
        sane(Decimal(number))


@pytest.mark.parametrize("number", ["0", "-0.00", "12.50", "0.12345678901234567", "1E-18"])
def test_parsed_number_keeps_its_digits_when_it_is_sane(number: str) -> None:
    assert str(sane(Decimal(number))) == str(Decimal(number))

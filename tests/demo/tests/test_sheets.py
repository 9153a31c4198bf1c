"""Tables of the demo, in a window of usual width and in a narrow one: no digit is cut."""

import io

import pytest
from rich.console import Console

from tests.demo.sheet import Sheet

UNITS, PRICE = "0.12345678901234567", "64210.98765432109876543"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_numbers_are_whole(width: int) -> None:
    sheet = Sheet(
        "ben · Coinharbor · Coins",
        ("position", "kind", "units", "price", "value"),
        numbers=("units", "price", "value"),
    )
    sheet.add("Lumo Coin of the Northern Harbor", "crypto", UNITS, PRICE, "7,927.28 USD")
    console = Console(width=width, file=io.StringIO())
    console.print(sheet)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert UNITS in shown
    assert PRICE in shown
    assert "7,927.28 USD" in shown
    assert max(map(len, shown.splitlines())) <= width

"""What the domain's records have, a provider fills: no field is forgotten in every mapping."""

import ast
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

from freshet import adapters
from freshet.domain.holdings import Balance, Debt, Holdings, Statement
from freshet.domain.instruments import Instrument, OptionContract
from freshet.domain.positions import Lot, Position

MAPPINGS = sorted(Path(adapters.__path__[0]).glob("*/mapping.py"))
CALLS = [
    node
    for path in MAPPINGS
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
]

SETTLED_LATER: dict[Any, set[str]] = {
    Position: {"missing_as_of"},
    Balance: {"is_listed", "missing_as_of"},
    Debt: {"missing_as_of"},
    Holdings: {"missing_parts"},
}
"""What follows from what was known before; only a retired call can lack a part."""


@pytest.mark.parametrize(
    "record",
    [Position, Instrument, OptionContract, Lot, Balance, Debt, Statement, Holdings],
    ids=lambda it: it.__name__,
)
def test_every_field_is_given_by_a_provider(record: Any) -> None:
    given = {
        each.arg
        for call in CALLS
        if isinstance(call.func, ast.Name) and call.func.id == record.__name__
        for each in call.keywords
    }
    settled_later = SETTLED_LATER.get(record, set())
    assert given == {each.name for each in fields(record)} - settled_later

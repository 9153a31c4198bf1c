"""What is stored beside holdings can be told apart, and goes out as it came in."""

from decimal import Decimal
from typing import Any

import pytest
import simplejson

from freshet.adapters.exact_json import parsed_text, written_out
from freshet.adapters.snaptrade.documented import SnapTradeDocuments
from freshet.adapters.snaptrade.sources import (
    CurrentDocuments,
    RetiredDocument,
    current_source,
    documents_of,
)
from freshet.domain.held_account import HeldAccount
from tests.builders import NOON, a_connection, a_snapshot, an_account, some_holdings
from tests.fakes import FakeClock, FakeReferenceData


def test_todays_two_answers_come_apart_again_when_they_were_put_together() -> None:
    positions, balances = '{"results": [1.10]}', '[ {"cash": 2.0} ]'
    source = current_source(positions=positions, balances=balances)
    assert documents_of(source) == CurrentDocuments(
        {"results": [Decimal("1.10")]}, [{"cash": Decimal("2.0")}]
    )
    assert positions in source
    assert balances in source


@pytest.mark.parametrize("positions", ["[]", "null", '[{"units": 1.10}]'])
def test_answer_is_the_retired_calls_when_it_lists_its_positions_itself(positions: str) -> None:
    text = f'{{"account": {{"id": "a"}}, "positions": {positions}, "balances": []}}'
    assert documents_of(text) == RetiredDocument(parsed_text(text))


@pytest.mark.parametrize(
    "number",
    [
        *("0", "-12", "1.50", "100", "0.00000000000000019", "64210.98765432109876543"),
        "123456789012345678901234567890.000000000000000000001",
    ],
)
def test_number_keeps_its_digits_when_it_goes_through(number: str) -> None:
    assert written_out(parsed_text(f'{{"n":[{number}]}}')) == f'{{"n":[{number}]}}'


@pytest.mark.parametrize(
    ("number", "plain"),
    [("1e-7", "0.0000001"), ("1.20E3", "1200"), ("1e900000000", "1E+900000000")],
)
def test_exponent_is_written_out_when_that_is_not_absurd(number: str, plain: str) -> None:
    assert written_out(parsed_text(number)) == plain


def test_text_of_any_characters_is_ascii_when_rendered() -> None:
    text = written_out(parsed_text(r'"ü \ud800 \" \\"'))
    assert text.isascii()
    assert simplejson.loads(text) == 'ü \ud800 " \\'


@pytest.mark.parametrize(
    ("connection", "shown"),
    [
        ('{"id": "authorization-1", "n": 1.10}', {"id": "authorization-1", "n": Decimal("1.10")}),
        ('{"id": "another"}', "authorization-1"),
        (None, "authorization-1"),
    ],
)
def test_connection_is_shown_whole_when_its_own_document_is_kept(
    connection: str | None, shown: object
) -> None:
    source = (
        '{"account": {"id": "a", "brokerage_authorization": "authorization-1"}, "positions": []}'
    )
    (document,) = (parsed_text(text) for text in _rendered(source, connection))
    assert document["account"]["brokerage_authorization"] == shown


def test_connection_is_left_out_when_its_document_was_never_kept() -> None:
    source = current_source(positions='{"results": []}', balances="[]")
    (document,) = (parsed_text(text) for text in _rendered(source, None))
    assert "brokerage_authorization" not in document["account"]


def test_document_without_an_account_is_shown_as_it_is() -> None:
    assert list(_rendered('{"positions": null}', "{}")) == ['{"positions":null}']


def _rendered(source: str, connection: str | None) -> list[str]:
    nobody: Any = None  # nothing is missing, so nobody is asked
    documents = SnapTradeDocuments(
        source=nobody,
        kept=FakeReferenceData(),
        clock=FakeClock(NOON),
    )
    held = HeldAccount(
        connection=a_connection(source=connection),
        account=an_account(),
        snapshot=a_snapshot(holdings=some_holdings(source=source)),
    )
    return list(documents.render([held]))

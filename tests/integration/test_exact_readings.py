"""All that both providers' simulators serve is read digit for digit, and kept as it was sent."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
import simplejson

from freshet.adapters.transport import Answer
from tests.builders import an_account_report
from tests.integration.bench import Bench
from tests.integration.plaid_bench import PlaidBench
from tests.simulators.plaid import PlaidSimulator
from tests.simulators.plaid.client import PlainClient
from tests.simulators.snaptrade import SnapTradeSimulator


def _parsed(text: str) -> Any:
    """Parse by another reader than ours."""
    return simplejson.loads(text, use_decimal=True)


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with PlaidSimulator() as simulator:
        item = simulator.control.add_item(
            portfolio=["complete", "meaning", "strange", "generated-40"]
        )
        settings = simulator.settings
        client = PlainClient(simulator.url, client_id=settings.client_id, secret=settings.secret)
        yield client.call("/investments/holdings/get", access_token=item.access_token).text


def test_every_plaid_account_keeps_its_digits_and_its_own_rows(served: str) -> None:
    document = _parsed(served)
    answer = Answer(200, requests.structures.CaseInsensitiveDict(), served.encode())
    session = PlaidBench([answer]).session
    for account in document["accounts"]:
        report = an_account_report(provider_account_id=account["account_id"])
        holdings = session.holdings(report).holdings
        lines = [e for e in document["holdings"] if e["account_id"] == account["account_id"]]
        source = _parsed(holdings.source)
        assert repr(source["holdings"]) == repr(lines)
        ids = list(dict.fromkeys(each["security_id"] for each in lines))
        assert [each["security_id"] for each in source["securities"]] == ids
        assert all(each in document["securities"] for each in source["securities"])
        for line, position in zip(lines, holdings.positions, strict=True):
            assert _same(line["institution_price"], position.price)
            assert _same(line["institution_value"], position.stated_value)
            assert _same(line["vested_value"], position.vested_value)


@pytest.mark.parametrize("portfolio", ["complete", "meaning", "odd", "generated-40"])
def test_every_snaptrade_account_keeps_its_digits_and_its_answers(portfolio: str) -> None:
    with SnapTradeSimulator() as simulator:
        bench = Bench(simulator)
        bench.connection = simulator.control.add_connection(
            bench.user.subject, portfolio=portfolio, announce=False
        )
        for account_id in bench.connection.account_ids:
            report = an_account_report(provider_account_id=account_id)
            holdings = bench.session.holdings(report).holdings
            lines = _parsed(holdings.source)["positions"]["results"]
            for line, position in zip(lines, holdings.positions, strict=True):
                assert _same(line["units"], position.units)
                assert _same(line["price"], position.price)
                assert _same(line["cost_basis"], position.cost_per_unit)


def _same(sent: object, read: Decimal | None) -> bool:
    """Compare digit for digit; a short may be told by its lots, so the sign is another's matter."""
    if sent is None or read is None:
        return sent is read
    return repr(Decimal(str(sent)).copy_abs()) == repr(read.copy_abs())

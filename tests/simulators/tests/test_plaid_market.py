"""What a refresh at the Plaid simulator changes in what is held."""

from collections.abc import Iterator

import pytest

from tests.simulators.plaid.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_options_are_traded_by_the_contract_when_the_market_moves(stage: Stage) -> None:
    item = stage.control.add_item(portfolio="trader")
    for _ in range(4):
        stage.pass_time(hours=1)
        assert stage.refresh(item).status == 200
    document = stage.read("/investments/holdings/get", item)
    options = {
        each["security_id"] for each in document["securities"] if each["type"] == "derivative"
    }
    quantities = [
        line["quantity"] for line in document["holdings"] if line["security_id"] in options
    ]
    assert len(quantities) == 2
    assert [quantity % 100 for quantity in quantities] == [0, 0]
    assert quantities != [300, -200]


def test_a_trade_moves_one_quantity_without_a_bill(stage: Stage) -> None:
    item = stage.control.add_item(portfolio="everyday")
    before = stage.holdings(item)
    stage.control.trade(item.account_ids[0])
    after = stage.holdings(item)
    moved = [old["quantity"] != new["quantity"] for old, new in zip(before, after, strict=True)]
    assert sum(moved) == 1
    assert stage.control.bill().count == 0

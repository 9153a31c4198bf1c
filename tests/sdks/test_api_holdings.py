"""SnapTrade's documented shape as the API answers it, judged by the SDK's model."""

from collections.abc import Iterator

import pytest
from snaptrade_client.model.account_holdings import AccountHoldings
from snaptrade_client.model.options_position import OptionsPosition

from tests.functional.s4 import s4
from tests.functional.world import World, a_world
from tests.sdks.snaptrade_desk import told_by
from tests.simulators.common.exact_json import loads

PORTFOLIO = ("everyday", "trader", "crypto", "northern", "odd", "empty")


@pytest.fixture(params=["no", "yes"], ids=["current", "retired"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch, legacy_endpoints=True) as built:
        monkeypatch.setenv("SNAPTRADE_RETIRED_HOLDINGS", request.param)
        yield built


def test_every_account_is_read_by_the_sdks_strict_model(world: World) -> None:
    world.link(portfolio=PORTFOLIO)
    world.work()
    answer = s4(world)
    assert len(answer.body) == len(PORTFOLIO)
    for each, exact in zip(answer.body, loads(answer.text), strict=True):
        told = told_by(AccountHoldings, each)
        for part in ("balances", "positions"):
            assert len(told.members[part].items) == len(exact[part])
        for line in each["option_positions"]:
            told_by(OptionsPosition, line)


def test_holdings_are_read_by_the_sdk_when_reference_data_could_not_be_had(world: World) -> None:
    for operation in ("list_exchanges", "get_symbol"):
        world.simulator.control.add_fault(operation, "status", status=503, times=0)
    world.link(portfolio=PORTFOLIO)
    world.work()
    shown = s4(world).body
    assert len(shown) == len(PORTFOLIO)
    for each in shown:
        told_by(AccountHoldings, each)

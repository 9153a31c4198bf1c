"""Refusals: the SDK raises its exception with the provider's words, we raise what they mean."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import plaid
import pytest
from plaid.model.plaid_error import PlaidError
from snaptrade_client.exceptions import ApiException

from freshet.domain.call_errors import ProviderError
from tests.sdks import plaid_refusals, snaptrade_refusals
from tests.sdks.exchanges import Exchange
from tests.sdks.plaid_desk import plaid_desk
from tests.sdks.refusals import RefusalRow
from tests.sdks.snaptrade_desk import snaptrade_desk

_NOW = datetime.now(UTC).replace(microsecond=0)
_REFUSED = (ApiException, plaid.ApiException)
ROWS: tuple[RefusalRow[Any], ...] = (*snaptrade_refusals.REFUSALS, *plaid_refusals.REFUSALS)
each_refusal = pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])


def _desk(row: RefusalRow[Any]) -> AbstractContextManager[Any]:
    return snaptrade_desk(_NOW) if row in snaptrade_refusals.REFUSALS else plaid_desk(_NOW)


def _refused_sdk(row: RefusalRow[Any]) -> tuple[Any, Exchange]:
    with _desk(row) as desk:
        prepared = row.prepare(desk)
        desk.exchanges.clear()
        with pytest.raises(_REFUSED) as caught:
            row.sdk(desk, prepared)
        (exchange,) = desk.exchanges
        return caught.value, exchange


def _refused_us(row: RefusalRow[Any]) -> tuple[ProviderError, Exchange, str | None]:
    with _desk(row) as desk:
        prepared = row.prepare(desk)
        desk.exchanges.clear()
        with pytest.raises(ProviderError) as caught:
            row.ours(desk, prepared)
        exchange = desk.exchanges[0]  # after an absence, the user's list is asked for, too
        return caught.value, exchange, desk.request_id(exchange)


@each_refusal
def test_sdk_raises_its_exception_when_the_simulator_refuses(row: RefusalRow[Any]) -> None:
    refused, exchange = _refused_sdk(row)
    said = exchange.exact
    assert (refused.status, said.get("error_code", said.get("code"))) == (row.status, row.code)
    if isinstance(refused, plaid.ApiException):
        assert refused.body == exchange.answer.decode()
        assert _read_envelope(refused).error_code == row.code
    else:
        assert refused.body == said


@each_refusal
def test_we_raise_what_the_table_says_when_the_simulator_refuses(row: RefusalRow[Any]) -> None:
    refused, exchange, request_id = _refused_us(row)
    assert type(refused) is row.kind
    told = refused.answer
    assert (told.status, told.code, told.request_id) == (row.status, row.code, request_id)
    assert exchange.asked() == _refused_sdk(row)[1].asked()


@pytest.mark.parametrize("shape", ["live", "spec"])
@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.name) for row in snaptrade_refusals.REFUSALS]
)
def test_code_is_read_when_it_is_told_in_either_shape(row: RefusalRow[Any], shape: str) -> None:
    with snaptrade_desk(_NOW) as desk:
        prepared = row.prepare(desk)
        desk.simulator.control.turn(error_shape=shape)
        with pytest.raises(row.kind) as caught:
            row.ours(desk, prepared)
    assert (caught.value.answer.status, caught.value.answer.code) == (row.status, row.code)


def _read_envelope(refused: Any) -> Any:
    """Let the SDK's own model of an error read the body."""
    with plaid.ApiClient() as client:
        return client.deserialize(SimpleNamespace(data=refused.body), (PlaidError,), True)

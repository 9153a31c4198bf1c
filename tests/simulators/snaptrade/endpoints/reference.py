"""Endpoints of brokerages, exchanges and securities."""

from functools import cache

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.brokerages import (
    brokerage_document,
    brokerages,
    institution_document,
)
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.portfolios import every_sample
from tests.simulators.snaptrade.refusals import NotFound
from tests.simulators.snaptrade.symbols import exchanges, symbol_document

MAX_SYMBOLS = 20


class ReferenceEndpoints:
    """One method per endpoint; all of it is the same for every customer."""

    def brokerages(self, call: Call) -> list[Document]:
        """List the brokerages that can be connected."""
        return [brokerage_document(item) for item in brokerages()]

    def institutions(self, call: Call) -> list[Document]:
        """List the public catalogue."""
        return [institution_document(item) for item in brokerages()]

    def exchanges(self, call: Call) -> list[Document]:
        """List the exchanges."""
        return exchanges()

    def search_symbols(self, call: Call) -> list[Document]:
        """Find securities by a part of their symbol or description; all without one."""
        part = str(call.document().get("substring") or "").lower()
        return [item for item in _symbols() if part in _searched(item)][:MAX_SYMBOLS]

    def symbol(self, call: Call) -> Document:
        """Return one security by its symbol or id."""
        wanted = call.path["query"]
        for item in _symbols():
            if wanted in {item["id"], item["symbol"]}:
                return item
        raise NotFound


@cache
def _symbols() -> tuple[Document, ...]:
    lines = [line for sample in every_sample() for line in sample.positions]
    instruments = {
        line["instrument"]["id"]: line["instrument"]
        for line in lines
        if line["instrument"]["kind"] not in {"option", "future_option"}
    }
    return tuple(symbol_document(item) for item in instruments.values())


def _searched(symbol: Document) -> str:
    return f"{symbol['symbol']} {symbol['description']}".lower()

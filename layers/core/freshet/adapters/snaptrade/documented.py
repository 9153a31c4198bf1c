"""Stored accounts in SnapTrade's documented shape, from whichever call they were read by."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from freshet.adapters.exact_json import parsed_text, written_out
from freshet.adapters.snaptrade.account_holdings import to_account_holdings
from freshet.adapters.snaptrade.catalogue import Catalogue, ReferenceData
from freshet.adapters.snaptrade.fields import Document
from freshet.adapters.snaptrade.naming import described_by_balances, instruments_of
from freshet.adapters.snaptrade.reference import SnapTradeReference
from freshet.adapters.snaptrade.sources import CurrentDocuments, RetiredDocument, documents_of
from freshet.domain.held_account import HeldAccount
from freshet.ports import Clock


class SnapTradeDocuments(Struct, frozen=True, kw_only=True):
    """The port DocumentedHoldings."""

    source: SnapTradeReference
    kept: ReferenceData
    clock: Clock

    def render(self, held: Iterable[HeldAccount]) -> Iterator[str]:
        """Give the JSON text of each account, one after the other.

        An account of the retired call is what was served. Reference data that SnapTrade has not
        told us yet, or cannot tell us now, is left out.
        """
        catalogue = Catalogue(self.source, self.kept, self.clock)
        for each in held:
            match documents_of(each.snapshot.holdings.source):
                case RetiredDocument(content):
                    yield written_out(_with_connection(content, _connection_of(each)))
                case CurrentDocuments() as documents:
                    yield written_out(_made(each, documents, catalogue))


def _made(each: HeldAccount, documents: CurrentDocuments, catalogue: Catalogue) -> dict[str, Any]:
    return to_account_holdings(
        connection=_connection_of(each),
        account=parsed_text(each.account.report.source),
        positions=documents.positions,
        balances=documents.balances,
        holdings=each.snapshot.holdings,
        reference=catalogue.reference_for(
            instruments_of(documents.positions), described_by_balances(documents.balances)
        ),
    )


def _with_connection(content: dict[str, Any], connection: Document | None) -> dict[str, Any]:
    """Put the connection in place of its id.

    The documented shape has it whole, as the retired call for all of a user's accounts did; the
    one for a single account names it.
    """
    account = content.get("account")
    if connection is None or not isinstance(account, dict):
        return content
    if account.get("brokerage_authorization") != connection.get("id"):
        return content
    return {**content, "account": {**account, "brokerage_authorization": connection}}


def _connection_of(each: HeldAccount) -> Document | None:
    source = each.connection.link.source
    document: Document | None = None if source is None else parsed_text(source)
    return document

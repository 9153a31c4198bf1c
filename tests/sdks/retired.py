"""Accounts in SnapTrade's documented shape: as we make it, and as the retired call has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from freshet.adapters.exact_json import parsed_text
from freshet.adapters.snaptrade.account_holdings import to_account_holdings
from freshet.adapters.snaptrade.fields import Reference
from freshet.adapters.snaptrade.mapping import to_holdings
from freshet.adapters.snaptrade.naming import (
    described_by_exchanges,
    described_by_symbol,
    instruments_of,
)
from tests.sdks.snaptrade_desk import SnapTradeDesk
from tests.simulators.snaptrade.signed_client import SignedClient

MISSING = object()
"""What is not there at all, not even as null."""

type Pair = tuple[Any, Any]
"""A value of ours and the retired call's at the same place."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One account: what we make of today's documents, and what the two retired calls say."""

    ours: dict[str, Any]
    retired: dict[str, Any]
    single: dict[str, Any]


def shown_accounts(desk: SnapTradeDesk) -> list[Shown]:
    """Give every account of a desk, in the order of the retired call."""
    desk.simulator.control.turn(legacy_endpoints=True)
    made = {each["account"]["id"]: each for each in _made(desk)}
    return [
        Shown(
            ours=made.pop(account_id),
            retired=retired,
            single=desk.client.legacy_holdings(desk.user, account_id).content,
        )
        for retired in _retired(desk)
        for account_id in [retired["account"]["id"]]
    ]


def pairs_at(ours: Any, retired: Any, path: str) -> Iterator[Pair]:
    """Give both sides' values at a path of the table, line by line where it runs through a list."""
    name, _, rest = path.partition(".")
    mine, other = (_member(side, name.removesuffix("[]")) for side in (ours, retired))
    lines = zip(mine, other, strict=True) if name.endswith("[]") else [(mine, other)]
    for line in lines:
        if rest:
            yield from pairs_at(*line, rest)
        else:
            yield line


def _member(document: Any, name: str) -> Any:
    return document.get(name, MISSING) if isinstance(document, dict) else MISSING


def _retired(desk: SnapTradeDesk) -> list[dict[str, Any]]:
    settings = desk.simulator.settings
    caller = SignedClient(
        desk.simulator.url,
        client_id=settings.client_id,
        consumer_key=settings.consumer_key,
        clock=settings.clock,
    )
    query = {"userId": desk.user.subject, "userSecret": desk.user.secret.reveal()}
    answer: list[dict[str, Any]] = caller.call("GET", "/holdings", query).document()
    return answer


def _made(desk: SnapTradeDesk) -> Iterator[dict[str, Any]]:
    client, user = desk.client, desk.user
    client.connection(user, desk.connection_id)
    connection = desk.exchanges[-1].exact
    for _, account in client.accounts(user, desk.connection_id):
        positions, served_positions = client.positions(user, account["id"])
        balances, served_balances = client.balances(user, account["id"])
        document = parsed_text(served_positions)
        yield to_account_holdings(
            connection=connection,
            account=account,
            positions=document,
            balances=parsed_text(served_balances),
            holdings=to_holdings(positions, balances, source="{}"),
            reference=_reference(desk, document),
        )


def _reference(desk: SnapTradeDesk, positions: dict[str, Any]) -> Reference:
    """Look up every instrument that is held or lies under an option."""
    listed = {each["id"] for each in instruments_of(positions)}
    described = described_by_exchanges(desk.reference.exchanges())
    for each in sorted(listed):
        described |= described_by_symbol(desk.reference.symbol(each))
    return Reference.from_documents(described)

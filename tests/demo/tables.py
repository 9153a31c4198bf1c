"""The demo's tables, in rich."""

from decimal import Decimal
from typing import Any

from rich.table import Table

from tests.demo.scene import View
from tests.local_stack.deployed import Deployed

_NAME_WIDTH = 28
_NUMBER_WIDTH = 10
_COLOURS = {
    "active": "green",
    "complete": "green",
    "fresh": "green",
    "accepted": "yellow",
    "initialising": "yellow",
    "pending": "yellow",
    "refused": "yellow",
    "reserved": "yellow",
    "calling": "yellow",
    "needs_user": "red",
    "blocked": "red",
}


def progress_table(views: list[View], webhooks: int) -> Table:
    """Show how far each connection is."""
    table = Table(title="Connections", title_justify="left", expand=False)
    for column in ("user", "provider", "institution", "data", "status", "snapshots", "refresh"):
        table.add_column(column)
    for view in views:
        loaded = sum(1 for each in view.investments if each["freshness"]["changed_at"])
        table.add_row(
            view.player.role.user_id,
            view.connection["provider"],
            view.institution,
            view.connection["data_mode"],
            _coloured(view.connection["status"]),
            f"{loaded} of {len(view.investments)}",
            _refresh_text(view),
        )
    table.caption = f"{webhooks} webhooks delivered"
    table.caption_justify = "left"
    return table


def holdings_tables(deployed: Deployed, views: list[View]) -> list[Table]:
    """Show the holdings of every account, with totals and freshness."""
    return [
        _account_table(deployed, view, account)
        for view in views
        for account in view.investments
        if account["freshness"]["changed_at"]
    ]


def refreshes_table(views: list[View]) -> Table:
    """Show what was bought, for how much, and what came of it."""
    table = Table(title="Refreshes", title_justify="left")
    for column in ("institution", "asked by", "outcome", "accounts"):
        table.add_column(column)
    table.add_column("cost", justify="right", no_wrap=True)
    for view in views:
        for refresh in view.refreshes:
            accounts = refresh["accounts"]
            table.add_row(
                view.institution,
                refresh["trigger"],
                _coloured(refresh["status"]) + _because(refresh),
                f"{accounts['done']} of {accounts['expected']}",
                f"{refresh['cost']['amount']} {refresh['cost']['currency']}",
            )
        if not view.refreshes:
            note = "read for free" if view.player.role.expects_holdings else "needs its user"
            table.add_row(view.institution, "–", note, "–", "0")
    return table


def _account_table(deployed: Deployed, view: View, account: dict[str, Any]) -> Table:
    api = deployed.api(view.player.role.user_id)
    holdings = api.get(f"/v1/accounts/{account['id']}/holdings").body
    freshness = holdings["freshness"]
    table = Table(
        title=f"{view.player.role.user_id} · {view.institution} · {account['name']}",
        title_justify="left",
        caption=_freshness_text(freshness),
        caption_justify="left",
    )
    table.add_column("position")
    table.add_column("kind")
    for column in ("units", "price", "value"):
        table.add_column(column, justify="right", no_wrap=True)
    for position in holdings["positions"]:
        _add_position(table, position)
    table.add_section()
    for total in holdings["totals"]:
        worth = _money(total["total"], total["currency"])
        table.add_row(f"[bold]total[/], {_amount(total['cash'])} of it cash", "", "", "", worth)
    return table


def _add_position(table: Table, position: dict[str, Any]) -> None:
    instrument = position["instrument"]
    name = _short(instrument["name"] or instrument["symbol"] or "?", _NAME_WIDTH)
    kind = "cash equivalent" if position["cash_equivalent"] else instrument["kind"]
    table.add_row(
        name,
        kind,
        _short(position["units"] or "–", _NUMBER_WIDTH),
        _short(position["price"] or "–", _NUMBER_WIDTH),
        _money(position["value"], position["currency"]),
    )


def _refresh_text(view: View) -> str:
    if not view.refreshes:
        return "free" if view.connection["refresh"]["method"] == "read" else "–"
    newest = view.refreshes[0]
    return f"{_coloured(newest['status'])} {newest['cost']['amount']} USD"


def _because(refresh: dict[str, Any]) -> str:
    return f": {refresh['reason']}" if refresh["status"] == "refused" else ""


def _freshness_text(freshness: dict[str, Any]) -> str:
    as_of = freshness["broker_as_of"] or freshness["provider_synced_at"]
    return (
        f"{_coloured(freshness['status'])} · broker's data as of {as_of[:19].replace('T', ' ')} UTC"
    )


def _coloured(status: str) -> str:
    return f"[{_COLOURS.get(status, 'white')}]{status}[/]"


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _money(text: str | None, currency: str | None) -> str:
    return f"{_amount(text)} {currency or ''}".strip()


def _amount(text: str | None) -> str:
    return "–" if text is None else f"{Decimal(text):,.2f}"

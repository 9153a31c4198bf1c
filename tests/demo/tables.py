"""The demo's tables."""

from decimal import Decimal
from typing import Any

from tests.demo.scene import View
from tests.demo.sheet import Sheet
from tests.local_stack.deployed import Deployed

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


def progress_table(views: list[View], webhooks: int) -> Sheet:
    """Show how far each connection is."""
    sheet = Sheet(
        "Connections",
        ("user", "provider", "institution", "data", "status", "read", "refresh"),
        caption=f"{webhooks} webhooks delivered",
    )
    for view in views:
        loaded = sum(1 for each in view.investments if each["freshness"]["changed_at"])
        sheet.add(
            view.player.role.user_id,
            view.connection["provider"],
            view.institution,
            view.connection["data_mode"],
            _coloured(view.connection["status"]),
            f"{loaded} of {len(view.investments)}",
            _refresh_text(view),
        )
    return sheet


def holdings_tables(deployed: Deployed, views: list[View]) -> list[Sheet]:
    """Show the holdings of every account, with totals and freshness."""
    return [
        _account_table(deployed, view, account)
        for view in views
        for account in view.investments
        if account["freshness"]["changed_at"]
    ]


def refreshes_table(views: list[View]) -> Sheet:
    """Show what was bought, for how much, and what came of it."""
    columns = ("institution", "asked by", "outcome", "accounts", "cost")
    sheet = Sheet("Refreshes", columns, numbers=("cost",))
    for view in views:
        for refresh in view.refreshes:
            accounts = refresh["accounts"]
            sheet.add(
                view.institution,
                refresh["trigger"],
                _coloured(refresh["status"]) + _because(refresh),
                f"{accounts['done']} of {accounts['expected']}",
                f"{refresh['cost']['amount']} {refresh['cost']['currency']}",
            )
        if not view.refreshes:
            note = "read for free" if view.player.role.expects_holdings else "needs its user"
            sheet.add(view.institution, "–", note, "–", "0")
    return sheet


def _account_table(deployed: Deployed, view: View, account: dict[str, Any]) -> Sheet:
    api = deployed.api(view.player.role.user_id)
    holdings = api.get(f"/v1/accounts/{account['id']}/holdings").body
    sheet = Sheet(
        f"{view.player.role.user_id} · {view.institution} · {account['name']}",
        ("position", "kind", "units", "price", "value"),
        numbers=("units", "price", "value"),
        caption=_freshness_text(holdings["freshness"]),
    )
    for position in holdings["positions"]:
        instrument = position["instrument"]
        sheet.add(
            instrument["name"] or instrument["symbol"] or "?",
            "cash equivalent" if position["cash_equivalent"] else instrument["kind"],
            position["units"] or "–",
            position["price"] or "–",
            _money(position["value"], position["currency"]),
        )
    for total in holdings["totals"]:
        worth = _money(total["total"], total["currency"])
        owed = "" if total["debt"] == "0" else f", less {_amount(total['debt'])} of debt"
        sheet.add(f"[bold]total[/], {_amount(total['cash'])} of it cash{owed}", "", "", "", worth)
    told = holdings["reconciliation"]
    if told is not None and told["status"] != "agrees":
        sheet.add(
            f"{told['status']}: {', '.join(told['reasons'])}", "", "", "", told["stated"] or ""
        )
    return sheet


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


def _money(text: str | None, currency: str | None) -> str:
    return f"{_amount(text)} {currency or ''}".strip()


def _amount(text: str | None) -> str:
    return "–" if text is None else f"{Decimal(text):,.2f}"

"""What the console says of totals: what they are made of, and whether the broker agrees."""

import pytest
from playwright.sync_api import Locator, expect

from tests.console.tests.conftest import Visit
from tests.local_stack.deployed import Deployed
from tests.patience import eventually

_STOCK = {"symbol": "GRNT", "name": None, "option": None, "multiplier": "1"}
_CALL = {"side": "call", "strike": "60", "expires_on": "2027-03-19", "underlying": "MRGD"}
_MERGED = {"side": "call", "strike": "40", "expires_on": "2027-06-18", "underlying": "MRGD"}
_OLD, _NEW = ({"symbol": "M", "option": terms} for terms in (_CALL, _MERGED))
_AT = {"version": "1", "changed_at": "2026-11-20T15:00:00Z", "currency": "USD"}
_LINE = {"instrument": _STOCK, "units": "1000", "cost_per_unit": None}
_TERMS = _AT | {
    "kind": "terms",
    "instrument": _NEW,
    "before": {"instrument": _OLD | {"multiplier": "100"}},
    "after": {"instrument": _NEW | {"multiplier": "150"}},
}
_DEBT = _AT | {"kind": "debt", "instrument": None, "before": {"amount": "40000"}, "after": None}
_VESTING = _AT | {
    "kind": "units",
    "instrument": _STOCK,
    "before": _LINE | {"unvested_units": "800"},
    "after": _LINE | {"unvested_units": "600"},
}
_COST = _AT | {
    "kind": "cost",
    "instrument": _STOCK,
    "before": _LINE | {"cost_basis": "5000.00"},
    "after": _LINE | {"cost_basis": "4900.00"},
}


@pytest.fixture(scope="module")
def owners(opened: object, running: Deployed) -> None:
    """Link accounts at both providers in which the sum of the lines is not the worth."""
    running.link_item("mila", portfolio="meaning")
    running.link_item("nora", portfolio="starter")
    running.link("nils", portfolio=["meaning"])
    for user_id in ("mila", "nora", "nils"):
        _wait_for(running, user_id)


def _wait_for(running: Deployed, user_id: str) -> None:
    eventually(
        lambda: _statuses(running, user_id),
        until=lambda found: bool(found) and "pending" not in found,
    )


def _statuses(running: Deployed, user_id: str) -> set[str]:
    accounts = running.api(user_id).get("/v1/portfolio").body["accounts"]
    return {each["freshness"]["status"] for each in accounts}


def _open(visit: Visit, user_id: str, account: str) -> None:
    visit.become(user_id)
    tabs = visit.page.get_by_role("group", name="Accounts")
    tab = tabs.get_by_role("button").filter(has=visit.page.get_by_text(account, exact=True))
    tab.click()
    expect(tab).to_have_attribute("aria-pressed", "true")


def _totals(visit: Visit) -> Locator:
    return visit.page.get_by_label("Totals")


def _line(visit: Visit, title: str) -> Locator:
    lines = visit.page.get_by_role("table").first.get_by_role("row")
    return lines.filter(has=visit.page.get_by_role("rowheader").filter(has_text=title))


@pytest.mark.usefixtures("owners")
def test_a_loan_is_subtracted_and_the_broker_agrees(visit: Visit) -> None:
    _open(visit, "mila", "Leveraged Margin")
    expect(_totals(visit)).to_contain_text("Positions 100,000 + cash 0 − debt 40,000")
    expect(_totals(visit)).to_contain_text("Agrees with the broker's total")
    expect(_line(visit, "Debt")).to_contain_text("subtracted")
    expect(_line(visit, "Debt")).to_contain_text("40,000 USD")


@pytest.mark.usefixtures("owners")
def test_a_loan_that_the_cash_says_already_counts_once(visit: Visit) -> None:
    _open(visit, "mila", "Leveraged Margin with Cash Line")
    expect(_totals(visit)).to_contain_text("Positions 100,000 + cash −40,000")
    expect(_totals(visit)).not_to_contain_text("debt")
    expect(_line(visit, "Debt")).to_contain_text("in the cash already")


@pytest.mark.usefixtures("owners")
def test_why_totals_differ_is_said_in_words(visit: Visit) -> None:
    _open(visit, "mila", "Leveraged Margin before Debt")
    expect(_totals(visit)).to_contain_text("Stated 100,000.00 USD · difference 40,000")
    expect(_totals(visit)).to_contain_text("one before the debt is subtracted")
    _open(visit, "mila", "Equity Plan")
    expect(_totals(visit)).to_contain_text("Differs from the broker's total")
    expect(_totals(visit)).to_contain_text("Stated 10,000.00 USD · difference 8,000")
    expect(_totals(visit)).to_contain_text("Units that are not the holder's yet")


@pytest.mark.usefixtures("owners")
def test_what_is_not_vested_stands_beside_what_is(visit: Visit) -> None:
    _open(visit, "mila", "Equity Plan by Vested Shares")
    expect(_line(visit, "GRNT")).to_contain_text("800 not vested")
    expect(_line(visit, "GRNT")).to_contain_text("8,000 USD not vested")
    expect(_totals(visit)).to_contain_text("Positions 2,000 + cash 0")


@pytest.mark.usefixtures("owners")
def test_cash_that_no_line_lists_is_marked(visit: Visit) -> None:
    _open(visit, "mila", "Rollover")
    expect(_line(visit, "Cash")).to_contain_text("not listed by the broker")
    expect(_line(visit, "Cash")).to_contain_text("13,055.06 USD")
    expect(_totals(visit)).to_contain_text("the stated total proves it")


@pytest.mark.usefixtures("owners")
def test_a_future_moves_much_and_counts_nothing(visit: Visit) -> None:
    _open(visit, "mila", "Futures")
    expect(_line(visit, "MIXZ6")).to_contain_text("counts nothing")  # Plaid states no multiplier
    _open(visit, "nils", "Futures")
    expect(_line(visit, "MIX")).to_contain_text("counts nothingmoves 60,000 USD")
    expect(_line(visit, "MIX")).to_contain_text("each stands for 5")
    expect(_totals(visit)).to_contain_text("Positions 0 + cash 20,000")


@pytest.mark.usefixtures("owners")
def test_the_days_of_prices_stand_beside_them(visit: Visit) -> None:
    _open(visit, "mila", "Old Prices")
    expect(_line(visit, "DLST")).to_contain_text("1 Mar 2024")
    expect(visit.page.get_by_label("Freshness")).to_contain_text("Prices of 1 Mar 2024 to ")


@pytest.mark.usefixtures("owners")
def test_what_a_price_is_a_price_of_is_said(visit: Visit) -> None:
    _open(visit, "nils", "Bonds in Percent")
    expect(_line(visit, "HRBR")).to_contain_text("% of par")
    _open(visit, "nils", "Two Currencies")
    expect(_totals(visit)).to_contain_text("Not comparable: more than the stated currency")


@pytest.mark.usefixtures("owners")
def test_an_account_that_shows_nothing_does_not_seem_to_load(visit: Visit) -> None:
    _open(visit, "nora", "Checking")
    freshness = visit.page.get_by_label("Freshness")
    expect(freshness.locator(".mark")).to_have_text("Nothing to show")
    expect(freshness).to_contain_text("This account holds no investments.")


@pytest.mark.usefixtures("owners")
def test_the_portfolio_names_what_agrees_with_no_stated_total(visit: Visit) -> None:
    visit.become("mila")
    portfolio = visit.page.get_by_role("region", name="Portfolio")
    expect(portfolio).to_contain_text("In accounts that agree with no stated total:")
    visit.become("nora")
    expect(portfolio).to_contain_text("Agrees with the brokers' totals")


@pytest.mark.usefixtures("owners")
def test_cash_that_the_broker_leaves_out_is_kept_and_says_so(
    visit: Visit, running: Deployed
) -> None:
    running.link("olaf", portfolio=["odd_contracts"])
    _wait_for(running, "olaf")
    account_id = running.snaptrade.state()["accounts"][-1]["account_id"]
    nothing = {"currency": {"code": "USD"}, "cash": None, "buying_power": None}
    running.snaptrade.replace_holdings(account_id, balances=[nothing])
    (connection,) = running.api("olaf").items("/v1/connections")
    running.api("olaf").post(f"/v1/connections/{connection['id']}/refresh")
    visit.become("olaf")
    expect(_line(visit, "Cash")).to_contain_text("kept: left out by the broker this time")
    expect(_line(visit, "Cash")).to_contain_text("500.00 USD")


@pytest.mark.usefixtures("owners")
def test_a_phone_has_room_for_every_word(dark_phone: Visit) -> None:
    for user_id, account in (
        ("mila", "Equity Plan"),
        ("mila", "Leveraged Margin with Cash Line"),
        ("mila", "Futures"),
        ("nils", "Bonds in Percent"),
    ):
        _open(dark_phone, user_id, account)
        expect(dark_phone.page.get_by_label("Totals").locator(".reconciled")).to_be_visible()
        wider = dark_phone.page.evaluate(
            "[...document.querySelectorAll('main *')].filter((each) => !each.closest('.spoken')"
            " && each.getBoundingClientRect().right > 391).map((each) => each.outerHTML)"
        )
        assert wider == []


@pytest.mark.usefixtures("owners")
def test_changes_of_terms_debt_and_vesting_are_told(visit: Visit) -> None:
    feed = {"items": [_TERMS, _DEBT, _VESTING, _COST], "next_cursor": None}
    open_to_all = {"Access-Control-Allow-Origin": "*"}
    visit.page.route("**/changes?*", lambda route: route.fulfill(json=feed, headers=open_to_all))
    _open(visit, "mila", "Old Prices")
    told = visit.page.get_by_role("region", name="Changes").get_by_role("listitem")
    expect(told.nth(0)).to_contain_text("adjusted by the exchange: each stood for 100 → became 150")
    expect(told.nth(0)).to_contain_text("strike 60 → became 40, expires 18 Jun 2027")
    expect(told.nth(1)).to_contain_text("Debt USD 40,000 → became none")
    expect(told.nth(2)).to_contain_text("not vested 800 → became 600 units")
    expect(told.nth(3)).to_contain_text("cost in all 5,000.00 → became 4,900.00")

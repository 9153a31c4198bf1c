"""The console in a real browser, on the deployed stack: what a user sees is what is so."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.console.neighbour import served
from tests.console.tests.conftest import Visit
from tests.demo.past import Model, link_with_past
from tests.local_stack.deployed import Deployed
from tests.patience import eventually
from tests.typescript.workshop import compiled, why_not


def _linked(running: Deployed, user_id: str, **options: Any) -> str:
    options = {
        "institution": {"slug": "FJORD", "name": "Fjord Brokers"},
        "portfolio": ["everyday"],
    } | options
    connection_id = running.link(user_id, **options)
    eventually(
        lambda: running.api(user_id).get("/v1/portfolio").body["totals"],
        until=bool,
    )
    return connection_id


def _visiting(visit: Visit, running: Deployed, user_id: str, **options: Any) -> str:
    connection_id = _linked(running, user_id, **options)
    visit.become(user_id)
    visit.heading("Fjord Brokers")
    visit.loaded()
    return connection_id


def _button(visit: Visit, name: str) -> Locator:
    return visit.page.get_by_role("button", name=name)


def _mark(visit: Visit) -> Locator:
    return visit.page.get_by_label("Freshness").locator(".mark")


def _log(visit: Visit) -> Locator:
    return visit.page.get_by_role("list", name="What came of it")


def _total(running: Deployed, user_id: str) -> str:
    (total,) = running.api(user_id).get("/v1/portfolio").body["totals"]
    return str(total["total"])


def test_a_newcomer_links_through_snaptrades_portal(visit: Visit, running: Deployed) -> None:
    visit.become("lotta")
    visit.heading("Nothing connected yet")
    _button(visit, "Connect a brokerage").click()
    _button(visit, "Continue").click()
    visit.page.get_by_role("link", name="success").click()
    visit.heading("Acme Brokerage")
    _button(visit, "Everyday Individual").click()
    assert visit.page.url.endswith("/")
    rows = visit.page.get_by_role("table").first
    expect(rows.get_by_role("rowheader").filter(has_text="WIDE")).to_be_visible()
    expect(rows).to_contain_text("301.20")
    (connection,) = eventually(  # its holdings are there a moment earlier
        lambda: running.api("lotta").items("/v1/connections"),
        until=lambda found: found[0]["status"] != "initialising",
    )
    assert connection["status"] == "active"


def test_a_visit_to_the_portal_that_ends_early_links_nothing(
    visit: Visit, running: Deployed
) -> None:
    visit.become("otto")
    _button(visit, "Connect a brokerage").click()
    _button(visit, "Continue").click()
    visit.page.get_by_role("link", name="abandoned").click()
    expect(visit.page.get_by_role("main").get_by_text("Nothing was linked")).to_be_visible()
    visit.heading("Nothing connected yet")
    assert running.api("otto").items("/v1/connections") == []


def test_plaids_link_opens_on_top_of_the_page(visit: Visit, running: Deployed) -> None:
    visit.become("piet")
    _button(visit, "Connect a brokerage").click()
    visit.page.get_by_role("radio", name="Plaid").check()
    _button(visit, "Continue").click()
    visit.page.get_by_role("combobox", name="Institution").select_option("ins_manual")
    visit.page.get_by_role("button", name="Log in", exact=True).click()
    visit.heading("Paper Trust Company")
    visit.loaded()
    expect(visit.page.get_by_role("group", name="Accounts").get_by_role("button")).to_have_count(2)


def test_holdings_keep_every_digit(visit: Visit, running: Deployed) -> None:
    _linked(running, "emma", institution={"slug": "COIN", "name": "Coinharbor"})
    running.snaptrade.replace_holdings(
        running.snaptrade.state()["accounts"][-1]["account_id"],
        positions=[
            {
                "instrument": {"kind": "crypto", "id": "i-1", "symbol": "LUMO"},
                "units": "1234567.12345678901234567",
                "price": "0.10",
                "currency": "USD",
            }
        ],
    )
    visit.become("emma")
    visit.heading("Coinharbor")
    running.api("emma").post(f"/v1/connections/{_only(running, 'emma')}/refresh")
    line = visit.page.get_by_role("row").filter(has_text="LUMO")
    expect(line.get_by_role("cell").first).to_have_text("1,234,568.12345678901234567")


def _only(running: Deployed, user_id: str) -> str:
    (connection,) = running.api(user_id).items("/v1/connections")
    return str(connection["id"])


def test_refresh_shows_its_price_and_goes_on_to_its_end(visit: Visit, running: Deployed) -> None:
    _visiting(visit, running, "rosa")
    billed = running.snaptrade.bill().count
    button = _button(visit, "Refresh now")
    expect(button).to_contain_text("0.05 USD")
    expect(visit.page.get_by_text("4 of today's 4 left")).to_be_visible()
    button.dblclick()
    part = visit.page.get_by_role("region", name="Refresh", exact=True)
    expect(part).to_contain_text("Complete · 1 of 1 account.")
    assert running.snaptrade.bill().count == billed + 1
    expect(visit.page.get_by_label("Refreshes left today")).to_have_js_property("value", 19)
    feed = visit.page.get_by_role("region", name="Changes").get_by_role("listitem")
    expect(feed).to_have_count(1)


def test_a_refusal_is_told_in_the_apis_own_words(visit: Visit, running: Deployed) -> None:
    visit.expects_refusals = True
    connection_id = _visiting(visit, running, "kees")
    running.api("kees").post(f"/v1/connections/{connection_id}/refresh")
    eventually(
        lambda: running.api("kees").items(f"/v1/connections/{connection_id}/refreshes"),
        until=lambda found: found[0]["is_terminal"],
    )
    _button(visit, "Refresh now").click()
    part = visit.page.get_by_role("region", name="Refresh", exact=True)
    expect(part).to_contain_text("Refreshed too recently. Try again in 14 min. refresh_too_soon")


def test_a_broken_login_is_repaired_by_its_user(visit: Visit, running: Deployed) -> None:
    _visiting(visit, running, "bram")
    total = _total(running, "bram")
    _button(visit, "Break the login").click()
    expect(_mark(visit)).to_have_text("Blocked")
    expect(visit.page.get_by_role("main")).to_contain_text("Needs you")
    visit.loaded()
    visit.page.get_by_role("button", name="Log in again", exact=True).click()
    visit.page.get_by_role("link", name="success").click()
    visit.heading("Fjord Brokers")
    expect(_mark(visit)).to_have_text("Fresh")
    assert _total(running, "bram") == total


def test_a_forged_webhook_is_refused(visit: Visit, running: Deployed) -> None:
    connection_id = _visiting(visit, running, "faye")
    _button(visit, "Forge a webhook").click()
    expect(_log(visit)).to_contain_text("Forged CONNECTION_BROKEN: 401: refused.")
    expect(_mark(visit)).to_have_text("Fresh")
    shown = running.api("faye").get(f"/v1/connections/{connection_id}").body
    assert shown["status"] == "active"


def test_an_event_delivered_thrice_is_one_version(visit: Visit, running: Deployed) -> None:
    _visiting(visit, running, "trix")
    _button(visit, "Deliver thrice").click()
    expect(_log(visit)).to_contain_text("ACCOUNT_HOLDINGS_UPDATED: 200, 200, 200.")
    expect(_log(visit)).to_contain_text("1 new version of the holdings.")
    feed = visit.page.get_by_role("region", name="Changes").get_by_role("listitem")
    expect(feed).to_have_count(1)


def test_an_empty_answer_takes_nothing_away(visit: Visit, running: Deployed) -> None:
    _visiting(visit, running, "hans")
    total = _total(running, "hans")
    _button(visit, "Answer empty").click()
    expect(visit.page.get_by_label("Freshness")).to_contain_text("The last answer was empty.")
    visit.loaded()
    assert _total(running, "hans") == total


def test_the_keyboard_alone_refreshes(visit: Visit, running: Deployed) -> None:
    _visiting(visit, running, "puck", mode="realtime")
    expect(_button(visit, "Read now")).to_be_visible()
    keyboard = visit.page.keyboard
    for _ in range(20):
        keyboard.press("Tab")
        focused = visit.page.locator(":focus")
        if "Read now" in (focused.text_content() or ""):
            break
    outline = focused.evaluate("each => getComputedStyle(each).outlineStyle")
    assert outline == "solid"
    keyboard.press("Enter")
    expect(visit.page.locator("#spoken")).to_contain_text("Refresh: Complete")
    # What is drawn anew every second leaves the focus where it was.
    assert "Read now" in (visit.page.locator(":focus").text_content() or "")


def test_numbers_age_by_themselves(visit: Visit, running: Deployed) -> None:
    visit.become("puck")
    visit.loaded()
    expect(_mark(visit)).to_have_text("Fresh")
    later = visit.page.get_by_label("Look at this page later")
    later.fill("30")
    expect(_mark(visit)).to_have_text("Ageing")
    expect(visit.page.get_by_label("Freshness")).to_contain_text("No newer data has come in time.")
    later.fill("60")
    expect(_mark(visit)).to_have_text("Stale")


def test_history_shows_what_nobody_knows_as_unknown(
    visit: Visit, running: Deployed, shots: Path
) -> None:
    _linked(running, "vera")
    (account,) = running.api("vera").get("/v1/portfolio").body["accounts"]
    harbor = {"slug": "HARBOR", "name": "Harbor Investments"}
    link_with_past(running, Model("vera", account["id"]), institution=harbor)
    visit.become("vera")
    visit.heading("Harbor Investments")
    part = visit.page.get_by_role("region", name="Value by day", exact=True)
    expect(part.get_by_text("Not known: nobody could look")).to_be_visible()
    part.get_by_text("As a table").click()
    rows = part.get_by_role("row")
    told = rows.filter(has_text="not known")
    expect(told).to_have_count(3)
    expect(told.get_by_text("–", exact=True)).to_have_count(3)
    expect(part.locator("rect.gap")).to_have_count(1)
    carried = rows.filter(has_text="carried").count()
    assert part.locator(".point.carried").count() == carried > 0
    # One stretch of days before the gap, one after it, and no line across.
    assert part.locator(".segment").count() == part.locator(".point").count() - 2
    visit.page.screenshot(path=shots / "desktop.png", full_page=True)


def test_a_phone_in_the_dark_has_room_for_everything(
    dark_phone: Visit, running: Deployed, shots: Path
) -> None:
    page = dark_phone.page
    _linked(running, "sana", portfolio=["crypto"])  # nothing has longer numbers
    dark_phone.become("sana")
    dark_phone.loaded()
    widths = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert widths[0] <= widths[1] <= 390
    wider = page.evaluate(
        "[...document.querySelectorAll('body *')].filter((each) => !each.closest('.spoken,.skip')"
        " && each.getBoundingClientRect().right > 391).map((each) => each.outerHTML.slice(0, 80))"
    )
    assert wider == []
    red, green, blue = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert max(red, green, blue) < 60
    page.screenshot(path=shots / "phone-dark.png", full_page=True)


def test_nothing_moves_when_what_was_awaited_comes(visit: Visit, running: Deployed) -> None:
    visit.page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach("
        "(each) => { if (!each.hadRecentInput) window.moved += each.value; }))"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    visit.page.reload()
    visit.become("rosa")
    visit.loaded()
    expect(visit.page.get_by_role("heading", name="Changes")).to_be_visible()
    assert visit.page.evaluate("window.moved") < 0.1


def test_another_frontend_shows_holdings_and_twenty_cards_at_once(
    running: Deployed, browser: Browser, tmp_path: Path
) -> None:
    if reason := why_not():
        pytest.skip(reason)
    _linked(running, "wilma")
    accounts = running.api("wilma").get("/v1/portfolio").body["accounts"]
    token = running.issuer.issue_token("wilma")
    settings = {"url": running.stack.api_url, "token": token, "cards": 20}
    with served(compiled(tmp_path), settings) as url, browser.new_page() as page:
        page.goto(url)
        expect(page.locator("output")).not_to_be_empty()
        seen = json.loads(page.locator("output").inner_text())
    assert seen["accounts"] == [each["id"] for each in accounts]
    assert seen["ages"][0].startswith("As of ")
    assert seen["cards"] == [len(accounts)] * 20

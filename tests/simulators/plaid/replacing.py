"""Putting other holdings in an account, as a test asks."""

from tests.simulators.plaid.market import move_market, reprice
from tests.simulators.plaid.plain_holdings import held_in, security_in
from tests.simulators.plaid.plain_values import ValueRefused, Values
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.world import World


class Replacing:
    """Replaces what an account holds; the caller holds the lock."""

    def __init__(self, *, world: World, population: Population) -> None:
        self._world = world
        self._population = population

    def replace(self, account_id: str, body: Values) -> None:
        """Replace holdings and add securities, all or nothing; raises ValueRefused.

        `advance` moves the date of the Item, `announce` tells by webhook.
        """
        item, account = self._world.account(account_id)
        body.only("holdings", "securities", "advance", "announce")
        advance, announce = body.flag("advance", True), body.flag("announce", False)
        has_securities = body.document.get("securities") is not None
        given = [security_in(each) for each in body.objects("securities")] if has_securities else []
        securities = {each["security_id"]: each for each in given}
        if "holdings" in body.document:
            before = {held["security_id"] for held in account.holdings}
            known = {*item.securities, *securities}
            held = [held_in(each, known=known) for each in body.objects("holdings")]
            securities |= {each["security_id"]: each for _, each in held if each is not None}
            account.holdings = [line for line, _ in held]
            new = sum(line["security_id"] not in before for line, _ in held)
            item.unreported.new_holdings += new
            item.unreported.updated_holdings += len(held) - new
        item.securities |= securities
        if advance:
            item.last_successful_update = self._world.now()
        if announce:
            self._population.announce(item, "HOLDINGS", "DEFAULT_UPDATE")

    def set_price(self, account_id: str, body: Values) -> None:
        """Give the lines of one ticker a price and its date; raises ValueRefused."""
        item, account = self._world.account(account_id)
        body.only("ticker", "price", "as_of", "datetime", "announce")
        ticker, price = body.text("ticker"), body.number("price")
        told = {
            "institution_price_as_of": body.optional_text("as_of"),
            "institution_price_datetime": body.optional_text("datetime"),
        }
        lines = [
            held
            for held in account.holdings
            if item.securities[held["security_id"]].get("ticker_symbol") == ticker
        ]
        if not lines:
            raise ValueRefused("ticker", f"{ticker} is held nowhere in this account")
        for held in lines:
            reprice(held, price)
            held.update(told)
        item.unreported.updated_holdings += len(lines)
        item.last_successful_update = self._world.now()
        if body.flag("announce", False):
            self._population.announce(item, "HOLDINGS", "DEFAULT_UPDATE")

    def trade(self, account_id: str) -> None:
        """Let prices move and one position be traded, as of now."""
        item, account = self._world.account(account_id)
        item.revision += 1
        now = self._world.now()
        changed = move_market(account, item.securities, revision=item.revision, now=now)
        item.unreported.updated_holdings += changed
        item.last_successful_update = now

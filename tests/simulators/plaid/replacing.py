"""Putting other holdings in an account, as a test asks."""

from tests.simulators.plaid.market import move_market
from tests.simulators.plaid.plain_holdings import held_in, security_in
from tests.simulators.plaid.plain_values import Values
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

    def trade(self, account_id: str) -> None:
        """Let prices move and one position be traded, as of now."""
        item, account = self._world.account(account_id)
        item.revision += 1
        changed = move_market(account, item.securities, revision=item.revision)
        item.unreported.updated_holdings += changed
        item.last_successful_update = self._world.now()

"""What the user does in Link: finishes, or leaves with or without an error."""

from collections.abc import Collection, Sequence

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.accounts import Accounts
from tests.simulators.plaid.errors import PlaidRefusal, webhook_error
from tests.simulators.plaid.extraction import FirstPull
from tests.simulators.plaid.models import Institution, LinkSession
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.portfolio import Portfolio
from tests.simulators.plaid.world import World


class Linking:
    """Plays the user; the caller holds the lock."""

    def __init__(
        self, *, world: World, population: Population, accounts: Accounts, first_pull: FirstPull
    ) -> None:
        self._world = world
        self._population = population
        self._accounts = accounts
        self._first_pull = first_pull

    def complete(
        self,
        link_token: str,
        institution: Institution,
        portfolios: Sequence[Portfolio],
        *,
        holder: str | None = None,
    ) -> str | None:
        """Finish Link: returns a public token, or None in update mode; raises PlaidRefusal."""
        session = self._session(link_token)
        if session.item_id is not None:
            self._population.repair_item(self._world.item(session.item_id), is_announced=False)
            self._use_up(link_token)
            return None
        item = self._population.add_item(
            institution,
            portfolios=portfolios,
            products=session.products,
            consented=session.consented,
            webhook=session.webhook or self._world.default_webhook,
            user_id=session.user_id,
            holder=holder,
        )
        self._first_pull.link(item, is_async=session.is_async)
        self._use_up(link_token)
        return self._population.new_public_token(item)

    def choose_accounts(self, link_token: str, *, keep: Collection[str] | None) -> None:
        """Choose accounts in update mode where it is enabled; those on offer are shared."""
        session = self._session(link_token)
        if session.item_id is None or not session.selects_accounts:
            if keep is not None:
                raise PlaidRefusal("INVALID_FIELD", "this link token selects no accounts")
            return
        item = self._world.item(session.item_id)
        if keep is not None:
            self._accounts.keep_only(item, keep)
        self._accounts.share_offered(item)

    def leave(self, link_token: str, *, code: str | None) -> Document:
        """Leave Link unfinished: nothing changes and the token can be tried again.

        That leaving does not use up the token is our assumption.
        """
        session = self._session(link_token)
        error = None if code is None else webhook_error(PlaidRefusal(code))
        return {"status": "requires_credentials", "item_id": session.item_id, "error": error}

    def _session(self, link_token: str) -> LinkSession:
        session = self._world.link_sessions.get(link_token)
        if session is None or session.expires_at < self._world.now():
            raise PlaidRefusal("INVALID_LINK_TOKEN")
        return session

    def _use_up(self, link_token: str) -> None:
        if not self._world.settings.is_sandbox:
            del self._world.link_sessions[link_token]

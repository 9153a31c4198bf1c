"""The portal in which a user connects, played by a test or by a person in a browser."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tests.simulators.snaptrade.brokerages import institution_named
from tests.simulators.snaptrade.events import attempt_event, user_event
from tests.simulators.snaptrade.models import Connection, Institution
from tests.simulators.snaptrade.population import Population
from tests.simulators.snaptrade.portal_links import PortalLink, PortalLinks
from tests.simulators.snaptrade.portal_visits import DIFFERENT_LOGIN, FAILURES, Failure, Visit
from tests.simulators.snaptrade.webhooks import WebhookSender
from tests.simulators.snaptrade.world import World

DEFAULT_BROKERAGE = "ACME"
DEFAULT_REDIRECT = "https://customer.example/connected"
_USUAL_LOGIN = "usual"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes after the portal, and the connection it made or repaired."""

    redirect: str
    connection: Connection | None = None


class Portal:
    """Plays one visit per link; the caller holds the lock."""

    def __init__(
        self, *, world: World, links: PortalLinks, population: Population, webhooks: WebhookSender
    ) -> None:
        self._world = world
        self._links = links
        self._population = population
        self._webhooks = webhooks

    def visit(self, address: str, visit: Visit) -> Departure:
        """Spend a link; raises LinkSpent."""
        link = self._links.find(address)
        institution = self._institution(link, visit)
        self._links.spend(link)
        if visit.outcome == "no_status":
            return Departure(_address(link))
        if visit.outcome == "abandoned":
            return Departure(_address(link, status="ABANDONED"))
        failure = FAILURES.get(visit.outcome) or self._difference(link, visit)
        if failure is not None:
            return self._fail(link, institution, failure)
        self._attempted(link, institution, "SUCCESS")
        connection = self._connected(link, institution, visit)
        redirect = _address(link, status="SUCCESS", connection_id=connection.id)
        return Departure(redirect, connection)

    def _connected(self, link: PortalLink, institution: Institution, visit: Visit) -> Connection:
        known = self._known(link, institution, visit)
        if known is not None:
            if known.disabled_at is not None:
                # For a plain session our assumption; for a reconnect documented.
                self._population.enable(known.id)
            return known
        return self._population.add_connection(
            link.user_id,
            mode=visit.mode,
            institution=institution,
            portfolios=visit.portfolios(),
            login=visit.login or _USUAL_LOGIN,
            access=link.options.access,
            holder=visit.holder,
        )

    def _known(self, link: PortalLink, institution: Institution, visit: Visit) -> Connection | None:
        if link.options.reconnect is not None:
            return self._world.connection(link.options.reconnect, user_id=link.user_id)
        # Documented: the same credentials of the same user lead to the same connection.
        login = visit.login or _USUAL_LOGIN
        for each in self._world.connections_of(link.user_id):
            if (each.institution.slug, each.login) == (institution.slug, login):
                return each
        return None

    def _difference(self, link: PortalLink, visit: Visit) -> Failure | None:
        if link.options.reconnect is None or visit.login is None:
            return None
        known = self._world.connection(link.options.reconnect, user_id=link.user_id)
        return None if known.login == visit.login else DIFFERENT_LOGIN

    def _fail(self, link: PortalLink, institution: Institution, failure: Failure) -> Departure:
        self._attempted(link, institution, failure.result)
        event = user_event(self._world, "CONNECTION_FAILED", user_id=link.user_id)
        self._webhooks.send(event)
        codes = {"status_code": str(failure.status_code), "error_code": failure.error_code}
        return Departure(_address(link, status="ERROR", **codes))

    def _attempted(self, link: PortalLink, institution: Institution, result: str) -> None:
        event = attempt_event(
            self._world, user_id=link.user_id, institution=institution, result=result
        )
        self._webhooks.send(event)

    def _institution(self, link: PortalLink, visit: Visit) -> Institution:
        if link.options.reconnect is not None:
            return self._world.connection(link.options.reconnect, user_id=link.user_id).institution
        fixed = link.options.broker
        if fixed is not None and visit.brokerage not in {None, fixed}:
            raise ValueError(f"brokerage: the link is for {fixed}")
        return institution_named(fixed or visit.brokerage or DEFAULT_BROKERAGE)


def _address(link: PortalLink, **fields: str) -> str:
    # How a query that is already there is extended is not documented.
    parts = urlsplit(link.options.redirect or DEFAULT_REDIRECT)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *fields.items()])
    return urlunsplit(parts._replace(query=query))
